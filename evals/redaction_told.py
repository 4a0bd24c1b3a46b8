"""What people tell one another in words, planted: passwords without a digit, codes, spelled-out mail, other people.

Written in two halves like all plants: for development, and held out with other wordings, makers and names.
"""

from collections.abc import Mapping, Sequence
from random import Random

from evals.redaction_values import Maker, one_of, picked, run_of, shaped

_HEX = "0123456789abcdef"
_GIVEN = ("Marek", "Isabel", "Thandiwe", "Oliver", "Nadia", "Stefan", "Akira", "Bridget", "Emeka", "Lucia")
_SURNAMES = ("Novotny", "Carvalho", "Dlamini", "Prescott", "Rahimi", "Vogel", "Fujita", "O'Leary", "Eze", "Bianchi")
_HELD_OUT_GIVEN = ("Joris", "Camila", "Sipho", "Harriet", "Leila", "Matthias", "Haruka", "Declan", "Ngozi", "Paolo")
_HELD_OUT_SURNAMES = ("Vermeulen", "Quispe", "Nkosi", "Ashworth", "Karimi", "Brandt", "Sakai", "Byrne", "Obi", "Ferri")


def _parts(shape: str, given: Sequence[str], surnames: Sequence[str], sites: Sequence[str]) -> Maker:
    """A mail address in a spelled shape: `g` given name, `s` surname, `h` site, `t` its ending."""

    def make(random: Random) -> str:
        site, _, top = random.choice(sites).partition(".")
        name, surname = random.choice(given).lower(), random.choice(surnames).lower().replace("'", "")
        return shape.format(g=name, s=surname, h=site, t=top)

    return make


def _name(shape: str, given: Sequence[str], surnames: Sequence[str]) -> Maker:
    return lambda random: shape.format(g=random.choice(given), s=random.choice(surnames))


def _groups(*shape: str) -> Maker:
    """Hexadecimal groups: `#` a digit of sixteen, `?` one of one to nine, the rest as it is."""
    return lambda random: "".join(
        random.choice(_HEX) if c == "#" else random.choice("123456789") if c == "?" else c for c in random.choice(shape)
    )


_SITES = ("kelvara.example", "brightforge.com", "tamarack.org")
_HELD_OUT_SITES = ("palisade.io", "osterby.net", "quillon.de")
_FULL, _ALONE = _name("{g} {s}", _GIVEN, _SURNAMES), _name("{g}", _GIVEN, _SURNAMES)
_HELD_OUT_FULL = _name("{g} {s}", _HELD_OUT_GIVEN, _HELD_OUT_SURNAMES)
_HELD_OUT_ALONE = _name("{g}", _HELD_OUT_GIVEN, _HELD_OUT_SURNAMES)

TOLD: Mapping[str, Sequence[tuple[str, Maker]]] = {
    "spoken password": [
        (sentence, picked("hunter", "dragonfly", "swordfish", "letmein", "trustno", "pumpkinpie", "Rosebud", "qwertz"))
        for sentence in (
            "The password is {}.",
            "user is demo, the password is {}",
            "My old password was {} until today.",
            "The password for the test account is {}.",
            "I changed the password to {} and it works.",
            "Log in with the password {}, then open the report.",
            "pw: {}",
            "Password: {}",
            "login: demo / {}",
        )
    ],
    "one-time code": [
        (sentence, one_of([shaped("######"), shaped("?###"), shaped("###-###"), shaped("########")]))
        for sentence in (
            "Your code is {}.",
            "The verification code {} was refused.",
            "Verification code: {}",
            "OTP: {}",
            "Enter the one-time code {} within ten minutes.",
            "Use {} as your login code.",
            "{} is your security code.",
        )
    ],
    "spelled mail": [
        (sentence, _parts(shape, _GIVEN, _SURNAMES, _SITES))
        for sentence, shape in (
            ("Write to {} please.", "{g} (at) {h} dot {t}"),
            ("Mail me: {}", "{g}.{s} [at] {h} [dot] {t}"),
            ("My address is {}.", "{g} at {h} dot {t}"),
            ("contact {} about it", "{g}_{s}(at){h}.{t}"),
            ("It goes to {} now.", "{g} AT {h} DOT {t}"),
            ("cc {}", "{g}.{s}[at]{h}[dot]{t}"),
        )
    ],
    "short address": [
        (sentence, maker)
        for sentence, maker in (
            ("ping6 {} times out", _groups("fe80::#", "2a02:8108::#", "fd00::1:#")),
            ("http://[{}]:8080/ hangs", _groups("2001:db8::###", "2001:db8:#a::#")),
            ("The gateway is {}.", _groups("fe80::#a##:#ff:fe##:####", "2001:4860:####::####")),
            ("from {} port 22", _groups("::ffff:192.168.1.?", "::ffff:10.2.?.4")),
            ("route {}/64 is gone", _groups("2001:db8:##a:1::", "fd12:3456:789#::")),
        )
    ],
    "other person": [
        ("Hi {},\nit still fails here.", _ALONE),
        ("I spoke with {} about it.", _FULL),
        ("Please contact {} for access.", _FULL),
        ("Best regards,\n{}", _FULL),
        ("Mr. {} wants it fixed.", _name("{s}", _GIVEN, _SURNAMES)),
        ("According to {} it began on Monday.", _FULL),
        ("My colleague {} sees it as well.", _ALONE),
        ("Thanks,\n{}", _ALONE),
        ("Dear {}, please see below.", _FULL),
        ("I talked to {} from support.", _ALONE),
        ("On Mon, 5 Mar 2012, {} wrote:", _FULL),
    ],
    "own machine": [
        ("It runs on {} here.", _name("{g}-PC", ("DESKTOP", "LAPTOP"), ("",))),
        ("The machine {} is slow.", lambda random: "DESKTOP-" + run_of("ABCDEFGHJK0123456789", 7)(random)),
        ("Logged in from {}.", lambda random: "LAPTOP-" + run_of("ABCDEFGHJK0123456789", 8)(random)),
        ("See {} for the crash.", shaped("ip-10-0-##-1##.ec2.internal")),
        ("It hangs on {} only.", _name("{g}s-MacBook-Pro.local", _GIVEN, _SURNAMES)),
    ],
}

HELD_OUT_TOLD: Mapping[str, Sequence[tuple[str, Maker]]] = {
    "spoken password": [
        (
            sentence,
            picked("marmalade", "blackbird", "iloveyou", "sesame", "butterscotch", "Gandalf", "zxcvbn", "monkey"),
        )
        for sentence in (
            "You get in with user guest, password is {} there.",
            "Our wifi password was {}, please forget it.",
            "das Passwort lautet {}",
            "They reset the password to {} this morning.",
            "I am using password {} on both.",
            "user: tester, pass: {}",
            "passphrase = {}",
            "admin / {} are the credentials",
            "The root password on that box is {}!",
        )
    ],
    "one-time code": [
        (sentence, one_of([shaped("######"), shaped("?####"), shaped("### ###"), shaped("G-######")]))
        for sentence in (
            "My PIN is {} by the way.",
            "{} is the verification code I got.",
            "The 2FA code was {} that time.",
            "The passcode {} expired at once.",
            "MFA code = {}",
            "Bestätigungscode: {}",
            "It sent the one time password {} twice.",
            "authentication code {} is rejected",
        )
    ],
    "spelled mail": [
        (sentence, _parts(shape, _HELD_OUT_GIVEN, _HELD_OUT_SURNAMES, _HELD_OUT_SITES))
        for sentence, shape in (
            ("Reach me under {} instead.", "{g}.{s}(at){h}(dot){t}"),
            ("e-mail {} any time", "{g} <at> {h} <dot> {t}"),
            ("The owner is {}, I think.", "{g}_{s} at {h} dot {t}"),
            ("Send it to {}!", "{g} (at) {h}.{t}"),
            ("account {} is locked", "{s}{{at}}{h}{{dot}}{t}"),
            ("Reporter: {}", "{g} @ {h} . {t}"),
        )
    ],
    "short address": [
        (sentence, maker)
        for sentence, maker in (
            ("bound to {} only", _groups("fd##::#", "2a01:4f8:c0c::#")),
            ("curl -g https://[{}]/health", _groups("2607:f8b0:4004:c07::##", "fe80::#")),
            ("neighbour {} is stale", _groups("fe80::#", "fe80::ab:#")),
            ("client={} status=403", _groups("::ffff:172.16.0.?", "64:ff9b::203.0.113.?")),
            ("AAAA record {} is wrong", _groups("2001:0db8:0000:0000:0000:ff00:0042:83##", "2A00:1450:4001:82#::200E")),
        )
    ],
    "other person": [
        ("Hello {}, any news on this?", _HELD_OUT_FULL),
        ("We had {} on the phone yesterday.", _HELD_OUT_FULL),
        ("Kind regards\n{}", _HELD_OUT_ALONE),
        ("Could you ask {} to look at it?", _HELD_OUT_FULL),
        ("Mrs. {} from accounting reported it.", _name("{s}", _HELD_OUT_GIVEN, _HELD_OUT_SURNAMES)),
        ("Cheers, {}", _HELD_OUT_ALONE),
        ("Our admin {} has no rights either.", _HELD_OUT_FULL),
        ("I met with {} to reproduce it.", _HELD_OUT_ALONE),
        ("Guten Tag Frau {},", _name("{s}", _HELD_OUT_GIVEN, _HELD_OUT_SURNAMES)),
        ("Name: {}", _HELD_OUT_FULL),
        ("> {} wrote:", _HELD_OUT_FULL),
    ],
    "own machine": [
        ("My laptop {} cannot see it.", lambda random: "LAPTOP-" + run_of("ABCDEFGHJK0123456789", 6)(random)),
        ("Domain controller {} rejects it.", lambda random: "WIN-" + run_of("ABCDEFGHJK0123456789", 11)(random)),
        ("{} restarted twice.", shaped("ip-172-31-##-2##.eu-west-1.compute.internal")),
        ("crash report of {} attached", _name("{g}-iMac.local", _HELD_OUT_GIVEN, _HELD_OUT_SURNAMES)),
        ("Computer name: {}", _name("{g}-PC", ("ACCOUNTING", "RECEPTION", "WAREHOUSE"), ("",))),
    ],
}


def told(count: int, random: Random, *, held_out: bool) -> list[tuple[str, str, str]]:
    """`count` of each kind: kind, sentence with a place for the value, value."""
    return [
        (kind, forms[number % len(forms)][0], forms[number % len(forms)][1](random))
        for kind, forms in (HELD_OUT_TOLD if held_out else TOLD).items()
        for number in range(count)
    ]
