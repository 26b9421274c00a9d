"""The moderation queue: one page of a tab in some order, by key; and what the acts on it say.

A page costs the same whatever waits: each order has its index, and a page begins where the one before
it ended. A sieve has no index for what it looks for. It is held against the newest of a tab, and no more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select, tuple_
from sqlalchemy.orm import joinedload

from blog.addresses import row_number
from blog.comments.acts import Moderation, Status, Tally
from blog.comments.models import Comment
from blog.comments.scores import CERTAIN
from blog.comments.sieve import EVERYTHING, Sieve
from blog.database import direct
from blog.extensions import db
from blog.posts.models import Post

Column = SQLColumnExpression[int]

A_PAGE = 25
# Read and compared in less than a second, whatever they say.
SEARCHED = 10_000
# Of these, as many at once: one page's worth is often among the first.
AT_ONCE = 250


class Order(StrEnum):
    """In which order a tab is read."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DOUBTFUL = "doubtful"
    HARMLESS = "harmless"

    @property
    def is_by_age(self) -> bool:
        """Whether the number alone says where a comment stands."""
        return self in {Order.NEWEST, Order.OLDEST}

    @property
    def falls(self) -> bool:
        """Whether the largest comes first."""
        return self in {Order.NEWEST, Order.DOUBTFUL}


class Key(NamedTuple):
    """Where a comment stands in every order."""

    doubt: int
    number: int

    def __str__(self) -> str:
        return f"{self.doubt}-{self.number}"

    @classmethod
    def read(cls, written: str) -> "Key | None":
        """A key as an address has it, or the number of a comment, which is one by age; or None."""
        doubt, dash, number = written.rpartition("-")
        row = row_number(number)
        weight = row_number(doubt) if dash and doubt != "0" else 0
        if row is None or weight is None or weight > CERTAIN:
            return None
        return cls(weight, row)


@dataclass(frozen=True)
class Look:
    """What a moderator looks at: which tab, through which sieve, in which order, from where on."""

    status: Status = Status.PENDING
    order: Order = Order.NEWEST
    sieve: Sieve = EVERYTHING
    after: Key | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The same as the parameters of an address."""
        said = {"status": str(self.status), **self.sieve.parameters}
        if self.order is not Order.NEWEST:
            said["sort"] = str(self.order)
        if self.after:
            said["before"] = str(self.after.number if self.order.is_by_age else self.after)
        return said

    @cached_property
    def view(self) -> str:
        """The same as a form says it, so that whoever sends it comes back: each row of a queue has one."""
        return urlencode(self.parameters)

    def at(self, **changed: Any) -> Self:
        """Another look, from the beginning."""
        return replace(self, **{"after": None, **changed})


@dataclass(frozen=True)
class Queue:
    """A page of a tab: its comments, the counts of all tabs, and where the next page begins."""

    look: Look
    comments: Sequence[Comment]
    numbers: dict[Status, int]
    next: Key | None

    @property
    def status(self) -> Status:
        """The tab."""
        return self.look.status

    @property
    def is_cut(self) -> bool:
        """Whether the tab has more than a sieve was held against."""
        return bool(self.look.sieve) and self.numbers[self.status] > SEARCHED


def page(look: Look) -> Queue:
    """A page of a tab."""
    query = _sifted(look) if look.sieve else _ordered(look)
    comments = db.session.scalars(query.limit(A_PAGE + 1)).all()
    last = comments[A_PAGE - 1] if len(comments) > A_PAGE else None
    key = Key(last.doubt, last.id) if last else None
    return Queue(look, comments[:A_PAGE], Tally.numbers(), key)


def these(look: Look, numbers: Iterable[int]) -> Queue:
    """Some comments, as far as they stand in the tab that is looked at."""
    query = _whole().where(Comment.id.in_(numbers), Comment.status == look.status)
    comments = db.session.scalars(query.order_by(*_order(look))).all()
    return Queue(look, comments, Tally.numbers(), None)


def batch(number: int) -> Sequence[Moderation]:
    """The acts of a batch, for the notice that announces it."""
    return db.session.scalars(
        select(Moderation)
        .where(Moderation.batch == number)
        .options(joinedload(Moderation.comment))
        .order_by(Moderation.id)
    ).all()


def _whole() -> Select[Comment]:
    """Comments, with what a row of the queue shows of them."""
    return select(Comment).options(joinedload(Comment.parent), joinedload(Comment.user))


def _ordered(look: Look) -> Select[Comment]:
    conditions = _after(look, Comment.doubt)
    return _whole().where(Comment.status == look.status, *conditions).order_by(*_order(look))


def _sifted(look: Look) -> Select[Comment]:
    """What goes through the sieve, one more than a page of it."""
    # A sum is in no index: what is sorted by it is what was searched, and not the whole tab.
    doubt = Comment.doubt + 0
    sieve = look.sieve
    query = (
        select(Comment.id, *(column for test in sieve.tests for column in test.columns))
        .join(Post, Post.id == Comment.post_id)
        .where(Comment.status == look.status, Comment.id >= _floor(look.status))
        .where(*_after(look, doubt), *sieve.conditions())
        .order_by(*_order(look, doubt))
        .execution_options(yield_per=AT_ONCE)
    )
    with direct().execute(query) as rows:
        through = (row[0] for row in rows if sieve.lets_through(row[1:]))
        numbers = list(islice(through, A_PAGE + 1))
    return _whole().where(Comment.id.in_(numbers)).order_by(*_order(look))


def _floor(status: Status) -> int:
    """The number of the oldest comment in a tab that is still looked at; 0 in an empty one.

    Asked beforehand: PostgreSQL cannot plan with a number that it has yet to find.
    """
    newest = (
        select(Comment.id)
        .where(Comment.status == status)
        .order_by(Comment.id.desc())
        .limit(SEARCHED)
        .subquery()
    )
    return db.session.scalar(select(func.min(newest.c.id))) or 0


def _after(look: Look, doubt: Column) -> list[ColumnElement[bool]]:
    """What comes after the end of the page before."""
    if look.after is None:
        return []
    if look.order.is_by_age:
        number = look.after.number
        return [Comment.id < number if look.order.falls else Comment.id > number]
    place, key = tuple_(doubt, Comment.id), tuple(look.after)
    return [place < key if look.order.falls else place > key]


def _order(look: Look, doubt: Column = Comment.doubt) -> list[ColumnElement[int]]:
    columns: list[Column] = [Comment.id] if look.order.is_by_age else [doubt, Comment.id]
    return [column.desc() if look.order.falls else column.asc() for column in columns]
