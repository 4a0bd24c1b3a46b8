"""Sentences with one thing in them that looks like a secret or a person and must stay, in two halves."""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from evals.redaction_lookalike_values import HEX, guid, not_a_card, stamp, version
from evals.redaction_lookalikes_told import HELD_OUT_NOT_TOLD, NOT_TOLD
from evals.redaction_people import HELD_OUT_NAMES, NAMES
from evals.redaction_values import Maker, keyed, one_of, picked, run_of, shaped


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A sentence with what must stay at [start, end)."""

    kind: str
    sentence: str
    start: int
    end: int
    people: tuple[str, ...] = ()


DEVELOPMENT: Mapping[str, tuple[Maker, Sequence[str]]] = {
    "version": (
        one_of([version(4), version(3), version(4, "v"), picked("10.2.3.4", "1.8.0.1", "10.0.10.88", "11.2.0.4")]),
        (
            "It worked in {} and fails now.",
            "SDK version {}",
            "Tested on 4 devices with {}.",
            "upgraded to {} today",
            "Oracle client {} it is.",
        ),
    ),
    "build": (
        one_of(
            [
                version(3, "", ".201203151533"),
                stamp("{y}{m:02d}{d:02d}{h:02d}{i:02d}{s:02d}"),
                shaped("2.0.1.v2012####"),
            ]
        ),
        ("Build {} has it.", "Titanium Studio, build: {}", "see {} in the nightly list"),
    ),
    "error code": (
        one_of(
            [
                keyed("0x", HEX, 8),
                keyed("0x", string.digits + "ABCDEF", 8),
                shaped("ORA-0####"),
                shaped("SQLSTATE 42###"),
            ]
        ),
        ("It exits with {} at once.", "Error code: {}", "fault addr {} in thread 11"),
    ),
    "guid": (
        one_of([guid(upper=False), guid(upper=True)]),
        ("at Handler.Run({}) in Main.cs:line 88", "CLSID {} is not registered", "correlation id: {}", "key={}"),
    ),
    "date": (
        one_of(
            [
                stamp("{y}-{m:02d}-{d:02d}"),
                stamp("{d:02d}/{m:02d}/{y}"),
                stamp("{d:02d}.{m:02d}.{y} {h:02d}:{i:02d}"),
            ]
        ),
        ("It began on {} in the evening.", "Date: {}", "call on {} went well"),
    ),
    "ticket number": (
        one_of([shaped("TIMOB-1####"), shaped("INC00#####"), shaped("#1####"), shaped("CASE-2024-0####")]),
        ("Duplicate of {}.", "See ticket {} too.", "reach us with {} at hand", "also resolve {} as a duplicate"),
    ),
    "commit": (
        one_of([run_of(HEX, 40), run_of(HEX, 7), run_of(HEX, 12)]),
        ("Fixed in commit {} on master.", "git checkout {}", "Merged: {}"),
    ),
    "package": (
        picked(
            "com.kelvara.web01.Handler",
            "org.apache.http.impl.client.DefaultHttpClient",
            "java.net.Socket",
            "ti.modules.map",
        ),
        ("at {}.run(Handler.java:42)", "import {};", "class {} not found", "the host {} class is final"),
    ),
    "path": (
        picked(
            "/var/log/app/server-01.log",
            "C:\\Program Files\\App 7.2\\bin\\run.exe",
            "../lib/node-4.2.1/core.js",
            "build/app-10.tar.gz",
        ),
        ("The file {} is missing.", "cannot open {}", "on host: {} not found"),
    ),
    "counter": (
        one_of([shaped("?##########"), shaped("?,###,###"), shaped("?########?##"), shaped("?## ?## ###")]),
        ("It processed {} rows.", "heap: {} bytes", "elapsed {} ns"),
    ),
    "order number": (
        one_of([not_a_card(16), not_a_card(13)]),
        ("Order {} is stuck.", "sequence {} repeats", "The barcode {} is rejected."),
    ),
    "file or code": (
        picked(
            "icon-02.prod.png",
            "node-01.js",
            "Ti.UI.createWindow",
            "app.config.local",
            "window.host",
            "settings.internal",
        ),
        ("The name {} is used twice.", "see {} for it", "it reads {} first"),
    ),
    "public host": (
        picked(
            "github.com",
            "docs.oracle.com",
            "stackoverflow.com",
            "developer.apple.com",
            "repo1.maven.org",
            "127.0.0.1",
            "localhost",
        ),
        ("See https://{}/questions/1402 on this.", "It is described at {} too.", "listening on {}:8020"),
    ),
    "password talk": (
        picked(
            "must be at least 8 characters",
            "is required",
            "was reset yesterday",
            "********",
            "${DB_PASSWORD}",
            "to continue!",
            "- required field",
            "with grant_type set",
            "field is empty",
        ),
        ("Password {}", "the password {}", "password: {}"),
    ),
    "common word": (
        picked("grace period", "baker map", "bakery", "chloetown"),
        ("The {} is over.", "after the {} it stops"),
    ),
}
HELD_OUT: Mapping[str, tuple[Maker, Sequence[str]]] = {
    "version": (
        one_of(
            [
                version(4),
                version(4, "", "-beta"),
                picked("10.2.3.4", "5.5.0.12", "10.1.0.138", "126.0.0.0", "12.1.0.2"),
            ]
        ),
        ("Z10 device running {}", "Browser Chrome/{} Safari", "{} is the last good one", "with driver {} installed"),
    ),
    "build": (
        one_of(
            [
                stamp("1.7.0.v{y}{m:02d}{d:02d}{h:02d}{i:02d}"),
                shaped("16A####?"),
                stamp("{y}.{m}.{d}.{f}"),
                shaped("10.0.19045.?###"),
            ]
        ),
        ("OS build {} is affected", "installed {} over it", "({}) from the archive"),
    ),
    "error code": (
        one_of([keyed("0x8007", HEX, 4), keyed("E", string.digits, 5), shaped("-20##?"), keyed("c00000", HEX, 2)]),
        ("Reason: {}", "The dialog shows {}.", "signal 11, code {}"),
    ),
    "guid": (
        one_of([guid(upper=False), lambda random: "{" + guid(upper=True)(random) + "}"]),
        ("Exception in job {}: null", "token {} not in cache", "<id>{}</id>", "session {} ended"),
    ),
    "date": (
        one_of(
            [
                stamp("{y}/{m:02d}/{d:02d} {h:02d}:{i:02d}:{s:02d}.{f:03d}"),
                stamp("{d} {b} {y}"),
                stamp("{m}/{d}/{y} {h}:{i:02d}"),
            ]
        ),
        ("Last contact {} by chat", "phone was updated {}", "[{}] starting"),
    ),
    "ticket number": (
        one_of([shaped("REQ-########"), shaped("SR 3-?#########"), shaped("00###?##"), shaped("PR #?###")]),
        ("Your request {} was merged.", "call {} is closed", "linked with {}"),
    ),
    "commit": (
        one_of([run_of(HEX, 40), keyed("g", HEX, 8), run_of(HEX, 64)]),
        ("reverted by {}", "sha {}", "image@sha256 {} pulled", "key {} in the cache"),
    ),
    "package": (
        picked(
            "de.palisade.host.internal.Lookup",
            "org.appcelerator.titanium.TiApplication",
            "io.netty.channel.nio",
            "System.Net.Dns",
        ),
        ("Caused by: {}Exception", "in {}$1.call", "package {} does not exist", "from {} import x"),
    ),
    "path": (
        picked(
            "/opt/srv-web-02/conf/host.conf",
            "~/.ssh/config",
            "D:\\builds\\10.2.3.4\\out.dll",
            "lib/mobilesdk/osx/1.8.0.1/iphone",
        ),
        ("deleted {} first", "see {}", "tar: {}: not found"),
    ),
    "counter": (
        one_of([shaped("?#########"), shaped("?.?##.###.###"), shaped("?###-?###"), shaped("?##_###_###")]),
        ("free: {} of all", "id {} twice in the table", "took {} cycles"),
    ),
    "order number": (
        one_of([not_a_card(16), not_a_card(19), shaped("45-?#######-?")]),
        ("Invoice {} is wrong.", "reference no. {}", "parcel {} was lost"),
    ),
    "file or code": (
        picked("server01.conf.bak", "host.name", "this.internal", "web-3.min.css", "e.source.local", "libdb-5.3.so"),
        ("uses {} there", "value of {} is null", "open {} please"),
    ),
    "public host": (
        picked(
            "www.w3.org",
            "bugs.eclipse.org",
            "npmjs.com",
            "en.wikipedia.org",
            "255.255.0.0",
            "255.255.255.0",
            "update.microsoft.com",
        ),
        ("via http://{}/ it works", "as {} says", "bound to {} now"),
    ),
    "password talk": (
        picked("reset link", "dialog pops up", "policy changed", "<your password>", "prompt loops", "hash mismatch"),
        ("password {}", "The password {} again", "wrong password: {}"),
    ),
    "common word": (
        picked("young generation", "will power", "rosary", "youngster"),
        ("In the {} it grows.", "the {} is full"),
    ),
}


def look_alikes(count: int, seed: int, *, held_out: bool) -> list[LookAlike]:
    """`count` look-alikes of each kind; the same seed gives the same ones."""
    random = Random(seed)
    names = HELD_OUT_NAMES if held_out else NAMES
    made: list[LookAlike] = []
    half = {**HELD_OUT, **HELD_OUT_NOT_TOLD} if held_out else {**DEVELOPMENT, **NOT_TOLD}
    for kind, (maker, sentences) in half.items():
        for number in range(count):
            value = maker(random)
            sentence = sentences[number % len(sentences)]
            start = sentence.index("{}")
            given, surname = random.choice(names)
            people = (f"{given} {surname}",)
            made.append(LookAlike(kind, sentence.replace("{}", value), start, start + len(value), people))
    return made
