"""What the `tune` command says of what was learned."""

from service.container import open_services
from service.settings import Settings
from service.usecases.tune import TuneResult, tune_ranking


def tune_command(settings: Settings) -> str:
    """Learn the ranking from this installation's answers; says what came of it."""
    with open_services(settings) as services:
        return told(tune_ranking(services))


def told(result: TuneResult) -> str:
    parts = [_order(result), _areas(result)]
    if result.kept is None:
        return "\n".join(filter(None, parts))
    return "\n".join([*filter(None, parts), f"What is new is kept in {result.kept} and used from the next start."])


def _order(result: TuneResult) -> str:
    tuned = result.tuned
    if tuned is None:
        return (
            f"{result.questions} answered questions, {result.usable} of use; at least {result.least} are needed. "
            "The order stays as it is."
        )
    judged = (
        f"Learned from {tuned.learned_from} questions; on {tuned.held_back} later ones the mean reciprocal rank of the "
        f"right answer is {tuned.before:.3f} before and {tuned.after:.3f} after ({tuned.after - tuned.before:+.3f}; "
        f"better in {tuned.sure:.0%} of resampled sets)."
    )
    return judged if tuned.better else f"{judged}\nThat is not surely better: the old ranking stays."


def _areas(result: TuneResult) -> str:
    """Thresholds by product area, and what they bring on later questions."""
    areas = result.areas
    if areas is None:
        return (
            f"With {result.unanswered} unanswered questions no product area has enough of both kinds for a threshold "
            "of its own."
        )
    shown = ", ".join(f"{area} {threshold:.2f}" for area, threshold in sorted(areas.thresholds.items()))
    judged = (
        f"Thresholds by product area ({shown}): of {areas.held_back} later questions, answered and unanswered "
        f"weighed alike, {areas.before:.1%} are rightly answered or left open before and {areas.after:.1%} after "
        f"(better in {areas.sure:.0%} of resampled sets)."
    )
    return judged if areas.better else f"{judged}\nThat is not surely better: one threshold for all stays."
