"""Everything that was ever posted, by year and month."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Row, cast, extract, func, select

from blog.extensions import db
from blog.posts.models import Kind, Post

# A list of so many titles is still looked through with pleasure; of more, the months are.
MOST_TITLES = 300

# A page of a year or a month is a list of titles alone.
TITLES = 50

MONTHS = 12

Title = Row[str, str, str, datetime | None]


def zone() -> tzinfo:
    """Whose days and months these are."""
    return UTC


def _year_and_month() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """When a post was published, as the database reckons it: in UTC, as `zone` says."""
    moment: ColumnElement[Any] = Post.published_at.expression
    if db.engine.dialect.name == "postgresql":  # its connection has a time zone of its own
        moment = func.timezone("UTC", moment)
    return cast(extract("year", moment), Integer), cast(extract("month", moment), Integer)


class Period(NamedTuple):
    """A year, or one month of it."""

    year: int
    month: int | None = None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The instant when it begins, and that when it is over."""
        year, month = self.year, self.month
        after = Period(year, month + 1) if month and month < MONTHS else Period(year + 1)
        begin, end = (datetime(*one.first.timetuple()[:3], tzinfo=zone()) for one in (self, after))
        return begin, end


class Month(NamedTuple):
    """A month in the archive: how much was posted in it, and what, where that is not too much."""

    period: Period
    number: int
    titles: Sequence[Title] = ()


def months(at: datetime) -> list[Month]:
    """Every month in which there are public posts, the newest first."""
    titles = _titles(at, limit=MOST_TITLES)
    return _by_month(titles) if len(titles) < MOST_TITLES else _counted(at)


def _counted(at: datetime) -> list[Month]:
    """Every month with the number of its posts. The index has it all: no post is read."""
    when = _year_and_month()
    query = select(*when, func.count()).where(Post.kind == Kind.POST, Post.visible(at))
    rows = db.session.execute(query.group_by(*when)).all()
    return sorted((Month(Period(*row[:2]), row[2]) for row in rows), reverse=True)


def count(at: datetime, period: Period) -> int:
    """How many public posts there are from a year or a month."""
    begin, end = period.bounds
    query = select(func.count()).where(
        Post.kind == Kind.POST,
        Post.visible(at),
        Post.published_at >= begin,
        Post.published_at < end,
    )
    return db.session.scalar(query) or 0


def page(at: datetime, period: Period, number: int) -> list[Month]:
    """One page of the titles of a year or a month, the newest first, by month."""
    return _by_month(_titles(at, period, TITLES, (number - 1) * TITLES))


def _titles(
    at: datetime, period: Period | None = None, limit: int | None = None, offset: int = 0
) -> Sequence[Title]:
    columns = Post.slug, Post.title, Post.language, Post.published_at
    query = Post.newest_first(at).with_only_columns(*columns)
    if period is not None:
        begin, end = period.bounds
        query = query.where(Post.published_at >= begin, Post.published_at < end)
    return db.session.execute(query.limit(limit).offset(offset)).all()


def _by_month(titles: Sequence[Title]) -> list[Month]:
    grouped = groupby(titles, key=lambda title: _month_of(title.published_at))
    listed = [(period, list(found)) for period, found in grouped]
    return [Month(period, len(found), found) for period, found in listed]


def _month_of(moment: datetime) -> Period:
    here = moment.astimezone(zone())
    return Period(here.year, here.month)
