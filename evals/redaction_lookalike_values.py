"""Makers of numbers and names that look like a secret, an address or a person and are none."""

import string
from random import Random

from evals.redaction_values import Maker, run_of, with_check_digit

HEX = "0123456789abcdef"
_MONTHS = ("Jan", "Mar", "May", "Aug", "Nov")


def version(parts: int, lead: str = "", tail: str = "") -> Maker:
    def make(random: Random) -> str:
        numbers = [random.randint(1, 14), *(random.randint(0, 40) for _ in range(parts - 1))]
        return lead + ".".join(map(str, numbers)) + tail

    return make


def guid(*, upper: bool) -> Maker:
    def make(random: Random) -> str:
        parts = [run_of(HEX, length)(random) for length in (8, 4, 4, 4, 12)]
        return "-".join(parts).upper() if upper else "-".join(parts)

    return make


def stamp(shape: str) -> Maker:
    def make(random: Random) -> str:
        return shape.format(
            y=random.randint(2009, 2024),
            m=random.randint(1, 12),
            d=random.randint(1, 28),
            b=random.choice(_MONTHS),
            h=random.randint(0, 23),
            i=random.randint(0, 59),
            s=random.randint(0, 59),
            f=random.randint(0, 999),
        )

    return make


def not_a_card(length: int) -> Maker:
    def make(random: Random) -> str:
        number = with_check_digit("4" + run_of(string.digits, length - 2)(random))
        return number[:-1] + str((int(number[-1]) + random.randint(1, 9)) % 10)

    return make
