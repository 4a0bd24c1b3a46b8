"""What somebody would write instead of Precedent: one Chroma collection and a sentence model, and nothing around it."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.adapters.chroma_index import COLLECTION
from pipelines.adapters.embedding_source import DEFAULT_MODEL, source_directory
from pipelines.domain.suggestions import Query
from pipelines.ports import Embedder
from pipelines.retrieve.query import prepare

_ANSWERS = 10


def bare_searches(folder: Path, embedder: Embedder) -> tuple[Callable[[Query], object], Callable[[Query], object]]:
    """(a) `query(query_texts=...)` through Chroma's own SentenceTransformerEmbeddingFunction on the same model, and

    (b) `query(query_embeddings=...)` after embedding in float32 through ONNX. Both on one copy of the installation's
    index: no words, no SQL, no filter, no redaction, nothing kept. Only the model is held alike: the text is cut and
    cleaned as Precedent cuts it, so that none of the three reads more than another.
    """
    import chromadb  # noqa: PLC0415 - seconds to import, as is torch behind it
    from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction  # noqa: PLC0415

    copy = folder.with_name(folder.name + "-bare")
    shutil.copytree(folder / "chroma", copy, dirs_exist_ok=True)
    client = chromadb.PersistentClient(str(copy))
    model: Any = SentenceTransformerEmbeddingFunction(str(source_directory(DEFAULT_MODEL) or DEFAULT_MODEL))
    by_text = client.get_collection(COLLECTION, embedding_function=model)
    by_vector = client.get_collection(COLLECTION, embedding_function=None)
    embedding = threading.Lock()  # the tokenizer refuses to be used by two threads at once

    def as_text(query: Query) -> object:
        with embedding:
            return by_text.query(query_texts=[prepare(query).text], n_results=_ANSWERS)

    def as_vector(query: Query) -> object:
        vector = embedder.embed_documents([prepare(query).text])[0]
        return by_vector.query(query_embeddings=[vector], n_results=_ANSWERS)

    return as_text, as_vector
