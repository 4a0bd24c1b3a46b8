"""Version numbers that a claim has from the thread, but not from the place it quotes. Used by ground."""

import re
from collections.abc import Sequence

from pipelines.capture.extract_stance import Stance, stances
from pipelines.capture.ground_context import Context

_VERSION = re.compile(r"(?<![\w.])v?(\d{1,4}(?:\.\d+)+)(?:\.(?:GA|RC|v)\w*)?(?![\w]|\.\d)", re.IGNORECASE)
_MENDED = re.compile(
    r"\b(?:fix\w*|resolv\w*|solv\w*|works?|working|verified|upgrad\w*|updat\w*|patch\w*|corrected|released?|available|contains?"
    r"|no longer|gone|ships?|merged|behoben|corrig\w+)\b",
    re.IGNORECASE,
)
_MENDED_AT_FIRST = re.compile(r"\b(?:fixed|resolved|solved|corrected|behoben)\b", re.IGNORECASE)
"""In a report, "works in 5.1" tells since when it does not, and an update is when it began."""
_REPORTS = frozenset({Stance.REPORT, Stance.REPRODUCED})


def misplaced_versions(claim: str, said: Sequence[str]) -> tuple[str, ...]:
    """A flag for each version of the claim that the quoted sentences lack while they name another one."""
    quoted = {version for sentence in said for version in _VERSION.findall(sentence)}
    if not quoted:
        return ()
    named = ", ".join(sorted(quoted)[:3])
    wrong = [v for v in dict.fromkeys(_VERSION.findall(claim)) if not any(_same(v, other) for other in quoted)]
    return tuple(f'the quote says {named}, not "{version}"' for version in wrong)


def _same(one: str, other: str) -> bool:
    """Whether a claimed version is the quoted one or less exact: 5.2 for 5.2.3, and 5.2.0 for 5.2."""
    more = one.removeprefix(f"{other}.")
    return f"{other}.".startswith(f"{one}.") or (more != one and not more.strip(".0"))


def only_affected(fixed_in: Sequence[str], context: Context) -> tuple[str, ...]:
    """A flag for each version said to hold the fix that the thread names only where it reports the problem."""
    if not fixed_in:
        return ()
    reporting = [stance in _REPORTS for stance in stances(context.view)]
    found: list[str] = []
    for version in fixed_in:
        number = re.search(r"\d+(?:\.\d+)*", version)
        if number is None:
            continue
        pattern = re.compile(rf"(?<![\d.]){re.escape(number.group())}(?!\d|\.\d)")
        mentions = [
            (n, unit) for n, units in context.units.items() for unit in units if pattern.search(unit.raw)
        ]  # fmt: skip
        if mentions and all(
            reporting[n] and not (_MENDED if n else _MENDED_AT_FIRST).search(unit.text) for n, unit in mentions
        ):
            found.append(f'"{version}" is named only as affected')
    return tuple(found)
