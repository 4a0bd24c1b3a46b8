"""What an exported embedding model consists of on disk; written by sentence_embedder, read by onnx_embedder."""

import hashlib
import sys
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from pipelines.domain.errors import ConfigurationError
from pipelines.domain.value import Value

MODEL_FILE = "model.onnx"
QUERY_FILE = "query.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
FORMAT = 1
"""Raise it when the exported graph or the manifest changes: an export of another format is made again."""

QUERY_FORM = 2
"""Raise it when QUERY_FILE is made otherwise: an export with the former one serves on until it is made again."""

LEAST_AGREEMENT = 0.9999
"""An export whose vectors have a smaller cosine than this with the original's is thrown away."""

LEAST_MEAN_COSINE = 0.99

REMEDY = "Run `make install` to export it again."


class QueryCheck(Value):
    """How the eight-bit model embeds questions beside the float32 one: see query_check.

    `mean_cosine` and `least_cosine` compare the vectors of each question; `found` and `found_by_float` are the shares
    of questions with the right document among the first ten (S@10).
    """

    mean_cosine: float
    least_cosine: float
    found: float
    found_by_float: float

    @property
    def passed(self) -> bool:
        return self.mean_cosine >= LEAST_MEAN_COSINE and self.found >= self.found_by_float


class ExportManifest(Value):
    """The facts of an exported model that embedding needs, and the hashes that tell a whole export from a damaged one.

    `source_sha256` covers every file the model was loaded from, `adaptation_sha256` the adaptation (empty for none),
    and `files` each exported file. `do_lower_case` is on record only: tokenizer.json does it. `agreement` is the
    smallest cosine between the exported model's vectors and the original's at export.
    """

    format: int
    model_id: str
    dimension: int
    max_tokens: int
    pooling: Literal["mean", "cls"]
    normalise: Literal[True] = True
    do_lower_case: bool
    pad_token_id: int
    inputs: tuple[str, ...]
    query_prompt: str
    document_prompt: str
    source_sha256: str
    adaptation_sha256: str = ""
    agreement: float
    query_check: QueryCheck | None = None
    """None in an export from before there was an eight-bit model for questions; it is made again when it can be."""
    query_form: int = 1
    versions: dict[str, str]
    files: dict[str, str]

    @property
    def quick_queries(self) -> bool:
        """Whether QUERY_FILE embeds questions; where the check failed, and in old exports, MODEL_FILE does."""
        return self.query_check is not None and self.query_check.passed


def exported_model_directory(model: str) -> Path:
    """Where `make install` puts the export of a model: inside the environment the program runs in."""
    return Path(sys.prefix) / "share" / "precedent" / "models" / Path(model).name


def sha256_of(path: Path) -> str:
    """The file's sha256 as hexadecimal text. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(directory: Path) -> ExportManifest:
    """The manifest of an export. Raises ConfigurationError where there is none that this version understands."""
    path = directory / MANIFEST_FILE
    try:
        manifest = ExportManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"There is no exported embedding model at {directory}. {REMEDY}") from error
    except ValidationError as error:
        raise ConfigurationError(f"The manifest {path} of the exported embedding model is damaged. {REMEDY}") from error
    if manifest.format != FORMAT:
        raise ConfigurationError(
            f"The embedding model at {directory} was exported in format {manifest.format}, not {FORMAT}. {REMEDY}"
        )
    return manifest


def check_files(directory: Path, manifest: ExportManifest) -> None:
    """Raise ConfigurationError unless the model and the tokenizer are byte for byte what the manifest says."""
    for name in (MODEL_FILE, TOKENIZER_FILE, *((QUERY_FILE,) if manifest.quick_queries else ())):
        path = directory / name
        try:
            found = sha256_of(path)
        except OSError as error:
            raise ConfigurationError(f"The exported embedding model lacks {path}. {REMEDY}") from error
        if found != manifest.files.get(name):
            raise ConfigurationError(f"{path} is not the file that was exported: its sha256 differs. {REMEDY}")


def refuse_foreign(target: Path) -> None:
    """Raise ConfigurationError where replacing `target` would delete something that is not an export."""
    if target.exists():
        known = {MODEL_FILE, QUERY_FILE, TOKENIZER_FILE, MANIFEST_FILE}
        if not target.is_dir() or any(path.name not in known for path in target.iterdir()):
            raise ConfigurationError(f"{target} holds something other than an exported model; choose another place.")
