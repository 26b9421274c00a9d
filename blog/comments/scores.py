"""How much stands against a comment: what its findings come to, as one number to sort a queue by.

Each finding is taken for a witness of its own who is right in so many cases; what is left after all of
them is the chance that every one of them is wrong (noisy-or, Pearl 1988, 4.3.2).
"""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from blog.comments.screening import (
    APPROVE,
    BY_HAND,
    FIRST_TIMER,
    FOREIGN_ORIGIN,
    NO_PAGE,
    OTHER_PAGE,
    SPAM,
    SPAM_FILTER,
    TOO_QUICK,
    TRAP,
    TRASH,
    UNKNOWN_ORIGIN,
    UNPROVEN,
)

# As sure as a number without a fraction can say it.
CERTAIN = 1000

# What most of whom it happens to have done nothing to deserve weighs little; what hardly any person
# can bring about weighs most.
WEIGHTS = {
    "everything": 0.0,
    BY_HAND: 0.0,
    UNPROVEN: 0.05,
    FIRST_TIMER: 0.1,
    OTHER_PAGE: 0.2,
    UNKNOWN_ORIGIN: 0.2,
    TOO_QUICK: 0.4,
    NO_PAGE: 0.4,
    FOREIGN_ORIGIN: 0.5,
    TRAP: 0.9,
}
# What a rule says that is not listed, by what it asks for.
HELD = 0.4
PUT_AWAY = {SPAM: 0.8, TRASH: 0.9}


def doubt_of(findings: Iterable[Mapping[str, Any]]) -> int:
    """What findings come to, as data on a comment: 0 for nothing, 1000 for certainty."""
    return round(CERTAIN * (1 - prod(1 - _weight(finding) for finding in findings)))


def _weight(finding: Mapping[str, Any]) -> float:
    verdict = str(finding.get("verdict", ""))
    if verdict == APPROVE:
        return 0.0
    if finding["rule"] == SPAM_FILTER:
        return float(finding["score"])
    return WEIGHTS.get(str(finding["rule"]), PUT_AWAY.get(verdict, HELD))
