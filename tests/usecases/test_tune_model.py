"""An installation teaches its embedding model what its agents linked, and goes back by deleting a folder."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.adapters.onnx_embedder import OnnxEmbedder
from pipelines.adapters.sentence_embedder import export
from pipelines.domain.errors import ConfigurationError
from pipelines.domain.suggestions import Outcome, Query
from pipelines.retrieve.tune import Compared
from service.commands.doctor import examine
from service.commands.tuning import model_told
from service.container import open_embedder
from service.learned_model import FOLDER, ModelWorkshop, learned_model
from service.settings import Settings
from service.store.tables import TextVectorRow
from service.usecases.feedback import give_outcome
from service.usecases.services import Services
from service.usecases.suggest import suggest
from service.usecases.tune_model import ModelResult, Taught, tune_model
from tests.unit.test_embedding_export import small_model
from tests.usecases.cases import ADA
from tests.usecases.test_tune import BLANK, link, two_resolutions

BETTER = Compared(questions=40, before=0.5, after=0.6, sure=0.99)
TAUGHT = (
    Taught(("login fails", "login fails a"), ("a b", "a b c"), "1", answered=True),
    Taught(("d", "d"), ("e f g", "e f g"), "2", answered=False),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model(tmp_path_factory.mktemp("source") / "small")


@pytest.fixture
def taught_by(services: Services, small: Path, tmp_path: Path) -> Services:
    """An installation whose embedding model is a real one of a few kilobytes."""
    settings = services.settings.model_copy(
        update={"embedding_model": str(small), "model_dir": tmp_path / "models", "data_dir": tmp_path / "data"}
    )
    embedder = OnnxEmbedder(export(str(small), settings.model_dir / small.name).directory)
    return replace(services, settings=settings, embedder=embedder, vectors=MemoryIndex(embedder.dimension))


def nobody(_done: int, _whole: int) -> None:
    """Watches no progress."""


def test_answers_are_learned_from_and_later_ones_judge(taught_by: Services) -> None:
    """What cannot be surely better on so few is not kept, and nothing of the candidate stays behind."""
    two_resolutions(taught_by)
    for number in (3, 4, 5):
        link(taught_by, f"T-{number}", "R-2", "symptom")
    view = suggest(taught_by, Query(subject="Invoice blank", body=BLANK), ADA)
    give_outcome(taught_by.db, view.id, "R-2", Outcome.FIXED, None, ADA)
    steps: list[tuple[int, int]] = []
    with ModelWorkshop(taught_by.settings, steps=2) as workshop:
        result = tune_model(taught_by, workshop, lambda done, whole: steps.append((done, whole)), least=4)
    assert 4 == result.questions
    assert [(1, 2), (2, 2)] == steps
    assert result.pairs >= 2, "the earlier answers; records' own titles and problems come on top"
    assert result.compared is not None
    assert 2 == result.compared.questions
    assert (None, "stays as it was") == (result.kept, model_told(result)[-16:-1])
    assert [] == list(taught_by.settings.data_dir.glob(f"*{FOLDER}*"))
    with taught_by.db.read() as session:
        models = session.exec(select(func.count(col(TextVectorRow.model_id).distinct()))).one()
    assert 1 == models


def test_too_few_answers_teach_no_model(taught_by: Services) -> None:
    with ModelWorkshop(taught_by.settings) as workshop:
        result = tune_model(taught_by, workshop, nobody)
    assert ModelResult(questions=0, least=60) == result
    assert "0 answered questions; at least 60 are needed. Nothing was changed." == model_told(result)


def kept_in(settings: Settings) -> str:
    with ModelWorkshop(settings, steps=2) as workshop:
        candidate = workshop.learn(TAUGHT, nobody)
        workshop.keep(BETTER)
    return candidate.model_id


def test_a_kept_model_is_used_from_the_next_start_and_deleting_it_goes_back(taught_by: Services) -> None:
    """A second one is learned on top of it and takes its place."""
    settings = taught_by.settings
    first = kept_in(settings)
    assert first == open_embedder(settings).model_id != taught_by.embedder.model_id
    said: list[str] = []
    examine(settings, said.append)
    assert any("taught here on" in line and "0.500 to 0.600" in line for line in said)
    second = kept_in(settings)
    assert second == open_embedder(settings).model_id != first
    assert [FOLDER] == [path.name for path in settings.data_dir.glob(f"*{FOLDER}*")]
    for path in sorted((settings.data_dir / FOLDER).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert taught_by.embedder.model_id == open_embedder(settings).model_id


def test_a_model_learned_from_another_one_is_set_aside(taught_by: Services) -> None:
    """And a folder that cannot be read is said."""
    settings = taught_by.settings
    kept_in(settings)
    assert learned_model(settings.model_copy(update={"embedding_model": "another"})) is None
    (settings.data_dir / FOLDER / "learned.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="Delete it to go back"):
        open_embedder(settings)
    said: list[str] = []
    assert examine(settings, said.append) >= 1
    assert any(line.startswith("broken embedding") for line in said)


def test_stopping_while_it_learns_leaves_nothing(taught_by: Services) -> None:
    def interrupted(_done: int, _whole: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), ModelWorkshop(taught_by.settings, steps=2) as workshop:
        workshop.learn(TAUGHT, interrupted)
    assert [] == list(taught_by.settings.data_dir.glob(f"*{FOLDER}*"))
