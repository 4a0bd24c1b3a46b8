"""Makes the eight-bit model that embeds questions, and lets it do so only where it finds what the float32 one finds.

sentence_embedder calls it at each export. The check is a fixed search: documents tell what is wrong with each part of
a made-up product in staff's words, questions tell the same in a customer's, so that neighbours are close and many.
"""

from pathlib import Path

import numpy as np

from pipelines.adapters.embedding_files import (
    LEAST_AGREEMENT,
    MANIFEST_FILE,
    MODEL_FILE,
    QUERY_FILE,
    QUERY_FORM,
    ExportManifest,
    QueryCheck,
    sha256_of,
)
from pipelines.adapters.fused_attention import write_fused
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
    exact = _asked(whole)
    path = directory / QUERY_FILE
    source = directory / MODEL_FILE
    if write_fused(source, path) and _cosines(exact, _asked(_trusted(directory, manifest))).min() >= LEAST_AGREEMENT:
        source = path
    write_quantised(source, path)
    near = _asked(_trusted(directory, manifest))
    cosines = _cosines(exact, near)
    documents = whole.embed_documents([f"{part} {trouble}" for part, _ in _PARTS for trouble, _ in _TROUBLES])
    check = QueryCheck(
        mean_cosine=float(cosines.mean()),
        least_cosine=float(cosines.min()),
        found=_success(near, documents),
        found_by_float=_success(exact, documents),
    )
    files = dict(manifest.files)
    if check.passed:
        files[QUERY_FILE] = sha256_of(path)
    else:
        path.unlink()
    checked = manifest.model_copy(update={"query_check": check, "query_form": QUERY_FORM, "files": files})
    _write(directory, checked)
    return checked


def _trusted(directory: Path, manifest: ExportManifest) -> OnnxEmbedder:
    """What embeds questions with the QUERY_FILE in `directory`, whatever that is."""
    trusted = QueryCheck(mean_cosine=1, least_cosine=1, found=1, found_by_float=1)
    files = {**manifest.files, QUERY_FILE: sha256_of(directory / QUERY_FILE)}
    _write(directory, manifest.model_copy(update={"query_check": trusted, "files": files}))
    return OnnxEmbedder(directory)


def _write(directory: Path, manifest: ExportManifest) -> None:
    (directory / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _asked(embedder: OnnxEmbedder) -> Vectors:
    return np.stack([embedder.embed_query(f"{part} {trouble}") for _, part in _PARTS for _, trouble in _TROUBLES])


def _cosines(exact: Vectors, near: Vectors) -> Vectors:
    found: Vectors = (exact * near).sum(axis=1)
    return found


def _success(questions: Vectors, documents: Vectors) -> float:
    """S@10; question and document of the same place belong together."""
    scores = questions @ documents.T
    ahead = (scores > scores.diagonal()[:, None]).sum(axis=1)
    return float((ahead < _FIRST).mean())
