"""Series: posts that belong together and are read in an order. A post has one, or none.

A series is public only through a public post, as a tag is.
"""

from typing import Self

from slugify import slugify
from sqlalchemy import ForeignKey, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from blog import editions
from blog.extensions import Base, db
from blog.posts.revisions import Revision

SLUG_LENGTH = 100  # an address that still fits on one line
NAME_LENGTH = 100
DESCRIPTION_LENGTH = 500

# By hand a post is given a small number: one of more digits is a slip of the finger, or a date.
NUMBER_LENGTH = 4


class TakenName(Exception):
    """The name that the author asked for makes an address that belongs, or belonged, to another series."""


class Series(Base):
    """A series. Which posts it has is said by them."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH), default="")

    @classmethod
    def names(cls) -> list[str]:
        """What all of them are called: to choose from."""
        return list(db.session.scalars(select(cls.name).order_by(cls.slug)))

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The series of this name, or that once had it; made where there is none. None for no name.

        Two spellings are one series.
        """
        slug = slug_of(name)
        return (cls.at_address(slug) or cls(slug=slug, name=name)) if slug else None

    @classmethod
    def at_address(cls, slug: str) -> Self | None:
        """The series that has this slug, or had it. Whoever asks must still ask what it shows."""
        had = select(OldSeriesSlug.series_id).where(OldSeriesSlug.slug == slug)
        with db.session.no_autoflush:
            return db.session.scalar(select(cls).where(or_(cls.slug == slug, cls.id.in_(had))))

    def describe(self, name: str, description: str) -> None:
        """Call it something else, and say what it is about. Its old address leads here. Raises TakenName."""
        slug = slug_of(name)
        other = Series.at_address(slug)
        if not slug or other not in {None, self}:
            raise TakenName(name)
        # What the author wrote names it as it is called now, or it would seem to have been changed.
        renamed = update(Revision).where(Revision.series == self.name)
        db.session.execute(renamed.values(series=name))
        self.name = name
        self.description = description
        if slug != self.slug:
            db.session.execute(delete(OldSeriesSlug).where(OldSeriesSlug.slug == slug))
            db.session.add(OldSeriesSlug(slug=self.slug, series_id=self.id))
            self.slug = slug
        editions.touch(editions.SITE)

    def remove(self) -> None:
        """Throw it away, where it has no posts. Its addresses lead nowhere then."""
        db.session.delete(self)
        editions.touch(editions.SITE)


class OldSeriesSlug(Base):
    """An address that a series had. It leads to the series for ever."""

    __tablename__ = "old_series_slug"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)


def slug_of(name: str) -> str:
    """The end of the address that a name makes; empty where it has no letter for one."""
    return slugify(name, max_length=SLUG_LENGTH)
