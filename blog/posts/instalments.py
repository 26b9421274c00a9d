"""The posts of a series, in their order: those that the public may see, or all for their author.

Posts with a number come first, by it; the others follow by their date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, func, select

from blog.clock import Instant
from blog.database import direct
from blog.extensions import db
from blog.posts.models import Kind, Neighbour, Post
from blog.posts.series import Series

# So many parts stand on a page: a book's chapters, and more.
PARTS = 100

# Nothing comes before all else in one database, and after it in the other.
ORDER = (
    Post.series_number.is_(None),
    Post.series_number,
    Post.published_at.is_(None),
    Post.published_at,
    Post.id,
)


@dataclass(frozen=True)
class Place:
    """Where a post stands in its series, as its page says it."""

    slug: str
    name: str
    part: int
    parts: int
    previous: Neighbour | None
    next: Neighbour | None


def place_of(post: Post, at: datetime) -> Place | None:
    """Where a public post stands among the public ones of its series; asks nothing where it has none."""
    if post.series_id is None:
        return None
    values = {"id": post.id, "series_id": post.series_id, "at": at}
    found = {row.part: row for row in direct().execute(_around(), values)}
    here = next((row for row in found.values() if row.id == post.id), None)
    if here is None:
        return None
    return Place(
        here.series_slug,
        here.series_name,
        here.part,
        here.parts,
        _neighbour(found.get(here.part - 1)),
        _neighbour(found.get(here.part + 1)),
    )


def _neighbour(row: Row[Any] | None) -> Neighbour | None:
    return None if row is None else Neighbour(row.slug, row.title, row.language)


def public(series: Series, at: datetime, page: int) -> Sequence[Post]:
    """One page of the public posts of a series, and one more if there is a next page."""
    query = select(Post).where(Post.series_id == series.id, _is_public(at)).order_by(*ORDER)
    return db.session.scalars(query.limit(PARTS + 1).offset((page - 1) * PARTS)).all()


def listed(at: datetime) -> Sequence[Row[Series, int, int]]:
    """Every series by name, with how many posts it has, and how many of them the public sees."""
    seen = func.count(Post.id).filter(_is_public(at))
    query = select(Series, func.count(Post.id), seen).outerjoin(Post, Post.series_id == Series.id)
    return db.session.execute(query.group_by(Series.id).order_by(Series.slug)).all()


def of(series: Series) -> Sequence[Post]:
    """All its posts, in their order, seen or not: for their author."""
    query = select(Post).where(Post.series_id == series.id).order_by(*ORDER)
    return db.session.scalars(query).all()


def _is_public(at: Any) -> Any:
    return Post.visible(at) & (Post.kind == Kind.POST)


@cache
def _around() -> Select[Any]:
    """A post of a series, the one before and the one after it, each with its part and how many there are."""
    visible = _is_public(bindparam("at", type_=Instant))
    numbered = (
        select(
            Post.id, Post.slug, Post.title, Post.language, Post.series_id,
            func.row_number().over(order_by=ORDER).label("part"),
            func.count().over().label("parts"),
        )
        .where(Post.series_id == bindparam("series_id", type_=Integer), visible)
        .cte("numbered")
    )  # fmt: skip
    here = select(numbered.c.part).where(numbered.c.id == bindparam("id", type_=Integer))
    here_part = here.scalar_subquery()
    return (
        select(numbered, Series.slug.label("series_slug"), Series.name.label("series_name"))
        .join(Series, Series.id == numbered.c.series_id)
        .where(numbered.c.part.between(here_part - 1, here_part + 1))
    )
