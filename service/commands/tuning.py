"""What the `tune` command says of what was learned."""

from tqdm import tqdm

from service.container import open_services
from service.learned_model import ModelWorkshop
from service.settings import Settings
from service.usecases.tune import TuneResult, tune_ranking
from service.usecases.tune_model import ModelResult, tune_model


def tune_command(settings: Settings) -> str:
    """Learn the ranking from this installation's answers; says what came of it."""
    with open_services(settings) as services:
        return told(tune_ranking(services))


def tune_model_command(settings: Settings) -> str:
    """Fine-tune the embedding model on this installation's answers; says what came of it."""
    with (
        open_services(settings) as services,
        ModelWorkshop(settings) as workshop,
        tqdm(unit="step", desc="Learning", disable=None) as bar,
    ):

        def progress(done: int, whole: int) -> None:
            bar.total = whole
            bar.update(done - bar.n)

        result = tune_model(services, workshop, progress)
    return model_told(result)


def model_told(result: ModelResult) -> str:
    compared = result.compared
    if compared is None:
        return f"{result.questions} answered questions; at least {result.least} are needed. Nothing was changed."
    judged = (
        f"Learned from {result.pairs} pairs; on {compared.questions} later questions the mean reciprocal rank of the "
        f"right answer is {compared.before:.3f} before and {compared.after:.3f} after "
        f"({compared.after - compared.before:+.3f}; better in {compared.sure:.0%} of resampled sets)."
    )
    if result.kept is None:
        return f"{judged}\nThat is not surely better: the model stays as it was."
    return (
        f"{judged}\nThe new model is kept in {result.kept} and used from the next start, which embeds all records "
        "anew. A ranking that was learned with the model before is set aside: run `precedent tune` again."
    )


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
