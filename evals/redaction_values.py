"""Invented personal data and secrets of the right shape, drawn from a seeded source. Nobody was ever issued one.

Two families of each kind: one to develop against, one held out with other vendors, countries and habits.
"""

import base64
import json
import string
from collections.abc import Callable, Mapping, Sequence
from random import Random

from evals.redaction_people import HELD_OUT_NAMES, NAMES

Maker = Callable[[Random], str]

_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + "234567"
_WEB = _LETTERS + "-_"
_CARDS = (("4", 16), ("51", 16), ("55", 16), ("34", 15), ("6011", 16))
_HELD_OUT_CARDS = (("4", 19), ("2221", 16), ("37", 15), ("53", 16), ("3530", 16), ("62", 16), ("36", 14))
_IBANS = {"DE": "n18", "GB": "a4n14", "FR": "n10x11n2", "NL": "a4n10", "ES": "n20"}
_HELD_OUT_IBANS = {"CH": "n5x12", "IT": "a1n10x12", "PL": "n24", "SE": "n20", "NO": "n11", "IE": "a4n14", "BE": "n12"}


def run_of(alphabet: str, length: int) -> Maker:
    return lambda random: "".join(random.choices(alphabet, k=length))


def shaped(shape: str) -> Maker:
    """A maker of texts like a shape in which `#` is a digit, `?` one from 2 to 9, and the rest stands for itself."""
    return lambda random: "".join(
        str(random.randint(0, 9)) if c == "#" else str(random.randint(2, 9)) if c == "?" else c for c in shape
    )


def one_of(makers: Sequence[Maker]) -> Maker:
    return lambda random: random.choice(makers)(random)


def picked(*words: str) -> Maker:
    return lambda random: random.choice(words)


def keyed(prefix: str, alphabet: str, length: int) -> Maker:
    body = run_of(alphabet, length)
    return lambda random: prefix + body(random)


def with_check_digit(digits: str) -> str:
    """The digits with Luhn's check digit behind them."""
    doubled = (int(c) * (2 - i % 2) for i, c in enumerate(reversed(digits)))
    return digits + str(-sum(d % 10 + d // 10 for d in doubled) % 10)


def card(kinds: Sequence[tuple[str, int]], joints: Sequence[str]) -> Maker:
    def make(random: Random) -> str:
        prefix, length = random.choice(kinds)
        number = with_check_digit(prefix + run_of(string.digits, length - len(prefix) - 1)(random))
        joint = random.choice(joints)
        groups = (4, 6, 5) if length == len("378282246310005") else (4, 4, 4, 4, 3)
        parts, at = [], 0
        for size in groups:
            parts.append(number[at : at + size])
            at += size
        return joint.join(part for part in parts if part)

    return make


def iban(countries: Mapping[str, str], joints: Sequence[str]) -> Maker:
    """Account numbers by country: `a` letters, `n` digits, `x` digits too; check digits by ISO 7064 mod 97-10."""

    def make(random: Random) -> str:
        country = random.choice(list(countries))
        shape = countries[country]
        body, at = "", 0
        while at < len(shape):
            end = at + 1
            while end < len(shape) and shape[end].isdigit():
                end += 1
            alphabet = string.ascii_uppercase if shape[at] == "a" else string.digits
            body += run_of(alphabet, int(shape[at + 1 : end]))(random)
            at = end
        rest = int("".join(str(int(c, 36)) for c in body + country + "00")) % 97
        number = f"{country}{98 - rest:02d}{body}"
        joint = random.choice(joints)
        return joint.join(number[i : i + 4] for i in range(0, len(number), 4))

    return make


def _web_token(payload_keys: Sequence[str]) -> Maker:
    def make(random: Random) -> str:
        def part(value: object) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        head = {"alg": random.choice(("HS256", "RS256", "ES256")), "typ": "JWT"}
        body = {key: random.randint(10**6, 10**10) for key in payload_keys}
        return ".".join((part(head), part(body), run_of(_WEB, 43)(random)))

    return make


def _private_key(kinds: Sequence[str], joint: str) -> Maker:
    def make(random: Random) -> str:
        kind = random.choice(kinds)
        lines = [run_of(_LETTERS + "+/", 64)(random) for _ in range(random.randint(3, 9))]
        return joint.join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"))

    return make


def _mail(names: Sequence[tuple[str, str]], domains: Sequence[str], shapes: Sequence[str]) -> Maker:
    def make(random: Random) -> str:
        given, surname = random.choice(names)
        plain = {"g": given.lower(), "s": surname.lower(), "i": given[0].lower(), "n": str(random.randint(1, 99))}
        local = random.choice(shapes).format(**plain)
        return f"{local}@{random.choice(domains)}"

    return make


def _address(*firsts: str) -> Maker:
    def make(random: Random) -> str:
        first = random.choice(firsts)
        rest = [str(random.randint(1, 254)) for _ in range(3 - first.count("."))]
        return ".".join((first, *rest))

    return make


def _host(shapes: Sequence[str]) -> Maker:
    words = ("orders", "billing", "db", "web", "mail", "files", "app", "build", "search", "print")
    places = ("fra", "lon", "nyc", "hq", "dc1", "east", "prod", "stage")

    def make(random: Random) -> str:
        return random.choice(shapes).format(w=random.choice(words), p=random.choice(places), n=random.randint(1, 40))

    return make


def _password(shapes: Sequence[str]) -> Maker:
    words = ("Sunrise", "tractor", "Kestrel", "monday", "Violet", "harbour", "Pepper", "galaxy", "Ostrich", "melon")

    def make(random: Random) -> str:
        digits = run_of(string.digits, 4)(random)
        return random.choice(shapes).format(
            w=random.choice(words), v=random.choice(words), d=digits, r=run_of(_LETTERS, 6)(random)
        )

    return make


DEVELOPMENT: Mapping[str, Maker] = {
    "email": _mail(NAMES, ("kelvara.example", "mail.brightforge.co.uk", "gmail.com"), ("{g}.{s}", "{i}{s}", "{g}{n}")),
    "phone": one_of(
        [
            shaped(s)
            for s in ("+1 ?## ?##-####", "(?##) ?##-####", "+49 30 ?#######", "+49 (0)89 ?######", "020 7946 0###")
        ]
        + [
            shaped(s)
            for s in ("07911 1#####", "+33 1 42 6# ## ##", "06 12 3# ## ##", "+81 3-3224-99##", "0171 ?######")
        ]
    ),
    "card": card(_CARDS, ("", " ", "-")),
    "iban": iban(_IBANS, ("", " ")),
    "ip": _address("192.168", "10", "172.16", "172.31", "203", "198.51", "84"),
    "url token": one_of([run_of(_LETTERS, 32), run_of(_HEX, 40), run_of(_WEB, 24)]),
    "vendor key": one_of(
        [
            keyed("AKIA", _UPPER, 16),
            keyed("ghp_", _LETTERS, 36),
            keyed("sk_live_", _LETTERS, 24),
            keyed("AIza", _WEB, 35),
            keyed("xoxb-1234", string.digits + "-" + _LETTERS, 40),
            keyed("glpat-", _LETTERS, 20),
            keyed("SG." + "x" * 22 + ".", _WEB, 43),
            keyed("npm_", _LETTERS, 36),
            keyed("sk-proj-", _LETTERS, 48),
            keyed("lin_api_", _LETTERS, 40),
            keyed("dop_v1_", _HEX, 64),
            keyed("ATATT3xFfGF0", _LETTERS, 60),
        ]
    ),
    "web token": _web_token(("sub", "exp")),
    "private key": _private_key(("RSA PRIVATE KEY", "PRIVATE KEY"), "\n"),
    "password": _password(("{w}{d}", "{w}_{v}!", "{r}#{d}", "{w}-{d}-{v}")),
    "host": _host(("{w}{n:02d}.{p}.kelvara.local", "{w}-{n:02d}.internal", "{p}-{w}{n:02d}", "{w}.{p}.corp")),
}

HELD_OUT: Mapping[str, Maker] = {
    "email": _mail(
        HELD_OUT_NAMES,
        ("it.osterby-marine.example", "support.quillon.com.au", "outlook.de", "palisade.io", "münzwerk.example"),
        ("{s}-{g}", "{g}+tickets", "{s}{n}", "{i}.{s}", "no-reply.{s}", "{s}_{i}"),
    ),
    "phone": one_of(
        [
            shaped(s)
            for s in ("+34 6## ### ###", "+61 2 9### ####", "+91 98### #####", "+55 11 9####-####", "044 668 18 ##")
        ]
        + [
            shaped(s)
            for s in ("1-?##-?##-####", "+1.?##.?##.####", "0161 496 0###", "+41 44 668 18 ##", "030/?#######")
        ]
    ),
    "card": card(_HELD_OUT_CARDS, ("", " ")),
    "iban": iban(_HELD_OUT_IBANS, ("", " ")),
    "ip": one_of(
        [
            _address("192.168", "10", "172.20", "151", "37", "185.12"),
            lambda random: "2001:db8:" + ":".join(f"{random.randint(4096, 65535):x}" for _ in range(6)),
            lambda random: (
                f"fd{random.randint(16, 255):x}:{random.randint(4096, 65535):x}::{random.randint(16, 255):x}"
            ),
        ]
    ),
    "url token": one_of([run_of(_LETTERS, 20), run_of(_HEX, 64), run_of(_UPPER + "%", 36)]),
    "vendor key": one_of(
        [
            keyed("ASIA", _UPPER, 16),
            keyed("github_pat_11", _LETTERS + "_", 70),
            keyed("rk_live_", _LETTERS, 24),
            keyed("ya29.", _WEB, 90),
            keyed("xoxp-", string.digits + "-" + _HEX, 60),
            keyed("pypi-AgEIcHlwaS5vcmc", _WEB, 80),
            keyed("hf_", string.ascii_letters, 34),
            keyed("shpat_", _HEX, 32),
            keyed("sk-ant-api03-", _WEB, 90),
            keyed("SK", _HEX, 32),
            keyed("dckr_pat_", _WEB, 27),
            keyed("secret_", _LETTERS, 43),
            keyed("figd_", _WEB, 40),
            keyed("PMAK-", _HEX, 58),
            keyed("glsa_", _LETTERS, 41),
            keyed("ntn_", _LETTERS, 46),
        ]
    ),
    "web token": _web_token(("iss", "aud", "iat", "user")),
    "private key": _private_key(("EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), "\n"),
    "password": _password(("{v}{d}!", "{r}{d}", "{w}&{v}{d}", "P@{w}{d}", "{d}{r}$")),
    "host": _host(
        (
            "{w}{n}.{p}.palisade.lan",
            "srv-{w}-{n:02d}.intranet",
            "{p}{w}{n:03d}.ad.osterby.net",
            "{w}-{p}-{n}.localdomain",
        )
    ),
}
