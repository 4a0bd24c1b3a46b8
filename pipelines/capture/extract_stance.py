"""What each message does in the conversation: reports, reproduces, changes something, verifies the fix.

The same words mean different things by stance: "Tested with 3.2.0" names an affected version in a report and a
fixed one in a verification. Called by `extract`; used by versions, environment, cause and fix.
"""

import re
from enum import StrEnum

from pipelines.domain.drafts import TicketView, ViewMessage
from pipelines.domain.tickets import Role


class Stance(StrEnum):
    REPORT = "report"
    REPRODUCED = "reproduced"
    NOT_REPRODUCED = "not_reproduced"
    CHANGE = "change"
    VERIFIED = "verified"
    OTHER = "other"


CHANGE_LINK = re.compile(
    r"https?://[^\s|\]\"<>]{3,200}?/(?:pull|pull-requests|merge_requests|pullrequest|commit|commits|changeset"
    r"|changesets)/[\w-]+"
)
_VERIFIED = re.compile(
    r"\bverified\b|\bverification\b|\b(?:confirmed|validated) (?:as )?(?:the )?fix(?:ed)?\b"
    r"|\bfix (?:is )?(?:confirmed|verified|validated)\b"
    r"|\b(?:no longer|not) (?:occurs?|happens?|seen|reproducible|see)\b.{0,60}\d|\bappears? to be (?:fixed|resolved)\b"
    r"|\bclos(?:ing|ed) (?:this )?as fixed\b|\bnow (?:works?|working|it works|its working|it's working)\b"
    r"|\bworks? (?:now|fine now|as expected|correctly now)\b"
    r"|\bnow the \w+ \w+ \w+ without any error\b|\bno (?:error|issue)s? observed\b|\b(?:is|seems to be"
    r"|to be) (?:fixed|resolved) (?:now|in)\b|\bworking (?:fine|as expected|properly)\b",
    re.IGNORECASE,
)
_NOT_REPRODUCED = re.compile(
    r"\b(?:can ?not|can't|could ?n[o']t|unable to|not able to|does ?n[o']t|does not|did not|didn't"
    r"|never) (?:be )?reproduc"
    r"|\bnot reproduc|\bno longer (?:able to )?reproduc|\bcannot be reproduced\b",
    re.IGNORECASE,
)
_REPRODUCED = re.compile(
    r"\breproduc(?:ed|ible|es|e)\b|\bable to (?:reproduce|repro)\b|\btested and confirmed\b|\bconfirm(?:ed"
    r"|ing)? (?:that |the )?(?:issue|bug|problem|this)\b"
    r"|\b(?:occurs|happens|seen|see|seeing|getting|having|have) (?:\w+ ){0,3}(?:with|on|in|same|this)\b"
    r"|\bstill (?:see|happen|occur|fail|present|exist|an issue|unresolved|valid|getting)\w*"
    r"|\bsame (?:issue|problem|error|here)\b|\bnot (?:fixed|resolved)\b|\bsteps to reproduce\b"
    r"|\bverified .{0,40}\breturns\b",
    re.IGNORECASE,
)
_TESTED = re.compile(
    r"\btested (?:on|with|using|against|in)\b|\bchecked (?:on|with|in)\b|\benvironment\b"
    r"|\bsdk\b.{0,4}[:\-]?\s*\d",
    re.IGNORECASE,
)
_NOT_FIXED = re.compile(
    r"\b(?:not|still|isn't|partly|only partly) (?:yet )?(?:fixed|resolved|working|verified)\b|\bstill (?:occurs"
    r"|happens|fails)\b",
    re.IGNORECASE,
)
_HEAD = 4_000
"""Characters of a message that are read for its stance: it is said early or in a closing line."""


def stances(view: TicketView) -> list[Stance]:
    """One stance a message, in order."""
    found: list[Stance] = []
    changed = False
    for index, message in enumerate(view.messages):
        stance = _stance(message, first=index == 0, changed=changed)
        changed = changed or stance is Stance.CHANGE
        found.append(stance)
    return found


def _stance(message: ViewMessage, *, first: bool, changed: bool) -> Stance:
    text = message.text.text
    text = text if len(text) <= _HEAD else text[: _HEAD // 2] + "\n" + text[-_HEAD // 2 :]
    if first:
        return Stance.REPORT
    if CHANGE_LINK.search(text) and message.role is not Role.CUSTOMER:
        return Stance.CHANGE
    if _NOT_REPRODUCED.search(text):
        return Stance.NOT_REPRODUCED
    failing = bool(_NOT_FIXED.search(text))
    reproduced = bool(_REPRODUCED.search(text))
    if _VERIFIED.search(text) and not failing and (changed or not reproduced):
        return Stance.VERIFIED
    if reproduced or failing:
        return Stance.REPRODUCED
    return _by_place(message, text, changed=changed)


def _by_place(message: ViewMessage, text: str, *, changed: bool) -> Stance:
    """The stance of a message that does not say it: a list of builds after a change is a test of that change."""
    if changed and _TESTED.search(text):
        return Stance.VERIFIED
    return Stance.REPORT if message.role is Role.CUSTOMER else Stance.OTHER
