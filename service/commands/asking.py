"""What the command line shows of suggestions and gap reports."""

from pipelines.domain.drafts import FieldName
from pipelines.domain.suggestions import Query, Ranked
from service.container import open_services
from service.settings import Settings
from service.usecases.actors import SYSTEM
from service.usecases.suggest import suggest
from service.usecases.views import SuggestionView
from service.usecases.views_gaps import GapReportView


def suggest_command(
    settings: Settings,
    text: str,
    product_area: str | None,
    version: str | None,
    environment: str | None,
    *,
    as_json: bool,
) -> str:
    """The answer to one question, for people or as the API gives it. The first line is the subject."""
    subject, _, body = text.strip().partition("\n")
    query = Query(
        subject=subject, body=body.strip(), product_area=product_area, version=version, environment=environment
    )
    with open_services(settings) as services:
        view = suggest(services, query, SYSTEM)
    if as_json:
        from service.web.api.schemas_suggestions import SuggestionAnswer  # noqa: PLC0415 (the web framework)

        return SuggestionAnswer.of(view).model_dump_json()
    return suggestion_text(view)


def suggestion_text(view: SuggestionView) -> str:
    lines = [f"Without {', '.join(view.answer.degraded)}: found by words alone."] if view.answer.degraded else []
    if view.answer.suggestions:
        lines += [_ranked_text(ranked) for ranked in view.answer.suggestions]
    else:
        lines.append("No precedent is close enough.")
        if view.near_gap:
            lines.append(f"Known gap {view.near_gap['id']}: {view.near_gap['title']}")
        if view.answer.near_misses:
            lines.append("Nearest misses, not recommended:")
            lines += [
                f"  {r.candidate.resolution.id}  {r.candidate.resolution.content.title}"
                for r in view.answer.near_misses
            ]
    return "\n".join(lines)


def _ranked_text(ranked: Ranked) -> str:
    content = ranked.candidate.resolution.content
    found = [f"{ranked.rank}  {ranked.candidate.resolution.id}  {content.title}  ({ranked.probability:.0%})"]
    if fix := content.text(FieldName.FIX):
        found.append(f"   {content.fix_kind.value.upper() if content.fix_kind else 'FIX'}  {fix}")
    if cause := content.text(FieldName.ROOT_CAUSE):
        found.append(f"   cause: {cause}")
    found.append(f"   {ranked.applicability.verdict.value.replace('_', ' ')}: {ranked.applicability.why}")
    if ranked.reasons:
        found.append("   why: " + "; ".join(reason.text for reason in ranked.reasons))
    return "\n".join(found)


def gaps_text(report: GapReportView, *, as_json: bool) -> str:
    """A gap report as a table for people, or as JSON."""
    if as_json:
        return report.model_dump_json()
    built = f"{report.built_at:%Y-%m-%d %H:%M} UTC"
    head = f"{len(report.gaps)} gaps behind {report.signals} unanswered questions, built {built}"
    rows = [
        f"{gap.id:<6}{gap.demand['tickets']:>3} tickets {gap.escalations:>3} escalated  {gap.status:<10}{gap.title}"
        for gap in report.gaps
    ]
    return "\n".join([head, *rows])
