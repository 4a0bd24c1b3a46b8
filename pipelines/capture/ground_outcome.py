"""Whether a remedy is said not to have helped: in its own sentence, right after it, or by the asker's answer.

Used by ground beside `extract_outcome`, which reads the surer half of the same signs. Here a fix is only marked for an
agent to look at, so that less sure signs count too.
"""

import re
from collections.abc import Sequence

from pipelines.capture.cue_tones import FAILED, RECOVERED

_NO = r"(?:not|n['\u2019]t|never|no|none|nobody|nothing|neither|nor|without|hardly|any|nicht|kein\w*|nichts)"
_OUTCOME = (
    r"(?:help|fix|solv|resolv|cur|work|effect|differen|chang|improv|relief|luck|success|result|better"
    r"|remed|avail|use(?:ful)?"
    r"|get rid|gebracht|geholfen|geändert)\w*"
)
_MISSED = re.compile(
    rf"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|hardly|little|nicht|kein\w*"
    rf"|nichts)\b\W+(?:[\w'\u2019]+\W+){{0,4}}?{_OUTCOME}"
    rf"|n['\u2019]t\b\W+(?:[\w'\u2019]+\W+){{0,4}}?{_OUTCOME}"
    rf"|\b{_OUTCOME}\W+(?:\w+\W+){{0,2}}?(?:nothing|nichts|in vain|nowhere)\b"
    r"|\bin vain\b|\bto no avail\b|\bno avail\b|\b(?:led|leads|gets?|got) (?:us |me )?nowhere\b|\bfutile\b|\buseless\b"
    r"|\b(?:fault|problem|issue|error|failure|behaviou?r|symptom|crash|bug|it"
    r"|fehler)s? (?:\w+ )?(?:persist\w*|remains?|stays?|continues?"
    r"|recurs?|is back|came back|comes back|besteht)\b"
    r"|\b(?:exactly|just|the same|same) (?:as|like) before\b|\bas before\b|\bthe (?:outcome|result|effect"
    r"|error|behaviou?r) is (?:still )?(?:the same|identical|unchanged)\b"
    r"|\bkeeps? (?:on )?(?:fail|crash|happen|com|hang|stopp|break)\w*\b|\bunchanged\b|\bworse\b"
    r"|\bbesteht weiterhin\b|\bimmer noch\b"
    r"|\bstill (?:\w+ ){0,2}(?:fail|broken|error|crash|happen|occur|hang|see|get|there|exist|present"
    r"|reproduc|stuck|wrong|the (?:same|case))",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:until|unless|not only|otherwise|if|in case|should (?:that|this|it)|or else|wenn|falls|before"
    r"|used to|no longer"
    r"|without having to|instead|so that)\b",
    re.IGNORECASE,
)
_OPENING = 3  # sentences in which an answer says how it went


def failed(sentence: str) -> bool:
    """Whether a sentence says that something did not help, and is no condition."""
    low = sentence.lower()
    return bool(_MISSED.search(low) or FAILED.search(low)) and not _CONDITION.search(low)


def failed_in_place(sentence: str) -> bool:
    """The same of a sentence that names the remedy itself, where good news beside it outweighs."""
    return failed(sentence) and not RECOVERED.search(sentence.lower())


def answered_failing(sentences: Sequence[str]) -> bool:
    """Whether an answer to advice opens with word that it did not help, without good news anywhere."""
    if any(RECOVERED.search(text.lower()) and not failed(text) for text in sentences):
        return False
    return any(failed(text) for text in sentences[:_OPENING])
