"""Where it stands what somebody looked for: marks in the title of a post, and the best place of its text."""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from blog import text
from blog.posts import tokens
from blog.posts.models import Post
from blog.posts.search import Query

EXCERPT = 220
# So much is shown of what comes before the words, so that they are understood.
BEFORE = 60
# In a text that says it more often, the best place is among the first.
MOST_HITS = 500

# So many characters of a text's HTML are looked through: some 3,000 words. However long the posts are,
# ten of them take half a second at most. What is said further down is found, too, but not shown.
LOOKED_THROUGH = 20_000

# What a cut leaves of a tag or of an entity.
_BROKEN = re.compile(r"(<[^>]*|&[^;]*)\Z")
# A cut would leave one of a pair.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Piece(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    is_found: bool = False


class Hit(NamedTuple):
    """Where the term with this number occurs in a text."""

    start: int
    end: int
    number: int


class Result(NamedTuple):
    """A post as the page of results shows it."""

    post: Post
    title: list[Piece]
    excerpt: list[Piece]


def show(post: Post, query: Query) -> Result:
    """A post that was found, with what was looked for marked in its title and at the best place."""
    return Result(post, list(mark(post.title, query)), list(excerpt(post, query)))


def mark(words: str, query: Query) -> Iterator[Piece]:
    """A whole text in pieces, with what was looked for marked."""
    shown = 0
    for hit in sorted(_hits(words, query)):
        if hit.end > shown:
            begin = max(hit.start, shown)
            yield Piece(words[shown:begin])
            yield Piece(words[begin : hit.end], is_found=True)
            shown = hit.end
    yield Piece(words[shown:])


def excerpt(post: Post, query: Query) -> Iterator[Piece]:
    """The place in a post that says most of what was looked for, as one line in pieces.

    Where only the title or a tag says it, or what is far down: the summary, or the beginning.
    """
    html = _first(post.html)
    words = _BIDI.sub("", text.plain(html))
    place = _best_place(words, query)
    if place is None:
        yield from mark(post.summary or text.excerpt(html, EXCERPT), query)
        return
    start, end = _around(words, *place)
    yield Piece("\u2026" * (start > 0))
    shown = words[start:end].replace("\n", " ")
    yield from mark(shown if end == len(words) else text.ellipsed(shown), query)


def _first(html: str) -> str:
    """As much of a text as is looked through."""
    return html if len(html) <= LOOKED_THROUGH else _BROKEN.sub("", html[:LOOKED_THROUGH])


def _hits(words: str, query: Query) -> Iterator[Hit]:
    """Where the terms occur, by where they end."""
    recent: deque[tokens.Token] = deque(maxlen=max(len(term.tokens) for term in query.terms))
    for token in tokens.read(words):
        recent.append(token)
        for number, term in enumerate(query.terms):
            if term.ends_with(token.text):
                here = list(recent)[-len(term.tokens) :]
                if tuple(one.text for one in here[:-1]) == term.tokens[:-1]:
                    end = token.first_end if term.is_letter else token.end
                    yield Hit(here[0].start, end, number)


def _best_place(words: str, query: Query) -> tuple[int, int] | None:
    """From where to where most of the terms are closest together; the first such place."""
    latest: dict[int, int] = {}
    best, place = (0, 0), None
    for hit in islice(_hits(words, query), MOST_HITS):
        latest[hit.number] = hit.start
        shown = [start for start in latest.values() if start >= hit.end - EXCERPT + BEFORE]
        start = min(shown, default=hit.start)
        fit = (len(shown), start - hit.end)
        if place is None or fit > best:
            best, place = fit, (start, hit.end)
    return place


def _around(words: str, first: int, last: int) -> tuple[int, int]:
    """Where an excerpt begins and ends that shows this place: between words, and not before its line."""
    line = words.rfind("\n", 0, first) + 1
    start = max(line, first - BEFORE)
    if start > line:
        start = words.find(" ", start, first) + 1 or _between_letters(words, start)
    end = min(start + EXCERPT, len(words))
    if end < len(words):
        # Chinese has few spaces: not the first of them.
        space = words.rfind(" ", max(start + EXCERPT // 2, last), end)
        end = space if space > 0 else _between_letters(words, end)
    return start, end


def _between_letters(words: str, place: int) -> int:
    """This place, or the next that is not between a letter and its marks."""
    while place < len(words) and unicodedata.category(words[place])[0] == "M":
        place += 1
    return place
