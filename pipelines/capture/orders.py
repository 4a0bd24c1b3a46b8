"""Text that nobody reads as a message: orders to whoever summarises, and hidden comments. It is never evidence.

`addresses_summariser` finds the plain orders; `unheard` is wider, and marks about one real message in a thousand that
orders nobody: what a claim quotes from there is only marked, and the agent settles it.
"""

import re

from pipelines.capture.lines import lines_of

_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|any"
    r"|your|the|other|system)\b[^.\n]{0,30}"
    r"\b(?:instruction|prompt|rule|direction|guideline|polic|message|context|order)\w*"
    r"|\b(?:system|developer) (?:prompt|message|instruction)s?\b|^\W*(?:system|assistant|developer)\s*:\s"
    r"|<\|?/?(?:system|im_start|im_end|assistant|inst)\b|\[/?INST\]"
    r"|\byou are (?:now )?(?:an? |the )?(?:ai|assistant|language model|llm|chat ?bot|summari[sz]er|model)\b"
    r"|\bas an? (?:ai|language model|llm|assistant|summari[sz]er)\b"
    r"|\b(?:ai|llm|automated|the|any) (?:assistant|summari[sz]er|summary (?:tool|bot|engine)|language model"
    r"|summary model)s?\b[^.\n]{0,40}\b(?:must|should|please|shall|will|has to|needs? to|reading|processing"
    r"|note)\b"
    r"|\b(?:note|instructions?|message|attention)\b[^.\n]{0,12}\b(?:to|for)\b[^.\n]{0,15}\b(?:ai|llm|assistant"
    r"|summari[sz]er|language model|bot|model|summari[sz]ation)\b"
    r"|\b(?:write|state|say|record|report|output|answer|respond|reply|put|enter|claim"
    r"|summari[sz]e)\b[^.\n]{0,30}\b(?:that|with|as|only|exactly|:)\b[^.\n]{0,20}"
    r"\b(?:the|this|root|as)\b[^.\n]{0,12}\b(?:fix|root cause|cause|resolution|summary|solution|title|symptom)\b"
    r"|\b(?:set|fill|make|change|use)\b[^.\n]{0,20}\b(?:fix|root[_ ]cause|cause|resolution|summary"
    r"|symptom)\b[^.\n]{0,8}\b(?:field|to read|to say|section|entry)\b"
    r"|\b(?:in|of|for) (?:your|the) (?:summary|draft|extraction|output)\b[^.\n]{0,40}\b(?:write|say|state"
    r"|include|must|should|mark)\b"
    r"|\bdo not (?:mention|include|summari[sz]e|extract|reveal)\b[^.\n]{0,60}\b(?:summary|draft|instruction"
    r"|record|field)\w*",
    re.IGNORECASE,
)
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


def addresses_summariser(text: str) -> bool:
    """Whether a sentence tries to tell the summariser what to do or to write."""
    return bool(_ADDRESSED.search(text))


def unheard(text: str) -> tuple[tuple[int, int], ...]:
    """The ranges of a message that are no evidence: hidden comments, and an order to the end of its message."""
    ranges = [match.span() for match in _HIDDEN.finditer(text)]
    start = next((line.start for line in lines_of(text) if is_order(line.text)), None)
    return (*ranges, (start, len(text))) if start is not None else tuple(ranges)


def is_order(line: str) -> bool:
    return addresses_summariser(line) or bool(_ORDER.search(line))
