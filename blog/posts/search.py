"""Finding posts and pages by the words in them: what was typed, and what fits it best.

There is no query language. A word must occur; "words in quotes" must follow each other; `begin*` is the
beginning of a word, and so is the last word, which somebody may still be typing. Whatever else is
typed is taken for words, or for nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

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
    found = db.session.scalars(select(Post).where(Post.id.in_([row[0] for row in rows])))
    posts = {post.id: post for post in found}
    return Found(rows[0][1] if rows else 0, [posts[row[0]] for row in rows])


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
