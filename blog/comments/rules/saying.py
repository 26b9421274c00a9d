"""What rules ask about what a reply says: its words, its links, its letters, its length."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from blog.comments.rules import domains, spans, writing
from blog.comments.rules.globs import BadPattern, Glob, glob
from blog.comments.screening import Finding, Reply

if TYPE_CHECKING:
    from blog.comments.rules.kinds import Terms

# A finding names so many patterns, and looks for where so many of them stand.
MOST_WORDS = 50
# As many rules with words as anybody has.
LISTS = 256


def about_links(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """So many links, or more."""
    number = len(reply.links)
    if number >= terms.number:
        places = spans.where(reply, reply.links, ("source",))
        yield terms.finding(reply.links, spans=places, score=number, limit=terms.number)


def about_words(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """A pattern, anywhere in what was typed."""
    return _found(terms, reply, _globs(terms.patterns, whole=False))


def about_whole_words(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """A pattern, as words of their own."""
    return _found(terms, reply, _globs(terms.patterns, whole=True))


@lru_cache(LISTS)
def _globs(patterns: tuple[str, ...], *, whole: bool) -> tuple[Glob, ...]:
    return tuple(glob(pattern, inside=not whole, whole=whole) for pattern in patterns)


def _found(terms: "Terms", reply: Reply, globs: tuple[Glob, ...]) -> Iterator[Finding]:
    """The patterns that stand in anything that was typed, or that is read of it (WordPress's habit)."""
    everything = "\n".join(reply.folded)  # no folded text has a line end
    fired = [
        (pattern, one)
        for pattern, one in zip(terms.patterns, globs, strict=True)
        if one.letters[0] in everything and any(one.is_in(part) for part in reply.folded)
    ]
    if fired:
        places = spans.of_patterns(reply, [one for _, one in fired[:MOST_WORDS]])
        yield terms.finding((pattern for pattern, _ in fired), spans=places)


def about_domains(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """A link, or the website, leads to one of these."""
    hosts = [host for host in map(domains.host, (*reply.links, reply.website)) if host]
    patterns = [domains.pattern(pattern) for pattern in terms.patterns]
    found = [host for host in hosts if any(one.is_of(host) for one in patterns)]
    if found:
        yield terms.finding(
            dict.fromkeys(found), spans=spans.where(reply, found, ("source", "website"))
        )


def about_writing(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """It is written in one of these."""
    found = writing.writings(reply.source) & set(terms.patterns)
    if found:
        runs = writing.runs(reply.source, found)
        yield terms.finding(sorted(found), spans=(("source", *run) for run in runs))


def about_other_writing(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """It is written in none of these."""
    found = writing.writings(reply.source)
    wanted, languages = set(terms.patterns), set(writing.SHORT_WORDS)
    if wanted & languages and not found & languages:
        return  # a language that nobody could tell is not held against its writer
    if found and not found & wanted:
        runs = writing.runs(reply.source, found)
        yield terms.finding(sorted(found), spans=(("source", *run) for run in runs))


def about_shorter(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """It has fewer characters."""
    if (length := len(reply.source)) < terms.number:
        yield terms.finding(score=length, limit=terms.number, spans=spans.whole(reply, "source"))


def about_longer(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """It has more characters."""
    if (length := len(reply.source)) > terms.number:
        rest = [("source", terms.number, length)]
        yield terms.finding(score=length, limit=terms.number, spans=rest)


def clean_words(value: str) -> str:
    """A pattern as it is kept. Raises BadPattern."""
    glob(value, inside=True)
    return value


def clean_whole_words(value: str) -> str:
    """A pattern as it is kept. Raises BadPattern."""
    glob(value, whole=True)
    return value


def clean_writing(value: str) -> str:
    """The name of a script or language as it is kept. Raises BadPattern."""
    name = writing.NAMES.get(value.casefold())
    if name is None:
        raise BadPattern(f"“{value}” is none of: {', '.join(sorted(writing.NAMES.values()))}.")
    return name
