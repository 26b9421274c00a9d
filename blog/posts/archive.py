"""Everything that was ever posted, by year and month of the site's time zone."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, column, func, select, values

from blog.clock import Instant
from blog.extensions import db
from blog.posts.models import Kind, Post
from blog.site.present import here, site

# A list of so many titles is still looked through with pleasure; of more, the months are.
MOST_TITLES = 300

# A page of a year or a month is a list of titles alone.
TITLES = 50

MONTHS = 12

Title = Row[str, str, str, datetime | None]


class Period(NamedTuple):
    """A year, or one month of it."""

    year: int
    month: int | None = None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def next(self) -> "Period":
        """The year after it, or the month."""
        if self.month is None or self.month == MONTHS:
            return Period(self.year + 1, self.month and 1)
        return Period(self.year, self.month + 1)

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """The instant when it begins in a time zone, and that when it is over there."""
        begin, end = (datetime.combine(one.first, time.min, zone) for one in (self, self.next))
        return begin.astimezone(UTC), end.astimezone(UTC)


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
    """Every month with the number of its posts. The index has it all: no post is read.

    SQLite knows of no time zones, so it is told when each month begins and ends.
    """
    public = Post.kind == Kind.POST, Post.visible(at)
    first, last = func.min(Post.published_at), func.max(Post.published_at)
    ends: Sequence[Any] = db.session.execute(select(first, last).where(*public)).one()
    months = _from_to(*map(_month_of, ends))
    bounds = {period.bounds(site().zone): period for period in months}
    columns = values(column("begin", Instant), column("end", Instant), name="month")
    month = columns.data(list(bounds)).cte()
    is_in = and_(Post.published_at >= month.c.begin, Post.published_at < month.c.end)
    query = select(month.c.begin, month.c.end, func.count()).join(Post, and_(is_in, *public))
    rows = db.session.execute(query.group_by(month.c.begin, month.c.end))
    found = (Month(bounds[begin, end], number) for begin, end, number in rows)
    return sorted(found, reverse=True)


def _from_to(first: Period, last: Period) -> Iterator[Period]:
    """The months from one to another."""
    while first <= last:
        yield first
        first = first.next


def count(at: datetime, period: Period) -> int:
    """How many public posts there are from a year or a month."""
    begin, end = period.bounds(site().zone)
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
        begin, end = period.bounds(site().zone)
        query = query.where(Post.published_at >= begin, Post.published_at < end)
    return db.session.execute(query.limit(limit).offset(offset)).all()


def _by_month(titles: Sequence[Title]) -> list[Month]:
    grouped = groupby(titles, key=lambda title: _month_of(title.published_at))
    listed = [(period, list(found)) for period, found in grouped]
    return [Month(period, len(found), found) for period, found in listed]


def _month_of(moment: datetime) -> Period:
    day = here(moment)
    return Period(day.year, day.month)
