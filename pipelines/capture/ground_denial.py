"""What a sentence denies, and whether a claim asserts it all the same. Used by ground, for any field.

Words stand under a denial from its cue to the end of the clause. A claim that holds them without any negative word
near says the opposite of what it quotes.
"""

import re
from collections.abc import Iterable, Sequence

from pipelines.capture.ground_words import apart, stem, stems

_CUE = re.compile(
    r"\b(?:not|never|no longer|no one|no|none|neither|nor|without|cannot|nobody|nothing|hardly|instead of|rather than"
    r"|refrain from|avoid|far from|nicht|kein\w{0,2}|nie|ohne|pas|jamais|sans|nunca|sin"
    r"|(?:do|does|did|is|are|was|were|could|should|would|has|have|had|ca|wo)nt)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:rul(?:ed?|ing) out|exclud(?:ed?|ing)|innocent|unrelated|red herring|false (?:lead|alarm|trail)|disprov\w+"
    r"|exonerat\w+|cleared? (?:\w+ ){0,3}of|off the (?:hook|table)|ausgeschlossen|(?:no|any) (?:part|role|bearing)"
    r"|nothing to do with|be excluded|i was wrong|scratch that|retract\w*|not (?:it|the case)|doubt(?:ful"
    r"|s)? (?:that|if|it))\b",
    re.IGNORECASE,
)
_LACKING = re.compile(r"\b(?:only|missing|absent|lacking|undefined|not|never|no longer|fails?|failed|too|late)\b")
_CLAUSE_END = re.compile(
    r"[,;:()\u2013]|[.!?](?:\s|$)|\s-\s|\b(?:but|because|so that|since|unless|until|if|when|while|however"
    r"|yet|aber|weil|mais)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|in case|should|otherwise|until|make sure|ensure|why|whether|not only"
    r"|wenn|falls)\b[^,;.]{0,80}$",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"n['\u2019]t\b|\b(?:not|never|no|none|neither|nor|without|cannot|nobody|nothing|only|instead|until"
    r"|unable|fail\w*|miss(?:ing|es|ed)"
    r"|lack\w*|wrong\w*|stop\w*|ignor\w*|prevent\w*|empty|disabled?|den(?:y|ies|ied)|reject\w*|broken"
    r"|lost|los(?:es?|ing)|absent"
    r"|invalid|incorrect\w*|avoid\w*|refus\w*|un\w{4,}|dis\w{5,}|in(?:compatib|correct|valid|complete"
    r"|consist)\w*|non\w*"
    r"|hidden|blank|skip\w*|drop\w*|too|before|impossible|hang\w*|crash\w*|error\w*|exception\w*|stay\w*|remain\w*"
    r"|nicht|kein\w*|ohne)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019]t)?")
_BEFORE, _AFTER = 5, 4  # words of a claim around a word, in which a negative one takes the assertion back
_SCOPE = 6  # stems that a denial reaches at most
_SHARED = 0.6
_RUN = 3  # words behind a denial that make a repetition
_LACKED = 2  # words after a repetition, of which one may take it back: "the method is missing"
_LETTERS = 6


def denies(sentence: str, claim: str, others: Iterable[str] = ()) -> bool:
    """Whether a sentence denies what the claim asserts. `others`: further sentences that may say it without denial."""
    whole = _plain(sentence)
    if whole and whole in _plain(claim):
        return False  # the denial is repeated with it
    if _repeated_without(sentence, claim):
        return True
    asserted = _asserted(claim)
    if not asserted:
        return False
    if _WHOLE.search(sentence):
        told = set(stems(sentence))
        return len(told & asserted) >= min(2, len(asserted)) and not _NEGATIVE.search(claim)
    plain = {word for text in (sentence, *others) for word in _undenied(text)}
    for scope in scopes(sentence):
        shared = [word for word in scope if word in asserted]
        if len(shared) >= max(1, _SHARED * len(scope)) and not plain.issuperset(shared):
            return True
    return False


def _repeated_without(sentence: str, claim: str) -> bool:
    """Whether the claim has the very words after a denial, without the denial."""
    said = f" {_plain(claim)} "
    for cue in _CUE.finditer(sentence):
        stop = _CLAUSE_END.search(sentence, cue.end())
        after = _plain(sentence[cue.end() : stop.start() if stop else len(sentence)]).split()[:_RUN]
        before = _plain(sentence[: cue.start()])
        runs = [[*before.split()[-1:], *after]] if after else []
        if len(after) > 1 and len("".join(after)) >= _LETTERS:
            runs.append(after)
        for run in (f" {' '.join(words)} " for words in runs if len(words) > 1):
            at = said.find(run)
            if at < 0 or run in f" {before} ":
                continue
            taken_back = _NEGATIVE.search(" ".join(said[:at].split()[-_BEFORE:]))
            if not taken_back and not _LACKING.search(" ".join(said[at + len(run) :].split()[:_LACKED])):
                return True
    return False


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower().replace("\u2019", "'")))


def scopes(sentence: str) -> list[list[str]]:
    """The stems under each denial of a sentence, but of those in a condition."""
    found: list[list[str]] = []
    for start, end in _ranges(sentence):
        if scope := list(dict.fromkeys(stems(sentence[start:end])))[:_SCOPE]:
            found.append(scope)
    return found


def _ranges(sentence: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for cue in _CUE.finditer(sentence):
        if _CONDITION.search(sentence[: cue.start()]):
            continue
        stop = _CLAUSE_END.search(sentence, cue.end())
        found.append((cue.end(), stop.start() if stop else len(sentence)))
    return found


def _undenied(sentence: str) -> set[str]:
    """The stems that a sentence says outside of its denials."""
    if _WHOLE.search(sentence):
        return set()
    rest = sentence
    for start, end in reversed(_ranges(sentence)):
        rest = f"{rest[:start]} {rest[end:]}"
    return set(stems(rest))


def _asserted(claim: str) -> set[str]:
    """The stems of a claim that it nowhere denies and that stand away from any other negative word."""
    found = list(_WORD.finditer(apart(claim)))
    negative = [n for n, word in enumerate(found) if _NEGATIVE.fullmatch(word.group()) or _CUE.search(word.group())]
    kept = set(stems(claim)) - {word for scope in _ranges(claim) for word in stems(claim[slice(*scope)])}
    taken_back = {
        stem(word.group())
        for n, word in enumerate(found)
        if any(n - _BEFORE <= at <= n + _AFTER and at != n for at in negative)
    }
    return kept - taken_back


def any_denies(sentences: Sequence[str], claim: str) -> bool:
    """Whether any of the quoted sentences denies the claim and none says it plainly."""
    return any(denies(said, claim, [*sentences[:n], *sentences[n + 1 :]]) for n, said in enumerate(sentences))
