"""A small trained change of an embedding model: a square matrix its vectors are multiplied by; evals/adapt.py makes it.

The packaged model knows everyday English; the matrix turns its space so that tellings of one software problem lie
nearer together than problems that only share their words. Inside an exported graph it costs a running server nothing.
"""

from pathlib import Path

import numpy as np

from pipelines.adapters.embedding_files import sha256_of
from pipelines.adapters.embedding_source import DEFAULT_MODEL
from pipelines.domain.errors import ConfigurationError
from pipelines.ports import Vectors

SHIPPED = Path(__file__).with_name("all-MiniLM-L6-v2.adaptation.npy")


def shipped_adaptation(model: str) -> Path | None:
    """The matrix that comes with the program for this model; only the default model has one."""
    return SHIPPED if model == DEFAULT_MODEL else None


def adaptation_sha256(path: Path | None) -> str:
    """The file's sha256; empty without one."""
    return sha256_of(path) if path else ""


def read_adaptation(path: Path, dimension: int) -> Vectors:
    """The matrix, shape (dimension, dimension). Raises ConfigurationError where the file does not hold such a one."""
    try:
        matrix = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The adaptation {path.name} cannot be read. Install the program again.") from error
    if matrix.shape != (dimension, dimension):
        raise ConfigurationError(f"The adaptation {path.name} was not made for vectors of {dimension} numbers.")
    return np.asarray(matrix, dtype=np.float32)


def adapted(vectors: Vectors, matrix: Vectors) -> Vectors:
    """Unit vectors, one a row (or a single one), turned by the matrix; unit vectors again."""
    turned = vectors @ matrix.T
    return np.asarray(turned / np.linalg.norm(turned, axis=-1, keepdims=True), dtype=np.float32)
