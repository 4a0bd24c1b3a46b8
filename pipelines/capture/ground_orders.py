"""Text that nobody reads as a message: orders to whoever summarises, and hidden comments. It is never evidence.

Wider than what the offline summariser leaves out of its reading: a true claim that happens to quote such a place is
only marked, and the agent settles it.
"""

import re

from pipelines.capture.extract_instructions import addresses_summariser
from pipelines.capture.lines import lines_of

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MACHINE = (
    r"(?:ai|bot|chat ?bot|llm|gpt|language model|assistant|summari[sz]er|model (?:that|which|who|reading)"
    r"|whoever or whatever)"
)
_WRITES = (
    r"(?:summari[sz]\w*|condens\w*|put(?:s|ting)? down|write|record|report|state|answer|output|forget"
    r"|extract|draft|note|fill"
    r"|reply|respond|return|repeat)"
)
_ORDER = re.compile(
    rf"\b{_MACHINE}\b[^\n]{{0,80}}\b{_WRITES}\b|\b{_WRITES}\b[^\n]{{0,40}}\b{_MACHINE}\b"
    r"|\bforget (?:what|everything|all|anything)\b|\b(?:new|next|your) task\b|\b(?:developer|system|admin"
    r"|root) (?:override|mode|prompt)\b"
    r"|\b(?:structured|json) (?:output|answer|response)\b[^\n]{0,120}\b(?:cause|fix|resolution|symptom|field|summary)\b"
    r"|\b(?:root_cause|fix_kind|fixed_in)\b"
    r"|\b(?:cause|fix|resolution|solution|symptom|summary)\b[^\n.]{0,30}\b(?:to (?:record|report"
    r"|be (?:given|recorded|reported|stated))|must read|shall read"
    r"|should read|field)\b",
    re.IGNORECASE,
)


def unheard(text: str) -> tuple[tuple[int, int], ...]:
    """The ranges of a message that are no evidence: hidden comments, and an order to the end of its message."""
    ranges = [match.span() for match in _HIDDEN.finditer(text)]
    start = next((line.start for line in lines_of(text) if is_order(line.text)), None)
    return (*ranges, (start, len(text))) if start is not None else tuple(ranges)


def is_order(line: str) -> bool:
    return addresses_summariser(line) or bool(_ORDER.search(line))
