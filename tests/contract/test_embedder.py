"""What every embedder promises: the exported model under ONNX Runtime and the original under sentence-transformers."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from pipelines.adapters.adaptation import SHIPPED, adaptation_sha256
from pipelines.adapters.embedding_files import MANIFEST_FILE, MODEL_FILE, QUERY_FILE, TOKENIZER_FILE
from pipelines.adapters.embedding_source import DEFAULT_MODEL_SHA256, source_directory
from pipelines.adapters.onnx_embedder import OnnxEmbedder
from pipelines.adapters.sentence_embedder import DEFAULT_MODEL, SentenceEmbedder, export, main
from pipelines.domain.errors import ConfigurationError
from pipelines.ports import Embedder, Vectors

TEXTS = [
    "The export job fails with error E-1042 after the upgrade to 6.3.",
    "",
    "Kann sich nach der Umstellung niemand mehr anmelden?",
    "Users cannot sign in after the identity provider was changed. " * 30,
    "\u30ed\u30b0\u30a4\u30f3\u3067\u304d\u307e\u305b\u3093",
    "line one\r\n\tline two\x00\u200b \U0001f4a5",
    "ok",
]


@pytest.fixture(scope="session")
def onnx(exported_model: Path) -> OnnxEmbedder:
    return OnnxEmbedder(exported_model)


@pytest.fixture(scope="session")
def original() -> SentenceEmbedder:
    return SentenceEmbedder(DEFAULT_MODEL, adaptation=SHIPPED)


@pytest.fixture(params=["onnx", "original"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    found: Embedder = request.getfixturevalue(request.param)
    return found


def cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other)


def test_documents_become_rows_of_length_1_in_order(embedder: Embedder) -> None:
    vectors = embedder.embed_documents(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.ones(len(TEXTS)) == pytest.approx(np.linalg.norm(vectors, axis=1), abs=1e-5)
    alone = [embedder.embed_documents([text])[0] for text in TEXTS]
    assert np.array(alone) == pytest.approx(vectors, abs=1e-5)


def test_a_query_is_one_vector_of_length_1(embedder: Embedder) -> None:
    found = embedder.embed_query("login fails")
    assert found.shape == (embedder.dimension,)
    assert found.dtype == np.float32
    assert float(np.linalg.norm(found)) == pytest.approx(1.0, abs=1e-5)


def test_no_documents_make_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_documents([]).shape == (0, 384)


def test_an_empty_text_has_a_vector_like_any_other(embedder: Embedder) -> None:
    assert float(np.linalg.norm(embedder.embed_query(""))) == pytest.approx(1.0, abs=1e-5)


def test_the_same_text_has_the_same_vector_every_time(embedder: Embedder) -> None:
    assert np.array_equal(embedder.embed_documents(TEXTS), embedder.embed_documents(TEXTS))
    assert np.array_equal(embedder.embed_query(TEXTS[0]), embedder.embed_query(TEXTS[0]))


def test_a_vector_does_not_depend_on_its_batch_mates(embedder: Embedder) -> None:
    many = [*TEXTS, *(f"ticket {n}: " + "the queue is stuck again " * (n % 8) for n in range(24))]
    together = embedder.embed_documents(many)
    backwards = embedder.embed_documents(many[::-1])[::-1]
    assert together == pytest.approx(backwards, abs=1e-5)


def test_meaning_is_closer_than_words(embedder: Embedder) -> None:
    question = embedder.embed_query("People are unable to log in")
    same = embedder.embed_documents(["Sign-in does not work for our staff"])[0]
    other = embedder.embed_documents(["People are unable to print invoices in colour"])[0]
    assert cosine(question, same) > cosine(question, other)


def test_what_stands_beyond_the_model_s_limit_is_cut(embedder: Embedder) -> None:
    long = "the replication lag grows " * 200
    assert np.array_equal(embedder.embed_query(long), embedder.embed_query(long + "and the printer is out of paper"))


def test_many_threads_get_the_vectors_that_one_gets(embedder: Embedder) -> None:
    expected = [embedder.embed_query(text) for text in TEXTS]
    failures: list[str] = []

    def work() -> None:
        for text, vector in zip(TEXTS, expected, strict=True):
            if not np.allclose(vector, embedder.embed_query(text), atol=1e-5):
                failures.append(text[:20])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_export_gives_the_vectors_and_the_name_of_the_original(
    onnx: OnnxEmbedder, original: SentenceEmbedder
) -> None:
    assert onnx.model_id == original.model_id
    assert onnx.dimension == original.dimension
    documents = (onnx.embed_documents(TEXTS) * original.embed_documents(TEXTS)).sum(axis=1)
    assert documents.min() > 0.9999
    assert all(cosine(onnx.embed_query(t), original.embed_query(t)) > 0.98 for t in TEXTS)


def test_the_model_s_name_carries_the_hash_of_its_weights(original: SentenceEmbedder) -> None:
    change = adaptation_sha256(SHIPPED)[:8]
    assert original.model_id == f"{DEFAULT_MODEL}@{DEFAULT_MODEL_SHA256[:12]}+{change}"


def test_many_threads_may_bring_the_first_query_together(exported_model: Path) -> None:
    fresh = OnnxEmbedder(exported_model)
    found: list[Vectors] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        found.append(fresh.embed_query("login fails"))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(np.allclose(found[0], vector, atol=1e-6) for vector in found)


def test_a_server_that_embeds_loads_neither_torch_nor_transformers(exported_model: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from pipelines.adapters.onnx_embedder import OnnxEmbedder\n"
        "assert 'onnxruntime' not in sys.modules and 'tokenizers' not in sys.modules\n"
        f"OnnxEmbedder(Path({str(exported_model)!r})).embed_query('x')\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert done.stderr == ""


def test_a_missing_export_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="make install"):
        OnnxEmbedder(tmp_path / "nowhere")


def copy_of(exported_model: Path, target: Path) -> Path:
    """The export with links for files, so that a test may replace them."""
    target.mkdir()
    for name in (MANIFEST_FILE, MODEL_FILE, QUERY_FILE, TOKENIZER_FILE):
        (target / name).symlink_to(exported_model / name)
    return target


def replace(path: Path, content: str) -> None:
    path.unlink()
    path.write_text(content, encoding="utf-8")


@pytest.mark.parametrize("content", ["", "{", "{}", '{"format": 1, "surprise": true}'])
def test_a_damaged_manifest_names_the_remedy(exported_model: Path, tmp_path: Path, content: str) -> None:
    directory = copy_of(exported_model, tmp_path / "model")
    replace(directory / MANIFEST_FILE, content)
    with pytest.raises(ConfigurationError, match="make install"):
        OnnxEmbedder(directory)


def test_an_export_of_another_format_names_the_remedy(exported_model: Path, tmp_path: Path) -> None:
    directory = copy_of(exported_model, tmp_path / "model")
    manifest = json.loads((directory / MANIFEST_FILE).read_text())
    replace(directory / MANIFEST_FILE, json.dumps(manifest | {"format": 999}))
    with pytest.raises(ConfigurationError, match="make install"):
        OnnxEmbedder(directory)


@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE])
def test_a_damaged_file_is_never_embedded_with(exported_model: Path, tmp_path: Path, name: str) -> None:
    directory = copy_of(exported_model, tmp_path / "model")
    replace(directory / name, "damaged")
    with pytest.raises(ConfigurationError, match=f"{name}.*make install"):
        OnnxEmbedder(directory).embed_query("x")
    (directory / name).unlink()
    with pytest.raises(ConfigurationError, match=f"{name}.*make install"):
        OnnxEmbedder(directory).embed_query("x")


def test_an_export_that_is_there_is_left_alone(
    exported_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = copy_of(exported_model, tmp_path / "model")
    before = {path.name: path.lstat().st_mtime_ns for path in directory.iterdir()}
    report = export(DEFAULT_MODEL, directory)
    assert not report.written
    assert report.agreement > 0.9999
    assert main([str(directory)]) == 0
    assert capsys.readouterr().out.startswith(f"already exported {report.model_id} to {directory} in ")
    assert before == {path.name: path.lstat().st_mtime_ns for path in directory.iterdir()}


def test_a_place_that_holds_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main([str(tmp_path)]) == 1
    assert "something other" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_other_weights_under_the_default_model_s_name_are_refused(tmp_path: Path) -> None:
    directory = source_directory(DEFAULT_MODEL)
    assert directory is not None
    (tmp_path / "model.safetensors").write_bytes((directory / "model.safetensors").read_bytes()[:-1] + b"\x01")
    with pytest.raises(ConfigurationError, match="sha256"):
        SentenceEmbedder(DEFAULT_MODEL, source=tmp_path)


def test_a_directory_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no model weights"):
        SentenceEmbedder(str(tmp_path))
