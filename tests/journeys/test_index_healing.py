"""The index is deleted, damaged, of another model, or lost while serving: SQL is the truth and it comes back."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
from sqlmodel import select

from pipelines.adapters.chroma_index import ChromaIndex
from pipelines.adapters.embedding_files import exported_model_directory, read_manifest
from pipelines.ports import VectorRecord
from service.store.tables import JobRow
from tests.journeys import examples, state
from tests.journeys.conftest import NewProgram
from tests.processes import Program, wait_until

RESOLUTIONS = 5
WRITTEN_AT = 1000
"""Changes after which Chroma writes its graph to the disk; until then it keeps them in a log."""


@pytest.fixture(scope="session")
def resolutions_imported(tmp_path_factory: pytest.TempPathFactory, exported_model: Path) -> Path:
    """The data directory of an installation with a few indexed resolutions, at rest; to be copied."""
    folder = tmp_path_factory.mktemp("healing")
    program = Program(folder / "data", exported_model.parent, capture="all")
    made = [examples.ticket(number) for number in range(RESOLUTIONS)]
    file = examples.write_file(folder / "tickets.jsonl", made)
    result = program.run("import", str(file), "--accept-drafts")
    assert 0 == result.returncode, result.stderr
    return program.data_dir


@pytest.fixture
def with_resolutions(program: Program, resolutions_imported: Path) -> Program:
    """An installation with a few indexed resolutions, at rest."""
    shutil.copytree(resolutions_imported, program.data_dir)
    return program


def delete(index: Path) -> None:
    shutil.rmtree(index)


def damage(index: Path) -> None:
    for file in index.rglob("*"):
        if file.is_file():
            file.write_bytes(b"\xa5" * 5000)


def lose_the_graph(index: Path) -> None:
    """Leave the list of the vectors, as many as make Chroma write the whole graph, and nothing but the list."""
    model = read_manifest(exported_model_directory("all-MiniLM-L6-v2"))
    chance = np.random.default_rng(1).normal(size=(WRITTEN_AT - 3 * RESOLUTIONS, model.dimension)).astype(np.float32)
    vectors = chance / np.linalg.norm(chance, axis=1, keepdims=True)
    strays = range(9000, 9000 + len(vectors))
    full = ChromaIndex.embedded(index, model.model_id, model.dimension)
    facts = [{"resolution": stray, "version": 1, "views": 1} for stray in strays]
    full.upsert([VectorRecord(f"R-{n}:title", v, f) for n, v, f in zip(strays, vectors, facts, strict=True)])
    full.close()
    graphs = [found for found in index.iterdir() if found.is_dir()]
    assert graphs
    for graph in graphs:
        shutil.rmtree(graph)


def of_another_model(index: Path) -> None:
    shutil.rmtree(index)
    ChromaIndex.embedded(index, "another-model", 12).close()


def answered(client: httpx.Client, number: int) -> tuple[int, list[str], int]:
    """Status, what was degraded, and how many of the answers point to the right problem."""
    answer = client.post("/suggestions", json=examples.question(number))
    body = answer.json()
    part, _, _ = examples.problem(number)
    right = [s for s in (*body.get("suggestions", ()), *body.get("near_misses", ())) if part in s["title"]]
    return answer.status_code, body.get("degraded", []), len(right)


@pytest.mark.parametrize("harm", [delete, damage, lose_the_graph, of_another_model])
def test_a_server_that_starts_over_a_broken_index_answers_by_words_and_heals_it(
    with_resolutions: Program, exported_model: Path, harm: Callable[[Path], None]
) -> None:
    program = with_resolutions
    harm(program.data_dir / "chroma")

    with program.serve() as server, program.client() as client, program.database() as database:
        status, degraded, right = answered(client, 1)
        assert 200 == status
        assert degraded in ([], ["index"])
        assert 1 == right
        wait_until(lambda: state.at_rest(database), 60, "the index was not repaired")
        assert (200, [], 1) == answered(client, 1)
        assert [] == state.jobs_that_failed(database)
        assert 0 == server.stop()
        meant = dict.fromkeys(state.resolutions(database), 1)
    assert RESOLUTIONS == len(meant)
    assert meant == state.indexed(program.data_dir, exported_model)


@pytest.mark.parametrize("harm", [delete, damage])
def test_reindex_rebuilds_a_broken_index(
    with_resolutions: Program, exported_model: Path, harm: Callable[[Path], None]
) -> None:
    harm(with_resolutions.data_dir / "chroma")

    result = with_resolutions.run("reindex")

    assert (0, f"{RESOLUTIONS} resolutions indexed.\n") == (result.returncode, result.stderr)
    with with_resolutions.database() as database:
        meant = dict.fromkeys(state.resolutions(database), 1)
    assert meant == state.indexed(with_resolutions.data_dir, exported_model)


def test_an_index_that_is_deleted_under_a_running_server_never_costs_an_answer(with_resolutions: Program) -> None:
    with with_resolutions.serve() as server, with_resolutions.client() as client:
        assert (200, [], 1) == answered(client, 1)
        delete(with_resolutions.data_dir / "chroma")
        for _ in range(3):
            status, degraded, right = answered(client, 1)
            assert (200, 1) == (status, right)
            assert degraded in ([], ["index"])
        assert 0 == server.stop()


@pytest.mark.usefixtures("with_resolutions")
def test_without_its_chroma_server_an_installation_answers_by_words_and_says_so(new_program: NewProgram) -> None:
    nobody = new_program(capture="all", chroma_url="http://127.0.0.1:9")

    with nobody.serve(), nobody.client() as client:
        assert (200, ["index"], 1) == answered(client, 1)
        ready = httpx.get(f"{nobody.url}/health/ready")
        assert (503, False) == (ready.status_code, ready.json()["components"]["index"])


@pytest.mark.usefixtures("with_resolutions")
def test_a_worker_that_finds_no_chroma_server_looks_again_instead_of_giving_up(new_program: NewProgram) -> None:
    nobody = new_program(capture="all", chroma_url="http://127.0.0.1:9")

    done = nobody.run("worker", "--until-idle")

    assert 0 == done.returncode, done.stderr
    assert "index.unreachable" in done.stderr
    with nobody.database() as database, database.read() as session:
        sweeps = session.exec(select(JobRow).where(JobRow.kind == "sweep", JobRow.state == "queued")).all()
    assert [0] == [sweep.failures for sweep in sweeps]
    assert sweeps[0].run_at < datetime.now(UTC) + timedelta(minutes=10)


def test_workers_repair_an_index_on_a_server_when_they_start(
    new_program: NewProgram, chroma_server: str, tmp_path: Path
) -> None:
    program = new_program(chroma_url=chroma_server)
    file = examples.write_file(tmp_path / "tickets.jsonl", [examples.ticket(number) for number in range(RESOLUTIONS)])
    assert 0 == program.run("import", str(file), "--accept-drafts").returncode
    model = read_manifest(program.model)
    index = ChromaIndex.server(chroma_server, model.model_id, model.dimension)
    index.reset()

    done = program.run("worker", "--until-idle")

    assert 0 == done.returncode, done.stderr
    with program.database() as database:
        assert dict.fromkeys(state.resolutions(database), 1) == state.whole(dict(index.facts()))
    index.close()
