"""Embeds through ONNX Runtime: what a running server uses, because it needs neither torch nor transformers."""

import os
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.adapters.embedding_files import (
    MODEL_FILE,
    QUERY_FILE,
    REMEDY,
    TOKENIZER_FILE,
    check_files,
    read_manifest,
)
from pipelines.domain.errors import ConfigurationError
from pipelines.ports import Vectors

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

# Padded tokens in one run. Small batches stay in the processor's cache: with 150 tokens a text, 512 gave 1.25 times the
# texts a second of 4,096, at 250 MB of resident memory instead of 640.
_TOKENS_A_BATCH = 512
# Texts tokenized at a time, which bounds the memory of a bulk import; sorting by length needs no more to avoid padding.
_TEXTS_A_WINDOW = 1024
_MOST_THREADS = 4
# ONNX Runtime joins each addition with the normalisation after it into one step, which takes four times as long as the
# two do: without it a question is embedded in 0.78, a record in 0.9 of the time.
_SLOWER = ["SkipLayerNormFusion"]
# Questions asked again: a page opened twice, a body that grows under the same subject while somebody types.
_REMEMBERED = 256


class OnnxEmbedder:
    """The Embedder port on a model exported by sentence_embedder. Safe to call from many threads at once.

    Records are embedded in float32; questions by the eight-bit model where the check at export let it, one by one,
    since its vectors depend on what shares the batch. Nothing heavy is loaded before the first text. `threads` is the
    number of processor threads one call may use; by default the processors this process may run on, at most 4.
    Raises ConfigurationError where the export is missing or damaged.
    """

    def __init__(self, directory: Path, threads: int | None = None) -> None:
        self._directory = directory
        self._threads = threads or min(_MOST_THREADS, _processors())
        self._manifest = read_manifest(directory)
        self._loading = threading.Lock()
        self._loaded: dict[str, tuple[onnxruntime.InferenceSession, Tokenizer]] = {}
        self._question = lru_cache(maxsize=_REMEMBERED)(self._embed_question)

    @property
    def model_id(self) -> str:
        return self._manifest.model_id

    @property
    def dimension(self) -> int:
        return self._manifest.dimension

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        prompt = self._manifest.document_prompt
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_A_WINDOW):
            window = [prompt + text for text in texts[start : start + _TEXTS_A_WINDOW]]
            vectors[start : start + len(window)] = self._embed_window(window)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        return self._question(text).copy()

    def _embed_question(self, text: str) -> Vectors:
        session, tokenizer = self._load(QUERY_FILE if self._manifest.quick_queries else MODEL_FILE)
        # `encode` keeps Python's lock, which a question among many would let go of for a tenth of a millisecond only.
        tokens = tokenizer.encode(self._manifest.query_prompt + text).ids
        vector: Vectors = session.run(None, self._feed([tokens]))[0][0]
        return vector

    def _embed_window(self, texts: list[str]) -> Vectors:
        session, tokenizer = self._load(MODEL_FILE)
        tokens = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            feed = self._feed([tokens[place] for place in batch])
            vectors[batch] = session.run(None, feed)[0]
        return vectors

    def _feed(self, tokens: list[list[int]]) -> dict[str, Any]:
        """The model's inputs, each of shape (texts, longest text), padded on the right."""
        shape = (len(tokens), max(len(ids) for ids in tokens))
        ids = np.full(shape, self._manifest.pad_token_id, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        for row, text in enumerate(tokens):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros(shape, dtype=np.int64)}
        return {name: known[name] for name in self._manifest.inputs}

    def _load(self, file: str) -> tuple["onnxruntime.InferenceSession", "Tokenizer"]:
        # Many web threads may bring the first query together; one loads and the others wait for it.
        with self._loading:
            if not self._loaded:
                check_files(self._directory, self._manifest)
            if file not in self._loaded:
                # Questions come from many web threads at once, and one of these each is what a question is worth: split
                # over two, it takes a third more of the processors, and most of a short text's layers wait anyway.
                threads = 1 if file == QUERY_FILE else self._threads
                self._loaded[file] = _open(self._directory, file, threads)
            return self._loaded[file]


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def _open(directory: Path, file: str, threads: int) -> tuple["onnxruntime.InferenceSession", "Tokenizer"]:
    import onnxruntime  # noqa: PLC0415 - loads 60 MB, so only where something is embedded
    from tokenizers import Tokenizer  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Idle threads that spin take the processor from the web threads and from other sessions on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The graph is optimised at each start, which takes a tenth of a second: a saved optimised graph fits one kind of
    # processor only.
    try:
        session = onnxruntime.InferenceSession(
            str(directory / file), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
        tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
    except Exception as error:  # neither library has an exception type of its own for a file it cannot read
        raise ConfigurationError(f"The exported embedding model at {directory} cannot be opened. {REMEDY}") from error
    return session, tokenizer


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts, longest first, in batches of at most _TOKENS_A_BATCH tokens with padding, or of one text."""
    order = sorted(range(len(lengths)), key=lambda place: (-lengths[place], place))
    start = 0
    while start < len(order):
        size = max(1, _TOKENS_A_BATCH // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size
