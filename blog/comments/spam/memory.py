"""What the spam filter remembers: sums by the bucket of their evidence, and which decisions are in them.

The sums are those of the lessons, to the last unit: each lesson keeps what it was counted under, so that
it is taken back exactly, whatever became of the comment's text or of our idea of evidence since.
No text is kept, and no comment is read again.
"""

import json
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any, NamedTuple, Self, cast

from sqlalchemy import Connection, ForeignKey, LargeBinary, Table
from sqlalchemy.orm import Mapped, mapped_column

from blog.comments.spam import evidence, learning
from blog.comments.spam.learning import ALL, NOTHING, Known, Lesson, Opinion, Sorted, Sums
from blog.database import direct
from blog.extensions import Base, db


class SpamEvidence(Base):
    """What decisions have said of the evidence in one bucket. ALL counts the decisions themselves."""

    __tablename__ = "spam_evidence"

    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    spam: Mapped[int]
    ham: Mapped[int]
    for_spam: Mapped[int]
    for_ham: Mapped[int]


SUMS = cast(Table, SpamEvidence.__table__)


class SpamLesson(Base):
    """A decision that is in the sums: what it said, what it added, and where."""

    __tablename__ = "spam_lesson"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    is_spam: Mapped[bool]
    surprise: Mapped[int]
    buckets: Mapped[bytes] = mapped_column(LargeBinary)


# Every comment that comes is looked at, and every decision is learnt: written out, a statement takes a
# third of the time for which SQLAlchemy would make it. All buckets of a comment go as one value: the rows of
# {each} have one of them in `value`.
#
# "CROSS JOIN": SQLite then looks up one bucket after another, and never reads the whole table.
LOOK = (
    "SELECT bucket, spam, ham, for_spam, for_ham "
    "FROM {each} CROSS JOIN spam_evidence WHERE bucket = value"
)
# "WHERE true": without it SQLite takes ON CONFLICT for part of a join.
COUNT = (
    "INSERT INTO spam_evidence (bucket, spam, ham, for_spam, for_ham) "
    "SELECT value, {mark}, {mark}, {mark}, {mark} FROM {each} WHERE true "
    "ON CONFLICT (bucket) DO UPDATE SET spam = spam_evidence.spam + excluded.spam, "
    "ham = spam_evidence.ham + excluded.ham, "
    "for_spam = spam_evidence.for_spam + excluded.for_spam, "
    "for_ham = spam_evidence.for_ham + excluded.for_ham"
)
# What nobody has decided anything about is not kept.
FORGET = (
    "DELETE FROM spam_evidence WHERE bucket IN (SELECT value FROM {each}) AND spam = 0 AND ham = 0"
)
KEEP = (
    "INSERT INTO spam_lesson (comment_id, is_spam, surprise, buckets) "
    "VALUES ({mark}, {mark}, {mark}, {mark})"
)
TAKE = "DELETE FROM spam_lesson WHERE comment_id = {mark} RETURNING is_spam, surprise, buckets"

DIALECTS = {
    "sqlite": {"mark": "?", "each": "json_each(?)"},
    "postgresql": {"mark": "%s", "each": "unnest(%s::integer[]) AS each (value)"},
}


# A lesson as it is kept with the act that replaced it, in JSON.
Kept = dict[str, Any]


class Taught(NamedTuple):
    """What a decision taught, and under which buckets it was counted."""

    is_spam: bool
    surprise: int
    buckets: bytes

    @classmethod
    def by(cls, lesson: Lesson, sorted_: Sorted) -> Self:
        """What a lesson about a comment with this evidence teaches."""
        return cls(*lesson, array("I", sorted_).tobytes())

    @classmethod
    def again(cls, kept: Kept) -> Self:
        """A lesson that was replaced."""
        return cls(**{**kept, "buckets": b64decode(kept["buckets"])})

    @property
    def kept(self) -> Kept:
        """All of it, to be learnt again some day."""
        buckets = b64encode(self.buckets).decode("ascii")
        return {"is_spam": self.is_spam, "surprise": self.surprise, "buckets": buckets}

    def add(self, times: int = 1) -> None:
        """Add it to the sums; with `times=-1`, take it away."""
        connection = direct()
        adds = Lesson(self.is_spam, self.surprise).adds()
        buckets = _as_one(connection, [ALL, *array("I", self.buckets)])
        _run(connection, COUNT, *(times * number for number in adds), buckets)
        if times < 0:
            _run(connection, FORGET, buckets)


def opinion(comment: evidence.Written) -> Opinion | None:
    """What the decisions of this blog say of a comment; None when they say nothing."""
    sorted_ = learning.sort(evidence.found_in(comment))
    return learning.opinion(sorted_, known(sorted_))


def learn(comment_id: int, comment: evidence.Written, is_spam: bool) -> Kept | None:
    """Learn a person's decision about a comment. The one that it replaces, if there was one.

    Call within write_tx(), in the transaction that carries the decision out.
    """
    before = unlearn(comment_id)
    sorted_ = learning.sort(evidence.found_in(comment))
    lesson = learning.lesson(sorted_, known(sorted_), is_spam)
    _put(comment_id, Taught.by(lesson, sorted_))
    return before


def learn_again(comment_id: int, kept: Kept | None) -> Kept | None:
    """Have a lesson back that was replaced, as it was; None: there was none. The one that it replaces.

    Call within write_tx().
    """
    before = unlearn(comment_id)
    if kept is not None:
        _put(comment_id, Taught.again(kept))
    return before


def unlearn(comment_id: int) -> Kept | None:
    """Take back what was learnt from a comment, if anything was, and say what. Call within write_tx()."""
    taken = _rows(direct(), TAKE, comment_id)
    if not taken:
        return None
    is_spam, surprise, buckets = taken[0]
    taught = Taught(bool(is_spam), surprise, buckets)
    taught.add(times=-1)
    return taught.kept


def _put(comment_id: int, taught: Taught) -> None:
    taught.add()
    _run(direct(), KEEP, comment_id, *taught)


def decisions() -> Known:
    """What all decisions come to that are remembered."""
    return Known(*known([]).get(ALL, NOTHING))


def known(buckets: Iterable[int]) -> dict[int, Sums]:
    """What is known of all comments and of the evidence in these buckets, read at once."""
    connection = db.session.connection()
    rows = _rows(connection, LOOK, _as_one(connection, [ALL, *buckets]))
    return {row[0]: row[1:] for row in rows}


def _as_one(connection: Connection, buckets: list[int]) -> Any:
    return json.dumps(buckets) if connection.dialect.name == "sqlite" else buckets


def _rows(connection: Connection, statement: str, *values: Any) -> list[Any]:
    cursor = _run(connection, statement, *values)
    rows = cursor.fetchall()
    cursor.close()
    return list(rows)


def _run(connection: Connection, statement: str, *values: Any) -> Any:
    """The driver's cursor, after one of the statements above."""
    dialect = connection.dialect.name
    written = statement.format(**DIALECTS[dialect])
    if dialect == "sqlite":
        return connection.connection.cursor().execute(written, values)
    # A server may be gone by now, and SQLAlchemy says so in its own words.
    return connection.exec_driver_sql(written, values).cursor
