"""Text in a ticket that speaks to the summariser instead of to people: it is left out of everything.

A ticket is material to summarise, never an order. What follows such a sentence in the same message is left out with it,
because the words to be planted usually come next.
"""

import re
from collections.abc import Sequence

from pipelines.capture.extract_units import Unit

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


def addresses_summariser(text: str) -> bool:
    """Whether a sentence tries to tell the summariser what to do or to write."""
    return bool(_ADDRESSED.search(text))


def without_instructions(units: Sequence[Unit]) -> list[Unit]:
    """The units with every instruction to the summariser left out: its whole paragraph and the rest of its message."""
    first: dict[int, int] = {}
    for unit in units:
        if unit.message not in first and addresses_summariser(unit.raw if unit.code else unit.text):
            first[unit.message] = unit.paragraph
    return [u for u in units if u.paragraph < first.get(u.message, u.paragraph + 1)]
