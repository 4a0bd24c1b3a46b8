"""A released prompt never changes: outputs name the hash of the prompt that made them."""

import hashlib
from pathlib import Path

import prompts

FOLDER = Path(prompts.__file__).parent


def files_on_disk() -> set[str]:
    return {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.md")}


def test_every_prompt_file_is_listed_in_the_lock_and_the_lock_lists_nothing_else() -> None:
    assert sorted(prompts.released()) == sorted(files_on_disk())


def test_every_released_file_still_has_the_hash_it_was_released_with() -> None:
    """If this fails: put the file back as it was, and make the edit in a new version."""
    on_disk = {
        path: hashlib.sha256((FOLDER / path).read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for path in files_on_disk()
    }

    assert dict(prompts.released()) == on_disk


def test_versions_of_a_prompt_are_numbered_from_one_without_a_gap() -> None:
    for name in {path.split("/")[0] for path in files_on_disk()}:
        numbers = prompts.versions(name)
        assert list(range(1, len(numbers) + 1)) == numbers


def test_every_released_prompt_loads() -> None:
    for path in prompts.released():
        name, _, file = path.partition("/")
        assert path == f"{name}/v{prompts.load(name, int(file[1:-3])).version}.md"
