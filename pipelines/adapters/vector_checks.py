"""What every vector index demands of a vector before it takes it in or looks for it."""

import numpy as np

from pipelines.domain.errors import ModelMismatch
from pipelines.ports import Vectors


def checked_dimension(dimension: int) -> int:
    """The dimension itself. Raises ValueError unless it is positive."""
    if dimension < 1:
        raise ValueError(f"a vector index of dimension {dimension} holds nothing")
    return dimension


def unit_vector(vector: Vectors, dimension: int) -> Vectors:
    """The vector at length 1, float32, shape (dimension,).

    Raises ModelMismatch on another shape, ValueError on a vector without a direction: no cosine is defined for it, and
    one such vector spoils the graph of an approximate index.
    """
    if vector.shape != (dimension,):
        raise ModelMismatch(
            f"The vector index holds vectors of {dimension} numbers, and this one has shape {vector.shape}. "
            "Embed with the model of the index, or run `precedent reindex` to change the model."
        )
    length = float(np.linalg.norm(vector.astype(np.float64)))
    if not np.isfinite(length) or length == 0.0:
        raise ValueError(f"a vector of length {length} has no direction")
    return np.asarray(vector / length, dtype=np.float32)
