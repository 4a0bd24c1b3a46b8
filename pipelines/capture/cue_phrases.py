"""The words by which people in support threads say what happened: causes, fixes, failed attempts, doubt, denial.

Each cue is a pattern with a weight, set by reading how often a sentence with the cue states what it promises; the
weights are features of `extract_features`. All are written for lower-cased text (`Unit.low`):
matching without regard to case takes several times as long, and every sentence of a thread is matched.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    pattern: re.Pattern[str]
    weight: float


def _cues(*pairs: tuple[float, str]) -> tuple[Cue, ...]:
    return tuple(Cue(re.compile(pattern), weight) for weight, pattern in pairs)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def strongest(cues: Sequence[Cue], text: str) -> float:
    """The weight of the strongest cue in the text, with a little for a second one; 0 where there is none."""
    found = sorted((c.weight for c in cues if c.pattern.search(text)), reverse=True)
    return found[0] + 0.25 * sum(found[1:2]) if found else 0.0


_THING = r"(?:issue|problem|bug|error|failure|crash|behaviou?r|delay|outage|symptom|slowness|timeout)s?"

CAUSE = _cues(
    (5.0, r"\broot[- ]cause\b(?! (?:is|remains) (?:still )?un)"),
    (
        4.5,
        (
            r"\b(?:is|was|were|are|been|being) (?:actually |indeed |most likely |probably |likely )?(?:caused"
            r"|triggered|introduced|produced) by\b"
        ),
    ),
    (
        4.0,
        (
            rf"\b(?:this|it|the {_THING}|which|that) (?:happens|happened|occurs|occurred|fails|failed|crashes|broke|is"
            rf"|was)\b[^.]{{0,40}}\b(?:because|since|due to|as a result of)\b"
        ),
    ),
    (
        4.0,
        (
            r"\b(?:the|actual|real|underlying|main) (?:cause|reason|culprit)\b[^.]{0,60}\b(?:is|was|are"
            r"|turned out)\b"
        ),
    ),
    (4.0, r"\bthe reason (?:is|was|why|for|that|it|this)\b"),
    (
        3.5,
        (
            r"\bturn(?:s|ed) out\b|\btraced (?:it |this |the \w+ )?(?:back )?to\b|\bnarrowed (?:it "
            r"|this )?(?:down )?to\b"
        ),
    ),
    (
        3.5,
        (
            r"\bcaused by\b|\bstems? from\b|\bresult(?:s|ed)? from\b|\bresult of\b|\bcomes? from\b|\boriginates? (?:in"
            r"|from)\b"
        ),
    ),
    (
        3.0,
        (
            rf"\bthe (?:actual |real |main |only )?{_THING} (?:here )?(?:is|was|seems to be|appears to be|lies"
            rf"|lay) (?:that |in |with |the (?!same)|how |because |due )"
        ),
    ),
    (
        3.0,
        (
            r"\bbecause\b|\bdue to\b|\bowing to\b|\bthat is why\b|\bthat's why\b|\bwhich is why\b|\bas a consequence\b"
            r"|\bhence the\b"
        ),
    ),
    (
        3.0,
        (
            r"\bis (?:by|as) design(?:ed)?\b|\bby design\b|\bregression (?:from|in|introduced|caused)\b"
            r"|\bknown (?:issue|limitation|bug|defect)\b"
        ),
    ),
    (
        2.5,
        (
            r"\b(?:looks|seems|appears) (?:like|to be) (?:an? |the )?[\w\- ]{0,30}(?:issue|problem|bug|limitation"
            r"|conflict|race)\b"
        ),
    ),
    (
        2.5,
        (
            r"\b(?:race condition|deadlock|memory leak|stale cache|off[- ]by[- ]one|misconfigur\w+|mis-?match(?:ed)?"
            r"|expired|exhausted|throttl\w+|rate[- ]limit\w*)\b"
        ),
    ),
    (
        2.5,
        (
            r"\b(?:is|was|were|are) (?:not|never|no longer|incorrectly|wrongly|mistakenly|accidentally"
            r"|still) (?:being )?(?:set|called|invoked|escaped|passed|updated|released|handled|initiali[sz]ed|included"
            r"|defined|sent|cleared|removed|encoded|parsed|renewed|copied|migrated|supported|pointing|configured)\b"
        ),
    ),
    (
        2.0,
        (
            r"\b(?:cannot|can't|can not|must not) be used\b|\b(?:does|do|did)(?:n't| not) (?:support|handle|contain"
            r"|detect|recogni[sz]e|include|escape|honou?r|validate|retain|propagate|invalidate)\b"
        ),
    ),
    (
        2.0,
        (
            r"\b(?:we|it|they|code|method|function|service|job|parser|module) (?:always|never|only|still) (?:do|does"
            r"|call|calls|use|uses|assume[sd]?|expect[sed]*|return[s]?|check[s]?|set[s]?)\b"
        ),
    ),
    (
        1.5,
        (
            r"\b(?:by default|has been removed|was removed|no longer|is documented as|responsibility|instead of (?:the"
            r"|a)|overwrit\w+|hard-?coded|limitation)\b"
        ),
    ),
    (
        4.0,
        (
            r"\b(?:ursache|verursacht durch|liegt daran|weil|grund (?:ist|war)|causé par|à cause d|parce que"
            r"|en raison d|causado por|debido a|porque)\b"
        ),
    ),
)

FIX = _cues(
    (5.0, r"\bthe (?:\w+ )?(?:fix|solution|resolution|remedy) (?:is|was|for this|will be|would be)\b"),
    (
        4.5,
        (
            rf"\b(?:fixed|resolved|solved|cured|corrected|remedied|mitigated) (?:it |this |that |the {_THING} )?(?:by"
            rf"|through|via|with) \w+"
        ),
    ),
    (
        4.5,
        (
            r"\b(?:upgrad|updat|mov|migrat|downgrad|roll(?:ed|ing)?[ -]?back|switch|revert)(?:e|ed|ing"
            r"|es)?\b[^.]{0,40}\b(?:to|back)\b[^.]{0,50}\b(?:fix\w*|resolv\w*|solv\w*|clear\w*|work(?:s|ed)?|cur\w+"
            r"|help(?:s|ed))\b"
        ),
    ),
    (4.0, r"\bwork[- ]?arounds?\b(?! (?:is|was) (?:listed|needed|required))"),
    (
        4.0,
        (
            r"\bafter (?:\w+ing|that|this|doing|the)\b[^.]{0,80}\b(?:works?|worked|working|resolved|fixed|gone"
            r"|disappeared|stopped|went away|succeed(?:s|ed))\b"
        ),
    ),
    (
        3.5,
        (
            r"\b(?:fixed|resolved|corrected|addressed|available|shipped|released|included|patched) (?:in|with|as of"
            r"|since)\b[^.]{0,30}\d"
        ),
    ),
    (
        3.5,
        (
            r"\b(?:this|that|which|it) (?:fixes|fixed|solves|solved|resolves|resolved|cured|cleared|did the trick)\b"
            r"|\bmakes? the \w+ go away\b"
        ),
    ),
    (3.0, r"\b(?:use|using|try|call|set|pass|create|add|put|replace|change|switch to)\b[^.;]{3,80}\binstead\b"),
    (
        3.0,
        (
            r"\b(?:please |you (?:should|need to|have to|must|can) |customers? (?:should|need to|must) )?(?:upgrade"
            r"|update|move) (?:\w+ ){0,4}to (?:version |release |build |v)?\d"
        ),
    ),
    (
        3.0,
        (
            r"\bcan be (?:solved|fixed|resolved|avoided|worked around) by\b|\bto (?:fix|resolve|solve|avoid"
            r"|work around) (?:this|it|the)\b"
        ),
    ),
    (
        3.0,
        (
            r"(?:^|[,;:] |\b(?:please|just|simply|instead|then|to|and|you|should|must|can|must be|by|needs?|is to"
            r"|was to) )(?:set|enable|disable|turn (?:on|off)|increase|raise|lower|configure|add|remove|re-?create"
            r"|re-?index|renew|rotate|whitelist|allow-?list|sett?ing|enabling|disabling|increasing|raising|adding"
            r"|removing)\b[^.]{2,80}\b(?:to|in|on|from|under|for|=|with)\b"
        ),
    ),
    (
        2.5,
        (
            r"^(?:we |i |engineering |ops |have |i've |we've |)(?:have |has )?(?:re)?(?:increased|raised|lowered|set"
            r"|enabled|disabled|added|removed|changed|renewed|rotated|patched|deployed|exposed|rolled back|restarted"
            r"|cleared|corrected|updated|replaced|moved|created|issued|granted|reset|rebuilt|re-?indexed|reverted"
            r"|applied|fixed|switched|deleted|configured|re-?synced|unlocked|whitelisted|allow-?listed)\b"
        ),
    ),
    (
        2.0,
        (
            r"\b(?:you (?:need|have|ought) to|you (?:should|must|can|could)|it (?:needs|has) to be|should be (?:set"
            r"|replaced|called|changed|used))\b"
        ),
    ),
    (
        2.0,
        (
            r"\b(?:once i|if you|when you|as soon as (?:i|we))\b[^.]{5,90}\b(?:works?|worked|built|loaded|fine"
            r"|correctly|properly|loads)\b"
        ),
    ),
    (
        2.0,
        (
            r"\b(?:the url|the path|the setting|this path|the option|this code|following code"
            r"|the following)\b[^.]{0,60}\b(?:works?|loaded|properly)\b"
        ),
    ),
    (
        1.5,
        (
            r"^(?:add|expose|change|remove|make|ensure|check|move|replace|prevent|handle|implement|refactor|correct"
            r"|fix)(?:ed|d|s|es)? \w+ \w+"
        ),
    ),
    (1.0, r"\bfix(?:ed|es)?\b|\bsolution\b|\bresolved\b"),
    (4.0, r"\b(?:behoben|gelöst|lösung|résolu|corrigé|contourn\w+|solucion\w+|resuelto)\b"),
)

HEDGE = _any(
    r"\b(?:might|may|maybe|perhaps|possibl[ey]|probably|suspect\w*|i think|i guess|i believe|could be|not sure"
    r"|my guess|hypothesis|wonder)\b",
    r"\b(?:seems?|appears?|looks like|likely|presumably|vermutlich|vielleicht|peut-être)\b",
)
DENIED = _any(
    r"\bruled? out\b|\bnot the (?:root )?(?:cause|problem|issue|culprit|reason)\b|\b(?:wasn't|was not|isn't"
    r"|is not) (?:it|the (?:cause|culprit|reason|issue))\b",
    r"\bred herring\b|\bunrelated\b|\bfalse (?:lead|alarm|trail)\b|\bscratch that\b|\bdisproved?\b"
    r"|\bdisproven\b|\bi was wrong\b|\bwe were wrong\b",
    r"\b(?:nothing to do with|not related to|not caused by|not due to|not because)\b|\bturn(?:s|ed) out (?:not"
    r"|to be unrelated|to be wrong)\b",
    r"\b(?:eliminat|exclud)ed (?:as|the)\b|\bretract\w*\b|\bignore my (?:last|previous|earlier)\b|\bcorrection:",
)
FAILED = _any(
    r"\b(?:did(?:n't| not)|does(?:n't| not)|doesnt|didnt|has(?:n't| not)|won't|not) (?:really |actually "
    r"|seem to )?(?:help|work|fix|solve|resolve|change anything|make (?:a|any) difference|have any effect"
    r"|effective)\w*\b",
    r"\b(?:no (?:luck|change|effect|difference|improvement|joy|success))\b|\bwithout (?:success|luck|effect"
    r"|any change)\b|\bto no avail\b|\bin vain\b",
    r"\b(?:same|identical) (?:problem|issue|error|result|behaviou?r|failure|thing|crash|symptom)s?\b"
    r"|\bstill (?:fail|see|hav|get|happen|occur|broken|the same|crash|not|no|slow|stuck|present|there"
    r"|reproduc)\w*\b",
    r"\brevert(?:ed|ing) (?:it|that|this|the)\b|\brolled (?:it|that|this) back\b|\bmade (?:it|things) worse\b"
    r"|\b(?:came|comes|come) back (?:again|after)\b|\bonly helped\b|\bhalf (?:helped|worked)\b",
    r"\bhalf (?:nicht|nichts)\b|\bohne erfolg\b|\bsans (?:succès|effet)\b|\bsin éxito\b",
)
ATTEMPT = _any(
    r"\b(?:tried|trying|attempted|tested|restart\w*|reboot\w*|re-?install\w*|clear(?:ed|ing)|reset\w*"
    r"|upgrad\w*|downgrad\w*|rais(?:ed|ing)|increas(?:ed|ing)|re-?creat\w+|disabl(?:ed|ing)|enabl(?:ed|ing)"
    r"|switch(?:ed|ing)|re-?build\w*|rotat(?:ed|ing)|chang(?:ed|ing)|flush\w*|neu gestartet|redémarr\w+)\b",
)
REQUEST = _any(
    r"\?\s*$",
    r"^(?:hi|hello|hey|dear|@)?[\w ,]{0,25}\b(?:can|could|would|will|did|do|does|are|is|have|has|what|which"
    r"|when|where|how|any) (?:you|someone|anyone|we|this|it|there|news|update|the)\b[^.]*\?",
    r"\b(?:please|kindly|pls) (?:provide|include|send|share|attach|post|confirm|let (?:me|us)|test|try|check"
    r"|see|run|see|review|find|file|open|create a new|update the|specify|note|reference|help|advise|look|fix"
    r"|close|reopen)\b",
    r"\bcan you\b|\bcould you\b|\blet (?:me|us) know\b|\bwould you\b|\bneed (?:more|some) (?:info|detail"
    r"|information)\b",
)
STATUS = _any(
    r"\bclos(?:ed|ing|e) (?:this |the )?(?:ticket|issue|bug|case|as|due|for|out)\b|^clos(?:ed|ing)\W*$"
    r"|\bre-?open(?:ed|ing)?\b|\bmark(?:ed|ing) (?:this |it |the )?(?:ticket |issue |as )",
    r"\b(?:resolving|resolved) (?:ticket|this|issue|as)\b|\b(?:moving|moved|assign(?:ed|ing)?|re-?assign\w*"
    r"|bump\w*|postpon\w*|escalat\w+|schedul\w+) (?:this|it|to|the|ticket|for)\b|\bduplicate of\b"
    r"|\bsuperseded\b",
    r"\b(?:lack of|no) (?:progress|response|reply|activity)\b|\btime passed\b|\bcommunity members\b"
    r"|\bout of date\b|\bnew ticket\b|\badding (?:label|watcher)\w*|\bupdat\w+ labels?\b|\bcr ?& ?fr\b|^(?:cr"
    r"|fr)\b",
    r"\b(?:waiting (?:for|on)|will (?:get back|look|investigate|keep|follow|update)|looking into|investigating"
    r"|working on it)\b",
    r"\b(?:withdrawn|backport\w*|cherry[- ]?pick\w*|merged?)\b(?! (?:the|conflict))",
)
COURTESY = _any(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen)"
    r"|bonjour|hola|liebe[rs]?|sehr geehrte)\b[^.!?]{0,40}[,.!]?$",
    r"^(?:thanks?|thank you|thx|many thanks|cheers|regards|best|kind regards|best regards|sincerely|danke"
    r"|vielen dank|mit freundlichen|merci|cordialement|gracias|saludos)\b[^.!?]{0,60}[.!,]?$",
    r"\b(?:hope (?:you|this|all)|sorry (?:for|to)|apologi[sz]e|appreciate|any news|any update|looking forward"
    r"|much appreciated|please help|urgent(?:ly)?[.!]|thank you (?:for|in))\b",
)
PROBLEM = _any(
    r"\b(?:fail\w*|error\w*|crash\w*|exception|broken|breaks?|cannot|can't|can ?not|unable|un(?:expected"
    r"|responsive)|not|doesn'?t|isn'?t|won'?t|didn'?t|never|wrong\w*|missing|incorrect\w*|invalid|lost|stuck"
    r"|hangs?|hung|freez\w*|frozen|slow\w*|time[sd]?[- ]?outs?|timing out|reject\w*|refus\w*|denied"
    r"|duplicate[sd]?|blank|empty|disappear\w*|leak\w*|stops?|stopped|drops?|dropped|inconsisten\w*|ignored?"
    r"|stale|delayed|flicker\w*|corrupt\w*|only|instead|no longer|no|leer|fehl\w*|nicht|keine?|erreur|échou\w*"
    r"|ne|pas|aucune?|falla|fallo)\b|\b[45]\d\d\b",
)
RECOVERED = _any(
    r"\b(?:works?|working|worked|resolved|fixed|good|solved) (?:now|again|fine|perfectly|well|for (?:us|me)"
    r"|as expected|like a charm|on our (?:side|end))\b",
    r"\b(?:that|this|it) (?:worked|works|did it|did the trick|fixed it|solved it|helped)\b"
    r"|\bproblem (?:is )?(?:gone|solved)\b|\bno (?:more|further) (?:error|failure|issue|problem|timeout"
    r"|complaint)s?\b|\bback to normal\b",
    r"\bappears? to be (?:fixed|resolved)\b|\bconfirm(?:ed|ing)? (?:it |that |the )?(?:is |was )?(?:fix|fixed"
    r"|working|resolved|works)\b|\bfunktioniert (?:jetzt|wieder)\b|\bfonctionne (?:maintenant|à nouveau)\b",
)
