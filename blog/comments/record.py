"""The record: every act on comments and every change of what decides about them, the newest first, by key.

Two tables are read side by side. Each filter has an index in which what it leaves is in order, so a page
costs the same however much was done. Of two filters together the first is asked of its index, and the
others of the newest that it leaves: a page says how far it looked, and the next one goes on from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import joinedload

from blog.addresses import LARGEST_ID, is_slug, row_number
from blog.auth.models import User
from blog.clock import now
from blog.comments.acts import Actor, Deed, Moderation
from blog.comments.changes_record import SUBJECTS, Change
from blog.comments.models import Comment
from blog.comments.undo import Later, Standing
from blog.comments.undo_changes import LaterChanges
from blog.extensions import db
from blog.posts.models import Post
from blog.site.present import site

A_PAGE = 50
# Compared in a fraction of a second.
LOOKED_AT = 10_000

Row = Moderation | Change
Kind = type[Moderation] | type[Change]
# What a column has to be.
Filters = list[tuple[str, Any]]

# Of what was done at the same instant, which comes first.
RANKS: dict[str, Kind] = {"change": Change, "act": Moderation}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONGEST_KEY = 40


class Key(NamedTuple):
    """Where something stands in the record."""

    at: datetime
    rank: int
    number: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{list(RANKS)[self.rank]}-{self.number}"

    @classmethod
    def of(cls, row: Any) -> "Key":
        """The key of a row; of any that has its columns, an act unless it is a change."""
        return cls(
            row.at, list(RANKS).index("change" if isinstance(row, Change) else "act"), row.id
        )

    @classmethod
    def read(cls, written: str) -> "Key | None":
        """A key as an address has it; None for what is none."""
        instant, _, rest = written[:LONGEST_KEY].partition("-")
        name, _, number = rest.partition("-")
        row = row_number(number)
        if name not in RANKS or row is None or not (instant.isascii() and instant.isdecimal()):
            return None
        try:
            return cls(EPOCH + int(instant) * MICROSECOND, list(RANKS).index(name), row)
        except OverflowError:
            return None


@dataclass(frozen=True)
class Look:
    """What of the record somebody looks at: of whom, which deeds, about what, when; and from where on.

    `who` is the number of a member of the staff or an Actor, `deed` a Deed or the subject of changes.
    """

    who: str = ""
    deed: str = ""
    comment: str = ""
    post: str = ""
    since: date | None = None
    until: date | None = None
    before: Key | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """The same as the parameters of an address."""
        return {name: str(value) for name, value in vars(self).items() if value}

    def filters(self, kind: Kind) -> Filters | None:
        """What is asked of this table, the first thing of its index; None where nothing can be found."""
        found = [*self._about(kind), *self._by(kind), *self._done(kind)]
        return None if any(value is None for _name, value in found) else found

    def _about(self, kind: Kind) -> Iterator[tuple[str, Any]]:
        is_acts = kind is Moderation
        if self.comment:
            yield "comment_id", row_number(self.comment) if is_acts else None
        if self.post:
            post = Post.at_address(self.post) if is_acts and is_slug(self.post) else None
            yield "post_id", post.id if post else None

    def _by(self, kind: Kind) -> Iterator[tuple[str, Any]]:
        if self.who in list(Actor):
            yield "actor", self.who if kind is Moderation else None
        elif self.who:
            yield "user_id", row_number(self.who)

    def _done(self, kind: Kind) -> Iterator[tuple[str, Any]]:
        if self.deed in SUBJECTS:
            yield "subject", self.deed if kind is Change else None
        elif self.deed:
            is_deed = kind is Moderation and self.deed in list(Deed)
            yield "deed", Deed(self.deed) if is_deed else None

    def when(self, kind: Kind) -> list[ColumnElement[bool]]:
        """From when to when, and what comes after the end of the page before."""
        conditions: list[ColumnElement[bool]] = []
        if self.since:
            conditions.append(kind.at >= datetime.combine(self.since, time.min, site().zone))
        if self.until:
            conditions.append(kind.at <= datetime.combine(self.until, time.max, site().zone))
        if self.before:
            conditions.append(tuple_(kind.at, kind.id) < self._end(kind, self.before))
        return conditions

    def _end(self, kind: Kind, key: Key) -> tuple[datetime, int]:
        rank = list(RANKS.values()).index(kind)
        if rank == key.rank:
            return key.at, key.number
        # Of the same instant, what ranks higher was on the page before, and what ranks lower was not.
        return key.at, 0 if rank > key.rank else LARGEST_ID


@dataclass(frozen=True)
class Entry:
    """One thing that was done, and whether it can be undone."""

    row: Row
    standing: Standing

    @property
    def is_act(self) -> bool:
        """Whether it was done to a comment."""
        return isinstance(self.row, Moderation)


@dataclass(frozen=True)
class Page:
    """A page of the record, and where the next one begins."""

    look: Look
    entries: Sequence[Entry]
    next: Key | None
    is_cut: bool


@dataclass(frozen=True)
class _Found:
    """What one table has for a page, and how far it was looked through, if not to its end."""

    rows: Sequence[Row]
    end: Key | None = None


def page(look: Look) -> Page:
    """A page of the record."""
    found = [_newest(kind, look) for kind in RANKS.values()]
    end = max((each.end for each in found if each.end), default=None)
    rows = sorted((row for each in found for row in each.rows), key=Key.of, reverse=True)
    # What is older than the end of a search has others before it that nobody has seen yet.
    known = [row for row in rows if end is None or Key.of(row) >= end]
    next_ = Key.of(known[A_PAGE - 1]) if len(known) > A_PAGE else end
    return Page(look, entries(known[:A_PAGE]), next_, is_cut=next_ is not None and next_ == end)


def entries(rows: Sequence[Row]) -> list[Entry]:
    """Rows of the record, each with whether it can be undone: two queries."""
    acts = [row for row in rows if isinstance(row, Moderation)]
    changes = [row for row in rows if isinstance(row, Change)]
    later, later_changes, at = Later(acts), LaterChanges(changes), now()
    return [
        Entry(
            row,
            later.standing(row, at)
            if isinstance(row, Moderation)
            else later_changes.standing(row, at),
        )
        for row in rows
    ]


def batch_of(act: Moderation, before: int | None = None) -> Sequence[Moderation]:
    """What was done together with an act, the last of it first; one more than a page, if there is more."""
    if act.batch is None:
        return [act]
    query = _whole(Moderation).where(Moderation.batch == act.batch)
    if before:
        query = query.where(Moderation.id < before)
    return db.session.scalars(query.order_by(Moderation.id.desc()).limit(A_PAGE + 1)).all()


def text_after(act: Moderation) -> str | None:
    """The text that an act left; None when it is not known any more, or nobody may read it."""
    if act.comment.is_gone:
        return None
    later = (
        select(Moderation.kept)
        .where(Moderation.comment_id == act.comment_id, Moderation.id > act.id)
        .where(Moderation.deed.in_((Deed.EDIT, Deed.UNDO)))
        .order_by(Moderation.id)
        .execution_options(yield_per=A_PAGE)
    )
    with db.session.scalars(later) as replaced:
        return next((kept["source"] for kept in replaced if "source" in kept), act.comment.source)


def differences(change: Change) -> list[str]:
    """What a change changed, by name."""
    before, after = change.before or {}, change.after or {}
    return [name for name in (before | after) if before.get(name) != after.get(name)]


def people() -> Mapping[str, str]:
    """Who may have done something: members of the staff by number."""
    return {str(user.id): user.name for user in User.staff()}


def _newest(kind: Kind, look: Look) -> _Found:
    filters = look.filters(kind)
    if filters is None:
        return _Found([])
    if len(filters) > 1:
        return _sifted(kind, look, filters[:1], filters[1:])
    return _Found(db.session.scalars(query(kind, look)).all())


def query(kind: Kind, look: Look) -> Select[Any]:
    """What a page asks of one table, by one filter at most: found in an index, in order."""
    first = (look.filters(kind) or [])[:1]
    return _ordered(_whole(kind), kind, look, first).limit(A_PAGE + 1)


def _sifted(kind: Kind, look: Look, first: Filters, others: Filters) -> _Found:
    columns = [getattr(kind, name) for name, _value in others]
    looked_at = _ordered(select(kind.id, kind.at, *columns), kind, look, first)
    newest = looked_at.limit(LOOKED_AT).subquery()
    query = select(newest.c.id).where(*(newest.c[name] == value for name, value in others))
    query = query.order_by(newest.c.at.desc(), newest.c.id.desc()).limit(A_PAGE + 1)
    numbers = db.session.scalars(query).all()
    rows = db.session.scalars(_whole(kind).where(kind.id.in_(numbers))).all()
    if len(rows) > A_PAGE:
        return _Found(rows)
    last = db.session.execute(looked_at.offset(LOOKED_AT - 1).limit(1)).one_or_none()
    return _Found(rows, Key(last.at, list(RANKS.values()).index(kind), last.id) if last else None)


def _whole(kind: Kind) -> Select[Any]:
    """Rows, with what the record shows of them."""
    query = select(kind)
    if kind is Moderation:
        query = query.options(joinedload(Moderation.comment).joinedload(Comment.post))
    return query


def _ordered(query: Select[Any], kind: Kind, look: Look, first: Filters) -> Select[Any]:
    conditions = [getattr(kind, name) == value for name, value in first]
    order = kind.at.desc(), kind.id.desc()
    return query.where(*conditions, *look.when(kind)).order_by(*order)
