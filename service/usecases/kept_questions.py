"""Keeps between two gap reports what was worked out of each question: where it was redacted, and what answers it.

A file in the data directory, by digests of tickets and questions. It holds no ticket's text: of a redaction the place
and the mark, of an answer the record, its probability and why it does not apply. Without it a report takes longer and
is the same: what the program of another version, or other records, led to is worked out anew.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import structlog

import pipelines
import service
from pipelines.capture.offsets import Edit
from pipelines.domain.gaps import Nearest

FILE = "gap-questions.json"

log = structlog.get_logger(__name__)

Edits = Sequence[tuple[Edit, ...]]
"""What is redacted in each of a question's texts."""


class Answering(NamedTuple):
    """The likeliest record for a question, and whether one covered it already when it was asked."""

    nearest: Nearest | None
    then: bool


class KeptQuestions:
    """What one report took over from the last, and found itself; kept where its block ends.

    Where the block ends too soon, what was known before is kept too, so that the next report goes on from there.
    """

    def __init__(self, data_dir: Path, serving: str) -> None:
        """`serving` names the state of everything that answers: of another state no answer is taken over."""
        self._path = data_dir / FILE
        self._serving = serving
        before = self._read()
        self._redacted: dict[str, Any] = before["redacted"]
        self._answers: dict[str, Any] = before["answers"] if before["serving"] == serving else {}
        self._now: dict[str, dict[str, Any]] = {"redacted": {}, "answers": {}}

    def redacted(self, digest: str, find: Callable[[], Edits]) -> Edits:
        """What is redacted in a ticket's question, by the digest of the ticket."""
        kept = self._redacted.get(digest)
        if kept is None:
            found = find()
            kept = [[[edit.start, edit.end, edit.mark] for edit in edits] for edits in found]
        self._now["redacted"][digest] = kept
        return [tuple(Edit(*edit) for edit in edits) for edits in kept]

    def answer(self, digest: str) -> Answering | None:
        """What answered a question, by its digest; None where that is not known."""
        kept = self._answers.get(digest)
        if kept is None:
            return None
        self._now["answers"][digest] = kept
        nearest, then = kept
        return Answering(Nearest(**nearest) if nearest else None, then)

    def answered(self, digest: str, found: Answering) -> None:
        self._now["answers"][digest] = [found.nearest.model_dump() if found.nearest else None, found.then]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        known = {"redacted": self._redacted, "answers": self._answers} if failure else {}
        self._keep({name: known.get(name, {}) | found for name, found in self._now.items()})

    def _keep(self, found: Mapping[str, Any]) -> None:
        """Replace the file; where that fails the next report starts from nothing."""
        fresh = self._path.with_name(f"{FILE}.{os.getpid()}.new")
        try:
            whole = {"program": _program(), "serving": self._serving, **found}
            fresh.write_text(json.dumps(whole, separators=(",", ":")), encoding="utf-8")
            fresh.replace(self._path)
        except OSError:
            log.warning("gaps.questions_not_kept")
            fresh.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        nothing: dict[str, Any] = {"serving": "", "redacted": {}, "answers": {}}
        try:
            found = json.loads(self._path.read_bytes())
            whole = found["program"] == _program() and all(isinstance(found[n], type(v)) for n, v in nothing.items())
        except FileNotFoundError:
            return nothing
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("gaps.questions_unreadable")
            return nothing
        return found if whole else nothing


def forget(data_dir: Path) -> None:
    """The next report starts from nothing."""
    (data_dir / FILE).unlink(missing_ok=True)


@cache
def _program() -> str:
    """A hash of the program's own files: any of them may change what is redacted, and what answers."""
    digest = hashlib.sha256()
    for package in (pipelines, service):
        root = Path(package.__path__[0])
        for path in sorted([*root.rglob("*.py"), *root.rglob("*.json")]):
            digest.update(f"{path.relative_to(root)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
