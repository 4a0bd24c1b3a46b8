# ruff: noqa: RUF001, E501 - full-width colons are among what is looked for; a pattern of one vendor stands on one line
"""What keys, tokens, passwords and bank numbers look like. Patterns and checks alone; redact.py applies them.

Every pattern starts at a fixed word or is bounded, so that a search is linear in the text. Where a pattern has a
group `value`, that group is what is secret and the rest stays readable.
"""

import math
import re
from collections import Counter

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]{0,20000}-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\\\s]{0,20000})"
)
"""A private key in PEM armour; one whose end is missing goes as far as it looks like base64."""

VENDOR_KEYS = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:
      (?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}                                 # AWS key ids
    | gh[pousr]_[A-Za-z0-9]{30,255} | github_pat_[A-Za-z0-9_]{22,255}
    | gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,200}
    | xox[abeoprs]-[A-Za-z0-9-]{10,200} | xapp-\d-[A-Za-z0-9-]{10,200}
    | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,200} | whsec_[A-Za-z0-9+/=]{20,100}
    | sk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]{2,10}-)?[A-Za-z0-9_-]{20,300}
    | AIza[A-Za-z0-9_-]{35} | ya29\.[A-Za-z0-9_-]{20,500} | GOCSPX-[A-Za-z0-9_-]{20,60}
    | (?:AC|SK)[0-9a-f]{32}                                               # Twilio
    | SG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{30,60}
    | key-[0-9a-f]{32} | npm_[A-Za-z0-9]{36} | pypi-[A-Za-z0-9_-]{50,300} | do[opr]_v1_[0-9a-f]{64}
    | hf_[A-Za-z0-9]{30,60} | shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32} | dapi[0-9a-f]{32} | hvs\.[A-Za-z0-9_-]{20,200}
    | EAACEdEose0cBA[A-Za-z0-9]{10,300} | \d{8,10}:AA[A-Za-z0-9_-]{33} | NRAK-[A-Z0-9]{27}
    | sq0(?:atp|csp)-[A-Za-z0-9_-]{20,50} | AT(?:ATT|CTT)3x[A-Za-z0-9_=-]{20,300} | ATBB[A-Za-z0-9]{28,60} | lin_(?:api|oauth)_[A-Za-z0-9]{20,80}
    | dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60} | fig[dour]_[A-Za-z0-9_-]{20,100} | PMAK-[0-9a-f]{24}(?:-?[0-9a-f]{34})? | gl(?:sa|c)_[A-Za-z0-9_=+/]{30,200}
    | ntn_[A-Za-z0-9]{40,60} | pat[A-Za-z0-9]{14}\.[0-9a-f]{64} | dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{20,80}
    | dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64} | sntry[su]_[A-Za-z0-9+/=_-]{40,300} | (?:fo1_|FlyV1[ ]fm\d_)[A-Za-z0-9+/=_,-]{30,500}
    | [A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,80} | pscale_(?:tkn|pw|oauth)_[A-Za-z0-9._-]{30,80} | pul-[0-9a-f]{40} | pn[ub]_[A-Za-z0-9]{36}
    | rubygems_[0-9a-f]{48} | xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16} | shippo_(?:live|test)_[0-9a-f]{40} | rdme_[a-z0-9]{60,80} | hvb\.[A-Za-z0-9_-]{40,300}
    | NR(?:II|JS|RA)-[A-Za-z0-9_-]{20,60} | [0-9a-f]{32}-us\d{1,2} | LTAI[A-Za-z0-9]{12,24} | 1//0[A-Za-z0-9_-]{30,200} | ops_eyJ[A-Za-z0-9+/=]{100,2000}
    | A3-[A-Z0-9]{6}-[A-Z0-9-]{20,40} | AGE-SECRET-KEY-1[A-Z0-9]{58} | sbp_[0-9a-f]{40} | sb_secret_[A-Za-z0-9_-]{20,60} | gsk_[A-Za-z0-9]{40,80}
    | xai-[A-Za-z0-9]{60,100} | pplx-[A-Za-z0-9]{40,70} | r8_[A-Za-z0-9]{37} | AKCp[A-Za-z0-9]{60,90} | EZ[AT]K[A-Za-z0-9]{54} | tfp_[A-Za-z0-9_.-]{40,80}
    | HRKU-[A-Za-z0-9_-]{30,70} | CLOJARS_[0-9a-f]{60} | CFPAT-[A-Za-z0-9_-]{43} | tskey-[a-z]{3,10}-[A-Za-z0-9-]{20,80} | CCIPAT_[A-Za-z0-9_]{40,80}
    | sq[pua]_[0-9a-f]{40} | xoxe\.xox[bp]-[A-Za-z0-9-]{20,300} | (?:ABIA|ACCA)[A-Z2-7]{16} | [A-Za-z0-9_~.]{3}8Q~[A-Za-z0-9_~.-]{31,34}
    | secret_[A-Za-z0-9]{43} | oy2[a-z0-9]{43} | [MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}
    | eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{4,8000}(?:\.[A-Za-z0-9_-]{0,2000})?    # JSON web token
    )(?![A-Za-z0-9])""",
    re.VERBOSE,
)

WEBHOOK_URL = re.compile(
    r"https://(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks|[\w-]{1,60}\.webhook\.office\.com)"
    r"/(?P<value>[A-Za-z0-9_/@.-]{16,300})"
)
URL_LOGIN = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<value>[^\s/@:\"'<>\[\]]{0,100}:[^\s/@\"'<>\[\]]{1,200})@(?=[\w\[])"
)
URL_PARAMETER = re.compile(
    r"(?:[?&]|&amp;)(?P<name>(?:access_?|auth_?|refresh_?|id_?|session_?|csrf_?|user_?|sas_?)?token|api_?key|apikey|client_secret|secret|passw(?:or)?d|pwd"
    r"|sig|signature|x-amz-(?:signature|credential|security-token)|awsaccesskeyid|jwt|key|code|session_?id|sid|auth|otp)"
    r"=(?P<value>[^\s&#\"'<>\[\]{}|]{4,2000})",
    re.IGNORECASE,
)
_WEAK_PARAMETERS = frozenset({"key", "code", "sid", "auth", "sig", "signature", "secret", "token"})

AUTHORIZATION = re.compile(
    r"\b(?:(?:proxy-)?authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|basic|token|apikey|negotiate|sso-key)?|bearer|basic(?=\s[A-Za-z0-9+/]{12}))"
    r"\s{1,3}(?P<value>[A-Za-z0-9+/=._~:-]{8,4000})",
    re.IGNORECASE,
)
CLOUD_CONNECTION = re.compile(
    r"\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)\s{0,2}=\s{0,2}(?P<value>[^\s;\"'<>]{8,400})", re.IGNORECASE
)
COOKIE = re.compile(
    r"\b(?:[\w.-]{0,30}sess(?:ion)?(?:_?id)?|JSESSIONID|PHPSESSID|ASP\.NET_SessionId|connect\.sid|csrf_?token)=(?P<value>[A-Za-z0-9%._:+/-]{16,400})",
    re.IGNORECASE,
)
ASSIGNED = re.compile(
    r"""(?<![A-Za-z0-9])(?P<name>(?:[A-Za-z0-9]{1,30}[_.-]){0,4}
        (?:pass(?:word|wd|phrase|wort)|passwort|kennwort|contraseña|mot\sde\spasse|senha|パスワード|密码|pwd|psk|pw|pass
          |(?:api|access|auth|secret|private|encryption|signing|master|license|account|consumer|client|app|admin)[_\s-]?(?:key|token|secret|pass)
          |apikey|authtoken|accesstoken|clientsecret|secretkey|secretaccesskey|secret|token|credentials?|pin|otp|key))
        (?:\s(?:for|to|of|on|für|zu|para|de|pour)\s[^\n:=;,.?!]{1,40}?)?
        (?:["']?\s{0,3}(?:[:=]|=>|:=|：)\s{0,3}|["']?>\s{0,3}|\s{1,3}(?:is|ist|es|was|lautet)\s{1,3})
        (?:(?P<open>["'`])(?P<quoted>[^"'`\n<>]{4,200})(?=["'`]) | ["'`]?(?P<value>(?:[^\s"'`<>,;&]|&(?!\w{1,40}[=;])){4,400}))""",
    re.VERBOSE | re.IGNORECASE,
)
COMMAND_OPTION = re.compile(
    r"(?<!\S)--?(?:password|passwd|pass|token|secret|api-?key)[ =](?P<value>[^\s\"'<>\[\]]{4,400})", re.IGNORECASE
)

LOGIN_PAIR = re.compile(
    r"\b(?:login|user(?:name)?|cred(?:ential)?s?|account|zugang|usuario)(?:\s{0,2}[:=]\s{0,2}|\s{1,2})[\w.@+-]{2,60}"
    r"(?:\s{0,2}/\s{0,2}|[\s,;]{1,3}(?:pass(?:word)?|pwd|pw)[\s:=]{1,3})(?P<value>(?:[^\s\"'<>;]|;(?!\w{1,40}=)){5,100})",
    re.IGNORECASE,
)
NAMED_PAIR = re.compile(
    r"\b(?:user(?:[\s_]?name)?|login|e?mail|account|id|benutzer|usuario|utilisateur)\s?[/|&+]\s?(?:pass(?:word|wd|wort)?|pwd|pw|kennwort|clave)"
    r"(?:\s{0,2}[:=]\s{0,2}|\s(?:is|are|was)\s|\s)[\w.@+\\-]{2,60}(?:\s{0,2}[/|:,]\s{0,2}|\s)(?P<value>[^\s\"'<>]{4,100})",
    re.IGNORECASE,
)
"""A pair announced as one: `user/pass: demo / ...`."""
TOLD_PASSWORD = re.compile(
    r"(?:\b(?:with|using|and|use|und|mit|con|avec|e)\s(?:(?:the|das|la|le|el|my|this)\s)?(?:password|passwd|passwort|kennwort|pwd|pw|contraseña|mot\sde\spasse|senha)[\s:]{1,2}"
    r"|(?:password|passwd|passwort|kennwort|pwd|pw|passphrase|contraseña)(?:\s(?:to|as|auf|zu|-|–|->|→)\s|\s?\([^()\n]{1,30}\)\s?[:=]\s?))"
    r"[\"'`]?(?P<value>[^\s\"'`<>]{6,100})",
    re.IGNORECASE,
)
"""A password in a sentence: `with password ...`, `changed the password to ...`, `Password - ...`."""
CURL_LOGIN = re.compile(r"(?<!\S)(?:-u|--user|--proxy-user)[ =]?[\"']?[\w.@+\\-]{1,80}:(?P<value>[^\s\"']{3,200})")
COOKIE_HEADER = re.compile(r"\b(?:set-)?cookie\s?:\s{0,3}[\w.-]{1,60}=(?P<value>[^\s;,\"']{8,2000})", re.IGNORECASE)

PASSWORD_NAME = re.compile(
    r"pass|^pw$|pwd|kennwort|contraseña|mot de passe|senha|パスワード|密码|psk|pin$|otp$|credential", re.IGNORECASE
)
_WEAK_NAME = re.compile(r"(?:^|[_.-])(?:key|pin|otp)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"[\[{($%*<.…\-/|]|[a-z][a-z0-9+.-]{1,12}://|x{3,}|\*|null\b|none\b|nil\b|undefined\b|true\b|false\b|your|my_?|change_?me|example|redacted|hidden|masked|empty\b"
    r"|required|invalid|incorrect|wrong|missing|expired|must\b|should\b|reset|field|string\b|env\.|os\.|process\.|self\.|this\.",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z_$][\w$.]*\(|[A-Z]+(?:_[A-Z]+)+$")
_BARE_NAME = re.compile(r"(?:pass|pw)$", re.IGNORECASE)
_SIGN = re.compile(r"\w[!@#%^&*+?~][\w!]?|_\w+!")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_HEX = re.compile(r"(?:0x)?[0-9a-f]+$", re.IGNORECASE)
_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:[./\\:][\w$-]*)+$")
_SHORT, _LONG, _LONGEST = 4, 12, 20  # characters: the shortest password, token, and value of a plain `key`
_BASE64 = 30  # characters: keys of this length are cut by slashes like paths
_EQUIPMENT_DIGITS, _AMEX = 15, ("34", "37")
_ENTROPY = 3.0  # bits a character, over the value's own characters; random base64 of 20 characters has above 3.7

EMAIL_LOCAL = re.compile(r"[\w.!#$%&'*+=?^~-]{1,64}\Z")
EMAIL_DOMAIN = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}(?P<top>[^\W\d_]{2,24}|xn--[a-z0-9-]{2,40})(?![\w@])"
)
FILE_ENDINGS = frozenset(
    "png jpg jpeg gif svg bmp webp ico pdf js ts jsx tsx css scss less html htm xml xhtml json yml yaml txt md csv java class jar war"
    " py rb php pl cs cpp hpp so dll exe zip gz tgz tar log ini conf cfg plist xib nib tss rc alpha beta snapshot final release ga local".split()
)

CARD = re.compile(
    r"(?<![\w.+-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-]|\.\d)"
)
_ISSUERS = re.compile(
    r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|6(?:011|4[4-9]|5)|3(?:0[0-5]|[68])|35(?:2[89]|[3-8])|50|5[6-9]|6[0-9]"
)
_LENGTHS = {"4": {13, 16, 19}, "5": {16}, "2": {16}, "3": {14, 15, 16}, "6": {16, 19}}
IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_IBAN_LENGTHS = dict(
    part.split("=")
    for part in (
        "AD=24 AE=23 AL=28 AT=20 AZ=28 BA=20 BE=16 BG=22 BH=22 BR=29 BY=28 CH=21 CR=22 CY=28 CZ=24 DE=22 DK=18 DO=28 EE=20 EG=29 ES=24"
        " FI=18 FO=18 FR=27 GB=22 GE=22 GI=23 GL=18 GR=27 GT=28 HR=21 HU=28 IE=22 IL=23 IQ=23 IS=26 IT=27 JO=30 KW=30 KZ=20 LB=28 LC=32"
        " LI=21 LT=20 LU=20 LV=21 MC=27 MD=24 ME=22 MK=19 MR=27 MT=31 MU=30 NL=18 NO=15 PK=24 PL=28 PS=29 PT=25 QA=29 RO=24 RS=22 SA=24"
        " SC=31 SE=24 SI=19 SK=24 SM=27 TN=24 TR=26 UA=29 VA=22 VG=24 XK=20"
    ).split()
)


def is_card(number: str) -> bool:
    """Whether digits (spaces and dashes allowed) are a payment card's: issuer, length and Luhn's check digit."""
    digits = "".join(c for c in number if c.isdigit())
    if not _ISSUERS.match(digits) or len(digits) not in _LENGTHS[digits[0]] or len(set(digits)) == 1:
        return False
    if len(digits) == _EQUIPMENT_DIGITS and digits[:2] not in _AMEX:
        return False  # equipment numbers (IMEI) have 15 digits and the same check digit
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(digits)))
    return sum(d % 10 + d // 10 for d in doubled) % 10 == 0


def iban_end(candidate: str) -> int | None:
    """Where the account number ends that a candidate starts with, or None: length by country and ISO 7064 mod 97."""
    length = int(_IBAN_LENGTHS.get(candidate[:2], "0"))
    compact = 0
    for place, character in enumerate(candidate):
        compact += character != " "
        if compact == length:
            number = candidate[: place + 1].replace(" ", "")
            return place + 1 if int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1 else None
    return None


def is_given_password(value: str) -> bool:
    """Whether what follows a login after a slash is its password: letters mixed with digits or signs, no path or host."""
    mixed = any(c.isalpha() for c in value) and any(not c.isalpha() for c in value.rstrip(".,;:?)"))
    return mixed and not _PLACEHOLDER.match(value) and not _DOTTED.match(value) and "/" not in value


def is_told_password(value: str) -> bool:
    """Whether the word after `with password` is one: with a digit or a sign inside, and no word of a sentence or code."""
    bare = value.rstrip(".,;:?)")
    if not is_given_password(value):
        return False
    inner = bare.rstrip("!")
    signs = any(not c.isalnum() and c not in "_-'/" for c in inner)
    return any(c.isdigit() for c in bare) or signs or (inner != bare and "_" in inner)


def is_credential(value: str) -> bool:
    """Whether what follows `Bearer` or `Basic` is a credential and not the next word of a sentence."""
    cases = any(c.isupper() for c in value) and any(c.islower() for c in value)
    return any(c.isdigit() for c in value) or (cases and len(value) >= _LONGEST)


def is_secret_parameter(name: str, value: str) -> bool:
    """Whether the value of a URL's query parameter is a secret; names that mean many things need a random value."""
    if value.startswith("["):
        return False
    return name.lower() not in _WEAK_PARAMETERS or (len(value) >= _LONG and looks_random(value))


def is_secret_value(name: str, value: str, *, quoted: bool, prose: bool) -> bool:
    """Whether what was assigned to a name such as `password` or `api_key` is a secret and not a word about one.

    `prose`: joined by a verb (`password is ...`), where only an unmistakable value counts.
    """
    bare = value.rstrip(".,;:?)]}")
    if len(bare) < _SHORT or _PLACEHOLDER.match(bare) or (not quoted and _CODE.match(value)):
        return False
    mixed = any(c.isdigit() for c in bare) and any(c.isalpha() for c in bare)
    if PASSWORD_NAME.search(name) and not _WEAK_NAME.search(name):
        symbols = any(not c.isalnum() for c in bare.rstrip(".")) and not _DOTTED.match(bare)
        if _BARE_NAME.match(name):  # `PASS: window-focus` is a test's result
            symbols = any(c.isupper() for c in bare) and any(c.islower() for c in bare) and bool(_SIGN.search(bare))
        return mixed or symbols or bare.isdigit() or (quoted and not prose)
    if _WEAK_NAME.search(name) and "_" not in name and "-" not in name:
        return len(bare) >= _LONGEST and mixed and not _UUID.match(bare) and not _HEX.match(bare) and looks_random(bare)
    return len(bare) >= _LONG and not any(c in "(){}@" for c in bare) and looks_random(bare)


def looks_random(value: str) -> bool:
    """Whether a value looks generated: digits and letters mixed, many different characters, not a dotted name."""
    if not any(c.isdigit() for c in value) or not any(c.isalpha() for c in value):
        return False
    base64 = len(value) >= _BASE64 and not re.search(r"[.:\\]", value) and value != value.lower()
    if _DOTTED.match(value) and not base64 and not re.search(r"\d\D+\d\D+\d", value):
        return False
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return entropy >= min(_ENTROPY, math.log2(len(value)) * 0.75)
