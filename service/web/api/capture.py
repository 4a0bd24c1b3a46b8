"""How confirming goes, over the API: distributions, never by agent."""

import csv
import io

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from pipelines.capture.figures import Group, rows
from service.usecases.actors import Permission
from service.usecases.capture_figures import capture_figures
from service.usecases.services import Services
from service.web.api.schemas import AnswerBody
from service.web.auth import PERMISSION

_READ = {PERMISSION: Permission.READ_CAPTURE_FIGURES}
_COLUMNS = ("group", "measure", "from", "to", "count")


class BarAnswer(AnswerBody):
    """How many decisions lie from `low` to below `high`, which is null where there is no end."""

    low: float
    high: float | None
    count: int


class DistributionAnswer(AnswerBody):
    """Quartiles and histogram; null and empty where too few decisions were counted."""

    count: int
    lower: float | None
    median: float | None
    upper: float | None
    bars: tuple[BarAnswer, ...]


class FieldShareAnswer(AnswerBody):
    field: str
    decisions: int
    edited: int
    counted: int
    affirmed: int


class GroupAnswer(AnswerBody):
    name: str
    decisions: int
    seconds: DistributionAnswer
    edits: DistributionAnswer
    affirmed: DistributionAnswer
    fields: tuple[FieldShareAnswer, ...]

    @classmethod
    def of(cls, group: Group) -> "GroupAnswer":
        return cls.model_validate(group.model_dump())


class FiguresAnswer(AnswerBody):
    """`all` is null, and `withheld` counts the groups left out, where `rule` does not allow showing them."""

    rule: str
    days: int
    all: GroupAnswer | None
    groups: tuple[GroupAnswer, ...]
    withheld: int


@get("/capture/figures", opt=_READ, sync_to_thread=True)
def get_figures(services: NamedDependency[Services], days: FromQuery[int] = 90) -> FiguresAnswer:
    """Seconds to confirm, edits and affirmations of the last 30, 90 or 365 days."""
    found = capture_figures(services.db, days)
    return FiguresAnswer(
        rule=found.rule,
        days=days,
        all=GroupAnswer.of(found.all) if found.all else None,
        groups=tuple(GroupAnswer.of(group) for group in found.groups),
        withheld=found.withheld,
    )


@get("/capture/figures.csv", opt=_READ, sync_to_thread=True, media_type="text/csv")
def get_figures_csv(services: NamedDependency[Services], days: FromQuery[int] = 90) -> Response[str]:
    """The same as a table."""
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows(capture_figures(services.db, days)))
    disposition = {"Content-Disposition": 'attachment; filename="capture-figures.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=disposition)


router = Router("/", route_handlers=[get_figures, get_figures_csv], tags=["Capture"])
