"""Sentences with one thing in them that must be taken out, in two halves: for development, and held out.

What stands between the braces' ends is the secret; the rest of the sentence is to stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from evals.redaction_people import (
    ACCOUNTS,
    FORMS,
    HELD_OUT_ACCOUNTS,
    HELD_OUT_FORMS,
    HELD_OUT_NAMES,
    NAMES,
    account_forms,
)
from evals.redaction_told import told
from evals.redaction_values import DEVELOPMENT, HELD_OUT

MARKED_AS: Mapping[str, frozenset[str]] = {
    "email": frozenset({"email"}),
    "phone": frozenset({"phone"}),
    "card": frozenset({"card"}),
    "iban": frozenset({"iban"}),
    "ip": frozenset({"ip"}),
    "host": frozenset({"host"}),
    "url token": frozenset({"url-secret", "secret"}),
    "vendor key": frozenset({"secret", "url-secret"}),
    "web token": frozenset({"secret", "url-secret"}),
    "private key": frozenset({"secret"}),
    "password": frozenset({"secret", "url-secret"}),
    "person": frozenset({"person"}),
    "account": frozenset({"account"}),
    "spoken password": frozenset({"secret"}),
    "one-time code": frozenset({"secret"}),
    "spelled mail": frozenset({"email"}),
    "short address": frozenset({"ip"}),
    "other person": frozenset({"person"}),
    "own machine": frozenset({"host"}),
}
"""The kinds of mark that say rightly what was taken out."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A sentence with what must go at [start, end); `people` and `account` are who the ticket then belongs to."""

    kind: str
    sentence: str
    start: int
    end: int
    people: tuple[str, ...] = ()
    account: str | None = None


SENTENCES: Mapping[str, Sequence[str]] = {
    "email": ("Please write to {} about it.", "Reply-To: <{}>", "Reported by {}, see below.", 'login: "{}" fails'),
    "phone": ("Please call me at {} after lunch.", "Tel: {}", "My mobile is {}.", "Phone {} (office)"),
    "card": ("The card {} was charged twice.", "Payment with {} is declined.", "pan={} exp=11/29"),
    "iban": ("Our account is {} since June.", "IBAN: {}", "The refund to {} never arrived."),
    "ip": (
        "The client at {} cannot connect.",
        "Connection from {}:52344 refused.",
        "ping {} times out.",
        "server ip {} is not reachable",
        "It is served at http://{}:8080/status here.",
        '"ip_address": "{}", "region": "eu"',
        "connect to host {} port 22: timed out",
        '{} - - [05/Mar/2024:10:22:31 +0000] "GET /api HTTP/1.1" 500 312',
    ),
    "url token": (
        "It fails at https://api.kelvara.example/v2/items?access_token={} for all.",
        "GET /callback?state=ok&api_key={}&page=2 gives 500.",
        "The link https://files.kelvara.example/d/9?token={} has expired.",
    ),
    "vendor key": (
        "We use {} for this.",
        "export SERVICE_KEY={}",
        'config: {{"k": "{}"}}',
        "It logs {} in clear text.",
    ),
    "web token": ("Authorization: Bearer {}", "The token {} is refused.", '{{"jwt": "{}"}}'),
    "private key": ("Here is our key:\n{}\n", "id_rsa contains\n{}\nand is readable."),
    "password": (
        "user/pass: demo / {}",
        "Password: {}",
        "You can log in as admin with password {} to see it.",
        "username: tester password: {}",
        'db.password = "{}"',
        "The pw is {} for now.",
        "user=svc;pwd={};timeout=5",
        "Login: qa-demo / {}",
        "Username - tester, Password - {}",
        "I changed the password to {} and it works.",
        "Password (temporary): {}",
        "<password>{}</password>",
        "The temporary password was {}, now it is gone.",
        "DB_PASS={}",
        "The passphrase of the key is {} as before.",
    ),
    "host": (
        "The service runs on host {} since March.",
        "ssh admin@{} hangs.",
        "Mar  5 10:22:31 {} sshd[2211]: connection closed",
        "ping {} works.",
        "hostname: {}",
        "could not resolve host {} in time",
        "See http://{}:8080/status for it.",
    ),
    "account": (
        "This happens at {} only.",
        "{} has three sites.",
        "Customer: {}",
        "As discussed with {} this is urgent.",
    ),
}
HELD_OUT_SENTENCES: Mapping[str, Sequence[str]] = {
    "email": ("CC: {}; others", "mailto:{}?subject=crash", "as user {} on the portal", "({}) has the same problem"),
    "phone": ("You can reach our office under {} until five.", "T {}", "Call {}, ask for the IT desk", "Fax: {}"),
    "card": ("Customer paid by {} on Friday.", "Declined: {}", '"cardNumber":"{}"'),
    "iban": ("Please transfer it to {} as usual.", "Kontonummer {} stimmt nicht.", '<Iban value="{}"/>'),
    "ip": (
        "Requests from {} are blocked by the firewall.",
        "remote_addr={} status=403",
        "The proxy {} answers with 407.",
        "Failed to connect to /{} (port 5432)",
        "my address is {} today",
        "telnet {} 25 does not answer",
        "Host {} is down.",
        "X-Forwarded-For: {}",
        "We moved the database to {} last week.",
    ),
    "url token": (
        "See https://share.palisade.io/f?id=7&signature={} for the dump.",
        "https://osterby.example/reset?code={} does nothing.",
        "POST https://hooks.quillon.example/in?auth_token={} HTTP/1.1",
    ),
    "vendor key": ("The key is {}.", "X-Service: {}", "curl -H 'Token: {}' https://x.example", "client = Client('{}')"),
    "web token": ("Cookie: session={}; Path=/", "It sends id_token={} twice.", "decoded {} by hand"),
    "private key": ("{}\nThis is the one in production.", "server.key:\n{}"),
    "password": (
        "Credentials are demo:{} on the test system.",
        "login with guest and the password {}",
        "PASS={}",
        "the new password is {}, please change it",
        "Benutzer: pruefer / Passwort: {}",
        "mysql -u root --password={} shop",
        "<property name='password' value='{}'/>",
        "jdbc:mysql://db/app?user=app&password={}",
    ),
    "host": (
        "The node {} went down first.",
        "scp trace.zip deploy@{}:/tmp fails.",
        "java.net.UnknownHostException: {}",
        "traceroute to {} ends at the gateway",
        "Server name is {} here.",
        "https://{}/status is slow.",
        "[root@{} ~]# systemctl status",
    ),
    "account": (
        "All users of {} are affected.",
        "We at {} see this daily.",
        "account={} tier=gold",
        "{}: escalated twice",
    ),
}


def plants(count: int, seed: int, *, held_out: bool) -> list[Plant]:
    """`count` plants of each kind; the same seed gives the same plants."""
    random = Random(seed)
    sentences = HELD_OUT_SENTENCES if held_out else SENTENCES
    values = HELD_OUT if held_out else DEVELOPMENT
    accounts = HELD_OUT_ACCOUNTS if held_out else ACCOUNTS
    made: list[Plant] = []
    for kind in (kind for kind in MARKED_AS if kind == "person" or kind in sentences):
        for number in range(count):
            if kind == "person":
                made.append(_of_a_person(random, number, held_out=held_out))
                continue
            sentence = sentences[kind][number % len(sentences[kind])]
            if kind == "account":
                account = random.choice(accounts)
                made.append(_planted(kind, sentence, random.choice(account_forms(account)), account=account))
            else:
                made.append(_planted(kind, sentence, values[kind](random)))
    return made + [_planted(*one) for one in told(count, random, held_out=held_out)]


def _planted(
    kind: str, sentence: str, value: str, *, people: tuple[str, ...] = (), account: str | None = None
) -> Plant:
    before, _, _ = sentence.partition("{}")
    start = len(before.format())
    return Plant(kind, sentence.format(value), start, start + len(value), people, account)


def _of_a_person(random: Random, number: int, *, held_out: bool) -> Plant:
    forms = HELD_OUT_FORMS if held_out else FORMS
    given, surname = random.choice(HELD_OUT_NAMES if held_out else NAMES)
    form = forms[number % len(forms)]
    return _planted("person", form.sentence, form.written(given, surname), people=(f"{given} {surname}",))
