"""The configuration table of the README is the settings' own."""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from service.settings import Settings

README = Path(__file__).parents[2] / "README.md"
_ROW = re.compile(r"^\| `PRECEDENT_(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def rows() -> dict[str, tuple[str, str]]:
    """Default and meaning by setting, as the table has them."""
    return {name.lower(): (default, meaning) for name, default, meaning in _ROW.findall(README.read_text())}


def test_the_table_lists_every_setting_and_no_other_in_the_settings_order() -> None:
    assert list(Settings.model_fields) == list(rows())


def test_the_table_says_what_each_setting_means() -> None:
    assert {name: field.description for name, field in Settings.model_fields.items()} == {
        name: meaning for name, (_, meaning) in rows().items()
    }


def test_the_table_gives_the_default_of_every_setting_that_has_a_plain_one() -> None:
    """What is unset by default, or depends on where the program lies, is told in words."""
    plain = {
        name: str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        for name, field in Settings.model_fields.items()
        if field.default not in (None, PydanticUndefined) and name != "model_dir"
    }

    assert plain == {name: rows()[name][0].strip("`").replace(" ", "").replace(",", "") for name in plain}
