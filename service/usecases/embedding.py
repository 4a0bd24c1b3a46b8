"""Vectors of texts, each text embedded once and kept by its hash."""

import hashlib
from collections.abc import Sequence

import numpy as np

from pipelines.ports import Embedder, Vectors
from service.store.engine import Database
from service.store.queries import vectors as kept_vectors


def embed_cached(db: Database, embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """Vectors of texts, shape (len(texts), dimension); what was embedded before comes from the store."""
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    with db.read() as session:
        known = kept_vectors.known(session, embedder.model_id, list(dict.fromkeys(hashes)))
    missing = {sha256: text for sha256, text in zip(hashes, texts, strict=True) if sha256 not in known}
    if missing:
        fresh = dict(zip(missing, embedder.embed_documents(list(missing.values())), strict=True))
        with db.write() as session:
            kept_vectors.keep(session, embedder.model_id, fresh)
        known |= fresh
    if not texts:
        return np.zeros((0, embedder.dimension), dtype=np.float32)
    return np.stack([known[sha256] for sha256 in hashes])
