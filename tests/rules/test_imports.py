"""What a start imports: commands answer fast because they load what they need, and a server carries no trainer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SLOW = {
    "alembic", "chromadb", "litestar", "numpy", "onnxruntime", "openai", "phonenumbers", "pydantic",
    "sentence_transformers", "sklearn", "sqlalchemy", "sqlmodel", "structlog", "tiktoken", "torch", "tqdm",
    "transformers", "uvicorn",
}  # fmt: skip

LISTING = """
import json, sys
try:
    {program}
finally:
    print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})), file=sys.stderr)
"""


def imported_by(program: str) -> set[str]:
    """The top-level modules that a process of this program has loaded when it ends."""
    command = [sys.executable, "-c", LISTING.format(program=program)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    return set(json.loads(result.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["import", "--help"], ["gaps", "--help"], ["--version"]])
def test_asking_what_the_program_can_do_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = imported_by(f"from service.cli import main; main({arguments!r})")

    assert "click" in loaded
    assert set() == SLOW & loaded


@pytest.mark.parametrize("module", ["service.app", "service.commands.serving", "service.container"])
def test_importing_the_server_loads_no_model_and_no_index(module: str) -> None:
    loaded = imported_by(f"import {module}")

    assert set() == {"chromadb", "onnxruntime", "openai", "sklearn", "tiktoken", "torch", "transformers"} & loaded
