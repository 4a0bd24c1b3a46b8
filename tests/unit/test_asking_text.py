"""What the command line says of two gap reports that were compared."""

from datetime import UTC, datetime

from pipelines.gaps.compare import ChangeKind
from service.commands.asking import changes_text
from service.usecases.compare_gaps import ChangedGap, GapChanges, ReportLine

NEWEST = ReportLine(id="9", built_at=datetime(2026, 3, 9, 2, 10, tzinfo=UTC), inputs_sha256="b")
EARLIER = ReportLine(id="2", built_at=datetime(2026, 3, 2, 2, 10, tzinfo=UTC), inputs_sha256="a")


def test_each_gap_that_changed_has_a_line_with_its_demand_then_and_now() -> None:
    gap = ChangedGap(id="G-1", title="Blank", status="open", kinds=(ChangeKind.NEW,), before=None, after=3)
    head, line = changes_text(GapChanges(report=NEWEST, since=EARLIER, changes=(gap,)), as_json=False).splitlines()
    assert "1 gap changed since report 2, built 2026-03-02 02:10 UTC" == head
    assert ["G-1", "new", "-", "->", "3", "Blank"] == line.split()


def test_without_an_earlier_report_it_says_so() -> None:
    text = changes_text(GapChanges(report=NEWEST, since=None, changes=()), as_json=False)
    assert "0 gaps changed since no report" == text
