"""How rows are named outside the store: resolution 118 is `R-118`."""

from pipelines.domain.errors import NotFound

_PREFIX = "R-"
_MOST_DIGITS = 9


def resolution_name(number: int) -> str:
    """The name under which people and programs know a resolution."""
    return f"{_PREFIX}{number}"


def record_name(number: int) -> str:
    """The name of what word search found: articles stand there under negative numbers, beside resolutions."""
    return resolution_name(number) if number > 0 else f"A-{-number}"


def resolution_number(name: str) -> int:
    """The row's number. Raises NotFound for anything that is not `R-` and a number."""
    digits = name.removeprefix(_PREFIX)
    if not name.startswith(_PREFIX) or not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        raise NotFound(f"{name[:40]!r} does not name a resolution; names look like {_PREFIX}118.")
    return int(digits)
