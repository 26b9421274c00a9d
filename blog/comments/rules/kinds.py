"""The kinds of rules: what each looks at, and what makes it fire.

To add one, write what it asks, give it a line in KINDS, and words in `wording.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any

from blog.comments.rules import domains, saying, sending
from blog.comments.rules.globs import BadPattern
from blog.comments.screening import (
    APPROVE,
    FIRST_TIMER,
    HOLD,
    SPAM,
    TRAP,
    TRASH,
    UNPROVEN,
    Finding,
    Reply,
)

# A finding names so many words and marks so many places: whoever reads it has understood by then.
MOST_WORDS = 50
MOST_SPANS = 20

# What all patterns of a rule come to: WordPress users bring lists of a thousand lines.
MOST_SIGNS = 20_000
# Patterns with * or ? cost more than others: so many are looked for in the longest text in a tenth of
# a second (tests/comments/rules/test_globs.py).
MOST_WILD = 100


class Takes(Enum):
    """What a rule of a kind is told besides."""

    NOTHING = "nothing"
    PATTERNS = "patterns"
    NUMBER = "number"


@dataclass(frozen=True)
class Terms:
    """What a rule says: of which kind it is, what it looks for, and what becomes of a reply that has it."""

    kind: str
    verdict: str = HOLD
    patterns: tuple[str, ...] = ()
    number: int = 0
    note: str = ""
    is_on: bool = True
    id: int | None = None

    @property
    def trusts_a_person(self) -> bool:
        """Whether it approves somebody for who they are: that takes a proven address."""
        return self.verdict == APPROVE and KINDS[self.kind].is_about_a_person

    def ask(self, reply: Reply) -> list[Finding]:
        """What it finds about a reply. Raises CannotTell."""
        if self.trusts_a_person and not reply.is_proven:
            return []
        return list(KINDS[self.kind].ask(self, reply))

    def finding(self, words: Iterable[str] = (), rule: str = "", **more: Any) -> Finding:
        """That it fired, and on what."""
        told = tuple(words)[:MOST_WORDS]
        more["spans"] = tuple(more.get("spans", ()))[:MOST_SPANS]
        return Finding(
            rule or self.kind, told, self.verdict, rule_id=self.id, note=self.note, **more
        )


@dataclass(frozen=True)
class Kind:
    """One kind of rules."""

    ask: Callable[[Terms, Reply], Iterator[Finding]]
    takes: Takes = Takes.NOTHING
    # What a new one begins with, and the limits.
    number: int = 0
    least: int = 1
    most: int = 1
    # What a pattern is written like in the end. Raises BadPattern.
    clean: Callable[[str], str] = str.strip
    may_approve: bool = True
    is_about_a_person: bool = False
    # It holds people because nobody knows them yet, not because of what they do: a moderator who then
    # approves their reply does not show it wrong.
    waits_for_people: bool = False


def _patterns(
    ask: Callable[[Terms, Reply], Iterator[Finding]], clean: Callable[[str], str], **more: Any
) -> Kind:
    return Kind(ask, Takes.PATTERNS, clean=clean, **more)


def _number(
    ask: Callable[[Terms, Reply], Iterator[Finding]], first: int, most: int, **more: Any
) -> Kind:
    return Kind(ask, Takes.NUMBER, number=first, most=most, **more)


MOST_LINKS = 100
MOST_CHARACTERS = 10_000
MOST_DAYS = 36_500
MOST_SPEED = 1_000

KINDS: dict[str, Kind] = {
    "everything": Kind(sending.always, waits_for_people=True),
    UNPROVEN: Kind(sending.unproven, may_approve=False, waits_for_people=True),
    FIRST_TIMER: Kind(sending.first_timer, may_approve=False, waits_for_people=True),
    "words": _patterns(saying.about_words, saying.clean_words),
    "whole-words": _patterns(saying.about_whole_words, saying.clean_whole_words),
    # WordPress's number: most honest replies have one link, few have two.
    "links": _number(saying.about_links, 2, MOST_LINKS),
    "domains": _patterns(saying.about_domains, domains.clean),
    "emails": _patterns(sending.about_emails, domains.clean_address, is_about_a_person=True),
    "networks": _patterns(sending.about_networks, sending.clean_network),
    "imitation": Kind(sending.about_imitation, may_approve=False),
    "writing": _patterns(saying.about_writing, saying.clean_writing),
    "other-writing": _patterns(saying.about_other_writing, saying.clean_writing),
    # "First!", "Nice post": shorter than any sentence that says something.
    "shorter": _number(saying.about_shorter, 15, MOST_CHARACTERS),
    # A screenful and a half: few have as much to say to somebody they do not know.
    "longer": _number(saying.about_longer, 3_000, MOST_CHARACTERS),
    # After three months nearly all that comes to a post is for search engines.
    "old-post": _number(sending.about_old_post, 90, MOST_DAYS),
    # The fastest typists do ten in a second; whoever pastes does more.
    "speed": _number(sending.about_speed, 20, MOST_SPEED, may_approve=False),
    TRAP: Kind(sending.about_trap, may_approve=False),
    "sending": Kind(sending.about_sending, may_approve=False),
}


@lru_cache
def verdicts(kind: str) -> tuple[str, ...]:
    """What a rule of this kind may ask for."""
    asked = (HOLD, SPAM, TRASH)
    return (*asked, APPROVE) if KINDS[kind].may_approve else asked


class BadTerms(ValueError):
    """Terms that no rule may have. `field` says where, `remedy` what is wrong."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(remedy)
        self.field = field
        self.remedy = remedy


def refined(terms: Terms) -> Terms:
    """The terms as they are kept. Raises BadTerms for what is none of a rule."""
    kind = KINDS.get(terms.kind)
    if kind is None:
        raise BadTerms("kind", f"There is no rule “{terms.kind}”. There are: {', '.join(KINDS)}.")
    if terms.verdict not in verdicts(terms.kind):
        asked = ", ".join(verdicts(terms.kind))
        raise BadTerms("verdict", f"“{terms.verdict}” is none of: {asked}.")
    takes_patterns, takes_number = kind.takes is Takes.PATTERNS, kind.takes is Takes.NUMBER
    if takes_number and not kind.least <= terms.number <= kind.most:
        raise BadTerms("number", f"A number from {kind.least} to {kind.most} is needed.")
    return replace(
        terms,
        patterns=_refined_patterns(kind, terms.patterns) if takes_patterns else (),
        number=terms.number if takes_number else 0,
    )


def _refined_patterns(kind: Kind, lines: Iterable[str]) -> tuple[str, ...]:
    try:
        found = dict.fromkeys(kind.clean(line.strip()) for line in lines if line.strip())
    except BadPattern as error:
        raise BadTerms("patterns", error.remedy) from error
    if not found:
        raise BadTerms("patterns", "At least one is needed.")
    if sum(map(len, found)) > MOST_SIGNS:
        raise BadTerms("patterns", f"All together have more than {MOST_SIGNS} characters.")
    if sum("*" in pattern or "?" in pattern for pattern in found) > MOST_WILD:
        raise BadTerms("patterns", f"More than {MOST_WILD} of them have * or ?.")
    return tuple(found)
