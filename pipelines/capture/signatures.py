# ruff: noqa: RUF001, E501 - dashes are among what is looked for; phrases of one language stand on one line
"""Finds signatures, farewells and legal notices at the end of a message. Used by condense.

A tail goes only if nothing in it looks technical: people write environments and fixes under `--` and under `Regards`.
"""

import re

from pipelines.capture.lines import Line, lines_of

_TAIL = 14  # lines looked at from the end
_CARD_LINES, _CARD_WIDTH, _CARD_WORDS = 9, 110, 10
_NAME_WORDS = 4
_REACH = 8_000  # characters looked at from the end
_DELIMITER = re.compile(r"^(?:--|—|–|_{2,}) ?$")
_FAREWELL = re.compile(
    r"""^[\s*_]*(?:
      (?:(?:with\s+)?(?:best|kind|warm|many)(?:est)?\s+)?(?:regards|wishes|thanks) | (?:yours\s+)?(?:sincerely|truly|faithfully)
    | (?:many\s+)?thanks(?:\s+(?:a\s+lot|in\s+advance|again|so\s+much|and\s+regards|&\s+regards))? | thank\s+you(?:\s+(?:very\s+much|in\s+advance))?
    | cheers | cordially | best(?=\s*,) | (?:mit\s+)?(?:freundlichen?|besten?|vielen?|herzlichen?|viele|schöne|liebe)\s+(?:gr(?:ü|ue)(?:ß|ss)en?|dank)
    | mfg | vg | (?:un\s+)?(?:cordial\s+)?saludos?(?:\s+cordiales)? | atentamente | (?:muchas\s+)?gracias(?:\s+de\s+antemano)?
    | (?:bien\s+)?cordialement | bonne\s+journée | cordiali\s+saluti | atenciosamente | obrigad[oa] | met\s+vriendelijke\s+groet(?:en)?
    | よろしくお願い(?:いた|致)?します | 以上、?よろしくお願い(?:いた|致)?します | 敬具
    )\s*[,.!。、;:-]*[\s*_]*(?P<name>[^\W\d_][^\d:;{}\[\]=<>()/\\]{0,38})?$""",
    re.VERBOSE | re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^[\s*_]*(?:Sent from (?:my|Mail|Outlook|Yahoo)\b.{0,60}|Get Outlook for .{0,40}|Von meinem .{1,40} gesendet"
    r"|Gesendet von .{1,40}|Enviado desde .{1,40}|Envoyé de(?:puis)? mon .{1,40}|.{1,20}から送信)[\s*_]*$",
    re.IGNORECASE,
)
_NOTICE_START = re.compile(
    r"^[\s*_>]*(?:confidentiality notice|disclaimer\b|(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication)"
    r"|the contents? of this (?:e-?mail|message)|diese (?:e-?mail|nachricht)|este (?:mensaje|correo)|ce (?:message|courriel)"
    r"|(?:この|本)(?:メール|電子メール)|please consider the environment)",
    re.IGNORECASE,
)
_NOTICE_WORDS = re.compile(
    r"confidential|intended (?:solely|only|for)|intended recipient|privileged|unauthori[sz]ed|notify the sender|please delete"
    r"|disseminat|legally protected|before printing|vertraulich|unbefugt|irrtümlich|confidencial|destinatari|confidentiel|destinataire|機密|削除",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    r"\d+\.\d+\.?\d*(?!\d*[\d ./-]{6})|\b0x[0-9a-f]+|\b(?:error|exception|version|build|sdk|api|fix|fixed|issue|bug|crash|fail|log"
    r"|workaround|solution|solved|resolved|cause|because|server|upgrade|update|install|patch|restart|config|setting|please|could you"
    r"|reproduce|environment|platform|windows|linux|android|ios|attach|ticket|case|p\.?s\.?|lösung|fehler|ursache|solución|causa|原因|解決)\b"
    r"|[{}=;]|\?\s*$|^\s*(?:[-*#]|\d+[.)])\s+\S",
    re.IGNORECASE | re.MULTILINE,
)
_ROLE = re.compile(
    r"\b(?:support|engineer\w*|manager|developer|consultant|analyst|lead|director)\b.{0,40}", re.IGNORECASE
)
_CONTACT = re.compile(
    r"@|https?://|www\.|\+?\d[\d ()./-]{7,}\d|\b(?:inc|ltd|llc|gmbh|corp|s\.a|co|tel|phone|mobile|fax)\b", re.IGNORECASE
)
_PAGE = re.compile(r"https?://[^\s/]+/(?!in/|company/)[^\s|]{2}")
_ADDRESS = re.compile(r"\S*@\S*|https?://\S+|www\.\S+|\+?\d[\d ()./-]{7,}\d", re.IGNORECASE)


def signature_start(body: str) -> int | None:
    """Where the signature begins that ends this body, or None. What stands before it is never without words."""
    filled = body.rstrip()
    begin = filled.rfind("\n", 0, max(0, len(filled) - _REACH)) + 1
    lines = lines_of(filled[begin:])
    end = len(lines)
    cut: int | None = None
    for find in (_notice, _device, _delimited, _farewell, _device, _farewell):
        end = _without_blanks(lines, end)
        start = find(lines, end)
        if start is not None and (begin or any(_says_something(line.text) for line in lines[:start])):
            cut, end = start, start
    return begin + lines[cut].start if cut is not None else None


def _says_something(text: str) -> bool:
    return sum(c.isalnum() for c in text) > 1


def _without_blanks(lines: list[Line], end: int) -> int:
    while end and lines[end - 1].blank:
        end -= 1
    return end


def _notice(lines: list[Line], end: int) -> int | None:
    """The start of a legal notice that runs to the end."""
    for index in range(end - 1, max(-1, end - 2 * _TAIL), -1):
        if _NOTICE_START.match(lines[index].text):
            text = " ".join(line.text for line in lines[index:end])[:4000]
            opens_paragraph = index == 0 or lines[index - 1].blank or bool(_DELIMITER.match(lines[index - 1].text))
            if opens_paragraph and len(set(_NOTICE_WORDS.findall(text.lower()))) > 1:
                return index
    return None


def _device(lines: list[Line], end: int) -> int | None:
    return end - 1 if end and _DEVICE.match(lines[end - 1].text[:200]) else None


def _delimited(lines: list[Line], end: int) -> int | None:
    """The start of what stands under a line of two dashes, if it reads like a person's card."""
    for index in range(end - 1, max(-1, end - _TAIL), -1):
        if _DELIMITER.match(lines[index].text):
            tail = lines[index + 1 : end]
            card = any(_CONTACT.search(line.text[:300]) for line in tail) or len(tail) <= _NAME_WORDS
            return index if tail and card and _is_card(tail) else None
    return None


def _farewell(lines: list[Line], end: int) -> int | None:
    """The start of a farewell line and the name, title and address under it."""
    for index in range(end - 1, max(-1, end - _TAIL), -1):
        said = _FAREWELL.match(lines[index].text[:120])
        if said and _could_be_name(said.group("name") or "", lines[index].text):
            return index if _is_card(lines[index + 1 : end]) else None
    return None


def _could_be_name(name: str, line: str) -> bool:
    """Whether what follows a farewell on its line is a name and not the rest of a sentence."""
    if _TECHNICAL.search(name) or len(name.split()) > _NAME_WORDS:
        return False
    return not name[:1].islower() or "," in line


def _is_card(lines: list[Line]) -> bool:
    """Whether lines could be a name, a title and an address: few, short, and nothing technical in them."""
    filled = [line.text.strip() for line in lines if not line.blank]
    return len(filled) <= _CARD_LINES and all(len(text) <= _CARD_WIDTH and _is_card_line(text) for text in filled)


def _is_card_line(text: str) -> bool:
    """Whether a line reads like part of a card and not like a sentence or a pointer to a file or page."""
    if _PAGE.search(text):
        return False
    if _CONTACT.search(text):
        return not _TECHNICAL.search(_ADDRESS.sub("", text)) and len(_ADDRESS.sub("", text).split()) <= _CARD_WORDS
    words = _ROLE.sub("", text).split()
    if _TECHNICAL.search(" ".join(words)):
        return False
    lower = sum(word[0].islower() and not any(c.isdigit() for c in word) for word in words)
    return (len(words) <= 1 or lower * 2 <= len(words)) and not text.endswith("。") and len(words) <= _CARD_WORDS
