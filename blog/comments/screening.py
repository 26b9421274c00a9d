"""Screening: which rules fire on a reply, and on which of its words.

A rule is a function from a reply and the author's settings to findings. To add one, write it, put it
into RULES and give it words in `wording.py`; nothing else needs to know.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from blog.comments.lookalikes import look_alike

HOLD, TRASH = "hold", "trash"

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


@dataclass(frozen=True)
class Finding:
    """One rule that fired: its name, the words that made it fire, and what it asks for."""

    rule: str
    words: tuple[str, ...] = ()
    verdict: str = HOLD

    def as_data(self) -> dict[str, Any]:
        """The finding as it is kept with the comment."""
        return {**asdict(self), "words": list(self.words)}


@dataclass(frozen=True)
class Reply:
    """What there is to know about a reply when it is judged."""

    source: str
    links: tuple[str, ...]
    name: str
    email: str
    website: str
    is_proven: bool
    is_trusted: bool
    staff: tuple[str, ...]
    read: str = ""  # what the text says once it is rendered

    @property
    def everything(self) -> Iterator[str]:
        """Everything that its writer typed, and what others read of it."""
        yield from (self.source, self.read, self.name, self.email, self.website)


@dataclass(frozen=True)
class Rules:
    """What the author set."""

    hold: str
    held_links: int
    hold_words: tuple[str, ...]
    trash_words: tuple[str, ...]

    @classmethod
    def of(cls, site: Any) -> "Rules":
        """The rules in the site's settings: lists of words have one on each line."""
        return cls(
            hold=site.hold,
            held_links=site.held_links,
            hold_words=_lines(site.hold_words),
            trash_words=_lines(site.trash_words),
        )


Rule = Callable[[Reply, Rules], Iterable[Finding]]


def screen(reply: Reply, rules: Rules) -> list[Finding]:
    """All findings about a reply of somebody who is not staff; none means that it may be published."""
    return [finding for rule in RULES for finding in rule(reply, rules)]


def _everything(_reply: Reply, rules: Rules) -> Iterator[Finding]:
    if rules.hold == "everything":
        yield Finding("everything")


def _first_timers(reply: Reply, rules: Rules) -> Iterator[Finding]:
    if rules.hold != "first-timers":
        return
    if not reply.is_proven:
        yield Finding(UNPROVEN, (reply.email,))
    if not reply.is_trusted:
        yield Finding(FIRST_TIMER, (reply.email,))


def _links(reply: Reply, rules: Rules) -> Iterator[Finding]:
    if rules.held_links and len(reply.links) >= rules.held_links:
        yield Finding("links", reply.links)


def _hold_words(reply: Reply, rules: Rules) -> Iterator[Finding]:
    if found := _found(rules.hold_words, reply):
        yield Finding("hold-words", found)


def _trash_words(reply: Reply, rules: Rules) -> Iterator[Finding]:
    if found := _found(rules.trash_words, reply):
        yield Finding("trash-words", found, TRASH)


def _imitation(reply: Reply, _rules: Rules) -> Iterator[Finding]:
    if imitated := look_alike(reply.name, list(reply.staff)):
        yield Finding("imitation", (reply.name, imitated))


RULES: tuple[Rule, ...] = (
    _everything,
    _first_timers,
    _links,
    _hold_words,
    _trash_words,
    _imitation,
)


def _found(words: tuple[str, ...], reply: Reply) -> tuple[str, ...]:
    """The words that occur, in whatever case, anywhere in what was typed (WordPress's habit)."""
    typed = [fold(part) for part in reply.everything]
    return tuple(word for word in words if any(fold(word) in part for part in typed))


def fold(value: str) -> str:
    """A text as word lists see it: without case, typographic variants and invisible characters."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")


def _lines(value: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in value.splitlines() if line.strip())
