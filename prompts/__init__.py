"""Prompts are files with an id, a version and a hash; a released one never changes, an edit is a new version.

A file is Markdown with front matter and lives at `NAME/vN.md`. `released.lock` holds a line `SHA256  NAME/vN.md` for
each released file, in the form of sha256sum: inside this folder, `sha256sum NAME/vN.md >> released.lock` releases one
and `sha256sum -c released.lock` checks them all.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

LOCK = "released.lock"

_KEYS = ("id", "version", "variables", "output_schema", "why_changed")
_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_FILE = re.compile(r"v([1-9][0-9]*)\.md")


class PromptError(Exception):
    """A prompt file that does not exist, is not of the prompt form, or was changed after its release."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a prompt. `sha256` is that of the whole file, front matter included."""

    id: str
    version: int
    sha256: str
    text: str
    variables: tuple[str, ...] = ()
    output_schema: str = ""
    why_changed: str = ""

    def render(self, **values: str) -> str:
        """The text with its variables filled in. Raises PromptError on a missing or an unknown variable."""
        missing = sorted(set(self.variables) - set(values))
        unknown = sorted(set(values) - set(self.variables))
        if missing:
            raise PromptError(f"Prompt {self.id} v{self.version} needs a value for: {', '.join(missing)}.")
        if unknown:
            raise PromptError(f"Prompt {self.id} v{self.version} has no variable named: {', '.join(unknown)}.")
        # One pass: a value that itself looks like a placeholder is left as it is.
        return _PLACEHOLDER.sub(lambda match: values[match[1]], self.text)


def load(name: str, version: int | None = None) -> Prompt:
    """The named prompt, in its newest version where none is asked for.

    Raises PromptError where there is no such file, its form is wrong, or its hash differs from the released one.
    """
    root = files(__name__)
    if version is None:
        version = max(versions(name))
    path = f"{name}/v{version}.md"
    try:
        text = _read(root / name / f"v{version}.md")
    except (FileNotFoundError, NotADirectoryError):
        raise PromptError(f"There is no prompt {path}.") from None
    prompt = parse(text, where=path)
    if (prompt.id, prompt.version) != (name, version):
        raise PromptError(
            f"{path} says that it is {prompt.id} v{prompt.version}; the file name and the text must agree."
        )
    promised = released().get(path)
    if promised is not None and promised != prompt.sha256:
        raise PromptError(f"{path} was changed after its release; put it back and write v{version + 1} instead.")
    return prompt


def versions(name: str) -> list[int]:
    """Every version of the named prompt, oldest first. Raises PromptError where there is none."""
    folder = files(__name__) / name
    found = [_FILE.fullmatch(entry.name) for entry in folder.iterdir()] if folder.is_dir() else []
    numbers = sorted(int(match[1]) for match in found if match)
    if not numbers:
        raise PromptError(f"There is no prompt named {name}.")
    return numbers


def released() -> Mapping[str, str]:
    """The hash of each released file by its path inside this package."""
    lines = (files(__name__) / LOCK).read_text(encoding="utf-8").splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    return {path: sha256 for sha256, path in pairs}


def parse(text: str, *, where: str) -> Prompt:
    """Read a prompt file. Raises PromptError, naming `where`, on anything that is not of the prompt form."""
    head, body = _split(text, where)
    facts = _front_matter(head, where)
    if not facts["version"].isdecimal():
        raise PromptError(f"{where}: version must be a whole number.")
    declared = tuple(name.strip() for name in facts["variables"].split(",") if name.strip())
    used = {match[1] for match in _PLACEHOLDER.finditer(body)}
    for what, names in (("uses undeclared", used - set(declared)), ("declares unused", set(declared) - used)):
        if names:
            raise PromptError(f"{where} {what} variables: {', '.join(sorted(names))}.")
    return Prompt(
        id=facts["id"],
        version=int(facts["version"]),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=body,
        variables=declared,
        output_schema=facts["output_schema"],
        why_changed=facts["why_changed"],
    )


def _split(text: str, where: str) -> tuple[str, str]:
    opening, fence, rest = text.partition("---\n")
    head, closing, body = rest.partition("\n---\n")
    if opening or not fence or not closing or not body.strip():
        raise PromptError(f"{where} must begin with front matter between two lines of ---, and text after it.")
    return head, body.strip() + "\n"


def _front_matter(head: str, where: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon or key not in _KEYS:
            raise PromptError(f"{where}: front matter knows {', '.join(_KEYS)}; not {key!r}.")
        if key in facts:
            raise PromptError(f"{where}: {key} is given twice.")
        facts[key] = value.strip()
    missing = [key for key in _KEYS if key not in facts]
    if missing:
        raise PromptError(f"{where}: front matter lacks {', '.join(missing)}.")
    return facts


def _read(file: Traversable) -> str:
    # A checkout that turns line ends into \r\n must not change the hash.
    return file.read_bytes().decode("utf-8").replace("\r\n", "\n")
