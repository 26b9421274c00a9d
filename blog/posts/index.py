"""What search knows of a post: its tokens, in a table beside it, which the database indexes by itself.

The table is the same everywhere, and is written like any other. SQLite keeps an FTS5 table in step
with it, by triggers; PostgreSQL a tsvector, as a generated column. Both take our tokens as they are:
FTS5 is told that whatever may stand in one is a letter, and no text search configuration is asked.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import DDL, ForeignKey, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from blog import text
from blog.extensions import Base
from blog.posts import tokens

# PostgreSQL has room for 1 MB of different words in one tsvector. No novel has half of that; what is
# beyond it is not found.
MOST_BYTES = 1_000_000

# A word is said often when it is said so many times; and of such words the first are kept.
OFTEN = 3
MOST_OFTEN = 100


# Tokens, each with a space before and after it, by part of an entry.
Parts = dict[str, str]


class Entry(Base):
    """The tokens of a post, each with a space before and after it, part by part."""

    __tablename__ = "search_entry"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    # Of tokens.py, when this was written.
    version: Mapped[int]
    # With the tags.
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    often: Mapped[str] = mapped_column(Text)
    # The longest comes last: SQLite reads a row from its beginning.
    text: Mapped[str] = mapped_column(Text)

    def take(self, found: Parts) -> None:
        """Keep all parts of a post: what `in_head` and `in_text` found."""
        self.version = tokens.VERSION
        for part, words in found.items():
            setattr(self, part, words)


def in_head(title: str, tags: Iterable[str], summary: str) -> Parts:
    """The tokens of what stands above a text. It is short, and read at once."""
    return {
        "title": _spaced(token.text for part in (title, *tags) for token in tokens.read(part)),
        "summary": _spaced(token.text for token in tokens.read(summary)),
    }


def in_text(html: str) -> Parts:
    """The tokens of a text. `html` is what text.py made.

    It takes up to a second for a long one: call it outside any transaction.
    """
    said = _fitting([token.text for token in tokens.read(text.plain(html))])
    counted = Counter(said).most_common(MOST_OFTEN)
    return {
        "often": _spaced(word for word, number in counted if number >= OFTEN),
        "text": _spaced(said),
    }


def _spaced(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


def _fitting(words: list[str]) -> list[str]:
    """As many of the words as have room."""
    room = MOST_BYTES
    seen = set()
    for place, word in enumerate(words):
        if word not in seen:
            seen.add(word)
            room -= len(word.encode())
            if room < 0:
                return words[:place]
    return words


# What the databases derive from it. A migration holds the same words, and a test compares them.

ON_SQLITE = (
    """
    CREATE VIRTUAL TABLE search_index USING fts5(
        title, summary, text,
        content='search_entry', content_rowid='post_id', detail='none', columnsize=0,
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* C*'"
    )
    """,
    """
    CREATE TRIGGER search_entry_comes AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_index(rowid, title, summary, text)
        VALUES (new.post_id, new.title, new.summary, new.text);
    END
    """,
    """
    CREATE TRIGGER search_entry_changes AFTER UPDATE ON search_entry BEGIN
        INSERT INTO search_index(search_index, rowid, title, summary, text)
        VALUES ('delete', old.post_id, old.title, old.summary, old.text);
        INSERT INTO search_index(rowid, title, summary, text)
        VALUES (new.post_id, new.title, new.summary, new.text);
    END
    """,
    """
    CREATE TRIGGER search_entry_goes AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_index(search_index, rowid, title, summary, text)
        VALUES ('delete', old.post_id, old.title, old.summary, old.text);
    END
    """,
)

ON_POSTGRESQL = (
    """
    ALTER TABLE search_entry ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (
        array_to_tsvector(array_remove(string_to_array(title || summary || text, ' '), ''))
    ) STORED
    """,
    "CREATE INDEX ix_search_entry_words ON search_entry USING gin (words)",
)

for _dialect, _statements in (("sqlite", ON_SQLITE), ("postgresql", ON_POSTGRESQL)):
    for _statement in _statements:
        event.listen(Entry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))


def is_modelled(_thing: object, name: str | None, kind: str, is_there: bool, _model: Any) -> bool:
    """Whether a model says that this is there; for Alembic, which would drop what none says.

    The arguments are those of its `include_object`.
    """
    derived = {"table": "search_index", "column": "words", "index": "ix_search_entry_words"}
    prefix = derived.get(kind)
    return not (is_there and prefix and name and name.startswith(prefix))
