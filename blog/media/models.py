"""Pictures in the library, and which texts name them.

What is not used by any text may be put into the trash, and is deleted after 30 days there. A text that is
saved with such a picture takes it out again, as the site's settings do: so an older revision may be
brought back as it was.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    String,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from blog.clock import Instant, now
from blog.extensions import Base, db
from blog.media import names, storage
from blog.media.names import MARK_LENGTH, Name
from blog.media.pictures import Made
from blog.site.models import Site

# A long paragraph: what needs more is said in the text, where everybody reads it.
ALT_LENGTH = 1_000
FILENAME_LENGTH = 200

TRASH_KEPT_FOR = timedelta(days=30)
# Deleted in one transaction, which then takes milliseconds.
AT_ONCE = 50


class InUse(Exception):
    """A picture that texts show stays where it is."""


class Use(Base):
    """A text names a picture: the words that the public sees, or may see, or those of the draft beside.

    It goes by the mark, and not by a row: a text may come before its pictures, from an import.
    """

    __tablename__ = "media_use"

    mark: Mapped[str] = mapped_column(String(MARK_LENGTH), primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_live: Mapped[bool] = mapped_column(primary_key=True)

    @classmethod
    def note(cls, post_id: int, source: str, *, is_live: bool) -> None:
        """Note which pictures a text names from now on. Call within write_tx(), once the post has an id."""
        of_text = cls.post_id == post_id, cls.is_live.is_(is_live)
        had = set(db.session.scalars(select(cls.mark).where(*of_text)))
        has = names.mentioned(source)
        if gone := had - has:
            db.session.execute(delete(cls).where(*of_text, cls.mark.in_(gone)))
        if new := sorted(has - had):
            rows = [{"mark": mark, "post_id": post_id, "is_live": is_live} for mark in new]
            db.session.execute(insert(cls), rows)
            Media.take_out(new)


class Media(Base):
    """One picture in the library."""

    __tablename__ = "media"
    # A number is never given twice: a page of the library that was left open means no other picture.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(MARK_LENGTH), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    # In bytes, with its renditions.
    size: Mapped[int]
    # What is to be seen, for who does not see it: what the library proposes to texts.
    alt: Mapped[str] = mapped_column(String(ALT_LENGTH), default="")
    # What it was called where it came from, to find it by. Nobody but the author sees it.
    filename: Mapped[str] = mapped_column(String(FILENAME_LENGTH), default="")
    added_at: Mapped[datetime] = mapped_column(Instant, default=now)
    trashed_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def name(self) -> Name:
        """The name of the picture itself."""
        return Name(self.mark, self.width, self.height)

    @classmethod
    def called(cls, name: Name) -> Self | None:
        """The picture that a file belongs to."""
        size = cls.width == name.width, cls.height == name.height
        return db.session.scalar(select(cls).where(cls.mark == name.mark, *size))

    @classmethod
    def keep(cls, made: Made, *, alt: str, filename: str) -> tuple[Self, bool]:
        """The picture in the library, and whether it is new there. Call within write_tx().

        One that is there already keeps its description, and comes out of the trash.
        """
        media = cls.called(made.name)
        is_new = media is None
        if media is None:
            media = cls(mark=made.name.mark, width=made.name.width, height=made.name.height)
            media.size, media.filename, media.alt = made.size, filename, ""
            db.session.add(media)
        media.alt = media.alt or alt
        media.trashed_at = None
        # A purge may have taken its files since they were found to be there.
        storage.keep(made.files)
        return media, is_new

    @classmethod
    def is_used(cls) -> ColumnElement[bool]:
        """Whether a text or the site names it, as a condition for queries."""
        return or_(exists().where(Use.mark == cls.mark), cls.mark.in_(named_by_site()))

    def trash(self, at: datetime) -> None:
        """Take it out of the library. Raises InUse. Call within write_tx()."""
        if db.session.scalar(select(Media.id).where(Media.id == self.id, Media.is_used())):
            raise InUse
        self.trashed_at = self.trashed_at or at

    def restore(self) -> None:
        """Take it out of the trash."""
        self.trashed_at = None

    @classmethod
    def take_out(cls, marks: Iterable[str]) -> None:
        """Take the pictures with these marks out of the trash. Call within write_tx()."""
        back = update(cls).where(cls.mark.in_(marks), cls.trashed_at.is_not(None))
        db.session.execute(back.values(trashed_at=None))

    @classmethod
    def purge(cls) -> bool:
        """Delete some of what was in the trash for long; whether there may be more.

        Call within write_tx().
        """
        long_ago = now() - TRASH_KEPT_FOR
        query = select(cls).where(cls.trashed_at < long_ago).order_by(cls.id).limit(AT_ONCE)
        found = db.session.scalars(query).all()
        for media in found:
            db.session.delete(media)
            storage.forget(media.name.all())
        return len(found) == AT_ONCE


def named_by_site() -> set[str]:
    """The marks of the pictures that the site's own settings name, its custom CSS for one."""
    return _named_by(Site.load())


def shown_by_site() -> set[str]:
    """Those of them that readers may see: the author's card is kept while it is not shown."""
    site = Site.load()
    return _named_by(site if site.shows_author_card else replace(site, author_card=""))


def _named_by(site: Site) -> set[str]:
    values = (value for value in asdict(site).values() if isinstance(value, str))
    return names.mentioned("\n".join(values))
