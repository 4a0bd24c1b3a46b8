# ruff: noqa: E501 - lists of values read better on one line each
"""Sentences that speak like those that give something away, and give nothing away. In two halves."""

from collections.abc import Mapping, Sequence

from evals.redaction_lookalike_values import HEX, stamp, version
from evals.redaction_values import Maker, keyed, one_of, picked, run_of, shaped

NOT_TOLD: Mapping[str, tuple[Maker, Sequence[str]]] = {
    "password in prose": (
        picked(
            "wrong", "correct", "case sensitive", "expired again", "rejected", "stored in plain text", "too short",
            "never asked for", "the same", "not accepted", "blank", "ignored", "encrypted", "visible", "still valid",
        ),
        ("The password is {}.", "It says that the password was {}.", "my password is {} there"),
    ),
    "password topic": (
        picked("reset fails", "field", "dialog", "manager", "box stays grey", "policy", "hash", "protected archive"),
        ("The password {} for all users.", "With password {} it hangs.", "see the password {} in settings"),
    ),
    "other code": (
        one_of([shaped("404"), shaped("-110#"), shaped("13####"), shaped("5##"), picked("90210", "415", "0")]),
        (
            "The error code is {}.", "exit code {} at once", "It returns code {} here.", "HTTP status code: {}",
            "Zip code: {}", "area code {} only", "result code was {} twice",
        ),
    ),
    "at and dot": (
        picked("look at example dot notation", "runs at startup . Then", "stuck at 99 dot", "meet at noon", "item[at] index"),
        ("We {} first.", "It says {} here", "they {} again"),
    ),
    "not an address": (
        one_of([
            picked("std::vector", "Foo::Bar::Baz", "::1", "fa::b", "10:22:31", "a::b::c", "::", "Ti::Beef"),
            lambda random: ":".join(run_of(HEX, 2)(random) for _ in range(6)),
            lambda random: ":".join(run_of(HEX, 2)(random) for _ in range(8)),
        ]),
        ("It prints {} there.", "device {} is known", "from {} on it works"),
    ),
    "not a person": (
        picked("Team", "all", "Jenkins", "Oracle Support", "Titanium Studio", "Visual Studio", "April", "May", "Tomcat"),
        ("Hi {},", "Thanks {}", "I spoke with {} about it.", "According to {} it works.", "Please contact {}."),
    ),
    "no machine": (
        picked("MacBook-Pro", "iPhone-6", "DESKTOP-only", "ip-address", "WIN-32", "UTF-16", "Windows-10", "CVE-2021-44228"),
        ("It runs on {} here.", "Use the {} build.", "a {} problem"),
    ),
    "stamp": (
        one_of([stamp("{y}{m:02d}{d:02d}"), stamp("r{y}{m:02d}{d:02d}-{h:02d}{i:02d}"), keyed("sha1:", HEX, 12), version(4)]),
        ("Your build is {}.", "Use {} as the base.", "{} is your best version.", "the code is at {}"),
    ),
}  # fmt: skip
HELD_OUT_NOT_TOLD: Mapping[str, tuple[Maker, Sequence[str]]] = {
    "password in prose": (
        picked(
            "incorrect", "being cached", "optional", "unchanged", "in the keychain", "fine", "empty now", "required twice",
            "shown as dots", "lost", "eight letters", "sent unencrypted", "longer than that", "gone", "synchronised",
        ),
        ("Our password is {} there.", "The passphrase was {}.", "although the password is {}"),
    ),
    "password topic": (
        picked("recovery mail", "prompts", "strength meter", "textfield", "grant", "authentication", "rotation", "input"),
        ("Using password {} breaks it.", "The login / password {} is shown.", "and password {} too"),
    ),
    "other code": (
        one_of([shaped("50#"), shaped("E0##"), shaped("#####"), picked("0x1F", "-1", "1603", "2147483647")]),
        (
            "It ends with code {} now.", "The response code was {} again.", "country code {}", "{} is the return code.",
            "The code is {} lines long.", "line code {}",
        ),
    ),
    "at and dot": (
        picked("point at a dot in the chart", "arrive at Berlin dot", "(at) the end", "at most 3 . 5 ms", "works @ 60 . Nice"),
        ("You {} then.", "I {} here", "to {} it"),
    ),
    "not an address": (
        one_of([
            picked("boost::asio", "cafe::Babe", "Ui::Main", "12::30", "ns::type::value", "de::en", "23:59", "::before"),
            lambda random: ":".join(run_of(HEX, 2)(random).upper() for _ in range(6)),
            lambda random: ":".join(run_of(HEX, 2)(random) for _ in range(20)),
        ]),
        ("The {} is odd.", "fingerprint {} matches", "see {} there"),
    ),
    "not a person": (
        picked("everyone", "Support", "Spring Boot", "Gitlab", "Google Chrome", "Android Studio", "August", "Ruby", "Salesforce"),
        ("Hello {},", "Cheers {}", "We had {} on the list.", "I asked {} for it.", "My colleague uses {}."),
    ),
    "no machine": (
        picked("Mac-only", "LAPTOP-class", "Galaxy-S3", "IE-11", "WIN-rt", "ISO-8859-1", "KB-2533623", "SHA-256"),
        ("crash report of {} attached", "{} restarted twice.", "my {} cannot see it"),
    ),
    "stamp": (
        one_of([stamp("{y}.{m:02d}.{d:02d}"), shaped("b1####"), keyed("rev-", HEX, 8), version(4, "v")]),
        ("{} is your version then.", "My build is {} by the way.", "The tag was {} that time."),
    ),
}  # fmt: skip
