"""Finding posts and pages by the words in them: what was typed, what fits it best, where it stands.

There is no query language. A word must occur; "words in quotes" must follow each other; `begin*` is the
beginning of a word, and so is the last word, which somebody may still be typing. Whatever else is
typed is taken for words, or for nothing.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import add
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarResult,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from blog import text
from blog.database import write_tx
from blog.extensions import db
from blog.posts import tokens
from blog.posts.index import Entry
from blog.posts.models import Post

# A sentence. What is longer was pasted, and nothing has all of it.
MOST_CHARACTERS = 200
MOST_WORDS = 10

RESULTS = 10

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』\uff02", '"'))
_PIECE = re.compile(r'"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s"]+)')


class Term(NamedTuple):
    """Tokens that must follow each other. The last may be the beginning of one."""

    tokens: tuple[str, ...]
    is_open: bool
    # One letter of a script without spaces: any letter may follow it, and it alone is what was found.
    is_letter: bool

    @classmethod
    def of(cls, words: str, is_open: bool) -> "Term | None":
        """The term of what somebody typed; None if there is no word in it."""
        found = tokens.sought(words)
        if not found:
            return None
        is_letter = found[-1].stands_alone
        return cls(tuple(token.text for token in found), is_open or is_letter, is_letter)

    @property
    def needle(self) -> str:
        """What a part of an entry contains where the term occurs."""
        return f" {' '.join(self.tokens)}" + ("" if self.is_open else " ")

    def ends_with(self, token: str) -> bool:
        """Whether this may be its last token."""
        last = self.tokens[-1]
        return token.startswith(last) if self.is_open else token == last


@dataclass(frozen=True)
class Query:
    """What somebody looks for."""

    terms: tuple[Term, ...]
    # Whether more was typed than is looked for.
    is_cut: bool

    @classmethod
    def read(cls, words: str) -> "Query":
        """Understand what was typed, whatever it is."""
        short = words.lstrip()[:MOST_CHARACTERS].translate(_QUOTES)
        found = [term for piece in _PIECE.finditer(short) if (term := _term(piece))]
        terms = tuple(dict.fromkeys(found))
        is_cut = len(words.strip()) > MOST_CHARACTERS or len(terms) > MOST_WORDS
        return cls(terms[:MOST_WORDS], is_cut)


def _term(piece: re.Match[str]) -> Term | None:
    words = piece["bare"] or piece["quoted"] or ""
    # The last word, with nothing after it; a quotation may lack its end.
    is_last = piece.end() == len(piece.string) and not piece["end"]
    return Term.of(words, is_open=is_last or words.endswith("*"))


# What fits best.

# A word in the title or among the tags says more than one in the summary and everywhere in the text
# together. The newer of two that fit as well comes first.
WEIGHTS = ((Entry.title, 8), (Entry.summary, 4), (Entry.often, 2))
WHOLE = 1

_PARTS = (Entry.title, Entry.summary, Entry.text)


class Found(NamedTuple):
    """How many posts there are in all, and those of one page."""

    total: int
    posts: list[Post]


def find(query: Query, at: datetime, page: int = 1) -> Found:
    """The public posts and pages that have all the words, the best first."""
    if not query.terms:
        return Found(0, [])
    ids = (
        select(Post.id, func.count().over())
        .join(Entry, Entry.post_id == Post.id)
        .where(Post.visible(at), _has_tokens(query))
        .where(*(_in_a_row(term) for term in query.terms if len(term.tokens) > 1))
        .order_by(_score(query).desc(), Post.published_at.desc(), Post.id.desc())
    )
    rows = db.session.execute(ids.limit(RESULTS).offset((page - 1) * RESULTS)).all()
    posts = {post.id: post for post in _posts([row[0] for row in rows])}
    return Found(rows[0][1] if rows else 0, [posts[row[0]] for row in rows])


def _posts(ids: list[int]) -> ScalarResult[Post]:
    return db.session.scalars(select(Post).where(Post.id.in_(ids)))


def _has_tokens(query: Query, *, whole: bool = False) -> ColumnElement[bool]:
    """That an entry has every token of a query, anywhere; with `whole`, as it was typed and no longer."""
    sought = {
        (token, term.is_open and not whole and place == len(term.tokens))
        for term in query.terms
        for place, token in enumerate(term.tokens, 1)
    }
    if db.engine.dialect.name == "sqlite":
        words = " ".join(f'"{token}"{" *" * is_open}' for token, is_open in sorted(sought))
        index = table("search_index", column("rowid"), column("search_index"))
        return Entry.post_id.in_(select(index.c.rowid).where(index.c.search_index.match(words)))
    words = " & ".join(f"'{token}'{':*' * is_open}" for token, is_open in sorted(sought))
    return literal_column("search_entry.words").op("@@", is_comparison=True)(cast(words, TSQUERY))


def _in_a_row(term: Term) -> ColumnElement[bool]:
    """That the tokens of a term follow each other: an index of tokens cannot tell."""
    return or_(*(part.contains(term.needle) for part in _PARTS))


def _score(query: Query) -> ColumnElement[int]:
    said = [
        case((part.contains(term.needle), weight), else_=0)
        for term in query.terms
        for part, weight in WEIGHTS
    ]
    if any(term.is_open for term in query.terms):
        said.append(case((_has_tokens(query, whole=True), WHOLE), else_=0))
    return reduce(add, said)


# Where it stands.

EXCERPT = 220
# So much is shown of what comes before the words, so that they are understood.
BEFORE = 60
# In a text that says it more often, the best place is among the first.
MOST_HITS = 500

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

    Where only the title or a tag says it: the summary, or the beginning.
    """
    words = _BIDI.sub("", text.plain(post.html))
    place = _best_place(words, query)
    if place is None and post.summary:
        yield from mark(post.summary, query)
        return
    start, end = _around(words, *(place or (0, 0)))
    yield Piece("\u2026" * (start > 0))
    yield from mark(words[start:end].replace("\n", " "), query)
    yield Piece("\u2026" * (end < len(words)))


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


# What is searched, made anew.

# A step reads for a second at most (posts may be long) and writes for a few milliseconds.
POSTS_AT_ONCE = 10


def count_stale(everything: bool = False) -> int:
    """How many posts there are to index: those of another version of tokens.py, or all."""
    query = select(func.count()).select_from(Post).where(_is_stale(everything))
    return db.session.scalar(query) or 0


def reindex(everything: bool = False) -> Iterator[int]:
    """Index posts anew, step by step; says after each how many it looked at.

    It may run beside a server and be broken off: what somebody saves meanwhile is indexed by that.
    """
    last = 0
    while True:
        query = select(Post).where(_is_stale(everything), Post.id > last)
        posts = db.session.scalars(query.order_by(Post.id).limit(POSTS_AT_ONCE)).all()
        if not posts:
            return
        read = [(post.id, post.updated_at, post.tokens()) for post in posts]
        with write_tx():
            for post_id, updated_at, found in read:
                _write(post_id, updated_at, found)
        last = read[-1][0]
        db.session.expunge_all()  # a long novel is let go
        yield len(read)


def _is_stale(everything: bool) -> ColumnElement[bool]:
    fresh = select(Entry.post_id).where(Entry.version == tokens.VERSION)
    return literal(True) if everything else Post.id.not_in(fresh)


def _write(post_id: int, updated_at: datetime, found: dict[str, str]) -> None:
    """Write what was read, unless somebody changed or deleted the post meanwhile."""
    post = db.session.get(Post, post_id)
    if post is not None and post.updated_at == updated_at:
        post.index(found)
