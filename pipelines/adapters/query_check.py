"""Makes the eight-bit model that embeds questions, and lets it do so only where it finds what the float32 one finds.

sentence_embedder calls it at each export. The check is a fixed search: documents tell what is wrong with each part of
a made-up product in staff's words, questions tell the same in a customer's, so that neighbours are close and many.
"""

from pathlib import Path

import numpy as np

from pipelines.adapters.embedding_files import (
    MANIFEST_FILE,
    MODEL_FILE,
    QUERY_FILE,
    ExportManifest,
    QueryCheck,
    sha256_of,
)
from pipelines.adapters.onnx_embedder import OnnxEmbedder
from pipelines.adapters.onnx_writer import write_quantised
from pipelines.ports import Vectors

_FIRST = 10

_PARTS = (
    ("nightly report export", "the csv we pull every morning"),
    ("SAML sign-in", "single sign-on through our identity provider"),
    ("webhook delivery", "the callbacks to our endpoint"),
    ("search index", "looking things up in the search box"),
    ("mobile push notification", "alerts on the phone app"),
    ("PDF invoice", "the bill that we print for customers"),
    ("calendar synchronisation", "meetings from Outlook"),
    ("file attachment upload", "adding pictures to a record"),
    ("REST API rate limiter", "calls from our integration script"),
    ("audit log", "the list of who changed what"),
    ("role permission", "what my colleagues are allowed to open"),
    ("database backup", "the copy that is made on Sundays"),
)
_TROUBLES = (
    ("times out after 30 seconds with error 504", "spins for half a minute and then gives a gateway timeout"),
    ("returns duplicate entries", "everything shows up twice"),
    ("is empty after the upgrade to version 7.2.1", "has had nothing in it since we moved to 7.2.1"),
    ("uses the wrong time zone", "is off by a couple of hours"),
    ("fails with java.lang.OutOfMemoryError", "crashes and the console says out of memory"),
    ("rejects a renewed certificate", "stopped working when the certificate was replaced"),
    ("garbles non-ASCII characters", "turns umlauts and accents into question marks"),
    ("ignores the configured proxy server", "does not go through our proxy"),
    ("is denied with HTTP 403 for administrators", "says forbidden even though I am admin"),
    ("stays in state PENDING", "never finishes, it is pending for ever"),
    ("becomes slow with more than 10,000 records", "takes ages now that we have a lot of data"),
    ("is lost when two users save at once", "disappears if somebody else is editing too"),
)


def with_quick_queries(directory: Path, manifest: ExportManifest) -> ExportManifest:
    """The manifest of the export in `directory` with what the check said; QUERY_FILE stays there only if it passed."""
    whole = OnnxEmbedder(directory)
    path = directory / QUERY_FILE
    write_quantised(directory / MODEL_FILE, path)
    files = {**manifest.files, QUERY_FILE: sha256_of(path)}
    trusted = QueryCheck(mean_cosine=1, least_cosine=1, found=1, found_by_float=1)
    _write(directory, manifest.model_copy(update={"query_check": trusted, "files": files}))
    check = _compared(whole, OnnxEmbedder(directory))
    if not check.passed:
        path.unlink()
        files = dict(manifest.files)
    checked = manifest.model_copy(update={"query_check": check, "files": files})
    _write(directory, checked)
    return checked


def _write(directory: Path, manifest: ExportManifest) -> None:
    (directory / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _compared(whole: OnnxEmbedder, quick: OnnxEmbedder) -> QueryCheck:
    documents = whole.embed_documents([f"{part} {trouble}" for part, _ in _PARTS for trouble, _ in _TROUBLES])
    questions = [f"{part} {trouble}" for _, part in _PARTS for _, trouble in _TROUBLES]
    exact, near = (np.stack([model.embed_query(text) for text in questions]) for model in (whole, quick))
    cosines = (exact * near).sum(axis=1)
    return QueryCheck(
        mean_cosine=float(cosines.mean()),
        least_cosine=float(cosines.min()),
        found=_success(near, documents),
        found_by_float=_success(exact, documents),
    )


def _success(questions: Vectors, documents: Vectors) -> float:
    """S@10; question and document of the same place belong together."""
    scores = questions @ documents.T
    ahead = (scores > scores.diagonal()[:, None]).sum(axis=1)
    return float((ahead < _FIRST).mean())
