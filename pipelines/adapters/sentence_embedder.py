"""Embeds through sentence-transformers with any model it can load, and exports a model for onnx_embedder.

`python -m pipelines.adapters.sentence_embedder [--model M] [TARGET]` exports; `make install` calls it.
"""

import argparse
import fcntl
import hashlib
import importlib.metadata
import inspect
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipelines.adapters import adaptation as changes
from pipelines.adapters.adaptation import adaptation_sha256, shipped_adaptation
from pipelines.adapters.embedding_files import (
    FORMAT,
    LEAST_AGREEMENT,
    MANIFEST_FILE,
    MODEL_FILE,
    QUERY_FORM,
    TOKENIZER_FILE,
    ExportManifest,
    check_files,
    exported_model_directory,
    read_manifest,
    refuse_foreign,
    sha256_of,
)
from pipelines.adapters.embedding_source import DEFAULT_MODEL, source_directory, source_sha256, weights_sha256
from pipelines.adapters.onnx_embedder import OnnxEmbedder
from pipelines.adapters.onnx_writer import write_onnx, write_tokenizer
from pipelines.adapters.query_check import with_quick_queries
from pipelines.domain.errors import ConfigurationError
from pipelines.ports import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_MODEL", "ExportReport", "SentenceEmbedder", "current_export", "export", "main"]

# What differs in them is what an export gets wrong: length, padding, truncation, scripts, signs, control characters.
_SAMPLES = (
    "",
    "x",
    "Login fails",
    "The nightly export stops at 99 % and the job stays in state RUNNING.",
    "java.lang.IllegalStateException: connection pool exhausted\n\tat com.example.Pool.take(Pool.java:118)",
    "ERR-4031 after the update from 7.2.1 to 7.3.0-rc2 (build 20240117.4)",
    "Der Druckauftrag bleibt in der Warteschlange hängen, seit das Zertifikat erneuert wurde.",
    "Après la migration, les utilisateurs ne reçoivent plus d'alertes par courriel.",
    "アップデート後にログインできません。",
    "SELECT id, state FROM jobs WHERE state = 'queued' ORDER BY id LIMIT 10;",
    "tabs\tand\r\nline ends \u00a0 \u2014 \u201cquotes\u201d \U0001f6a8 " * 6,
    "The connector drops every third message when two brokers share one topic. " * 80,
)


class SentenceEmbedder:
    """The Embedder port on a sentence-transformers model, on the processor. Making one loads the model.

    `model` is DEFAULT_MODEL, a directory, or a name that sentence-transformers resolves; `source` is a directory to
    take the model's files from instead. `adaptation` is a file of adaptation.py. Long texts are cut.
    Raises ConfigurationError where the model cannot be loaded or is not the one expected under its name.
    """

    def __init__(self, model: str, source: Path | None = None, adaptation: Path | None = None) -> None:
        directory = source_directory(model, source)
        weights = weights_sha256(model, directory) if directory else None
        self.transformer = _load(model, directory)
        self._model_id = f"{Path(model).name}@{(weights or _tensors_sha256(self.transformer))[:12]}"
        self._dimension = int(self.transformer.get_embedding_dimension() or self.transformer.encode("x").shape[0])
        self._using = threading.Lock()
        self.matrix: Vectors | None = None
        if adaptation is not None:
            change = changes.read_adaptation(adaptation)
            changes.adapt(self.transformer[0].auto_model, change)
            self.matrix = changes.output_matrix(change)
            self._model_id += f"+{adaptation_sha256(adaptation)[:8]}"

    @property
    def model_id(self) -> str:
        return self._model_id

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        # The tokenizer refuses to be used by two threads at once.
        with self._using:
            found = self.transformer.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return self._finished(found)

    def embed_query(self, text: str) -> Vectors:
        with self._using:
            found = self.transformer.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return self._finished(found)

    def _finished(self, found: Any) -> Vectors:
        return np.asarray(found if self.matrix is None else changes.turned(found, self.matrix), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """`written` is False where the export was there already; `agreement` is as in ExportManifest."""

    directory: Path
    model_id: str
    dimension: int
    agreement: float
    written: bool
    seconds: float


def export(model: str, target: Path, *, as_published: bool = False, adaptation: Path | None = None) -> ExportReport:
    """Put model.onnx, tokenizer.json and manifest.json into `target`, all or nothing; nothing to do if they are there.

    With `adaptation` in place of the one that comes with the program for the default model; as_published: without any.
    Raises ConfigurationError where the model cannot be exported, or where `target` holds something else.
    """
    started = time.monotonic()
    refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        change = None if as_published else adaptation or shipped_adaptation(model)
        present = current_export(model, target, as_published=as_published, adaptation=adaptation)
        manifest = present or _write(model, target, change)
    return ExportReport(
        directory=target,
        model_id=manifest.model_id,
        dimension=manifest.dimension,
        agreement=manifest.agreement,
        written=present is None,
        seconds=time.monotonic() - started,
    )


def current_export(
    model: str, target: Path, *, as_published: bool = False, adaptation: Path | None = None
) -> ExportManifest | None:
    """The manifest of a whole export of exactly these model files in `target`, or None. Loads no model.

    None also for a model of which only sentence-transformers knows the files: it is exported anew each time.
    """
    change = None if as_published else adaptation or shipped_adaptation(model)
    directory = source_directory(model)
    if directory is None or not (target / MANIFEST_FILE).exists():
        return None
    try:
        manifest = read_manifest(target)
        check_files(target, manifest)
    except ConfigurationError:  # damaged or of another format: both mean that it has to be exported again
        return None
    whole = manifest.source_sha256 == source_sha256(directory) and manifest.query_check is not None
    whole = whole and manifest.query_form == QUERY_FORM
    return manifest if whole and manifest.adaptation_sha256 == adaptation_sha256(change) else None


def _write(model: str, target: Path, adaptation: Path | None) -> ExportManifest:
    """Export beside `target`, verify, and only then rename into place."""
    embedder = SentenceEmbedder(model, adaptation=adaptation)
    prefix = f".{target.name}-partial-"
    for left_by_a_crash in target.parent.glob(f"{prefix}*"):
        shutil.rmtree(left_by_a_crash)
    partial = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        manifest = _write_files(embedder, source_directory(model), adaptation, partial)
        manifest = with_quick_queries(partial, _verified(embedder, partial, manifest))
        if target.exists():
            target.rename(partial / "replaced")
            shutil.rmtree(partial / "replaced")
        partial.chmod(0o755)  # mkdtemp makes it private, and the server may run as another user than the installer
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _write_files(
    embedder: SentenceEmbedder, source: Path | None, adaptation: Path | None, directory: Path
) -> ExportManifest:
    model = embedder.transformer
    pooling = _exportable_pooling(model, embedder.model_id)
    tokenizer = model.tokenizer
    transformer: Any = model[0].auto_model
    # The plain form of attention gives the smallest and fastest graph; the vectors are the same.
    transformer.set_attn_implementation("eager")
    taken = inspect.signature(transformer.forward).parameters
    inputs = tuple(name for name in tokenizer.model_input_names if name in taken)
    write_onnx(transformer, pooling, inputs, directory / MODEL_FILE, embedder.matrix)
    max_tokens = int(model.max_seq_length or tokenizer.model_max_length)
    write_tokenizer(tokenizer, max_tokens, directory / TOKENIZER_FILE)
    manifest = ExportManifest(
        format=FORMAT,
        model_id=embedder.model_id,
        dimension=embedder.dimension,
        max_tokens=max_tokens,
        pooling=pooling,
        do_lower_case=bool(model[0].do_lower_case),
        pad_token_id=int(tokenizer.pad_token_id),
        inputs=inputs,
        query_prompt=str(model.prompts.get("query") or ""),
        document_prompt=str(model.prompts.get("document") or ""),
        source_sha256=source_sha256(source) if source else _tensors_sha256(model),
        adaptation_sha256=adaptation_sha256(adaptation),
        agreement=0.0,
        versions={
            name: importlib.metadata.version(name) for name in ("torch", "transformers", "sentence-transformers")
        },
        files={name: sha256_of(directory / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
    )
    (directory / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return manifest


def _verified(embedder: SentenceEmbedder, directory: Path, manifest: ExportManifest) -> ExportManifest:
    """The manifest with the agreement that was measured. Raises ConfigurationError where it is too small."""
    exported = OnnxEmbedder(directory)
    documents = (embedder.embed_documents(_SAMPLES) * exported.embed_documents(_SAMPLES)).sum(axis=1)
    queries = [float(embedder.embed_query(text) @ exported.embed_query(text)) for text in _SAMPLES]
    agreement = min(float(documents.min()), *queries)
    if not agreement > LEAST_AGREEMENT:
        raise ConfigurationError(
            f"The export of {embedder.model_id} does not give the same vectors as the model: "
            f"cosine {agreement:.6f}. Choose another embedding model."
        )
    measured = manifest.model_copy(update={"agreement": min(agreement, 1.0)})
    (directory / MANIFEST_FILE).write_text(measured.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return measured


def _exportable_pooling(model: "SentenceTransformer", model_id: str) -> Literal["mean", "cls"]:
    names = [type(module).__name__ for module in model]
    if names not in (["Transformer", "Pooling", "Normalize"], ["Transformer", "Pooling"]):
        raise _not_exportable(model_id, f"it is made of {', '.join(names)}")
    pooling: Any = model[1]
    prompted = any(model.prompts.values())
    if pooling.pooling_mode not in ("mean", "cls") or (prompted and not pooling.include_prompt):
        raise _not_exportable(
            model_id, f"it pools by {pooling.pooling_mode}, prompt included: {pooling.include_prompt}"
        )
    if not model.tokenizer.is_fast or model.tokenizer.padding_side != "right" or model.tokenizer.pad_token_id is None:
        raise _not_exportable(model_id, "its tokenizer has no tokenizer.json form, or does not pad on the right")
    mode: Literal["mean", "cls"] = pooling.pooling_mode
    return mode


def _not_exportable(model_id: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{model_id} cannot be exported: {why}. Choose a model that is a transformer with mean or cls pooling, "
        f"for example {DEFAULT_MODEL}."
    )


def _load(model: str, directory: Path | None) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds to import
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(directory or model), device="cpu").eval()
    except Exception as error:  # the library raises whatever its parts raise
        raise ConfigurationError(
            f"The embedding model {model} cannot be loaded ({type(error).__name__}). "
            "Set PRECEDENT_EMBEDDING_MODEL to the directory or name of a sentence-transformers model."
        ) from error


def _tensors_sha256(model: "SentenceTransformer") -> str:
    whole = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        whole.update(name.encode())
        whole.update(tensor.detach().cpu().float().numpy().tobytes())
    return whole.hexdigest()


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One export into a place at a time; the kernel lets go of the lock when its holder dies."""
    with (target.parent / f".{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Export a model and print one line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.adapters.sentence_embedder", description=main.__doc__)
    parser.add_argument(
        "--model", default=DEFAULT_MODEL, help="a directory or the name of a sentence-transformers model"
    )
    parser.add_argument("target", nargs="?", type=Path, help="a directory; by default inside this Python environment")
    options = parser.parse_args(arguments)
    try:
        report = export(options.model, options.target or exported_model_directory(options.model))
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    done = "exported" if report.written else "already exported"
    sys.stdout.write(
        f"{done} {report.model_id} to {report.directory} in {report.seconds:.1f} s (agreement {report.agreement:.7f})\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
