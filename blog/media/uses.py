"""Who sees a picture, and where it is used.

A picture is public as long as a text of the public's names it, or the site itself does. The library is
sifted by it, too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, select

from blog.extensions import db
from blog.media.models import Media, Use, shown_by_site
from blog.posts.models import Post

# Three rows of eight on a wide screen.
A_PAGE = 24


class Show(StrEnum):
    """What the library can be asked to show."""

    ALL = ""
    MISSING_ALT = "missing-alt"
    UNUSED = "unused"
    TRASH = "trash"


class Page(NamedTuple):
    """A page of the library, newest first, and from where on the next one goes."""

    media: Sequence[Media]
    rest: int | None


class Place(NamedTuple):
    """A post that names a picture: where it is, its title, and whether its draft alone does."""

    post_id: int
    title: str
    is_draft: bool


def is_public(media: Media, at: datetime) -> bool:
    """Whether the public may see it: `Post.visible` is asked of each post whose live words name it."""
    used = (
        exists().where(Use.mark == media.mark, Use.is_live, Use.post_id == Post.id).correlate(Post)
    )
    visible = db.session.scalar(select(Post.id).where(used, Post.visible(at)).limit(1))
    return visible is not None or media.mark in shown_by_site()


def is_named_in(media: Media, post_id: int) -> bool:
    """Whether a post's words name it: those that the public sees, or those that wait beside."""
    named = exists().where(Use.mark == media.mark, Use.post_id == post_id)
    return bool(db.session.scalar(select(named)))


def places(media: Iterable[Media]) -> dict[str, list[Place]]:
    """The posts that name each of these pictures, by its mark: one query."""
    marks = [found.mark for found in media]
    query = (
        select(Use.mark, Post.id, Post.title, Use.is_live)
        .join(Post, Post.id == Use.post_id)
        .where(Use.mark.in_(marks))
        .order_by(Use.mark, Post.id, Use.is_live.desc())
    )
    found: dict[str, dict[int, Place]] = {mark: {} for mark in marks}
    for mark, post_id, title, is_live in db.session.execute(query):
        found[mark].setdefault(post_id, Place(post_id, title, not is_live))
    return {mark: list(by_post.values()) for mark, by_post in found.items()}


def page(show: Show, before: int | None) -> Page:
    """A page of the library: what comes after the picture with this number, or the newest."""
    query: Select[Media] = select(Media).where(*_conditions(show))
    if before is not None:
        query = query.where(Media.id < before)
    found = db.session.scalars(query.order_by(Media.id.desc()).limit(A_PAGE + 1)).all()
    shown = found[:A_PAGE]
    return Page(shown, shown[-1].id if len(found) > A_PAGE else None)


def _conditions(show: Show) -> list[ColumnElement[bool]]:
    if show is Show.TRASH:
        return [Media.trashed_at.is_not(None)]
    conditions: list[ColumnElement[bool]] = [Media.trashed_at.is_(None)]
    if show is Show.MISSING_ALT:
        conditions.append(Media.alt == "")
    elif show is Show.UNUSED:
        conditions.append(~Media.is_used())
    return conditions
