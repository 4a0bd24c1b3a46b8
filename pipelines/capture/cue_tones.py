"""The words that tell how something is said in a support thread: doubt, denial, failure, success, requests, courtesy.

All are written for lower-cased text (`Unit.low`), as those of `cue_phrases` are. They say nothing of causes or fixes by
themselves, but lower or raise what a sentence is worth as one.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


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
    r"\b(?:so|so it's|it's|it is|but|probably) not (?:that|this|it)\b|^not (?:that|this|it)\b|\bisn't (?:that"
    r"|the port)\b"
    r"|\b(?:does|did)(?:n't| not) explain\b|\bcan(?:'t|not) be (?:that|it|the)\b|\bno sign of\b",
    r"\b(?:war|ist|lag|liegt) (?:es )?nicht (?:die ursache|daran|der grund)\b|\bausgeschlossen\b"
    r"|\bn'est pas (?:la cause"
    r"|en cause)\b|\bno (?:es|era) la causa\b|\bdescartad[oa]\b",
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
    r"|reproduc|down|gr[ea]y|offline|empty|blank|wrong|missing|a problem|an issue)\w*\b",
    r"\brevert(?:ed|ing) (?:it|that|this|the)\b|\brolled (?:it|that|this) back\b|\bmade (?:it|things) worse\b"
    r"|\b(?:came|comes|come) back (?:again|after)\b|\bonly helped\b|\bhalf (?:helped|worked)\b",
    r"\b(?:half|hilft|geholfen|gebracht|bringt) (?:\w+ )?(?:nicht|nichts)\b|\b(?:nicht|nichts) (?:geholfen|gebracht)\b"
    r"|\bohne (?:erfolg|wirkung)\b|\bimmer noch\b|\bweiterhin (?:der|das|die|ein)\b|\bgleiche[rns]? (?:fehler"
    r"|problem)\b",
    r"\bsans (?:succès|effet)\b|\btoujours (?:le|la|pas|en|un)\b|\bmême (?:erreur|problème)\b|\bn'a (?:rien"
    r"|pas) (?:changé"
    r"|aidé|résolu)\b|\bsin (?:éxito|efecto)\b|\bsigue (?:igual|sin|fallando|el)\b|\bmism[oa] (?:error|problema)\b"
    r"|\bno (?:ayudó|funcionó|sirvió)\b",
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
    r"\b(?:könnten|können|würden) sie\b|\bbitte (?:senden|schicken|prüfen|teilen)\b|\bpouvez-vous\b|\bpourriez-vous\b"
    r"|\bpodr[ií]a[ns]?\b|\b(?:ask(?:ed|ing)? (?:him|her|them|you) for|asked for|send (?:me|us)|paste the"
    r"|tell (?:me|us))\b",
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
    r"\bsetting (?:the )?labels?\b|\bqa (?:needs?|will|has)\b|\bneeds? to (?:validate|be validated|be tested"
    r"|re-?test)\b",
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
ABSENT = _any(
    r"\bheard nothing\b|\bnothing (?:new|further|since|more to)\b|\b(?:spoke|speaking|talked|on the phone) (?:with"
    r"|to)\b"
    r"|\b(?:rang|phoned|called back)\b|\bout of (?:the )?office\b|\bon (?:holiday|vacation|leave)\b|\bgood question\b",
)
"""Who could not be reached, or was: of people, not of the problem."""
SMALL_TALK = _any(
    r"\b(?:i'll|i will|we'll|we will) (?:close|note|check|ask|call|write|be back|let|keep|get|come back|look|update)\b"
    r"|\bnot going to (?:fight|argue)\b|\b(?:she|he|they) says?\b|\bcould be anything\b|\bno idea\b"
    r"|\bwithout a finding\b|\bnever reproduced\b|\bno data\b|^not one of\b|\bleft it there\b|\bwill be back\b",
    r"\b(?:is|are|was|were|looks?) (?:all )?(?:fine|ok|okay|healthy|clean|correct|unaffected|in order)(?:[.,;]|$)",
)
PROBLEM = _any(
    r"\b(?:fail\w*|error\w*|crash\w*|exception|broken|breaks?|cannot|can't|can ?not|unable|un(?:expected"
    r"|responsive)|not|doesn'?t|isn'?t|won'?t|didn'?t|never|wrong\w*|missing|incorrect\w*|invalid|lost|stuck"
    r"|hangs?|hung|freez\w*|frozen|slow\w*|time[sd]?[- ]?outs?|timing out|reject\w*|refus\w*|denied"
    r"|duplicate[sd]?|blank|empty|disappear\w*|leak\w*|stops?|stopped|drops?|dropped|inconsisten\w*|ignored?"
    r"|stale|delayed|flicker\w*|corrupt\w*|only|instead|no longer|no|leer|fehl\w*|nicht|keine?|erreur|échou\w*"
    r"|ne|pas|aucune?|falla|fallo)\b|\b[45]\d\d\b",
    r"\b(?:twice|nobody|nothing|offline|gr[ea]y(?:ed)?|thrown|abort\w*|stays|takes \d|stand(?:s|ing)? still|drops"
    r"|denies"
    r"|garbled|truncated|unreadable|gone|vanish\w*|grows?|keeps|loops?|spins?|half|late|behind|instead|rolled back"
    r"|bricht"
    r"|hängt|leer|langsam|doppelt|verschwind\w*|lent|vide|bloqué\w*|disparaît|lento|vacío|bloquead[oa]|desaparec\w*)\b",
)
RECOVERED = _any(
    r"\b(?:works?|working|worked|resolved|fixed|good|solved) (?:now|again|fine|perfectly|well|for (?:us|me)"
    r"|as expected|like a charm|on our (?:side|end))\b",
    r"\b(?:that|this|it) (?:worked|works|did it|did the trick|fixed it|solved it|helped)\b"
    r"|\bproblem (?:is )?(?:gone|solved)\b|\bno (?:more|further) (?:error|failure|issue|problem|timeout"
    r"|complaint)s?\b|\bback to normal\b",
    r"\bappears? to be (?:fixed|resolved)\b|\bconfirm(?:ed|ing)? (?:it |that |the )?(?:is |was )?(?:fix|fixed"
    r"|working|resolved|works)\b",
    r"\b(?:went|goes|came|going) through\b|\bpass(?:es|ed)\b|\blanded\b|\b(?:is|are|back) online\b|\bonline again\b"
    r"|\bin sync\b|\bthat did it\b|\ball green\b|\bgreen (?:at|again|now)\b|\bt(?:ie|ied) out\b|\bsucceed(?:s|ed)\b"
    r"|\bfinish(?:es|ed)\b|\bcomplete[sd] (?:now|again|in)\b|\bno (?:more )?complaints\b|\b(?:gone|sorted|cured)\b"
    r"|\b(?:see|sees|have|has|get|gets) (?:\w+ ){1,3}(?:again|back)\b|\bno longer (?:see|happens|occurs|fails|get)\b",
    r"\bfunktionier(?:t|en) (?:jetzt|wieder|nun)\b|\b(?:geht|läuft|laufen|klappt) (?:jetzt|wieder|nun)\b"
    r"|\bist (?:behoben"
    r"|gelöst|weg)\b|\bhat geholfen\b|\b(?:ça|cela|tout) (?:fonctionne|marche|remarche)\b|\bfonctionne (?:maintenant"
    r"|à nouveau|de nouveau|bien)\b|\b(?:est|c'est) (?:résolu|réglé|corrigé)\b|\bya (?:funciona|va|está)\b"
    r"|\bfunciona (?:bien|de nuevo|otra vez)\b|\b(?:quedó|está) (?:resuelto|solucionado)\b",
)
