"""Loading prompts: what a file must look like, and what is refused."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from prompts import Prompt, PromptError

HEAD = {"id": "greet", "version": "3", "variables": "who, place", "output_schema": "none", "why_changed": "kinder"}
BODY = "Greet {{who}} at {{ place }}.\n"


def file_text(body: str = BODY, **changes: str) -> str:
    facts = {**HEAD, **changes}
    lines = [f"{key}: {value}" for key, value in facts.items()]
    return "---\n" + "\n".join(lines) + "\n---\n" + body


def refusal(text: str) -> str:
    with pytest.raises(PromptError) as caught:
        prompts.parse(text, where="greet/v3.md")
    return str(caught.value)


def test_a_prompt_carries_its_front_matter_its_text_and_the_hash_of_the_whole_file() -> None:
    text = file_text()

    assert Prompt(
        id="greet",
        version=3,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=BODY,
        variables=("who", "place"),
        output_schema="none",
        why_changed="kinder",
    ) == prompts.parse(text, where="greet/v3.md")


def test_an_unknown_front_matter_key_is_refused_by_name() -> None:
    assert "'temperature'" in refusal(file_text(temperature="0"))


@pytest.mark.parametrize("key", HEAD)
def test_a_missing_front_matter_key_is_refused_by_name(key: str) -> None:
    assert f"lacks {key}" in refusal("\n".join(line for line in file_text().split("\n") if not line.startswith(key)))


def test_a_key_given_twice_is_refused() -> None:
    assert "id is given twice" in refusal(file_text().replace("version:", "id: other\nversion:"))


@pytest.mark.parametrize("version", ["", "one", "1.2", "-1"])
def test_a_version_that_is_not_a_whole_number_is_refused(version: str) -> None:
    assert "version must be a whole number" in refusal(file_text(version=version))


@pytest.mark.parametrize("text", ["", "no front matter", "---\nid: x\n", file_text(body=" \n"), "\n" + file_text()])
def test_text_without_front_matter_or_without_a_body_is_refused(text: str) -> None:
    assert "must begin with front matter" in refusal(text)


def test_a_variable_used_but_not_declared_and_one_declared_but_not_used_are_refused_by_name() -> None:
    assert "uses undeclared variables: mood" in refusal(file_text(body=BODY + "{{mood}}"))
    assert "declares unused variables: mood" in refusal(file_text(variables="who, place, mood"))


def test_rendering_names_the_variables_that_are_missing() -> None:
    with pytest.raises(PromptError, match=r"needs a value for: place, who\."):
        prompts.parse(file_text(), where="here").render()


def test_rendering_names_the_variables_that_do_not_exist() -> None:
    with pytest.raises(PromptError, match=r"no variable named: weather\."):
        prompts.parse(file_text(), where="here").render(who="you", place="home", weather="fine")


@given(st.text(), st.text())
def test_rendering_puts_values_in_as_they_are_even_if_they_look_like_placeholders(who: str, place: str) -> None:
    prompt = prompts.parse(file_text(), where="here")

    assert f"Greet {who}{{{{place}}}} at {place}.\n" == prompt.render(who=who + "{{place}}", place=place)


def test_load_finds_the_newest_version_unless_one_is_named() -> None:
    newest = prompts.versions("summarise_resolution")[-1]

    assert newest == prompts.load("summarise_resolution").version
    assert prompts.load("summarise_resolution", 1).version == 1


@pytest.mark.parametrize(("name", "version"), [("no_such_prompt", None), ("summarise_resolution", 999), ("x", 1)])
def test_a_prompt_that_does_not_exist_is_refused(name: str, version: int | None) -> None:
    with pytest.raises(PromptError, match="There is no prompt"):
        prompts.load(name, version)


@pytest.fixture
def package_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder of its own, holding one released prompt and read by `load`."""
    (tmp_path / "greet").mkdir()
    file = tmp_path / "greet" / "v3.md"
    file.write_bytes(file_text().encode())
    (tmp_path / prompts.LOCK).write_text(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  greet/v3.md\n")
    monkeypatch.setattr(prompts, "files", lambda _package: tmp_path)
    return tmp_path


def test_a_file_changed_after_its_release_is_refused_with_what_to_do(package_copy: Path) -> None:
    file = package_copy / "greet" / "v3.md"
    file.write_bytes(file.read_bytes() + b"One more word.\n")

    with pytest.raises(PromptError, match="changed after its release; put it back and write v4"):
        prompts.load("greet")


def test_line_ends_changed_by_a_checkout_do_not_count_as_a_change(package_copy: Path) -> None:
    file = package_copy / "greet" / "v3.md"
    before = prompts.load("greet")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert before == prompts.load("greet")


def test_a_file_whose_name_and_front_matter_disagree_is_refused(package_copy: Path) -> None:
    (package_copy / "greet" / "v4.md").write_bytes(file_text().encode())

    with pytest.raises(PromptError, match="the file name and the text must agree"):
        prompts.load("greet")


def test_the_summarising_prompt_has_the_fence_as_its_only_variable_so_that_no_ticket_text_can_enter_it() -> None:
    assert prompts.load("summarise_resolution").variables == ("fence",)
