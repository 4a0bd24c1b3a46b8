"""The words by which people in support threads say why something happened and what helped.

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
            r"\b(?:ursache|verursacht (?:durch|von)|ausgelöst (?:durch|von)|l(?:iegt|ag) (?:daran|am|an der)|weil"
            r"|da der"
            r"|aufgrund|wegen|grund (?:ist|war|dafür)|hängt (?:damit )?zusammen|causée? par|à cause d|parce qu|dû à"
            r"|due à"
            r"|provient d|vient d[ue]|en raison d|la cause|la raison|causad[oa] por|debido a|porque|la causa|el motivo"
            r"|se debe a|provocad[oa] por|a causa de)"
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
    (
        4.0,
        (
            r"\b(?:behoben|gelöst|lösung|behebung|abhilfe|umgehung\w*|résolue?|corrigée?|correctif|contourn\w+"
            r"|solucion\w+"
            r"|resuelt[oa]|corregid[oa]|arregl\w+)\b"
        ),
    ),
    (
        3.0,
        (
            r"\bbitte\b[^.?]{3,80}\b(?:setzen|stellen|aktivieren|deaktivieren|ändern|eintragen|hinzufügen|löschen"
            r"|entfernen"
            r"|neu starten|aktualisieren|erneuern|umstellen|öffnen)\b|\b(?:haben|habe"
            r"|wurde[n]?) [^.?]{3,80}\b(?:gesetzt"
            r"|geändert|aktiviert|deaktiviert|neu gestartet|erneuert|aktualisiert|eingetragen|gelöscht|entfernt"
            r"|umgestellt)\b"
        ),
    ),
    (
        3.0,
        (
            r"\b(?:veuillez|il faut|merci de) (?:\w+ )?(?:activer|désactiver|modifier|ajouter|supprimer|redémarrer"
            r"|mettre"
            r"|renouveler|changer|définir)\b|\b(?:hay que|debe[ns]?|por favor,?) (?:\w+ )?(?:activ\w+|desactiv\w+"
            r"|cambi\w+"
            r"|añad\w+|agreg\w+|elimin\w+|reinici\w+|actualiz\w+|renov\w+|configur\w+)\b"
        ),
    ),
)
