"""Finds phone numbers among the many other numbers of a support thread. Used by redact.

Candidates are picked by form, cheaply; the library then says whether such a number can exist.
"""

import re
from collections.abc import Iterator

_CANDIDATE = re.compile(
    r"(?<![\w.:/=#&%@$-])(?:\+(?=[\d(])|\(\+?\d{1,5}\)|\d)[\d ()./\u00a0-]{5,28}\d(?![\w:=]|[.-]\d|\.\w)"
)
_CONTEXT = re.compile(
    r"(?:\b(?:t[ée]l(?:efono|éfono|éphone|efon|ephone)?|phone|ph|call(?:ing|ed)?|mobile|mobil|m[óo]vil|handy|cell|fax|ring|reach|whatsapp"
    r"|sms|dial|durchwahl|rufnummer|hotline|ll[áa]m\w{1,8}|contact|direct)\b|電話|携帯|电话|☎|📞)"
    r"(?:[^\w\n]{0,4}(?:番号|number|no|nr|num|is|me|us|him|her|at|on|my|our|office|line|the|al|a|en|número|unter|ist|es)\b){0,4}"
    r"[^\w\n(+]{0,5}$",
    re.IGNORECASE,
)
_NORTH_AMERICA = re.compile(r"(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}([ .-]))\d{3}[ .-]\d{4}$")
_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ]\d|\d{1,2}([-./])\d{1,2}\1(?:19|20)?\d\d(?!\d|\1\d)"
    r"|\d\d? \d\d? (?:19|20)\d\d\b"
)
_NO_NUMBER = re.compile(r"0\.|[1-9]\d?\.\d{1,2}\.\d{1,2}(?!\d)")  # a decimal or a version in front
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$|\d+(?:\.\d+)+$")
_DIGITS = range(7, 16)
_SHORT = 9  # digits of the shortest national number taken on its form alone
_ZERO_HOMES = ("DE", "GB", "FR", "JP", "AT", "CH", "NL", "BE", "AU", "IT", "IE", "SE", "ZA", "IN")
_CONTEXT_HOMES = ("US", "ES", "PT", "PL", "NO", "DK", "BR", "MX", "SG", "IN", "CN", *_ZERO_HOMES)


def phone_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Ranges of phone numbers with a form that is equal for equal numbers."""
    for match in _CANDIDATE.finditer(text):
        shown = match.group()
        digits = re.sub(r"\D", "", shown)
        if (
            len(digits) not in _DIGITS
            or _DATE.match(shown)
            or _NO_NUMBER.match(shown)
            or shown.count("(") != shown.count(")")
        ):
            continue
        number = _number(shown, digits, called=bool(_CONTEXT.search(text, max(0, match.start() - 40), match.start())))
        if number:
            yield match.start(), match.end(), number


def _number(shown: str, digits: str, *, called: bool) -> str | None:
    """The number in international form if this is one. `called`: a word such as `call` stands before it.

    Where form or context leaves no doubt, a number need only be possible: people write invented numbers too.
    """
    if shown.startswith(("+", "(+")):
        separated = not shown[1:].isdigit()
        return _international(shown, (None,), loose=separated)
    if shown.startswith("00") and len(digits) > _SHORT:
        return _international("+" + digits[2:], (None,), loose=called)
    if _NORTH_AMERICA.match(shown):
        plain = shown.startswith("(") or ("-" in shown and digits[-10] > "1")
        return _international(shown, ("US",), loose=plain or called)
    if called and not (_DOTTED.match(shown) and not shown.startswith("0")):
        return _international(shown, _CONTEXT_HOMES, loose=shown.startswith(("0", "(0")) and len(digits) >= _SHORT)
    if re.match(r"\(?0\d", shown) and len(digits) >= _SHORT and len(re.findall(r"[ /()-]+", shown)) in range(1, 5):
        return _international(shown, _ZERO_HOMES) if not re.match(r"0\d?[ /-]0\d?[ /-]|0{2,}", shown) else None
    return None


def _international(shown: str, regions: tuple[str | None, ...], *, loose: bool = False) -> str | None:
    import phonenumbers  # noqa: PLC0415 - heavy, and most texts hold no candidate

    possible: str | None = None
    for region in regions:
        try:
            number = phonenumbers.parse(shown.replace("(0)", ""), region)
        except phonenumbers.NumberParseException:
            continue
        form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number):
            return form
        if loose and possible is None and phonenumbers.is_possible_number(number):
            possible = form
    return possible
