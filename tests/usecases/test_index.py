"""The index follows SQL: the same work twice leaves the same index, and drift is repaired."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.domain.errors import IndexUnavailable
from pipelines.domain.resolutions import Confidence
from pipelines.ports import VectorRecord, Vectors
from service.container import OpenedOnce
from service.store import jobs
from service.usecases.actors import SYSTEM
from service.usecases.confirm import confirm_draft
from service.usecases.embedding import embed_cached
from service.usecases.index import Facts, index_pending, reindex, repair_index
from service.usecases.resolutions import ResolutionChange, change_resolution, list_resolutions, read_resolution
from service.usecases.services import Services, Stopping
from tests.doubles import UnreachableIndex
from tests.usecases.cases import ADA, case, confirmed, decision, drafted, work
from tests.web.installation import WordEmbedder


def held(services: Services) -> Mapping[str, Any]:
    return {identifier: facts["version"] for identifier, facts in services.vectors.facts()}


UNIT: Vectors = np.full(256, 1 / 16, dtype=np.float32)
WHOLE = {"R-1:title": 1, "R-1:problem": 1, "R-1:answer": 1}


def test_a_confirmed_resolution_is_indexed_by_its_views(services: Services) -> None:
    confirmed(services)
    assert WHOLE == held(services)
    assert read_resolution(services.db, "R-1").indexed


def test_indexing_again_changes_nothing(services: Services) -> None:
    confirmed(services)
    with services.db.write() as session:
        jobs.enqueue(session, "index", "1")
        jobs.enqueue(session, "index", "99")
    assert 2 == work(services)
    assert (0, 0, WHOLE) == (index_pending(services), repair_index(services), held(services))


def test_a_new_version_replaces_the_old_one_and_what_it_no_longer_has(services: Services) -> None:
    confirmed(services, symptom=None)
    change_resolution(services.db, "R-1", ResolutionChange(title="Another title"), SYSTEM)
    work(services)
    assert {"R-1:title": 2, "R-1:problem": 2, "R-1:answer": 2} == held(services)


def test_an_archived_resolution_leaves_the_index_and_the_word_search(services: Services) -> None:
    confirmed(services)
    assert 1 == len(services.lexical.search("exporter lock", 5))
    change_resolution(services.db, "R-1", ResolutionChange(confidence=Confidence.ARCHIVED), SYSTEM)
    assert [] == services.lexical.search("exporter lock", 5)
    work(services)
    assert ({}, 0) == (held(services), repair_index(services))

    change_resolution(services.db, "R-1", ResolutionChange(confidence=Confidence.NOT_VALIDATED), SYSTEM)
    work(services)
    assert 3 == len(held(services))
    assert 1 == len(services.lexical.search("exporter lock", 5))


def test_a_record_without_an_answer_is_not_indexed_and_never_counts_as_lost(services: Services) -> None:
    confirmed(services, fix=None, root_cause=None)
    assert {} == held(services)
    assert [0, 0] == [repair_index(services), repair_index(services)]


@pytest.mark.parametrize("lost", [["R-1:title", "R-1:problem", "R-1:answer"], ["R-1:problem"]])
def test_what_the_index_lost_is_written_again(services: Services, lost: list[str]) -> None:
    confirmed(services)
    services.vectors.delete(lost)
    assert (1, WHOLE, 0) == (repair_index(services), held(services), repair_index(services))


def test_what_sql_does_not_have_is_taken_out(services: Services) -> None:
    confirmed(services)
    stray: Facts = {"resolution": 77, "version": 1, "view": "title", "views": 1}
    services.vectors.upsert([VectorRecord("R-77:title", UNIT, stray), VectorRecord("junk", UNIT, {})])
    assert (2, WHOLE) == (repair_index(services), held(services))


def test_an_old_version_in_the_index_is_replaced(services: Services) -> None:
    confirmed(services)
    old = [VectorRecord(identifier, UNIT, {**facts, "version": 0}) for identifier, facts in services.vectors.facts()]
    services.vectors.upsert(old)
    assert (1, WHOLE) == (repair_index(services), held(services))


class NothingDeleted(MemoryIndex):
    """An index that holds these facts and refuses to lose any."""

    def __init__(self, dimension: int, facts: Iterable[tuple[str, Facts]]) -> None:
        super().__init__(dimension)
        self.upsert([VectorRecord(identifier, UNIT, held) for identifier, held in facts])

    def delete(self, ids: Sequence[str]) -> None:
        raise AssertionError(ids)


def test_what_is_being_indexed_while_the_sweep_looks_is_no_stray(services: Services) -> None:
    """Its vectors are written before SQL says so."""
    line = drafted(services)
    confirm_draft(services.db, line.id, 1, decision(), ADA)
    index_pending(services)
    with services.db.write() as session:
        from sqlalchemy import text  # noqa: PLC0415

        session.execute(text("UPDATE resolution SET indexed_version = NULL"))
    services.vectors = NothingDeleted(256, services.vectors.facts())
    repair_index(services)


def test_the_index_can_be_thrown_away_and_built_again(services: Services) -> None:
    for number in (1, 2, 3):
        confirmed(services, case(f"T-{number}"))
    before = held(services)
    services.vectors.reset()
    assert (3, before) == (reindex(services), held(services))


def test_building_the_index_stops_with_the_worker_and_is_taken_up_again(services: Services) -> None:
    confirmed(services)
    before = held(services)
    services.stopping = lambda: True
    with pytest.raises(Stopping):
        reindex(services)
    assert {} == held(services)
    services.stopping = lambda: False
    assert (1, before) == (reindex(services), held(services))


def test_a_closed_index_is_not_opened_again_by_a_thread_that_comes_late() -> None:
    opened: list[bool] = []

    def opener(recreate: bool) -> MemoryIndex:
        opened.append(recreate)
        return MemoryIndex(256)

    index = OpenedOnce(opener)
    assert 0 == index.count()
    index.close()
    with pytest.raises(IndexUnavailable):
        index.count()
    with pytest.raises(IndexUnavailable):
        index.reset()
    assert [False] == opened


def test_an_unreachable_index_loses_nothing(services: Services) -> None:
    index = UnreachableIndex(256)
    services.vectors = index
    confirmed(services)
    assert not read_resolution(services.db, "R-1").indexed
    index.down = False
    assert (1, WHOLE) == (index_pending(services), held(services))


class CountingEmbedder(WordEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed_documents(texts)


def test_a_text_is_embedded_once(services: Services) -> None:
    first = embed_cached(services.db, services.embedder, ["a b", "c", "a b"])
    services.embedder = counting = CountingEmbedder()
    again = embed_cached(services.db, services.embedder, ["a b", "d", "c"])
    assert ["d"] == counting.asked
    assert np.array_equal(first[[0, 1]], again[[0, 2]])
    assert (0, 256) == embed_cached(services.db, services.embedder, []).shape


def test_two_who_embed_the_same_text_at_once_both_succeed(services: Services) -> None:
    """Each finds it missing; the later one's is already there."""
    from service.store.queries import vectors  # noqa: PLC0415

    vector = services.embedder.embed_query("x")
    with services.db.write() as session:
        vectors.keep(session, "model", {"hash": vector})
        vectors.keep(session, "model", {"hash": vector, "other": vector})
    with services.db.read() as session:
        assert {"hash", "other"} == set(vectors.known(session, "model", ["hash", "other", "none"]))


def test_words_find_a_resolution_before_any_worker_ran(services: Services) -> None:
    line = drafted(services)
    confirm_draft(services.db, line.id, 1, decision(), ADA)
    assert ["R-1"] == [r.id for r in list_resolutions(services.db, "EXP-2041").items]
