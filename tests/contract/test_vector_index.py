"""What every vector index promises: in memory, in embedded Chroma and on a Chroma server."""

import math
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.adapters.chroma_index import COLLECTION, ChromaIndex
from pipelines.adapters.memory_index import MemoryIndex
from pipelines.domain.errors import ConfigurationError, IndexUnavailable, ModelMismatch
from pipelines.ports import VectorIndex, VectorRecord, Vectors

MODEL = "model@1"
SIZE = 8


def vector(*numbers: float) -> Vectors:
    whole = np.zeros(SIZE, dtype=np.float32)
    whole[: len(numbers)] = numbers
    return whole / np.float32(np.linalg.norm(whole))


def record(identifier: str, *numbers: float, **facts: str | float | bool) -> VectorRecord:
    return VectorRecord(id=identifier, vector=vector(*numbers), facts=facts)


def ids(index: VectorIndex, wanted: Vectors, limit: int = 10) -> list[str]:
    return [hit.id for hit in index.query(wanted, limit)]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaIndex]:
    index = ChromaIndex.embedded(tmp_path_factory.mktemp("chroma"), MODEL, SIZE)
    yield index
    index.close()


@pytest.fixture(scope="session")
def served(chroma_server: str) -> Iterator[ChromaIndex]:
    index = ChromaIndex.server(chroma_server, MODEL, SIZE, recreate=True)
    yield index
    index.close()


@pytest.fixture(params=["memory", "embedded", "server"])
def index(request: pytest.FixtureRequest) -> VectorIndex:
    """An empty index of each kind."""
    if request.param == "memory":
        return MemoryIndex(SIZE)
    found: VectorIndex = request.getfixturevalue("embedded" if request.param == "embedded" else "served")
    found.reset()
    return found


def test_an_empty_index_answers_with_nothing(index: VectorIndex) -> None:
    assert index.query(vector(1), 5) == []
    assert list(index.facts()) == []
    assert index.count() == 0


def test_the_most_similar_comes_first_with_its_cosine(index: VectorIndex) -> None:
    index.upsert([record("a", 1, resolution="R-1"), record("b", 1, 1, resolution="R-2"), record("c", -1)])
    hits = index.query(vector(1), 5)
    assert [hit.id for hit in hits] == ["a", "b", "c"]
    assert pytest.approx([1.0, math.sqrt(0.5), -1.0], abs=1e-5) == [hit.similarity for hit in hits]
    assert {"a": {"resolution": "R-1"}, "b": {"resolution": "R-2"}, "c": {}} == {i: dict(f) for i, f in index.facts()}


def test_a_query_returns_no_more_than_its_limit_and_no_more_than_there_is(index: VectorIndex) -> None:
    index.upsert([record(f"r{n}", 1, n / 10) for n in range(6)])
    assert ids(index, vector(1), 2) == ["r0", "r1"]
    assert ids(index, vector(1), 1000) == ["r0", "r1", "r2", "r3", "r4", "r5"]
    assert ids(index, vector(1), 0) == []


def test_many_queries_at_once_find_what_each_finds_alone(index: VectorIndex) -> None:
    index.upsert([record("a", 1), record("b", 1, 1), record("c", 0, 1), record("d", 0, 0, 1)])
    asked = np.stack([vector(1), vector(0, 1), vector(1, 1, 1)])
    assert [index.query(one, 3) for one in asked] == index.query_many(asked, 3)
    assert [[], [], []] == index.query_many(asked, 0)
    assert [] == index.query_many(asked[:0], 3)


def test_similarities_do_not_depend_on_how_long_a_vector_is(index: VectorIndex) -> None:
    index.upsert([VectorRecord(id="a", vector=vector(3, 4) * np.float32(7), facts={})])
    assert pytest.approx(0.6, abs=1e-5) == index.query(vector(1) * np.float32(0.1), 1)[0].similarity


def test_the_same_upsert_twice_leaves_the_same_index(index: VectorIndex) -> None:
    records = [record("a", 1, version=1), record("b", 0, 1, version=2)]
    index.upsert(records)
    once = (index.query(vector(1), 5), sorted((i, dict(f)) for i, f in index.facts()))
    index.upsert(records)
    assert once == (index.query(vector(1), 5), sorted((i, dict(f)) for i, f in index.facts()))
    assert index.count() == 2


def test_an_upsert_replaces_the_vector_and_the_facts_whole(index: VectorIndex) -> None:
    index.upsert([record("a", 1, version=1, area="billing")])
    index.upsert([record("a", 0, 1, version=2)])
    hit = index.query(vector(0, 1), 1)[0]
    assert pytest.approx(1.0, abs=1e-5) == hit.similarity
    assert [("a", {"version": 2})] == [(i, dict(f)) for i, f in index.facts()]


def test_of_one_id_twice_in_a_call_the_last_one_stays(index: VectorIndex) -> None:
    index.upsert([record("a", 1, n=1), record("b", 1), record("a", 0, 1, n=2)])
    assert index.count() == 2
    assert index.query(vector(0, 1), 1)[0].id == "a"
    assert dict(dict(index.facts())["a"]) == {"n": 2}


def test_nothing_to_write_or_delete_is_no_error(index: VectorIndex) -> None:
    index.upsert([])
    index.delete([])
    assert index.count() == 0


def test_what_is_deleted_is_gone_and_an_unknown_id_is_no_error(index: VectorIndex) -> None:
    index.upsert([record("a", 1), record("b", 1, 1)])
    index.delete(["a", "never-there", "a"])
    assert ids(index, vector(1)) == ["b"]
    assert [identifier for identifier, _ in index.facts()] == ["b"]
    assert index.count() == 1


def test_what_is_deleted_can_come_back(index: VectorIndex) -> None:
    index.upsert([record("a", 1, n=1)])
    index.delete(["a"])
    index.upsert([record("a", 0, 1, n=2)])
    assert ids(index, vector(0, 1)) == ["a"]
    assert dict(dict(index.facts())["a"]) == {"n": 2}
    assert index.count() == 1


def test_facts_keep_their_types(index: VectorIndex) -> None:
    facts: dict[str, str | float | bool] = {
        "text": "R-1 \u00e9\u4e2d",
        "whole": 2**53 + 1,
        "part": 0.1,
        "yes": True,
        "no": False,
        "empty": "",
    }
    index.upsert([VectorRecord(id="a", vector=vector(1), facts=facts)])
    kept = dict(dict(index.facts())["a"])
    assert facts == kept
    assert {name: type(value) for name, value in facts.items()} == {name: type(value) for name, value in kept.items()}


def test_facts_lists_every_record_of_an_index_of_several_pages(index: VectorIndex) -> None:
    random = np.random.default_rng(1)
    records = [
        VectorRecord(id=f"R-{n}:problem", vector=random.normal(size=SIZE).astype(np.float32), facts={"n": n})
        for n in range(2100)
    ]
    index.upsert(records)
    assert {f"R-{n}:problem": {"n": n} for n in range(2100)} == {i: dict(f) for i, f in index.facts()}
    assert index.count() == 2100
    assert len(index.query(records[0].vector, 1500)) == 1500


def test_a_reset_index_is_empty_and_takes_records(index: VectorIndex) -> None:
    index.upsert([record("a", 1)])
    index.reset()
    assert index.count() == 0
    index.upsert([record("b", 1)])
    assert ids(index, vector(1)) == ["b"]


def test_a_vector_of_another_dimension_is_refused(index: VectorIndex) -> None:
    longer = np.ones(SIZE + 1, dtype=np.float32)
    with pytest.raises(ModelMismatch, match="reindex"):
        index.upsert([VectorRecord(id="a", vector=longer, facts={})])
    with pytest.raises(ModelMismatch, match="reindex"):
        index.query(longer, 1)
    assert index.count() == 0


@pytest.mark.parametrize("number", [0.0, math.nan, math.inf])
def test_a_vector_without_a_direction_is_refused(index: VectorIndex, number: float) -> None:
    with pytest.raises(ValueError, match="no direction"):
        index.upsert([VectorRecord(id="a", vector=np.full(SIZE, number, dtype=np.float32), facts={})])
    assert index.count() == 0


def test_many_threads_may_write_and_search_at_once(index: VectorIndex) -> None:
    failures: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for n in range(10):
                index.upsert([record(f"{thread}-{n}", thread + 1, n)])
                assert index.query(vector(thread + 1, n), 1)
        except BaseException as error:  # noqa: BLE001 - reported by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert index.count() == 60


operations = st.lists(
    st.one_of(
        st.tuples(
            st.just("upsert"),
            st.lists(
                st.tuples(st.integers(0, 9), st.lists(st.integers(-3, 3), min_size=SIZE, max_size=SIZE)), max_size=6
            ),
        ),
        st.tuples(st.just("delete"), st.lists(st.integers(0, 12), max_size=4)),
        st.tuples(
            st.just("query"), st.tuples(st.lists(st.integers(-3, 3), min_size=SIZE, max_size=SIZE), st.integers(0, 14))
        ),
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", ["embedded", "served"])
@given(steps=operations)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_chroma_does_what_the_exact_index_does(
    kind: str, steps: list[tuple[str, list[object]]], request: pytest.FixtureRequest
) -> None:
    """Same ids, same facts and, ties aside, the same order, after any short history."""
    chroma: ChromaIndex = request.getfixturevalue(kind)
    chroma.delete([identifier for identifier, _ in chroma.facts()])
    exact = MemoryIndex(SIZE)
    for step in steps:
        _apply(step, chroma, exact)
    assert sorted((i, dict(f)) for i, f in exact.facts()) == sorted((i, dict(f)) for i, f in chroma.facts())
    assert exact.count() == chroma.count()


def _apply(step: tuple[str, object], chroma: VectorIndex, exact: VectorIndex) -> None:
    match step:
        case ("upsert", list(rows)):
            records = [
                VectorRecord(id=f"r{n}", vector=np.array(numbers, dtype=np.float32), facts={"sum": sum(numbers)})
                for n, numbers in rows
                if any(numbers)
            ]
            chroma.upsert(records)
            exact.upsert(records)
        case ("delete", list(numbers)):
            chroma.delete([f"r{n}" for n in numbers])
            exact.delete([f"r{n}" for n in numbers])
        case ("query", (list(numbers), int(limit))) if any(numbers):
            wanted = np.array(numbers, dtype=np.float32)
            expected, found = exact.query(wanted, limit), chroma.query(wanted, limit)
            assert pytest.approx([h.similarity for h in expected], abs=1e-5) == [h.similarity for h in found]
            everything = {h.id: h for h in exact.query(wanted, 100)}
            for hit in found:
                assert pytest.approx(everything[hit.id].similarity, abs=1e-5) == hit.similarity


Opener = Callable[..., ChromaIndex]


@pytest.fixture(params=["embedded", "server"])
def chroma(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens one and the same Chroma index again and again."""
    if request.param == "embedded":
        return lambda model=MODEL, size=SIZE, **options: ChromaIndex.embedded(
            tmp_path / "index", model, size, **options
        )
    url = request.getfixturevalue("chroma_server")
    ChromaIndex.server(url, MODEL, SIZE, recreate=True).close()
    return lambda model=MODEL, size=SIZE, **options: ChromaIndex.server(url, model, size, **options)


def test_an_index_that_is_closed_and_opened_again_has_kept_everything(chroma: Opener) -> None:
    first = chroma()
    first.upsert([record("a", 1, n=1)])
    first.close()
    again = chroma()
    assert [("a", {"n": 1})] == [(i, dict(f)) for i, f in again.facts()]
    assert ["a"] == ids(again, vector(1))
    again.close()


def test_vectors_of_another_model_are_refused_on_opening(chroma: Opener) -> None:
    chroma().close()
    with pytest.raises(ModelMismatch, match="reindex"):
        chroma(model="model@2")
    with pytest.raises(ModelMismatch, match="reindex"):
        chroma(size=SIZE + 1)
    chroma().close()


def test_an_index_of_another_model_can_be_opened_anew(chroma: Opener) -> None:
    first = chroma()
    first.upsert([record("a", 1)])
    first.close()
    anew = chroma(model="model@2", size=3, recreate=True)
    assert anew.count() == 0
    anew.upsert([VectorRecord(id="b", vector=np.ones(3, dtype=np.float32), facts={})])
    anew.close()
    chroma(model="model@2", size=3, recreate=True).close()


def test_a_closed_index_says_that_it_is_closed(chroma: Opener) -> None:
    index = chroma()
    index.close()
    index.close()
    for use in (lambda: index.query(vector(1), 1), index.count, lambda: index.upsert([record("a", 1)])):
        with pytest.raises(IndexUnavailable, match="closed"):
            use()


def test_an_embedded_index_whose_files_were_deleted_is_rebuilt_by_reset(tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = ChromaIndex.embedded(path, MODEL, SIZE)
    index.upsert([record("a", 1)])
    shutil.rmtree(path)
    index.reset()
    index.upsert([record("b", 1)])
    index.close()
    again = ChromaIndex.embedded(path, MODEL, SIZE)
    assert ids(again, vector(1)) == ["b"]
    again.close()


def test_an_embedded_index_whose_files_were_deleted_starts_empty(tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = ChromaIndex.embedded(path, MODEL, SIZE)
    index.upsert([record("a", 1)])
    index.close()
    shutil.rmtree(path)
    again = ChromaIndex.embedded(path, MODEL, SIZE)
    assert again.count() == 0
    again.close()


def test_a_damaged_embedded_index_says_so_and_can_be_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = ChromaIndex.embedded(path, MODEL, SIZE)
    index.upsert([record("a", 1)])
    index.close()
    (path / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexUnavailable, match="reindex"):
        ChromaIndex.embedded(path, MODEL, SIZE)
    anew = ChromaIndex.embedded(path, MODEL, SIZE, recreate=True)
    assert anew.count() == 0
    anew.close()


def test_recreating_an_embedded_index_deletes_nothing_that_is_not_its_own(tmp_path: Path) -> None:
    stranger = tmp_path / "notes.txt"
    stranger.write_text("keep me")
    ChromaIndex.embedded(tmp_path, MODEL, SIZE).close()
    ChromaIndex.embedded(tmp_path, MODEL, SIZE, recreate=True).close()
    assert stranger.read_text() == "keep me"


def test_after_another_process_has_reset_the_index_on_the_server_this_one_goes_on(chroma_server: str) -> None:
    here = ChromaIndex.server(chroma_server, MODEL, SIZE, recreate=True)
    there = ChromaIndex.server(chroma_server, MODEL, SIZE)
    here.upsert([record("a", 1)])
    there.reset()
    assert here.count() == 0
    here.upsert([record("b", 1)])
    assert ids(there, vector(1)) == ["b"]
    here.close()
    there.close()


def test_after_another_process_has_changed_the_model_on_the_server_this_one_stops(chroma_server: str) -> None:
    here = ChromaIndex.server(chroma_server, MODEL, SIZE, recreate=True)
    ChromaIndex.server(chroma_server, "model@2", SIZE, recreate=True).close()
    with pytest.raises(ModelMismatch):
        here.query(vector(1), 1)


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(IndexUnavailable, match="ConnectError"):
        ChromaIndex.server("http://127.0.0.1:9", MODEL, SIZE)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://chroma:8000", "http://", "http://chroma:port", "http://a/b"])
def test_an_address_that_is_none_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match="CHROMA_URL"):
        ChromaIndex.server(url, MODEL, SIZE)


def test_an_error_of_chroma_is_chained_and_its_message_holds_no_data(chroma: Opener) -> None:
    index = chroma()
    assert index._client is not None
    index._client.delete_collection(COLLECTION)
    if index._path is None:  # on a server the index would open a new collection, so that has to fail as well
        index._client._server._api_url = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    secret = f"R-{uuid.uuid4()}"
    with pytest.raises(IndexUnavailable) as caught:
        index.upsert([record(secret, 1, account=secret)])
    assert caught.value.__cause__ is not None
    assert secret not in str(caught.value)


def test_chroma_never_loads_an_embedding_model_of_its_own(tmp_path: Path) -> None:
    """Its default would be downloaded at the first use."""
    index = ChromaIndex.embedded(tmp_path, MODEL, SIZE)
    assert index._collection is not None
    assert index._collection._embedding_function is None
    index.close()


WRITER = """
import sys, time
from pathlib import Path
import numpy as np
from pipelines.adapters.chroma_index import ChromaIndex
from pipelines.ports import VectorRecord
index = ChromaIndex.embedded(Path(sys.argv[1]), "model@1", 8)
random = np.random.default_rng(0)
vectors = random.normal(size=(int(sys.argv[2]), 8)).astype(np.float32)
index.upsert([VectorRecord(id=f"r{n}", vector=vector, facts={"n": n}) for n, vector in enumerate(vectors)])
print("written", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("records", [3, 1500])
def test_a_process_killed_right_after_a_write_has_lost_nothing(tmp_path: Path, records: int) -> None:
    """Both fewer records than Chroma writes its graph file for, and more."""
    command = [sys.executable, "-c", WRITER, str(tmp_path), str(records)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        writer.send_signal(signal.SIGKILL)
        assert writer.wait() == -signal.SIGKILL
    index = ChromaIndex.embedded(tmp_path, MODEL, SIZE)
    assert index.count() == records
    assert {f"r{n}" for n in range(records)} == {identifier for identifier, _ in index.facts()}
    vectors = np.random.default_rng(0).normal(size=(records, SIZE)).astype(np.float32)
    last = index.query(vectors[-1], 1)[0]
    assert (f"r{records - 1}", {"n": records - 1}) == (last.id, dict(dict(index.facts())[last.id]))
    assert len(index.query(vectors[0], records)) == records
    index.close()
