"""Embeddings kept by the content they were made from: what was embedded once is not embedded again."""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from pipelines.ports import Vectors
from service.store.tables import TextVectorRow
from service.store.tables.columns import table_of

_AT_ONCE = 500


def known(session: Session, model_id: str, hashes: Sequence[str]) -> dict[str, Vectors]:
    """The kept vectors of these text hashes, shape (dimension,) each."""
    found: dict[str, Vectors] = {}
    for start in range(0, len(hashes), _AT_ONCE):
        rows = session.exec(
            select(TextVectorRow).where(
                TextVectorRow.model_id == model_id,
                col(TextVectorRow.text_sha256).in_(list(hashes[start : start + _AT_ONCE])),
            )
        )
        found |= {row.text_sha256: np.frombuffer(row.vector, dtype="<f4") for row in rows}
    return found


def keep(session: Session, model_id: str, vectors: Mapping[str, Vectors]) -> None:
    """Keep vectors by text hash; those that are kept already stay."""
    rows = [
        {"model_id": model_id, "text_sha256": sha256, "vector": np.asarray(vector, dtype="<f4").tobytes()}
        for sha256, vector in sorted(vectors.items())  # in one order, so that two at once cannot deadlock
    ]
    if rows:
        insert = sqlite.insert if session.connection().dialect.name == "sqlite" else postgresql.insert
        session.connection().execute(insert(table_of(TextVectorRow)).on_conflict_do_nothing(), rows)


def forget(session: Session, model_id: str) -> None:
    """Drop what a model embedded that will not be used."""
    session.exec(delete(TextVectorRow).where(col(TextVectorRow.model_id) == model_id))
