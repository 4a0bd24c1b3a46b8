"""What the answers of a model cost, by prices that whoever runs it sets. No price is guessed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.capture.chat import ChatAnswer

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens. `cached`: of those that the endpoint had cached, None where they cost as much."""

    tokens_in: float
    tokens_out: float
    cached: float | None = None
    currency: str | None = None

    def of(self, tokens_in: int, tokens_out: int, cached: int = 0) -> float:
        """The price of so many tokens; `cached` ones are among tokens_in."""
        low = self.tokens_in if self.cached is None else self.cached
        paid = (tokens_in - cached) * self.tokens_in + cached * low + tokens_out * self.tokens_out
        return paid / _MILLION


def spent(answers: Sequence[ChatAnswer], prices: Prices | None) -> Mapping[str, int | float | str | None]:
    """Tokens and cost of all answers, as fields of a Provenance.

    No cost is claimed where no price is set, or where an answer came without its counts.
    """
    counted = [(a.tokens_in, a.tokens_out, a.tokens_cached or 0) for a in answers]
    told: dict[str, int | float | str | None] = {
        "tokens_in": _total(one[0] for one in counted),
        "tokens_out": _total(one[1] for one in counted),
        "tokens_cached": _total(a.tokens_cached for a in answers),
    }
    if prices is None or not counted:
        return told
    costs = [prices.of(i, o, c) if i is not None and o is not None else None for i, o, c in counted]
    known = [cost for cost in costs if cost is not None]
    return told | {"cost": sum(known), "currency": prices.currency} if len(known) == len(costs) else told


def _total(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
