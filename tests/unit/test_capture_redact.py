"""What identifies a person or opens a door is taken out; what only looks like it stays. All samples are invented."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.capture.condense import condense
from pipelines.capture.redact import Names, Redactor, redact_text, redact_ticket
from pipelines.capture.redaction_marks import MARK
from pipelines.domain.drafts import MappedText
from pipelines.domain.tickets import Account, Message, Role, Ticket, TicketKey, TicketStatus

NAMES = Names(
    people=(
        "Jane Doe",
        "u03033",
        "Rossi, Marco",
        "Will Baker",
        "kofi.mensah",
        "田中 太郎",
        "Support",
        "Ana-María Núñez",
        "Incident bridge",
        "Hosting provider",
        "Grace May",
    ),
    account=("Northwind Freight GmbH", "ACC-20931"),
)


def fake(prefix: str, length: int, alphabet: str = "aB3dE5gH7jK9mN2pQ4sT6vW8") -> str:
    """A value of the right shape that nobody ever issued."""
    return prefix + "".join(alphabet[(i * 7 + length) % len(alphabet)] for i in range(length))


HEX = "0a1b2c3d4e5f6789"
JWT = ".".join((fake("eyJ", 20), fake("eyJ", 40), fake("", 43)))
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + (fake("", 64) + "\n") * 3 + "-----END RSA PRIVATE KEY-----"

TAKEN_OUT = [
    ("write to ann.lee@northwind.example please", "write to [email-1] please"),
    ("<Ann.Lee+test@mail.northwind.co.uk>", "<[email-1]>"),
    ("mailto:o'brien@firm.example?subject=x", "mailto:[email-1]?subject=x"),
    ("from 'root@db01.corp.internal':", "from '[email-1]':"),
    ("müller@größe.example schrieb", "[email-1] schrieb"),
    ("a@b.example, A@B.EXAMPLE and c@d.example", "[email-1], [email-1] and [email-2]"),
    ("call +1 415 555 2671 today", "call [phone-1] today"),
    ("call +49 (0)30 901820 today", "call [phone-1] today"),
    ("phone: (415) 555-2671", "phone: [phone-1]"),
    ("my number is 415-555-2671.", "my number is [phone-1]."),
    ("Tel. 030 901820", "Tel. [phone-1]"),
    ("Reach me on 020 7946 0958 or by mail", "Reach me on [phone-1] or by mail"),
    ("mobile 07911 123456", "mobile [phone-1]"),
    ("Tél: 01 42 68 53 00", "Tél: [phone-1]"),
    ("móvil: 612 345 678", "móvil: [phone-1]"),
    ("電話: 03-3224-9999", "電話: [phone-1]"),
    ("whatsapp 0049 170 2345678", "whatsapp [phone-1]"),
    ("+14155552671 and (415) 555-2671", "[phone-1] and [phone-1]"),
    ("card 4111 1111 1111 1111 was charged", "card [card-1] was charged"),
    ("card 5500-0000-0000-0004 was charged", "card [card-1] was charged"),
    ("amex 378282246310005.", "amex [card-1]."),
    ("pan=6011000990139424", "pan=[card-1]"),
    ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN [iban-1] bitte"),
    ("GB29NWBK60161331926819", "[iban-1]"),
    ("FR14 2004 1010 0505 0001 3M02 606", "[iban-1]"),
    (f"id {fake('AKIA', 16, 'ABCDEFGHJKLMNPQR2345')} in use", "id [secret-1] in use"),
    (fake("ghp_", 36), "[secret-1]"),
    (fake("github_pat_", 60), "[secret-1]"),
    (fake("glpat-", 20), "[secret-1]"),
    (fake("xoxb-", 40, "0123456789-aBc"), "[secret-1]"),
    (fake("sk_live_", 24), "[secret-1]"),
    (fake("rk_test_", 24), "[secret-1]"),
    (fake("sk-proj-", 48), "[secret-1]"),
    (fake("AIza", 35), "[secret-1]"),
    (fake("ya29.", 60), "[secret-1]"),
    (fake("SK", 32, HEX), "[secret-1]"),
    (fake("SG.", 22) + fake(".", 43), "[secret-1]"),
    (fake("npm_", 36), "[secret-1]"),
    (fake("hf_", 34), "[secret-1]"),
    (f"token {JWT}!", "token [secret-1]!"),
    (f"key:\n{PEM}\nthanks", "key:\n[secret-1]\nthanks"),
    (f"Authorization: Bearer {fake('', 32)}", "Authorization: Bearer [secret-1]"),
    ("Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l", "Authorization: Basic [secret-1]"),
    (f'-H "authorization: token {fake("", 24)}"', '-H "authorization: token [secret-1]"'),
    (f"AccountKey={fake('', 86)}==;EndpointSuffix=x", "AccountKey=[secret-1];EndpointSuffix=x"),
    (
        f"https://store.example/c?sv=2022-11-02&sig={fake('', 44)}",
        "https://store.example/c?sv=2022-11-02&sig=[url-secret-1]",
    ),
    ("https://api.example/v1?access_token=abc123def456&x=1", "https://api.example/v1?access_token=[url-secret-1]&x=1"),
    ("postgres://app:s3cr3t@db.example:5432/x", "postgres://[url-secret-1]@db.example:5432/x"),
    ("https://bob:hunter2@git.example/r.git", "https://[url-secret-1]@git.example/r.git"),
    (f"https://hooks.slack.com/services/T0{fake('', 30)}", "https://hooks.slack.com/services/[secret-1]"),
    ("password: Tr0ub4dor&3", "password: [secret-1]"),
    ('"password": "correct horse"', '"password": "[secret-1]"'),
    ("pwd=hunter2;", "pwd=[secret-1];"),
    ("DB_PASSWORD=pa55word", "DB_PASSWORD=[secret-1]"),
    ("Passwort: geheim123", "Passwort: [secret-1]"),
    ("the password is Summer2019!", "the password is [secret-1]"),
    ("<password>letmein99</password>", "<password>[secret-1]</password>"),
    ("mysql --password=hunter22 -u root", "mysql --password=[secret-1] -u root"),
    (f"api_key = {fake('', 24)}", "api_key = [secret-1]"),
    (f"client_secret: '{fake('', 30)}'", "client_secret: '[secret-1]'"),
    (f"aws_secret_access_key = {fake('', 38)}/x", "aws_secret_access_key = [secret-1]"),
    (f"JSESSIONID={fake('', 32, HEX)}; path=/", "JSESSIONID=[secret-1]; path=/"),
    (
        "Jane Doe saw it, then jane doe left; JANE did too",
        "[person-1] saw it, then [person-1] left; [person-1] did too",
    ),
    ("Thanks Jane, and Doe's log", "Thanks [person-1], and [person-1]'s log"),
    ("jane.doe and Doe, Jane", "[person-1] and [person-1]"),
    ("@u03033: see below", "@[person-1]: see below"),
    ("Marco Rossi (Rossi) agreed", "[person-1] ([person-1]) agreed"),
    ("Password for the portal: Winter2024", "Password for the portal: [secret-1]"),
    ("login: admin / P@ssw0rd!", "login: admin / [secret-1]"),
    ("user admin pass admin123", "user admin pass [secret-1]"),
    ("pw: abc123", "pw: [secret-1]"),
    ("Server=db;User Id=sa;Password=Str0ng!Pass;Database=x", "Server=db;User Id=sa;Password=[secret-1];Database=x"),
    (f"secretKey: '{fake('wJ', 16)}/{fake('K', 9)}/{fake('b', 12)}'", "secretKey: '[secret-1]'"),
    ("X-Api-Key: 9f8e7d6c5b4a39281706f5e4d3c2b1a0", "X-Api-Key: [secret-1]"),
    ("curl -u bob:hunter2 https://x.example", "curl -u bob:[secret-1] https://x.example"),
    ("Set-Cookie: sid=s%3AabcDEF123456789xyz.qwerty; Path=/", "Set-Cookie: sid=[secret-1]; Path=/"),
    ("Phone: (555) 010-4477", "Phone: [phone-1]"),
    ("reach +1 (555) 010-4477", "reach [phone-1]"),
    ("call 555-0142", "call [phone-1]"),
    ("C:/Users/jane/AppData", "C:/Users/[person-1]/AppData"),
    ("Will, please look", "[person-1], please look"),
    ("hi kofi, thanks", "hi [person-1], thanks"),
    ("rossi said so", "[person-1] said so"),
    ("and then Will says it works", "and then [person-1] says it works"),
    ("Good morning Will", "Good morning [person-1]"),
    ("Hi Will,\nwill it work?", "Hi [person-1],\nwill it work?"),
    ("C:\\Users\\kofi.mensah\\AppData", "C:\\Users\\[person-1]\\AppData"),
    ("田中さん、田中太郎です", "[person-1]さん、[person-1]です"),
    ("Ana-María Núñez", "[person-1]"),
    ("at Northwind Freight GmbH and northwind freight", "at [account-1] and [account-1]"),
    ("account ACC-20931.", "account [account-1]."),
    ("the server at 10.2.3.4 answers", "the server at [ip-1] answers"),
    ("ssh: connect to host 10.0.0.12 port 22", "ssh: connect to host [ip-1] port 22"),
    ("192.168.1.7 and 172.31.4.5", "[ip-1] and [ip-2]"),
    ("a hit from 203.0.113.24 today", "a hit from [ip-1] today"),
    ("failed to connect to /10.60.2.6 (port 443)", "failed to connect to /[ip-1] (port 443)"),
    ("http://10.2.3.4:8080/x and //10.2.3.4", "http://[ip-1]:8080/x and //[ip-1]"),
    ('{"clientIp": "10.2.3.4"}', '{"clientIp": "[ip-1]"}'),
    ('10.2.3.4 - - [05/Mar/2024:10:22:31] "GET /" 200', '[ip-1] - - [05/Mar/2024:10:22:31] "GET /" 200'),
    ("ping 10.2.3.4 fails; 10.2.3.4 is down", "ping [ip-1] fails; [ip-1] is down"),
    ("ping 10.2.3.4 since version 10.2.3.4", "ping [ip-1] since version 10.2.3.4"),
    ("route 10.2.0.0/16 is gone", "route [ip-1]/16 is gone"),
    ("from 2001:db8:0:1::7f and fd12:3456:789a::1", "from [ip-1] and [ip-2]"),
    ("fe80::1ff:fe23:4567:890a%eth0", "[ip-1]%eth0"),
    ("db01.prod.corp and DB01.PROD.CORP", "[host-1] and [host-1]"),
    ("http://fra-build18:8080/status", "http://[host-1]:8080/status"),
    ("http://wiki.internal/page", "http://[host-1]/page"),
    ("ssh admin@db-07 hangs, db-07 is slow", "ssh admin@[host-1] hangs, [host-1] is slow"),
    ("Mar  5 10:22:31 titan sshd[2211]: closed", "Mar  5 10:22:31 [host-1] sshd[2211]: closed"),
    ("2024-03-05T10:22:31Z web-prod-07 app[9]: up", "2024-03-05T10:22:31Z [host-1] app[9]: up"),
    ("root@web7:~# df", "root@[host-1]:~# df"),
    ("[root@web7 ~]# df", "[root@[host-1] ~]# df"),
    ("\\\\FILESRV01\\share is full", "\\\\[host-1]\\share is full"),
    ("hostname: srv-sql-02", "hostname: [host-1]"),
    ("web03.fra.acme.net answers", "[host-1] answers"),
    ("user/pass: demo / Kestrel_melon!", "user/pass: demo / [secret-1]"),
    ("log in with the password tractor-2404", "log in with the password [secret-1]"),
    ("changed the password to Violet-77", "changed the password to [secret-1]"),
    ("user=svc;pwd=melon_9x;timeout=5", "user=svc;pwd=[secret-1];timeout=5"),
    (fake("lin_api_", 40), "[secret-1]"),
    (fake("ATATT3xFfGF0", 60), "[secret-1]"),
    (fake("dckr_pat_", 27), "[secret-1]"),
    ("The password is hunter.", "The password is [secret-1]."),
    ("use password dragonfly to get in", "use password [secret-1] to get in"),
    ("we set sesame as the password", "we set [secret-1] as the password"),
    ("Your code is 482913.", "Your code is [secret-1]."),
    ("verification code 482-913 was refused", "verification code [secret-1] was refused"),
    ("482913 is your login code", "[secret-1] is your login code"),
    ("jane (at) firm dot example and jane@firm.example", "[email-1] and [email-1]"),
    ("write to jane at firm dot org please", "write to [email-1] please"),
    ("The gateway is fe80::1.", "The gateway is [ip-1]."),
    ("from ::ffff:10.2.3.4 port 22", "from [ip-1] port 22"),
    ("Hi Marek,\nso it is Marek who asked", "Hi [person-1],\nso it is [person-1] who asked"),
    ("I spoke with Isabel Carvalho. Isabel agrees.", "I spoke with [person-1]. [person-1] agrees."),
    ("Regards,\nThandiwe", "Regards,\n[person-1]"),
    ("Mr. Prescott wrote", "Mr. [person-1] wrote"),
    ("DESKTOP-4F8K2JQ and ip-10-0-12-7.ec2.internal", "[host-1] and [host-2]"),
]

LEFT_ALONE = [
    "The password is wrong.",
    "with password reset it fails",
    "password = tfPassword.value;",
    "password: string",
    "The error code is 482913.",
    "exit code 1341 and HTTP code: 404",
    "PIN header, PCIN 4567",
    "look at example dot notation",
    "runs at startup . Then",
    "std::vector and 00:1a:2b:3c:4d:5e",
    "Hi Team,\nHello World, Dear Customer",
    "Thanks Support",
    "I spoke with Jenkins about it.",
    "According to Visual Studio it works",
    "MacBook-Pro and iPhone-6",
    "the server runs 10.2.3.4 since Monday",
    "upgraded from 10.2.0.3 to 11.2.0.4",
    "Oracle client 10.2.0.5",
    "Z10 device running 10.1.0.138",
    "Chrome/126.0.0.0 Safari/537.36",
    "/opt/mobilesdk/osx/1.8.0.1/iphone/run.py",
    "D:\\builds\\10.2.3.4\\out.dll",
    "section 15.2.4.2 of the standard",
    "1.8.0.1-beta and 10.2.3.4.5",
    "listening on 127.0.0.1:8020 and bound to 0.0.0.0",
    "netmask 255.255.255.0, dns 8.8.8.8",
    "std::map<int, a::b> and 10:22:31",
    "50:06:01:60:3b:a0:12:34",
    "feed::beef::cafe",
    "host 300.1.2.3 and ip 010.1.2.3",
    "at com.acme.web01.internal.Handler.run(Handler.java:7)",
    "this.internal and window.local",
    "app.config.local, settings.internal and .env.local",
    "open server01.conf.bak or web-3.min.css",
    "see https://repo1.maven.org/maven2 and docs.oracle.com",
    "http://localhost:8080 and host: localhost",
    "the node v8.9 server",
    "please resolve TIMOB-5247 on the server OPS-20931",
    "2024-03-05T10:22:31Z INFO worker[12]: started",
    "Mar  5 10:22:31 localhost sshd[2211]: closed",
    "Dec 16 13:55:29 iPhone-5s SpringBoard[15]: launched",
    "machine type x86-64, host arm64-v8",
    "update the password to continue!",
    "with password grant_type set",
    "password (optional): none",
    "Password - required field",
    "jetty 7.2.0.v20180301 and 9.4.31.v20200723",
    "Titan SDK 3.0.1.201212181159",
    "build 20140617161713 of 2014-06-17 16:17:13",
    "error 0x80070005 and 0xC0000005",
    "550e8400-e29b-41d4-a716-446655440000",
    "key=550e8400-e29b-41d4-a716-446655440000",
    "2024-03-05T10:22:31.123Z and 05.03.2024 10:22",
    "03/05/2024 10:22:31,123 INFO",
    "12-05 18:46:58.816: I/App( 1336)",
    "OPS-20931 and INC0012345 and #1002003",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "fixed in f7b3d13",
    "Windows 10.0.19045.3803",
    "counter 1234567890123456 wrapped",
    "sequence 4111111111111112 of 9",
    "epoch 1400000000000",
    "IMEI 356938035643809",
    "com.example.frontend.will.Baker$Inner.run(Baker.java:42)",
    "at org.apache.http.impl.Client.execute(Client.java:1097)",
    "/var/lib/app/will/data-2024.log",
    "C:\\Program Files\\App 7.2\\bin\\app.exe",
    "icon@2x.png and header@3x.jpg",
    "alloy@1.4.0-rc and acs@1.0.6",
    "├── titanium@3.1.2",
    "java.lang.Object@1f2e3d4c",
    "token = android.os.BinderProxy@42a76558",
    "AppWindowToken{41ae2ef8 token=Token{6a83c9f}",
    "{code}\n@Kroll.method\n{code}",
    "git@code.example:team/repo.git",
    "the @Override annotation",
    "password: is required",
    "Password must contain 8 characters",
    "the password is wrong",
    'password = "your_password"',
    "password: ********",
    "password=${DB_PASSWORD}",
    "password=<password>",
    "secret: [redacted]",
    "unexpected token: identifier",
    "SyntaxError: Unexpected token < in JSON at position 0",
    "token: http://docs.example/guide#token",
    "primary key: customer_id",
    "key=android:launchMode",
    "cache key = com.example.cache.Region",
    "the api key is missing",
    "api_key=YOUR_API_KEY_HERE",
    "basic authentication failed",
    "the bearer of bad news",
    "Bearer token expired",
    "https://example.org/page?id=12345&page=2",
    "https://example.org/a?code=404&key=name",
    "https://example.org:8443/path@v2",
    "http://localhost:8080/app",
    "jdbc:postgresql://db:5432/app",
    "sk-learn and sk_buff are not keys",
    "AKIA is a prefix",
    "md5 d41d8cd98f00b204e9800998ecf8427e",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "Load: 0.21 / 0.43 / 0.28",
    "Mobile SDK version: 1.6.0 (01/26/11 18:53)",
    "Titan Mobile 1.6.0 1/19/11",
    "rows 612 345 678",
    "x=104 y=555 2671",
    "range 100-200-3000",
    "size 1024 768 32",
    "00:12:34:56:78:9a",
    "DE89 is not an account, nor DE89 3704 0044 0532 0130 01",
    "GB29NWBK60161331926818",
    "Ran 0 123 456 789 rows",
    "ticket 415-555-26712",
    "the Incident bridge and the hosting provider agree",
    "in May it was slow, and May Day too",
    "10 ??? 0x10915590 0x0 + 277960080",
    "[INFO] PASS: window-focus fired",
    "var pass = Titan.UI.createButton({",
    "var key = Titan.Utils.sha1(String/Blob obj);",
    'Authorization: Digest username="x"',
    "basic reading/writing of files",
    "build --password KEYSTORE_PASSWORD",
    "case 00123456",
    "the user passes a token to login / logout",
    "user: jsmith2 / group: staff",
    "account settings / Billing.Overview",
    "will the baker pages ever mark the page as read?",
    "support will answer",
    "Rossignol and Doerr are others",
    "ORA-00600 [17069] [0x1D2E3F]",
    "HTTP/1.1 503 Service Unavailable",
    "memory 4294967296 bytes",
    "v20120810194112",
    "3.141592653589793",
    "1.8.0_131-b11",
]


@pytest.mark.parametrize(("text", "expected"), TAKEN_OUT)
def test_it_takes_out(text: str, expected: str) -> None:
    assert expected == redact_text(text, NAMES)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_it_leaves_alone(text: str) -> None:
    assert text == redact_text(text, NAMES)


def _ticket(*bodies: str, subject: str = "s", people: tuple[str, ...] = ()) -> Ticket:
    at = datetime(2024, 3, 5, tzinfo=UTC)
    return Ticket(
        key=TicketKey(source="t", id="1"),
        subject=subject,
        status=TicketStatus.CLOSED,
        created_at=at,
        product_area="Billing",
        account=Account(id="ACC-20931", name="Northwind Freight GmbH"),
        messages=tuple(
            Message(id=f"m{i}", at=at, body=body, author=people[i] if i < len(people) else None)
            for i, body in enumerate(bodies)
        ),
    )


def test_one_value_has_one_mark_in_the_whole_ticket() -> None:
    ticket = _ticket("ask jane@x.example", "no, bob@x.example or JANE@x.example", subject="mail to bob@x.example fails")
    view = redact_ticket(ticket, condense(ticket, budget=1000, count_tokens=len))
    assert view.subject.text == "mail to [email-1] fails"
    assert [m.text.text for m in view.messages] == ["ask [email-2]", "no, [email-1] or [email-2]"]
    assert view.product_area == "Billing"


def test_the_names_of_authors_and_of_the_customer_go_from_every_message() -> None:
    ticket = _ticket("Northwind Freight is down", "Carla Jung: we look into it", people=("Lee Chong", "Carla Jung"))
    view = redact_ticket(ticket, condense(ticket, budget=1000, count_tokens=len))
    assert [m.text.text for m in view.messages] == ["[account-1] is down", "[person-1]: we look into it"]


def test_a_mark_leads_back_to_what_it_stands_for() -> None:
    raw = "write to ann@x.example soon"
    text = Redactor().redact(MappedText.verbatim(raw))
    span = text.raw_span(*next(MARK.finditer(text.text)).span())
    assert raw[span.start : span.end] == "ann@x.example"


def test_a_name_whose_case_changes_its_length_is_still_found() -> None:
    assert redact_text("Mail from Ali İnan now", Names(people=("Ali İnan",))) == "Mail from [person-1] now"
    assert redact_text("STRASSER was here", Names(people=("Straßer",))) == "[person-1] was here"


def test_a_machine_told_by_a_later_message_goes_from_an_earlier_one_too() -> None:
    """What only its surroundings give away once is taken out of the whole ticket."""
    ticket = _ticket("10.2.3.4 is slow, so is db-07", "ping 10.2.3.4", "ssh root@db-07")
    view = redact_ticket(ticket, condense(ticket, budget=1000, count_tokens=len))
    assert ["[ip-1] is slow, so is [host-1]", "ping [ip-1]", "ssh root@[host-1]"] == [
        m.text.text for m in view.messages
    ]
    assert "is [ip-1] up?" == Redactor.for_ticket(ticket).redact_text("is 10.2.3.4 up?")


def test_hosts_in_the_customers_own_domain_go_and_those_of_the_vendor_stay() -> None:
    """The customer's domains come from the account's name and from the mailboxes of who asks, not of who answers."""
    at = datetime(2024, 3, 5, tzinfo=UTC)
    ticket = _ticket("x").model_copy(
        update={
            "reporter": "ann@nwf-group.example",
            "assignee": "bo@vendor.example",
            "messages": (
                Message(id="m1", at=at, body="x", author="cy@gmail.com", role=Role.CUSTOMER),
                Message(id="m2", at=at, body="x", author="di@vendor.example", role=Role.AGENT),
            ),
        }
    )
    redactor = Redactor.for_ticket(ticket)
    text = "https://portal.northwind-freight.com/a, intranet.nwf-group.example, docs.vendor.example, mail.gmail.com"
    assert "https://[host-1]/a, [host-2], docs.vendor.example, mail.gmail.com" == redactor.redact_text(text)


PIECES = st.sampled_from(
    [text for text, _ in TAKEN_OUT] + LEFT_ALONE + [" ", "\n", "[email-1]", "password=", "://", "@", "é"]
)


@settings(deadline=None)  # the library of phone numbers is loaded by the first that needs it
@given(st.lists(PIECES, max_size=6).map(" ".join))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    redactor = Redactor(NAMES.people, NAMES.account)
    once = redactor.redact_text(text)
    assert once == redactor.redact_text(once)


@settings(deadline=None)  # the library of phone numbers is loaded by the first that needs it
@given(st.lists(st.sampled_from([pair[0] for pair in TAKEN_OUT if "example" in pair[0]] + LEFT_ALONE), max_size=5))
def test_no_address_of_a_planted_mailbox_survives_among_other_text(parts: list[str]) -> None:
    text = "\n".join([*parts, "zoe.planted@canary.example", *parts])
    assert "planted@canary" not in redact_text(text, NAMES)


@settings(deadline=None)  # the library of phone numbers is loaded by the first that needs it
@given(st.text(max_size=200))
def test_any_text_is_taken_and_what_is_kept_is_verbatim(raw: str) -> None:
    text = Redactor(NAMES.people, NAMES.account).redact(MappedText.verbatim(raw))
    for segment in text.segments:
        if segment.verbatim:
            view = text.text[segment.view.start : segment.view.end]
            assert raw[segment.raw.start : segment.raw.end] == view


@settings(deadline=None)  # the library of phone numbers is loaded by the first that needs it
@given(st.lists(st.text(min_size=1, max_size=20), max_size=6), st.text(max_size=80))
def test_any_names_are_taken(people: list[str], text: str) -> None:
    redacted = redact_text(text, Names(people=tuple(people), account=tuple(people[:2])))
    assert isinstance(redacted, str)
