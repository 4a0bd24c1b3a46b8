"""What the `tune` command says of what was learned."""

from service.container import open_services
from service.settings import Settings
from service.usecases.tune import TuneResult, tune_ranking


def tune_command(settings: Settings) -> str:
    """Learn the ranking from this installation's answers; says what came of it."""
    with open_services(settings) as services:
        return told(tune_ranking(services))


def told(result: TuneResult) -> str:
    tuned = result.tuned
    if tuned is None:
        return (
            f"{result.questions} answered questions, {result.usable} of use; at least {result.least} are needed. "
            "Nothing was changed."
        )
    judged = (
        f"Learned from {tuned.learned_from} questions; on {tuned.held_back} later ones the mean reciprocal rank of the "
        f"right answer is {tuned.before:.3f} before and {tuned.after:.3f} after ({tuned.after - tuned.before:+.3f}; "
        f"better in {tuned.sure:.0%} of resampled sets)."
    )
    if result.kept is None:
        return f"{judged}\nThat is not surely better: the old ranking stays."
    return f"{judged}\nThe new ranking is kept in {result.kept} and used from the next start."
