"""What stands at the top of every page for readers: the author's pages, and links of their own, in an order.

A page that is published appears by itself, behind all that has a place. One that is withdrawn keeps
its place, and comes back to it.
"""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    CompoundSelect,
    ForeignKey,
    String,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blog import editions
from blog.clock import Instant
from blog.database import direct
from blog.extensions import Base, db
from blog.posts.life import Status
from blog.posts.models import Kind, Post

LABEL_LENGTH = 50  # a word or three: all of them stand in one line
ADDRESS_LENGTH = 500
# They travel with every page, and beyond so many nobody finds anything among them.
MOST_LINKS = 20


class Item(NamedTuple):
    """One link as readers see it: to a page by its slug, or to an address."""

    title: str
    language: str
    slug: str
    address: str


class NavigationEntry(Base):
    """A place in the navigation: of a page, or of a link of the author's own."""

    __tablename__ = "navigation_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int]
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), unique=True
    )
    # Of a link. A page is called by its title.
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), default="")
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), default="")
    is_hidden: Mapped[bool] = mapped_column(default=False)

    post: Mapped[Post | None] = relationship()

    @classmethod
    def all(cls, at: datetime) -> list[Self]:
        """Every place, in order; pages that have none yet come last, by title, as they do for readers.

        A page that was never public has no place: nobody knows yet that it will be one.
        """
        placed = db.session.scalars(select(cls).options(joinedload(cls.post)).order_by(cls.place))
        entries = [entry for entry in placed if entry.post is None or entry.post.is_page]
        had = select(cls.post_id).where(cls.post_id.is_not(None))
        known = or_(Post.visible(at), Post.status == Status.WITHDRAWN)
        new = select(Post).where(Post.kind == Kind.PAGE, known, Post.id.not_in(had))
        pages = sorted(db.session.scalars(new), key=lambda page: page.title.casefold())
        return [*entries, *(cls(post=page, post_id=page.id) for page in pages)]

    @classmethod
    def add(cls, label: str, address: str, at: datetime) -> Self:
        """A new link, behind all others."""
        entry = cls(label=label, address=address)
        _settle([*cls.all(at), entry])
        return entry

    def change(self, label: str, address: str) -> None:
        """Have a link say something else, or lead somewhere else. It keeps its place."""
        self.label = label
        self.address = address
        editions.touch(editions.SITE)

    def remove(self) -> None:
        """Take a link out."""
        db.session.delete(self)
        editions.touch(editions.SITE)


def move(what: str, number: int, *, earlier: bool, at: datetime) -> bool:
    """Move a page or a link by one place; at its end it stays. False where there is none."""
    entries = NavigationEntry.all(at)
    place = _place(entries, what, number)
    if place is None:
        return False
    other = place - 1 if earlier else place + 1
    if 0 <= other < len(entries):
        entries[place], entries[other] = entries[other], entries[place]
    _settle(entries)
    return True


def hide(page_id: int, *, is_hidden: bool, at: datetime) -> bool:
    """Leave a page out of the navigation, or take it in again, at its place. False where there is none."""
    entries = NavigationEntry.all(at)
    place = _place(entries, "pages", page_id)
    if place is None:
        return False
    entries[place].is_hidden = is_hidden
    _settle(entries)
    return True


def links() -> int:
    """How many links of their own the author has in it."""
    query = select(func.count()).where(NavigationEntry.post_id.is_(None))
    return db.session.scalar(query) or 0


def shown(at: datetime) -> tuple[Item, ...]:
    """What readers see, in order: one query."""
    found = direct().execute(_shown(), {"at": at})
    # What has no place yet comes last, by title.
    ordered = sorted(found, key=lambda row: (row.place is None, row.place or row.title.casefold()))
    return tuple(Item(*row[1:]) for row in ordered)


def _place(entries: list[NavigationEntry], what: str, number: int) -> int | None:
    name = "post_id" if what == "pages" else "id"
    places = (place for place, entry in enumerate(entries) if getattr(entry, name) == number)
    return next(places, None)


def _settle(entries: list[NavigationEntry]) -> None:
    for place, entry in enumerate(entries, 1):
        entry.place = place
        db.session.add(entry)
    db.session.flush()
    editions.touch(editions.SITE)


@cache
def _shown() -> CompoundSelect[Any]:
    is_page = (Post.kind == Kind.PAGE) & Post.visible(bindparam("at", type_=Instant))
    entry = NavigationEntry
    placed = (
        select(
            entry.place,
            func.coalesce(Post.title, entry.label).label("title"),
            func.coalesce(Post.language, "").label("language"),
            func.coalesce(Post.slug, "").label("slug"),
            entry.address,
        )
        .outerjoin(Post, Post.id == entry.post_id)
        .where(entry.is_hidden.is_(False), or_(entry.post_id.is_(None), is_page))
    )
    had = select(entry.id).where(entry.post_id == Post.id).exists()
    new = select(null(), Post.title, Post.language, Post.slug, literal("")).where(is_page, ~had)
    return union_all(placed, new)
