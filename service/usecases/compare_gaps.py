"""Lists the kept gap reports and says what changed from one to another. All are kept: each is what a decision was
taken on, and a year of nights is small beside a year of tickets.
"""

from datetime import datetime, timedelta

from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.gaps import GapEventKind
from pipelines.gaps.compare import ChangeKind, compare
from service.store.engine import Database
from service.store.ids import gap_name
from service.store.queries import gap_events, gaps
from service.store.queries.gaps import ReportRecord
from service.store.session import Session
from service.usecases.queue import page_size, read_cursor
from service.usecases.read_gaps import report_view
from service.usecases.views import Page, View
from service.usecases.views_gaps import GapReportView

A_WEEK = timedelta(weeks=1)
_MOST_DIGITS = 9


class ReportLine(View):
    """A kept report in a list."""

    id: str
    built_at: datetime
    inputs_sha256: str


class ChangedGap(View):
    """A gap that changed from one report to the other; demand is tickets and searches, None: not in that report.

    `merged_into`: the gap that it was made part of between the two.
    """

    id: str
    title: str
    status: str
    kinds: tuple[ChangeKind, ...]
    before: int | None
    after: int | None
    merged_into: str | None = None


class GapChanges(View):
    """What changed up to a report. `since` is None where there is no earlier report to compare it with."""

    report: ReportLine
    since: ReportLine | None
    changes: tuple[ChangedGap, ...]


def list_reports(db: Database, cursor: str | None = None, limit: int = 50) -> Page[ReportLine]:
    """The kept reports, newest first. Raises InvalidInput for a cursor that this did not give."""
    size = page_size(limit)
    with db.read() as session:
        found = gaps.reports(session, before=read_cursor(cursor), limit=size + 1)
    lines = tuple(ReportLine(id=str(number), built_at=at, inputs_sha256=sha) for number, at, sha in found[:size])
    return Page(items=lines, next_cursor=lines[-1].id if len(found) > size else None)


def read_report(db: Database, report_id: str) -> GapReportView:
    """A kept report, with what the ledger says of its gaps now. Raises NotFound."""
    with db.read() as session:
        return report_view(session, _load(session, report_id))


def changes_since(db: Database, report_id: str | None = None, since: str | None = None) -> GapChanges:
    """What changed up to a report, the newest where none is named, since an earlier one.

    Without `since`: the last one that is at least a week older, or the oldest there is. Raises NotFound, and
    InvalidInput for a `since` that is not earlier.
    """
    with db.read() as session:
        after = _load(session, report_id) if report_id is not None else gaps.latest_report(session)
        if after is None:
            raise NotFound("No gap report has been built yet.")
        before = _load(session, since) if since is not None else _a_week_older(session, after)
        if before is None:
            return GapChanges(report=_line(after), since=None, changes=())
        if before.id >= after.id:
            raise InvalidInput(f"Report {before.id} is not earlier than report {after.id}.")
        moves = gap_events.between(session, before.built_at, after.built_at)
        ledger = {gap_name(gap.id): gap for gap in gaps.ledger(session)}
        merged = {
            name: gap_name(gap.merged_into)
            for name, gap in ledger.items()
            if gap.merged_into is not None and GapEventKind.MERGED in moves.get(gap.id, ())
        }
        by_name = {gap_name(gap): kinds for gap, kinds in moves.items()}
        found = compare(_demand(before), _demand(after), by_name, merged)
        changed = (
            ChangedGap(
                title=ledger[each.id].title,
                status=ledger[each.id].status,
                merged_into=merged.get(each.id) if ChangeKind.MERGED in each.kinds else None,
                **each.model_dump(),
            )
            for each in found
            if each.id in ledger
        )
        return GapChanges(report=_line(after), since=_line(before), changes=tuple(changed))


def _a_week_older(session: Session, after: ReportRecord) -> ReportRecord | None:
    number = gaps.report_before(session, after.id, after.built_at - A_WEEK)
    return gaps.report(session, number) if number is not None else None


def _load(session: Session, report_id: str) -> ReportRecord:
    known = report_id.isascii() and report_id.isdigit() and len(report_id) <= _MOST_DIGITS
    record = gaps.report(session, int(report_id)) if known else None
    if record is None:
        raise NotFound(f"There is no gap report {report_id[:40]!r}.")
    return record


def _line(record: ReportRecord) -> ReportLine:
    return ReportLine(id=str(record.id), built_at=record.built_at, inputs_sha256=record.inputs_sha256)


def _demand(record: ReportRecord) -> dict[str, int]:
    erased = record.report.get("erased", {})
    return {
        gap["id"]: len(gap["tickets"]) + gap["searches"] + erased.get(gap["id"], 0) for gap in record.report["gaps"]
    }
