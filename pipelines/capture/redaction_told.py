# ruff: noqa: E501 - lists of words stand on few lines
"""Finds what people tell one another in words: passwords that are plain words, and one-time codes. Used by redact.

A word is taken for a password only where the sentence hands it over (`the password is ...`, `with password ...`) and
ends or turns there, and where it is none of the words with which people speak about passwords.
"""

import re
from collections.abc import Iterator

_NAMED = r"(?:pass(?:word|wd|phrase|code)|pwd|pw|passwort|kennwort|contraseña|mot\sde\spasse|senha|wachtwoord)"
_VALUE = r"[\"'`]?(?P<value>[^\W\d_]{4,40})[\"'`]?"
_TURNS = (
    r"(?=[.!?)](?:\s|$)|,\s|;\s|\s*(?:\n|$)|\s[-(]"
    r"|\s(?:and|but|or|until|till|there|here|now|again|today|yesterday|before|for\s(?:now|both|all)|on\s(?:both|all|every|each|the|that|this)|to\s(?:get|log|sign|enter|test|see|try)"
    r"|und|aber|y|et)\b)"
)
_OF = r"(?:\s(?:for|of|to|on|für|zu|para|de|pour)\s[^\n:=;,.?!]{1,40}?)?"
_SAID = re.compile(
    rf"(?:(?<![\w-]){_NAMED}{_OF}\s(?:is|was|ist|war|lautet|es|est)|\b(?:changed|set|reset|updated|geändert)\s(?:\w{{1,12}}\s){{0,3}}{_NAMED}{_OF}\s(?:to|into|auf))\s(?:(?:still|now|just|simply|again|currently|noch|jetzt)\s)?{_VALUE}{_TURNS}",
    re.IGNORECASE,
)
_WITH = re.compile(
    rf"(?:\b(?:with|using|use|used|try|tried|and|mit|con|avec)\s(?:(?:the|my|our|this|das|la|le|el)\s)?){_NAMED}[\s:]\s?{_VALUE}{_TURNS}",
    re.IGNORECASE,
)
_AS = re.compile(
    r"\b(?:typ(?:e|ed|ing)|us(?:e|ed|ing)|enter(?:ed|ing)?|with|set|try|tried|took|have|had)\s"
    rf"(?:(?:just|only|simply)\s)?{_VALUE}\sas\s(?:(?:the|my|our|a|an|his|her|their|new|old)\s){{0,2}}{_NAMED}\b",
    re.IGNORECASE,
)
_LINE = re.compile(rf"(?m)(?:(?<![\w.$'\"-])|(?<=\buser\s)){_NAMED}\s?[:=]\s?{_VALUE}(?=[.,!]?[ \t]*$)", re.IGNORECASE)
_PAIR = re.compile(
    r"\b(?:login|log-in|user(?:\s?(?:name|id))?|cred(?:ential)?s?|account|benutzer|usuario)\s?[:=]\s?[\w.@+-]{2,60}"
    rf"(?:\s?[/|]\s?|[\s,;]{{1,3}}(?:{_NAMED}|pass)\s?[:=]?\s?){_VALUE}{_TURNS}",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    rf"(?<![\w./\\-])[\w.@+-]{{2,40}}\s?/\s?{_VALUE}\s(?:are|is)\s(?:the|my|our)\s(?:test\s|demo\s|admin\s)?(?:credentials|login)\b",
    re.IGNORECASE,
)
_HANDS_OVER = (_SAID, _WITH, _AS, _PAIR, _CREDENTIALS)

_ABOUT = frozenset(
    "about absent accepted access according active added admin after again allowed already also always anywhere argument"
    " arguments asked authentication available back being below between blank both box broken button cached case"
    " change changes changed character characters check checked clear column combination common complex configuration"
    " confirm confirmation containing control copied correct data default deleted dialog different disabled displayed"
    " empty enabled encryption entered entry error errors even ever every everywhere exactly expired exposed fail fails"
    " false field fields fine fixed focus form found from fully given going gone good grant group hash hashes have"
    " hidden hint identical ignored important incorrect info information input inputs inside instead interactive"
    " invalid just keyword label length letters like limited locked login logout long longer lost lower manager mandatory"
    " masked masking match mode more must name needed never none nothing null okay once only open optional page panel"
    " parameter pass passed password passwords plain policy popup possible presented prompt prompts property protected"
    " protection provided question random rather readable really received recovery refused rejected required reset right"
    " rotation rule rules safe same saved screen secret secure sent shared short should shown somehow something somewhere"
    " specified still storage stored strength string strong submitted supplied taken temporary test text textfield that"
    " their them then there these they this those through true typed unchanged undefined unknown until updated upper"
    " access continue enable get make proceed unblock unlock use used user username using valid value variable view visible weak what when where which will with within without"
    " working wrong your yours"
    " falsch richtig leer geändert abgelaufen ungültig korrekt gesperrt nicht incorrecta vacía incorrecto invalide".split()
)
"""Words that follow `password` where nobody hands one over."""
_FORMS = re.compile(r"\w{3,}(?:ing|ed|able|ible|tion|ently|ally|sitive)$")
_CAMEL = re.compile(r"[a-z][A-Z]")

_CODE = r"(?P<value>[A-Z]-\d{4,8}|\d{3}[ -]\d{3}|\d{4,8})(?![\w-]|[.:,]\d)"
_PURPOSE = (
    r"(?:verification|security|confirmation|authentication|auth|authorization|log-?in|sign-?in|access|activation|pairing"
    r"|one[- ]?time|two[- ]factor|2fa|mfa|sms)"
)
_NOTION = (
    rf"(?:{_PURPOSE}[\s-](?:(?:pass|security|access)[\s-]?)?(?:code|password|passcode|pin|token)|passcode|otp|totp|(?:2fa|mfa)(?:\s(?:code|token))?"
    r"|(?:bestätigungs|sicherheits|einmal|aktivierungs|prüf)(?:code|passwort|kennwort)|código\sde\s(?:verificación|seguridad|acceso)"
    r"|code\sde\s(?:vérification|sécurité))"
)
_ANNOUNCED = re.compile(
    rf"\b{_NOTION}(?:\s(?:is|was|ist|war|es|est|number|no\.?)|\s?[:=]|)\s{{0,2}}[\"'`(]?{_CODE}", re.IGNORECASE
)
_OWNED = re.compile(
    rf"\b(?:(?i:(?:your|my|his|her|dein|ihr|mein)\s(?:new\s)?(?:code|pin))|PIN)\s?(?:\s(?:is|was|ist|war)|[:=])\s{{0,2}}[\"'`]?{_CODE}"
)
_CALLED = re.compile(
    rf"(?<![\w.#:-])[\"'`]?{_CODE}[\"'`]?\s(?:is|was|ist|as)\s(?:(?:your|my|dein|ihr)\s(?:{_PURPOSE}[\s-])?(?:code|pin|passcode)|the\s{_PURPOSE}[\s-](?:code|pin|passcode))\b",
    re.IGNORECASE,
)
_CODES = (_ANNOUNCED, _OWNED, _CALLED)
_PASSWORD_WORDS = (
    "pass",
    "pwd",
    "pw",
    "kennwort",
    "contrase",
    "mot de",
    "senha",
    "wachtwoord",
    "login",
    "cred",
    "user",
)
_CODE_WORDS = ("code", "otp", "2fa", "mfa", "pin", "passwor", "kennwort", "código", "token")


def told_secrets(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Ranges of passwords and codes with the kind of their mark and their value."""
    folded = text.casefold()
    if any(word in folded for word in _PASSWORD_WORDS):
        for pattern in _HANDS_OVER:
            for match in pattern.finditer(text):
                if _is_word_handed_over(match.group("value")):
                    yield *match.span("value"), "secret", match.group("value")
        for match in _LINE.finditer(text):
            if _is_word_handed_over(match.group("value")) and not _in_code(text, match.start()):
                yield *match.span("value"), "secret", match.group("value")
    if any(word in folded for word in _CODE_WORDS):
        for pattern in _CODES:
            for match in pattern.finditer(text):
                yield *match.span("value"), "secret", match.group("value")


def _is_word_handed_over(word: str) -> bool:
    folded = word.casefold()
    return folded not in _ABOUT and not _FORMS.match(folded) and not _CAMEL.search(word)


def _in_code(text: str, at: int) -> bool:
    """Whether a line before a place looks like program text, where a word is a variable's name."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return bool(re.search(r"[{}();=<>]|\b(?:var|let|const|self|this)\b", before))
