"""How the pages put values into words: ages, durations, track records, names of states."""

from datetime import UTC, datetime
from urllib.parse import quote

from pipelines.domain.suggestions import TrackRecord

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_WEEKS_FROM, _MONTHS_FROM, _YEARS_FROM = 14 * _DAY, 61 * _DAY, 730 * _DAY

_PLAIN = {
    "kb_manager": "KB manager",
    "needs_manual": "needs you: no summary could be made",
    "pending": "awaiting",
    "none": "nothing to capture",
    "drafted": "draft awaiting confirmation",
    "queued": "draft being written",
    "yes": "enough to write from",
    "version": "versions",
    "no_knowledge": "nothing worth keeping",
    "duplicate": "duplicate of another ticket",
    "wrong": "wrong: not what happened",
    "private": "private: must not be kept",
}


def plain(value: object) -> str:
    """A stable word such as `not_validated` as people read it."""
    text = str(value)
    return _PLAIN.get(text, text.replace("_", " "))


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """How long ago something was, in one unit: `4 min ago`, `3 weeks ago`. Moments to come are `just now`."""
    if at is None:
        return "unknown"
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    steps = ((_WEEKS_FROM, _DAY, "day"), (_MONTHS_FROM, 7 * _DAY, "week"), (_YEARS_FROM, 30 * _DAY, "month"))
    for below, size, unit in steps:
        if seconds < below:
            return _count(int(seconds // size), unit) + " ago"
    return _count(int(seconds // (365 * _DAY)), "year") + " ago"


def moment(at: datetime | None) -> str:
    """A point in time to the minute, in UTC: `Mon 12 Jan 2026 09:12 UTC`."""
    return at.astimezone(UTC).strftime("%a %d %b %Y %H:%M UTC") if at else "unknown"


def duration(seconds: float | None) -> str:
    """`41 s`, `2 min 5 s`, `3 h 10 min`."""
    if seconds is None:
        return "unknown"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def track_record(record: TrackRecord) -> str:
    """What became of a resolution's reuses, small numbers shown as they are."""
    if not record.reused:
        return "not reused yet"
    parts = [f"held {record.held} of {_count(record.reused, 'reuse')}"]
    if record.failed:
        parts.append(f"failed {record.failed}")
    if record.open:
        parts.append(f"{record.open} still open")
    return ", ".join(parts)


def ticket_path(key: object) -> str:
    """The page of the ticket `SOURCE/ID`."""
    source, _, identifier = str(key).partition("/")
    return f"/tickets/{quote(source, safe='')}/{quote(identifier, safe='')}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def record_path(identifier: str) -> str:
    """The page of what triage shows: `R-12` is a resolution, `A-3` an article."""
    return f"/{'articles' if identifier.startswith('A-') else 'resolutions'}/{quote(identifier)}"
