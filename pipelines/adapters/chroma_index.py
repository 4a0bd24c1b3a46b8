"""Keeps vectors in Chroma, embedded in this process or on a server, through the same calls."""

import ctypes
import json
import platform
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from pipelines.adapters.vector_checks import checked_dimension, unit_vector
from pipelines.domain.errors import ConfigurationError, IndexUnavailable, ModelMismatch, PrecedentError
from pipelines.ports import VectorHit, VectorRecord, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

Facts = Mapping[str, str | int | float | bool]

COLLECTION = "precedent-resolutions"

# With these, 50 neighbours out of 10,000 clustered vectors are found whole (0.985 of them with 16 and 200) in 4 ms.
_GRAPH: Any = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}
_BATCH = 1000
_SECONDS = 10.0
_M_PERTURB = -6  # from glibc's malloc.h
_FILLING = 0xA5
# All facts travel as one JSON text. Chroma's own metadata cannot be empty, and an upsert merges it with the old one
# where it has to replace it. Nothing is filtered in Chroma, so nothing needs its columns.
_FACTS = "facts"


class ChromaIndex:
    """The VectorIndex port on one Chroma collection, which names the model of its vectors.

    Make one with `embedded` or `server`; both raise IndexUnavailable where Chroma cannot be opened or reached, and
    ModelMismatch where the vectors there are of another model. With `recreate`, what is there is dropped instead.
    An embedded index wants one ChromaIndex a path in the whole process, and one process a path.
    """

    def __init__(
        self, where: str, connect: Callable[[], "Client"], path: Path | None, model_id: str, dimension: int
    ) -> None:
        self._where = where
        self._connect = connect
        self._path = path
        self._model_id = model_id
        self._dimension = checked_dimension(dimension)
        self._client: Client | None = None
        self._collection: Collection | None = None

    @classmethod
    def embedded(cls, path: Path, model_id: str, dimension: int, *, recreate: bool = False) -> "ChromaIndex":
        """Open or create the index in the directory `path`, which belongs to it alone."""
        index = cls(str(path), lambda: _persistent_client(path), path, model_id, dimension)
        return index._opened(recreate=recreate)

    @classmethod
    def server(cls, url: str, model_id: str, dimension: int, *, recreate: bool = False) -> "ChromaIndex":
        """Open or create the index on a Chroma server, for example http://chroma:8000."""
        host, port, ssl = _address(url)
        index = cls(url, lambda: _http_client(host, port, ssl=ssl), None, model_id, dimension)
        return index._opened(recreate=recreate)

    def upsert(self, records: Sequence[VectorRecord]) -> None:
        # Chroma refuses an id that comes twice in one call; the last one is what two calls would have left.
        ready = {r.id: (unit_vector(r.vector, self._dimension), _packed(r.facts)) for r in records}
        items = list(ready.items())
        size = self._batch_size() if items else 1
        for start in range(0, len(items), size):
            batch = items[start : start + size]
            ids = [identifier for identifier, _ in batch]
            vectors = [vector for _, (vector, _) in batch]
            facts = [{_FACTS: packed} for _, (_, packed) in batch]
            self._call("upsert", ids=ids, embeddings=vectors, metadatas=facts)

    def delete(self, ids: Sequence[str]) -> None:
        unique = list(dict.fromkeys(ids))
        size = self._batch_size() if unique else 1
        for start in range(0, len(unique), size):
            self._call("delete", ids=unique[start : start + size])

    def query(self, vector: Vectors, limit: int) -> list[VectorHit]:
        return self._hits([unit_vector(vector, self._dimension)], limit)[0] if limit > 0 else []

    def query_many(self, vectors: Vectors, limit: int) -> list[list[VectorHit]]:
        wanted = [unit_vector(vector, self._dimension) for vector in vectors]
        if limit <= 0:
            return [[] for _ in wanted]
        return self._hits(wanted, limit) if wanted else []

    def _hits(self, wanted: Sequence[Vectors], limit: int) -> list[list[VectorHit]]:
        found = self._call("query", query_embeddings=list(wanted), n_results=limit, include=["distances"])
        return [_ordered(*each) for each in zip(found["ids"], found["distances"], strict=True)]

    def facts(self) -> Iterator[tuple[str, Facts]]:
        """Read page by page: what is written or deleted meanwhile may be missed, and is there at the next reading."""
        offset = 0
        while True:
            page = self._call("get", limit=_BATCH, offset=offset, include=["metadatas"])
            yield from ((i, _unpacked(m)) for i, m in zip(page["ids"], page["metadatas"], strict=True))
            if len(page["ids"]) < _BATCH:
                return
            offset += _BATCH

    def count(self) -> int:
        return int(self._call("count"))

    def reset(self) -> None:
        """Works on a damaged index too, and on one whose files were deleted: embedded, the files are made anew."""
        if self._path is not None:
            self.close()
            with self._failures("emptied"):
                _remove_files(self._path)
        self._opened(recreate=self._path is None)

    def close(self) -> None:
        """Let go of the files or connections; the index cannot be used afterwards."""
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            with self._failures("closed"):
                client.close()

    def _opened(self, *, recreate: bool) -> "ChromaIndex":
        if recreate and self._path is not None:
            with self._failures("emptied"):
                _remove_files(self._path)
        try:
            with self._failures("opened"):
                if self._client is None:
                    self._client = self._connect()
                if recreate:
                    _drop(self._client)
                collection = _open_collection(self._client, self._model_id, self._dimension)
            self._check(collection.metadata or {})
        except PrecedentError:
            with suppress(IndexUnavailable):  # what went wrong first is what has to be told
                self.close()
            raise
        self._collection = collection
        return self

    def _check(self, metadata: Mapping[str, Any]) -> None:
        found = (metadata.get("model_id"), metadata.get("dimension"))
        if found != (self._model_id, self._dimension):
            raise ModelMismatch(
                f"The vector index at {self._where} holds vectors of {found[0]} with {found[1]} numbers; configured is "
                f"{self._model_id} with {self._dimension}. Run `precedent reindex`, or configure the former model."
            )

    def _batch_size(self) -> int:
        client = self._client
        if client is None:
            raise self._closed()
        with self._failures("asked for its batch size"):
            return min(_BATCH, client.get_max_batch_size())

    def _call(self, method: str, **arguments: Any) -> Any:
        """What the collection's method of this name returns."""
        if self._collection is None:
            raise self._closed()
        from chromadb.errors import NotFoundError  # noqa: PLC0415 - chromadb is loaded by now

        with self._failures(method):
            try:
                return getattr(self._collection, method)(**arguments)
            except NotFoundError:
                if self._path is not None:
                    raise
        # Another process has reset the index on the server: the collection of the same name is a new one.
        self._opened(recreate=False)
        with self._failures(method):
            return getattr(self._collection, method)(**arguments)

    def _closed(self) -> IndexUnavailable:
        return IndexUnavailable(f"The vector index at {self._where} is closed.")

    @contextmanager
    def _failures(self, verb: str) -> Iterator[None]:
        """Turn whatever Chroma raises into IndexUnavailable, without the data that its messages may quote."""
        try:
            yield
        except PrecedentError:
            raise
        except BaseException as error:
            # A panic in Chroma's Rust part is no Exception; Ctrl-C and exit are none either and have to pass.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            raise IndexUnavailable(
                f"The vector index at {self._where} failed ({verb}: {type(error).__name__}). "
                "If it stays so, `precedent reindex` rebuilds it."
            ) from error


def _ordered(ids: Sequence[str], distances: Sequence[float]) -> list[VectorHit]:
    similarities = [min(1.0, max(-1.0, 1.0 - distance)) for distance in distances]
    ordered = sorted(zip([-similarity for similarity in similarities], ids, similarities, strict=True))
    return [VectorHit(identifier, similarity) for _, identifier, similarity in ordered]


def _packed(facts: Facts) -> str:
    """Raises ValueError or TypeError on what JSON cannot hold."""
    return json.dumps(dict(facts), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _unpacked(metadata: Mapping[str, Any]) -> Facts:
    facts: Facts = json.loads(metadata[_FACTS])
    return facts


def _persistent_client(path: Path) -> "Client":
    import chromadb  # noqa: PLC0415 - half a second to import
    from chromadb.api.shared_system_client import SharedSystemClient  # noqa: PLC0415
    from chromadb.config import Settings  # noqa: PLC0415

    path.mkdir(parents=True, exist_ok=True)
    _overwrite_freed_memory()
    # Named here because Settings would take them from the environment, or from a .env file in the working directory.
    settings = Settings(
        _env_file=None,
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        anonymized_telemetry=False,
        migrations="apply",
    )
    try:
        return cast("Client", chromadb.PersistentClient(str(path), settings=settings))
    except BaseException:
        # Chroma keeps one system a path and has filed this one before it started; the next attempt would be given it.
        if str(path) not in SharedSystemClient._identifier_to_refcount:  # noqa: SLF001 - there is no public way
            SharedSystemClient._identifier_to_system.pop(str(path), None)  # noqa: SLF001
        raise


def _overwrite_freed_memory() -> None:
    """Have the C library fill memory when it is freed and handed out; only glibc can.

    Chroma writes the unused part of a graph to its file as it finds it in memory: vectors of an index that was emptied,
    or whatever else this process held, such as the text of a ticket that was erased since.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_PERTURB, _FILLING)


def _http_client(host: str, port: int, *, ssl: bool) -> "Client":
    import chromadb  # noqa: PLC0415
    import httpx  # noqa: PLC0415
    from chromadb.config import Settings  # noqa: PLC0415

    # The client waits for ever by default, already while it is made: ask with a limit first.
    scheme = "https" if ssl else "http"
    httpx.get(f"{scheme}://{host}:{port}/api/v2/heartbeat", timeout=_SECONDS).raise_for_status()
    settings = Settings(
        _env_file=None, chroma_server_host=host, chroma_server_http_port=port, anonymized_telemetry=False
    )
    client = cast("Any", chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=settings))
    client._server._session.timeout = httpx.Timeout(_SECONDS)  # noqa: SLF001 - there is no public way
    return cast("Client", client)


def _address(url: str) -> tuple[str, int, bool]:
    """Host, port and whether to use TLS. Raises ConfigurationError on anything but http(s)://host[:port]."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.username:
        raise ConfigurationError("CHROMA_URL has to be http://HOST:PORT or https://HOST:PORT of a Chroma server.")
    ssl = parts.scheme == "https"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host, port or (443 if ssl else 80), ssl


def _open_collection(client: "Client", model_id: str, dimension: int) -> "Collection":
    """The collection, made if it is not there. With no embedding function Chroma never loads or downloads a model."""
    from chromadb.errors import NotFoundError, UniqueConstraintError  # noqa: PLC0415

    with suppress(NotFoundError):
        return client.get_collection(COLLECTION, embedding_function=None)
    try:
        # Not get_or_create, which may overwrite the metadata of a collection that is there.
        return client.create_collection(
            COLLECTION,
            configuration={"hnsw": _GRAPH},
            metadata={"model_id": model_id, "dimension": dimension},
            embedding_function=None,
        )
    except UniqueConstraintError:  # another process was faster
        return client.get_collection(COLLECTION, embedding_function=None)


def _drop(client: "Client") -> None:
    from chromadb.errors import NotFoundError  # noqa: PLC0415

    with suppress(NotFoundError):
        client.delete_collection(COLLECTION)


def _remove_files(path: Path) -> None:
    """Delete what Chroma keeps in its directory: the database with its journals, and a folder a graph with a UUID."""
    for found in path.iterdir() if path.is_dir() else ():
        if found.name.startswith("chroma.sqlite3"):
            found.unlink()
        elif found.is_dir() and _is_uuid(found.name):
            shutil.rmtree(found)


def _is_uuid(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False
