"""Error codes as the strong facts they are: the same one speaks for a record, another of its kind against it."""

import re
from collections.abc import Iterable

from pipelines.domain.suggestions import Candidate
from pipelines.retrieve.documents import matchable
from pipelines.retrieve.query import PreparedQuery

# A code of a product: letters and a number, such as SAML-0417, ORA-00942 or HARBOR-1102. Bare numbers (HTTP 404) stand
# for too much to speak against anything.
_FAMILY = re.compile(r"([a-z][a-z_]{1,15})[-_ ]?\d{2,6}")


def code_balance(prepared: PreparedQuery, candidate: Candidate) -> int:
    """1 where both name the same product code, -1 where they name different ones of one family, else 0."""
    asked = product_codes(code.casefold() for code in prepared.codes) if prepared.codes else {}
    if not asked:
        return 0
    known = product_codes(matchable(candidate.resolution.content).codes)
    if asked.keys() & known.keys():
        return 1
    return -1 if set(asked.values()) & set(known.values()) else 0


def product_codes(codes: Iterable[str]) -> dict[str, str]:
    """Each product code among these, in lower case as they are, with its family."""
    found = ((code, _FAMILY.fullmatch(code)) for code in codes)
    return {code: match.group(1) for code, match in found if match}
