"""Which models can be exported, how texts are batched, and what the hash of a model's files covers."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import BertConfig, BertModel, BertTokenizer

from pipelines.adapters import sentence_embedder
from pipelines.adapters.embedding_files import (
    MANIFEST_FILE,
    QUERY_FILE,
    QueryCheck,
    check_files,
    exported_model_directory,
    read_manifest,
)
from pipelines.adapters.embedding_source import DEFAULT_MODEL, source_directory, source_sha256, weights_sha256
from pipelines.adapters.onnx_embedder import OnnxEmbedder, _batches
from pipelines.adapters.sentence_embedder import ExportReport, SentenceEmbedder, current_export, export
from pipelines.domain.errors import ConfigurationError

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", "login", "fails", "##s"]


def small_model(directory: Path, pooling: str = "mean", *, dense: bool = False, prompts: bool = False) -> Path:
    """A sentence-transformers model of a few kilobytes with random weights."""
    torch.manual_seed(7)
    base = directory.parent / f"{directory.name}-base"
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
        initializer_range=1.0,  # or all texts would have nearly the same vector
    )
    BertModel(config).save_pretrained(base)
    BertTokenizer(vocab={word: n for n, word in enumerate(VOCABULARY)}, model_max_length=40).save_pretrained(base)
    modules = [Transformer(str(base), max_seq_length=24), Pooling(16, pooling_mode=pooling)]
    if dense:
        modules.append(Dense(16, 8))
    named = {"query": "q ", "document": "d "} if prompts else None
    SentenceTransformer(modules=modules, device="cpu", prompts=named).save_pretrained(str(directory))
    return directory


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model(tmp_path_factory.mktemp("source") / "small", pooling="cls", prompts=True)


@pytest.fixture(scope="module")
def exported(small: Path, tmp_path_factory: pytest.TempPathFactory) -> ExportReport:
    """The small model's export, which takes seconds; to be copied where it is changed."""
    return export(str(small), tmp_path_factory.mktemp("exported") / "out")


def test_a_model_with_cls_pooling_and_prompts_gives_the_same_vectors_when_exported(
    small: Path, exported: ExportReport
) -> None:
    report = exported
    original, embedder = SentenceEmbedder(str(small)), OnnxEmbedder(report.directory)
    texts = ["login fails", "", "a b c d e f g " * 20]
    assert report.written
    assert original.model_id == embedder.model_id == report.model_id
    assert embedder.model_id.startswith("small@")
    assert (original.embed_documents(texts) * embedder.embed_documents(texts)).sum(axis=1).min() > 0.9999
    assert float(original.embed_query("login") @ embedder.embed_query("login")) > 0.99
    assert not np.allclose(embedder.embed_query("login"), embedder.embed_documents(["login"])[0], atol=1e-3)


def test_an_export_is_made_again_when_the_model_or_the_export_has_changed(
    small: Path, exported: ExportReport, tmp_path: Path
) -> None:
    source, target = tmp_path / "source", tmp_path / "out"
    shutil.copytree(small, source)
    shutil.copytree(exported.directory, target)
    assert not export(str(source), target).written
    (target / "model.onnx").write_bytes(b"damaged")
    assert export(str(source), target).written
    former = read_manifest(target).model_copy(update={"query_form": 1})
    (target / MANIFEST_FILE).write_text(former.model_dump_json(), encoding="utf-8")
    assert export(str(source), target).written
    config = source / "config_sentence_transformers.json"
    config.write_text(config.read_text().replace('"q "', '"x "'))
    assert export(str(source), target).written
    check_files(target, read_manifest(target))


def test_an_export_that_fails_half_way_leaves_what_was_there(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_embedder, "LEAST_AGREEMENT", 2.0)
    with pytest.raises(ConfigurationError, match="same vectors"):
        export(str(small), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == [".out.lock"]


def test_a_killed_export_leaves_nothing_that_looks_whole_and_is_cleared_away(small: Path, tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from pipelines.adapters import sentence_embedder as s\n"
        "s._verified = lambda *_: os.kill(os.getpid(), 9)\n"
        "s.export(sys.argv[1], Path(sys.argv[2]))"
    )
    target = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", program, str(small), str(target)], check=False, capture_output=True)
    assert done.returncode == -9
    assert not target.exists()
    assert len(list(tmp_path.glob(".out-partial-*"))) == 1
    assert export(str(small), target).written
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.lock", "out"]


@pytest.mark.parametrize(("pooling", "dense", "why"), [("max", False, "max"), ("mean", True, "Dense")])
def test_a_model_that_cannot_be_exported_says_why_and_what_to_do(
    tmp_path: Path, pooling: str, dense: bool, why: str
) -> None:
    model = small_model(tmp_path / "small", pooling, dense=dense)
    with pytest.raises(ConfigurationError, match=f"{why}.*Choose a model"):
        export(str(model), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert SentenceEmbedder(str(model)).embed_documents(["login"]).shape == (1, 8 if dense else 16)


def test_a_model_that_cannot_be_loaded_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ConfigurationError, match="PRECEDENT_EMBEDDING_MODEL"):
        SentenceEmbedder(str(tmp_path))


def test_finding_the_default_model_does_not_import_its_package() -> None:
    program = (
        "import sys; from pipelines.adapters.embedding_source import DEFAULT_MODEL, DEFAULT_MODEL_PACKAGE\n"
        "from pipelines.adapters.embedding_source import source_directory\n"
        "assert source_directory(DEFAULT_MODEL).is_dir()\n"
        "print(DEFAULT_MODEL_PACKAGE in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_the_weights_of_the_default_model_are_the_expected_ones() -> None:
    directory = source_directory(DEFAULT_MODEL)
    assert directory is not None
    assert weights_sha256(DEFAULT_MODEL, directory).startswith("53aa5117")


def test_the_hash_of_a_model_s_files_changes_with_each_file_that_shapes_vectors(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"w")
    (tmp_path / "config.json").write_text("{}")
    before = source_sha256(tmp_path)
    (tmp_path / "README.md").write_text("about")
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "config.json").write_text("[]")
    assert before == source_sha256(tmp_path)
    (tmp_path / "config.json").write_text('{"a": 1}')
    assert before != source_sha256(tmp_path)


def test_each_model_has_its_own_place_in_the_environment() -> None:
    assert exported_model_directory(DEFAULT_MODEL).name == DEFAULT_MODEL
    assert exported_model_directory("someone/model").name == "model"
    assert exported_model_directory(DEFAULT_MODEL).is_relative_to(sys.prefix)


@given(st.lists(st.integers(0, 600), max_size=60))
def test_batches_take_each_text_once_and_pad_little(lengths: list[int]) -> None:
    batches = list(_batches(lengths))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[place] for place in batch)
        assert len(batch) == 1 or longest * len(batch) <= 512
        assert batch[0] == max(batch, key=lambda place: lengths[place]) or lengths[batch[0]] == longest


def test_an_export_keeps_the_eight_bit_model_only_where_it_passed_its_check(exported: ExportReport) -> None:
    manifest = read_manifest(exported.directory)
    assert manifest.query_check is not None
    assert manifest.query_check.passed == (exported.directory / QUERY_FILE).exists() == (QUERY_FILE in manifest.files)


@pytest.mark.parametrize(
    ("mean_cosine", "found", "passed"), [(0.995, 0.9, True), (0.98, 0.9, False), (0.995, 0.89, False)]
)
def test_the_eight_bit_model_has_to_point_the_same_way_and_to_find_as_much(
    mean_cosine: float, found: float, *, passed: bool
) -> None:
    check = QueryCheck(mean_cosine=mean_cosine, least_cosine=0.9, found=found, found_by_float=0.9)
    assert passed == check.passed


def test_an_export_without_an_eight_bit_model_embeds_questions_as_it_embeds_records(
    small: Path, exported: ExportReport, tmp_path: Path
) -> None:
    shutil.copytree(exported.directory, tmp_path / "out")
    manifest = read_manifest(tmp_path / "out")
    former = manifest.model_copy(update={"query_check": None, "query_prompt": "d "})
    (tmp_path / "out" / MANIFEST_FILE).write_text(former.model_dump_json(), encoding="utf-8")
    embedder = OnnxEmbedder(tmp_path / "out")
    np.testing.assert_allclose(embedder.embed_documents(["login fails"])[0], embedder.embed_query("login fails"))
    assert current_export(str(small), tmp_path / "out") is None
