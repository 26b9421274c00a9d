"""Screening: which rules fire on a reply, on which of its words, and what they ask for.

What there is to know about a reply, what is found about it, and the order in which rules are asked. What a
rule looks at is said in `rules/kinds.py`. A leaf: it asks nobody what day it is, and no database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, Protocol

from blog import text
from blog.comments.rules.folding import fold

HOLD, SPAM, TRASH, APPROVE = "hold", "spam", "trash", "approve"
# Whatever asks for the most is done. Who approves asks for nothing.
STRICTNESS = {APPROVE: 0, HOLD: 1, SPAM: 2, TRASH: 3}

# Rules about the person: proving the address of a reply asks them again.
UNPROVEN = "unproven"
FIRST_TIMER = "first-timer"

# What is found out about how a reply was sent (doubts.py), not about what it says.
FOREIGN_ORIGIN = "foreign-origin"
UNKNOWN_ORIGIN = "unknown-origin"
NO_PAGE = "no-page"
OTHER_PAGE = "other-page"
TOO_QUICK = "too-quick"
TRAP = "trap"
SENDING = frozenset({FOREIGN_ORIGIN, UNKNOWN_ORIGIN, NO_PAGE, OTHER_PAGE, TOO_QUICK, TRAP})

# A moderator holds it.
BY_HAND = "by-hand"

# What was learnt from decisions speaks against it (spam/asking.py).
SPAM_FILTER = "spam-filter"

# Where something stands: in which field of the reply ("source", "name", "email" or "website"), from
# which character to which.
Span = tuple[str, int, int]


@dataclass(frozen=True)
class Finding:
    """One rule that fired: its name, the words that made it fire, and what it asks for.

    What is known besides: which of the author's rules it is, where those words stand, what was measured
    against which limit, the author's note, and what would have let the reply through, in words.
    """

    rule: str
    words: tuple[str, ...] = ()
    verdict: str = HOLD
    rule_id: int | None = None
    spans: tuple[Span, ...] = ()
    score: float | None = None
    limit: float | None = None
    note: str = ""
    remedy: str = ""

    def as_data(self) -> dict[str, Any]:
        """The finding as it is kept with the comment: what is not known is left out."""
        data: dict[str, Any] = {
            "rule": self.rule,
            "words": list(self.words),
            "verdict": self.verdict,
        }
        known = {
            "rule_id": self.rule_id,
            "spans": [list(span) for span in self.spans] or None,
            "score": self.score,
            "limit": self.limit,
            "note": self.note or None,
            "remedy": self.remedy or None,
        }
        return data | {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True)
class Reply:
    """What there is to know about a reply when it is judged."""

    source: str
    html: str
    name: str
    email: str
    website: str
    is_proven: bool
    is_trusted: bool
    staff: Sequence[str]
    # Keyed hashes of the address it came from, and of the networks around it; none once they expired.
    networks: frozenset[str] = frozenset()
    # How long its writer had, from when the page was made; None if nobody knows.
    took: timedelta | None = None
    # How old the post was; None for one that was never published.
    post_age: timedelta | None = None
    # What is doubtful about how it was sent: which sign, and its words.
    signs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Where its links lead, in their order."""
        return tuple(text.links(self.html))

    @cached_property
    def read(self) -> str:
        """What the text says once it is rendered."""
        return text.plain(self.html)

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Everything that its writer typed, and what others read of it, as word lists see it."""
        return tuple(fold(part) for part in (*self.typed.values(), self.read))

    @property
    def typed(self) -> dict[str, str]:
        """Everything that its writer typed, by field."""
        return {
            "source": self.source,
            "name": self.name,
            "email": self.email,
            "website": self.website,
        }


class CannotTell(Exception):
    """What a rule looks at is not known about this reply, or not any more."""


class Rule(Protocol):
    """Whatever can be asked about a reply."""

    @property
    def verdict(self) -> str:
        """What it asks for when it fires."""

    @property
    def trusts_a_person(self) -> bool:
        """Whether it approves somebody for who they are: that takes a proven address."""

    def ask(self, reply: Reply) -> Sequence[Finding]:
        """What it finds. Raises CannotTell."""


def screen(reply: Reply, rules: Sequence[Rule]) -> list[Finding]:
    """What the rules find about a reply of somebody who is not staff, in their order.

    One that approves ends the list: what comes after it is not asked, what came before stands. If the
    reply waits, and would not if its address were proven, that is a finding too.
    """
    found = _ask_all(reply, rules)
    if strictest(found) == HOLD and not reply.is_proven and not is_unproven(found):
        found += _needs_proof(reply, rules)
    return found


def _ask_all(reply: Reply, rules: Sequence[Rule]) -> list[Finding]:
    found: list[Finding] = []
    for rule in rules:
        try:
            fired = rule.ask(reply)
        except CannotTell:
            continue
        found += fired
        if fired and rule.verdict == APPROVE:
            break
    return found


def _needs_proof(reply: Reply, rules: Sequence[Rule]) -> Iterator[Finding]:
    if not any(rule.trusts_a_person for rule in rules):
        return
    once_proven = _ask_all(replace(reply, is_proven=True), rules)
    if strictest(once_proven) == APPROVE:
        yield Finding(UNPROVEN, (reply.email,), rule_id=once_proven[-1].rule_id)


def is_unproven(findings: Iterable[Finding]) -> bool:
    """Whether one of them is that nobody has shown whose the address is."""
    return any(finding.rule == UNPROVEN for finding in findings)


def strictest(findings: Iterable[Finding]) -> str:
    """What they ask for together; without any, to approve."""
    verdicts = (finding.verdict for finding in findings)
    return max(verdicts, key=STRICTNESS.__getitem__, default=APPROVE)
