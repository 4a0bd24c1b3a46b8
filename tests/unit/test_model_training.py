"""A model learns which texts belong together, and what it learned goes into its export."""

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from pipelines.adapters.adaptation import Change, adapt, adaptation_sha256, read_adaptation, write_adaptation
from pipelines.adapters.model_training import Lesson, Pair, train
from pipelines.adapters.onnx_embedder import OnnxEmbedder
from pipelines.adapters.sentence_embedder import SentenceEmbedder, current_export, export
from pipelines.domain.errors import ConfigurationError
from tests.unit.test_embedding_export import small_model

TEXTS = ("login fails", "a b c", "login a", "d e f", "fails g", "h i j", "logins k", "l m n")
PAIRS = tuple(Pair((place, place), (place + 1, place + 1), place) for place in range(0, len(TEXTS), 2))
STEPS = 200


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model(tmp_path_factory.mktemp("source") / "small")


@pytest.fixture(scope="module")
def change(small: Path) -> Change:
    return train(SentenceTransformer(str(small), device="cpu"), Lesson(TEXTS, PAIRS), steps=STEPS, rank=4)


def likeness(embedder: SentenceEmbedder) -> float:
    """The mean cosine of the pairs, less that of all others."""
    rows = embedder.embed_documents(TEXTS)
    cosines = rows[::2] @ rows[1::2].T
    same = np.eye(len(cosines), dtype=bool)
    return float(cosines[same].mean() - cosines[~same].mean())


def test_a_trained_change_draws_pairs_together(small: Path, change: Change, tmp_path: Path) -> None:
    write_adaptation(tmp_path / "change.npz", change)
    assert likeness(SentenceEmbedder(str(small))) + 0.05 < likeness(
        SentenceEmbedder(str(small), adaptation=tmp_path / "change.npz")
    )


def test_the_same_lesson_gives_the_same_file(small: Path, change: Change, tmp_path: Path) -> None:
    again = train(SentenceTransformer(str(small), device="cpu"), Lesson(TEXTS, PAIRS), steps=STEPS, rank=4)
    write_adaptation(tmp_path / "one.npz", change)
    write_adaptation(tmp_path / "other.npz", again)
    assert adaptation_sha256(tmp_path / "one.npz") == adaptation_sha256(tmp_path / "other.npz")


def test_training_tells_how_far_it_is(small: Path) -> None:
    told: list[tuple[int, int]] = []
    model = SentenceTransformer(str(small), device="cpu")
    train(model, Lesson(TEXTS, PAIRS), steps=3, rank=2, progress=lambda done, whole: told.append((done, whole)))
    assert [(1, 3), (2, 3), (3, 3)] == told


def test_without_pairs_there_is_nothing_to_learn(small: Path) -> None:
    with pytest.raises(ValueError, match="no pairs"):
        train(SentenceTransformer(str(small), device="cpu"), Lesson(TEXTS, ()), steps=3)


def test_a_change_goes_into_the_export_and_into_the_model_s_name(small: Path, change: Change, tmp_path: Path) -> None:
    """And another change, or none, makes the export outdated."""
    kept = tmp_path / "change.npz"
    write_adaptation(kept, change)
    target = tmp_path / "out"
    report = export(str(small), target, adaptation=kept)
    original = SentenceEmbedder(str(small), adaptation=kept)
    assert (
        report.model_id == original.model_id == f"{SentenceEmbedder(str(small)).model_id}+{adaptation_sha256(kept)[:8]}"
    )
    found = OnnxEmbedder(target).embed_documents(TEXTS)
    assert (found * original.embed_documents(TEXTS)).sum(axis=1).min() > 0.9999
    assert current_export(str(small), target, adaptation=kept) is not None
    assert current_export(str(small), target) is None


def test_half_of_a_change_is_half_way(change: Change, tmp_path: Path) -> None:
    write_adaptation(tmp_path / "half.npz", change, share=0.5)
    for name, (up, down) in read_adaptation(tmp_path / "half.npz").items():
        whole = change[name][0].astype(np.float32) @ change[name][1].astype(np.float32)
        assert pytest.approx(whole / 2, abs=1e-2) == up.astype(np.float32) @ down.astype(np.float32)


def test_a_change_made_for_another_model_is_refused(change: Change, tmp_path: Path) -> None:
    """It names the first layer that does not fit."""
    other = SentenceTransformer(str(small_model(tmp_path / "other")), device="cpu")
    wrong = {name: (up[:-1], down) for name, (up, down) in change.items()}
    with pytest.raises(ConfigurationError, match="not made for this model: it changes encoder"):
        adapt(other[0].auto_model, wrong)


@pytest.mark.parametrize("content", [b"", b"nothing of the kind"])
def test_a_damaged_change_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "change.npz").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"change\.npz cannot be read"):
        read_adaptation(tmp_path / "change.npz")
