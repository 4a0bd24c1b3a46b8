"""The sizes and names that DESIGN asks of the code, and what may not stand in it."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("service", "pipelines", "prompts", "evals")

MODULE_LINES = 320
FUNCTION_LINES = 45

LONGER_MODULES: set[str] = set()
"""Each with its reason. A module that is split leaves the list: a test asks for that."""

VAGUE = {"utils", "util", "helpers", "helper", "managers", "manager", "common", "misc"}


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the repository, as it would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def modules() -> list[str]:
    return [name for name in tracked() if name.endswith(".py") and name.startswith(PACKAGES)]


def too_long() -> set[str]:
    return {name for name in modules() if len((ROOT / name).read_text().splitlines()) > MODULE_LINES}


def test_no_module_is_longer_than_its_meaning() -> None:
    assert set() == too_long() - LONGER_MODULES


def test_every_module_that_is_allowed_to_be_long_is_long() -> None:
    assert set() == LONGER_MODULES - too_long()


def functions(name: str) -> Iterator[tuple[str, int]]:
    """The functions of a module with their lines, docstrings left out. A migration is a list of tables, not code."""
    if name.startswith("service/migrations/versions/"):
        return
    for node in ast.walk(ast.parse((ROOT / name).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.lineno
            yield f"{name}:{node.name}", (node.end_lineno or start) - start + 1


def test_no_function_is_longer_than_a_screen() -> None:
    assert [] == [
        f"{place} has {lines} lines" for name in modules() for place, lines in functions(name) if lines > FUNCTION_LINES
    ]


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [] == [name for name in tracked() if name.endswith(".py") and VAGUE & set(Path(name).with_suffix("").parts)]


LEFTOVERS = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:root|work|tmp/w)/\w"),
    "a package registry's host": re.compile(
        r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|conda\.anaconda\.org|index-url|extra-index)\b"
    ),
    "an unresolved conflict": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}
TEXTS = {".py", ".md", ".toml", ".txt", ".json", ".html", ".css", ".js", ".svg", ".mako", ".lock", ""}
ALLOWED = {
    "README.md": {"a package registry's host"},  # where PyTorch's smaller build comes from
}


@pytest.mark.parametrize("what", LEFTOVERS)
def test_no_file_holds_what_belongs_to_one_machine(what: str) -> None:
    found = [
        f"{name}: {match.group()}"
        for name in tracked()
        if Path(name).suffix in TEXTS and what not in ALLOWED.get(name, set())
        for match in LEFTOVERS[what].finditer((ROOT / name).read_text(encoding="utf-8"))
        if name != Path(__file__).relative_to(ROOT).as_posix()
    ]

    assert [] == found
