"""What is dear to make and made once a session: an exported embedding model and a Chroma server."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipelines.adapters.embedding_files import exported_model_directory
from pipelines.adapters.sentence_embedder import DEFAULT_MODEL, current_export, export


@pytest.fixture(scope="session")
def exported_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model's export: the installed one if it is whole and current, else one made for this test session."""
    installed = exported_model_directory(DEFAULT_MODEL)
    if current_export(DEFAULT_MODEL, installed):
        return installed
    base = tmp_path_factory.getbasetemp()
    # Parallel workers share the folder above theirs; the first one exports and the others find it done.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    target = shared / "models" / DEFAULT_MODEL
    export(DEFAULT_MODEL, target)
    return target


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Chroma server in its own process on loopback."""
    directory = tmp_path_factory.mktemp("chroma-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "chroma"), "run"]
    command += ["--path", str(directory / "data"), "--host", "127.0.0.1", "--port", str(port)]
    with (directory / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=directory, stdout=log, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(server, url, directory / "log")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_up(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/api/v2/heartbeat", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    server.kill()
    pytest.fail(f"the Chroma server did not start:\n{log.read_text()}")
