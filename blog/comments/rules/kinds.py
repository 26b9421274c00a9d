"""The kinds of rules: what each looks at, and what makes it fire.

To add one, write what it asks, give it a line in KINDS, and words in `wording.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from blog import keys
from blog.comments.lookalikes import look_alike
from blog.comments.rules import domains, writing
from blog.comments.rules.folding import MARKS, Folded
from blog.comments.rules.globs import BadPattern, Glob, glob
from blog.comments.screening import (
    APPROVE,
    FIRST_TIMER,
    HOLD,
    SENDING,
    TRAP,
    UNPROVEN,
    CannotTell,
    Finding,
    Reply,
    Span,
)

# A finding names so many words and marks so many places: whoever reads it has understood by then.
MOST_WORDS = 50
MOST_SPANS = 20

# The networks of which a comment keeps a keyed hash (senders.py), by IP version: what one person, one
# household and one provider usually has. A rule about any other size would have nothing to compare.
ADDRESS_SIZES = {4: 32, 6: 64}
NETWORK_SIZES = {4: (24, 16), 6: (48,)}

SECONDS_A_DAY = 24 * 60 * 60


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


def _always(terms: Terms, reply: Reply) -> Iterator[Finding]:
    yield terms.finding()


def _unproven(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if not reply.is_proven:
        yield terms.finding((reply.email,), spans=_whole(reply, "email"))


def _first_timer(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if not reply.is_trusted:
        yield terms.finding((reply.email,), spans=_whole(reply, "email"))


def _imitation(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if imitated := look_alike(reply.name, list(reply.staff)):
        yield terms.finding((reply.name, imitated), spans=_whole(reply, "name"))


def _links(terms: Terms, reply: Reply) -> Iterator[Finding]:
    number = len(reply.links)
    if number >= terms.number:
        spans = _where(reply, reply.links, ("source",))
        yield terms.finding(reply.links, spans=spans, score=number, limit=terms.number)


def _words(terms: Terms, reply: Reply) -> Iterator[Finding]:
    return _found(terms, reply, [glob(pattern, inside=True) for pattern in terms.patterns])


def _whole_words(terms: Terms, reply: Reply) -> Iterator[Finding]:
    return _found(terms, reply, [glob(pattern, whole=True) for pattern in terms.patterns])


def _found(terms: Terms, reply: Reply, globs: list[Glob]) -> Iterator[Finding]:
    """The patterns that stand in anything that was typed, or that is read of it (WordPress's habit)."""
    fired = [
        (pattern, one)
        for pattern, one in zip(terms.patterns, globs, strict=True)
        if any(one.is_in(part) for part in reply.folded)
    ]
    if fired:
        spans = _spans(reply, [one for _, one in fired[:MOST_WORDS]])
        yield terms.finding((pattern for pattern, _ in fired), spans=spans)


def _spans(reply: Reply, globs: list[Glob]) -> list[Span]:
    found: list[Span] = []
    for name, typed in reply.typed.items():
        found += _marked(name, Folded(typed), globs)
    if not any(name == "source" for name, _, _ in found):
        # It may be read only once the marks of Markdown are gone.
        found += _marked("source", Folded(reply.source, without=MARKS), globs)
    return found


def _marked(name: str, folded: Folded, globs: list[Glob]) -> Iterator[Span]:
    for one in globs:
        for start, end in one.find(folded.text):
            yield name, *folded.typed(start, end)


def _domains(terms: Terms, reply: Reply) -> Iterator[Finding]:
    hosts = [host for host in map(domains.host, (*reply.links, reply.website)) if host]
    patterns = [domains.pattern(pattern) for pattern in terms.patterns]
    found = [host for host in hosts if any(one.is_of(host) for one in patterns)]
    if found:
        yield terms.finding(dict.fromkeys(found), spans=_where(reply, found, ("source", "website")))


def _emails(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if any(domains.is_address(reply.email, pattern) for pattern in terms.patterns):
        yield terms.finding((reply.email,), spans=_whole(reply, "email"))


def _networks(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if not reply.networks:
        raise CannotTell
    found = [network for network in terms.patterns if _hash(network) in reply.networks]
    if found:
        yield terms.finding(found)


def _hash(network: str) -> str:
    size = ip_network(network)
    is_address = size.prefixlen == ADDRESS_SIZES[size.version]
    return keys.digest("address" if is_address else "network", network)


def _writing(terms: Terms, reply: Reply) -> Iterator[Finding]:
    found = writing.writings(reply.source) & set(terms.patterns)
    if found:
        runs = writing.runs(reply.source, found)
        yield terms.finding(sorted(found), spans=(("source", *run) for run in runs))


def _other_writing(terms: Terms, reply: Reply) -> Iterator[Finding]:
    found = writing.writings(reply.source)
    wanted, languages = set(terms.patterns), set(writing.SHORT_WORDS)
    if wanted & languages and not found & languages:
        return  # a language that nobody could tell is not held against its writer
    if found and not found & wanted:
        runs = writing.runs(reply.source, found)
        yield terms.finding(sorted(found), spans=(("source", *run) for run in runs))


def _shorter(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if (length := len(reply.source)) < terms.number:
        yield terms.finding(score=length, limit=terms.number, spans=_whole(reply, "source"))


def _longer(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if (length := len(reply.source)) > terms.number:
        spans = [("source", terms.number, length)]
        yield terms.finding(score=length, limit=terms.number, spans=spans)


def _old_post(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if reply.post_age is None:
        raise CannotTell
    days = int(reply.post_age.total_seconds() // SECONDS_A_DAY)
    if days >= terms.number:
        yield terms.finding(score=days, limit=terms.number)


def _speed(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if reply.took is None:
        raise CannotTell
    speed = len(reply.source) / max(reply.took.total_seconds(), 1)
    if speed > terms.number:
        yield terms.finding(score=round(speed, 1), limit=terms.number)


def _trap(terms: Terms, reply: Reply) -> Iterator[Finding]:
    if TRAP in reply.signs:
        yield terms.finding(reply.signs[TRAP])


def _sending(terms: Terms, reply: Reply) -> Iterator[Finding]:
    for sign, words in reply.signs.items():
        if sign in SENDING and sign != TRAP:
            yield terms.finding(words, rule=sign)


def _whole(reply: Reply, name: str) -> tuple[Span, ...]:
    length = len(reply.typed[name])
    return ((name, 0, length),) if length else ()


def _where(reply: Reply, values: Iterable[str], names: Iterable[str]) -> Iterator[Span]:
    """Where these stand in what was typed, whatever their case. What was encoded since is not found."""
    for name in names:
        typed, here = reply.typed[name].lower(), 0
        if len(typed) != len(reply.typed[name]):
            continue  # a few capitals have two small letters, and nothing stands where it stood
        for value in values:
            start = typed.find(value.lower(), here)
            if start >= 0:
                here = start + len(value)
                yield name, start, here


def _clean_words(value: str) -> str:
    glob(value, inside=True)
    return value


def _clean_whole_words(value: str) -> str:
    glob(value, whole=True)
    return value


def _clean_network(value: str) -> str:
    """The network as it is compared. Raises BadPattern for one of a size that no comment keeps."""
    try:
        found = ip_network(value if "/" in value else _own(value), strict=False)
    except ValueError as error:
        raise BadPattern(f"“{value}” is no network, such as 192.0.2.0/24.") from error
    sizes = (ADDRESS_SIZES[found.version], *NETWORK_SIZES[found.version])
    if found.prefixlen not in sizes:
        kept = ", ".join(f"/{size}" for size in sizes)
        raise BadPattern(f"“{value}”: of an IPv{found.version} address, {kept} can be compared.")
    return str(found)


def _own(address: str) -> str:
    network: IPv4Network | IPv6Network = ip_network(address)
    return f"{address}/{ADDRESS_SIZES[network.version]}"


def _clean_writing(value: str) -> str:
    name = writing.NAMES.get(value.casefold())
    if name is None:
        raise BadPattern(f"“{value}” is none of: {', '.join(sorted(writing.NAMES.values()))}.")
    return name


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
    "everything": Kind(_always, waits_for_people=True),
    UNPROVEN: Kind(_unproven, may_approve=False, waits_for_people=True),
    FIRST_TIMER: Kind(_first_timer, may_approve=False, waits_for_people=True),
    "words": _patterns(_words, _clean_words),
    "whole-words": _patterns(_whole_words, _clean_whole_words),
    # WordPress's number: most honest replies have one link, few have two.
    "links": _number(_links, 2, MOST_LINKS),
    "domains": _patterns(_domains, domains.clean),
    "emails": _patterns(_emails, domains.clean_address, is_about_a_person=True),
    "networks": _patterns(_networks, _clean_network),
    "imitation": Kind(_imitation, may_approve=False),
    "writing": _patterns(_writing, _clean_writing),
    "other-writing": _patterns(_other_writing, _clean_writing),
    # "First!", "Nice post": shorter than any sentence that says something.
    "shorter": _number(_shorter, 15, MOST_CHARACTERS),
    # A screenful and a half: few have as much to say to somebody they do not know.
    "longer": _number(_longer, 3_000, MOST_CHARACTERS),
    # After three months nearly all that comes to a post is for search engines.
    "old-post": _number(_old_post, 90, MOST_DAYS),
    # The fastest typists do ten in a second; whoever pastes does more.
    "speed": _number(_speed, 20, MOST_SPEED, may_approve=False),
    TRAP: Kind(_trap, may_approve=False),
    "sending": Kind(_sending, may_approve=False),
}


@lru_cache
def verdicts(kind: str) -> tuple[str, ...]:
    """What a rule of this kind may ask for."""
    asked = (HOLD, "spam", "trash")
    return (*asked, APPROVE) if KINDS[kind].may_approve else asked
