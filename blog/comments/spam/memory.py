"""What the spam filter remembers: sums by the bucket of their evidence, and which decisions are in them.

The sums are those of the lessons, to the last unit: each lesson keeps what it was counted under, so that
it is taken back exactly, whatever became of the comment's text or of our idea of evidence since.
No text is kept, and no comment is read again.
"""

import json
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import cache
from typing import Any, Self, cast

from sqlalchemy import (
    ARRAY,
    Delete,
    ForeignKey,
    Insert,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete

from blog.comments.spam import evidence, learning
from blog.comments.spam.learning import ALL, NOTHING, Known, Lesson, Opinion, Sorted
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


# "CROSS JOIN": SQLite then looks up one bucket after another, and never reads the whole table.
LOOK = {
    "sqlite": "SELECT bucket, spam, ham, for_spam, for_ham "
    "FROM json_each(?) CROSS JOIN spam_evidence ON bucket = value",
    "postgresql": "SELECT bucket, spam, ham, for_spam, for_ham "
    "FROM spam_evidence WHERE bucket = ANY(%s)",
}


# A lesson as it is kept with the act that replaced it, in JSON.
Kept = dict[str, Any]


class SpamLesson(Base):
    """A decision that is in the sums: what it said, what it added, and where."""

    __tablename__ = "spam_lesson"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    is_spam: Mapped[bool]
    surprise: Mapped[int]
    buckets: Mapped[bytes] = mapped_column(LargeBinary)

    @classmethod
    def of(cls, comment_id: int, lesson: Lesson, sorted_: Sorted) -> Self:
        """The lesson that a decision about a comment taught."""
        return cls(
            comment_id=comment_id,
            is_spam=lesson.is_spam,
            surprise=lesson.surprise,
            buckets=array("I", sorted_).tobytes(),
        )

    @classmethod
    def again(cls, comment_id: int, kept: Kept) -> Self:
        """A lesson that was replaced."""
        return cls(comment_id=comment_id, **{**kept, "buckets": b64decode(kept["buckets"])})

    @property
    def kept(self) -> Kept:
        """All of it, to be learnt again some day."""
        buckets = b64encode(self.buckets).decode("ascii")
        return {"is_spam": self.is_spam, "surprise": self.surprise, "buckets": buckets}

    def add(self, times: int = 1) -> None:
        """Add it to the sums; with `times=-1`, take it away."""
        adds = Lesson(self.is_spam, self.surprise).adds()
        buckets = [ALL, *array("I", self.buckets)]
        _add(buckets, Known(*(times * number for number in adds)))
        if times < 0:
            _run(_forget, buckets)


LESSONS = cast(Table, SpamLesson.__table__)


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
    _put(SpamLesson.of(comment_id, lesson, sorted_))
    return before


def learn_again(comment_id: int, kept: Kept | None) -> Kept | None:
    """Have a lesson back that was replaced, as it was; None: there was none. The one that it replaces.

    Call within write_tx().
    """
    before = unlearn(comment_id)
    if kept is not None:
        _put(SpamLesson.again(comment_id, kept))
    return before


def unlearn(comment_id: int) -> Kept | None:
    """Take back what was learnt from a comment, if anything was, and say what. Call within write_tx()."""
    taken = db.session.execute(_take(), {"taken_from": comment_id}).one_or_none()
    if taken is None:
        return None
    lesson = SpamLesson(comment_id=comment_id, **taken._mapping)
    lesson.add(times=-1)
    return lesson.kept


def _put(lesson: SpamLesson) -> None:
    lesson.add()
    columns = LESSONS.c.keys()
    db.session.execute(_keep(), {name: getattr(lesson, name) for name in columns})


def decisions() -> Known:
    """What all decisions come to that are remembered."""
    return known([]).get(ALL, NOTHING)


def known(buckets: Iterable[int]) -> dict[int, Known]:
    """What is known of all comments and of the evidence in these buckets, read at once."""
    dialect = db.session.get_bind().dialect.name
    # Every comment that comes is looked at: this way it costs half of what a statement of the ORM does.
    found = db.session.connection().exec_driver_sql(
        LOOK[dialect], (_as_one(dialect, [ALL, *buckets]),)
    )
    rows = found.cursor.fetchall()
    found.close()
    return {row[0]: Known._make(row[1:]) for row in rows}


def _add(buckets: list[int], adds: Known) -> None:
    _run(_count, buckets, **adds._asdict())


def _run(statement: Any, buckets: list[int], **values: int) -> Any:
    """Run one of the statements below for all of these buckets: they go as one value."""
    dialect = db.session.get_bind().dialect.name
    return db.session.execute(statement(dialect), {"buckets": _as_one(dialect, buckets), **values})


def _as_one(dialect: str, buckets: list[int]) -> Any:
    return json.dumps(buckets) if dialect == "sqlite" else buckets


def _each(dialect: str) -> Any:
    """The buckets as rows."""
    if dialect == "sqlite":
        return func.json_each(bindparam("buckets")).table_valued("value", name="each")
    values = bindparam("buckets", type_=ARRAY(Integer))
    return func.unnest(values).table_valued("value", name="each").render_derived()


# Written past the session, which would ask for a lesson before it takes one away.
@cache
def _keep() -> Insert:
    return insert(LESSONS)


@cache
def _take() -> ReturningDelete[Any]:
    gone = delete(LESSONS).where(LESSONS.c.comment_id == bindparam("taken_from"))
    return gone.returning(LESSONS.c.is_spam, LESSONS.c.surprise, LESSONS.c.buckets)


@cache
def _count(dialect: str) -> Insert:
    each = _each(dialect)
    sums = [bindparam(name, type_=Integer) for name in Known._fields]
    # "WHERE true": without it SQLite takes ON CONFLICT for part of a join.
    rows = select(each.c.value, *sums).where(true())
    kind = sqlite if dialect == "sqlite" else postgresql
    upsert = kind.insert(SUMS).from_select(["bucket", *Known._fields], rows)
    return upsert.on_conflict_do_update(
        index_elements=["bucket"],
        set_={name: SUMS.c[name] + upsert.excluded[name] for name in Known._fields},
    )


@cache
def _forget(dialect: str) -> Delete:
    """What nobody has decided anything about is not kept."""
    return delete(SUMS).where(
        SUMS.c.bucket.in_(select(_each(dialect).c.value)), SUMS.c.spam + SUMS.c.ham == 0
    )
