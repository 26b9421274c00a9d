"""What the author wrote, sitting by sitting: nothing that was saved once is lost by saving again.

A sitting is one opening of the sheet. All that is saved in it folds into one revision, unless folding
would lose something. The columns of a post hold what the public sees, or will see; the newest revision
is what the author goes on with. keeping.py says which words go where.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, Self

from slugify import slugify
from sqlalchemy import JSON, ForeignKey, Index, Select, String, Text, false, select
from sqlalchemy.orm import Mapped, mapped_column

from blog.clock import Instant, now
from blog.extensions import Base, db

SITTING_LENGTH = 64  # of ours, 22 are used
# Longer than a meal and shorter than a night: who comes back after it begins anew, even where the
# sheet was left open.
A_PAUSE = timedelta(hours=3)


class Words(NamedTuple):
    """The words of a post as they were typed. What is half typed need not be good yet."""

    title: str
    source: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    series: str = ""
    series_number: str = ""
    slug: str = ""
    kind: str = "post"
    language: str = ""

    def says(self, other: "Words") -> bool:
        """Whether both say the same. Tags have no order; two spellings of one, or of a series, are one."""
        return self._folded() == other._folded()

    def _folded(self) -> tuple[object, ...]:
        series = slugify(self.series) or self.series
        tags = frozenset(slugify(tag) or tag for tag in self.tags)
        return *self._replace(tags=(), series=series), tags

    @property
    def are_blank(self) -> bool:
        """Whether nobody has typed anything yet."""
        return not any((self.title, self.source, self.summary, self.tags, self.series, self.slug))


class Revision(Base):
    """What one sitting made of a post."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_post", "post_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    # The sheet that it came from; empty where there was none (an import, a restoration).
    sitting: Mapped[str] = mapped_column(String(SITTING_LENGTH), default="", index=True)
    # The version of the post that its words were based on, and the one that they became.
    base: Mapped[int] = mapped_column(default=0)
    version: Mapped[int]
    # How often the sheet had sent something: what comes late is told by it.
    turn: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(JSON)
    series: Mapped[str] = mapped_column(Text)
    series_number: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    # Its words came too late: they were based on others than those that they would have replaced.
    is_set_aside: Mapped[bool] = mapped_column(default=False)
    # Its words stand in the columns of the post. One of a post's revisions at most.
    is_shown: Mapped[bool] = mapped_column(default=False)

    @property
    def words(self) -> Words:
        """Its words."""
        return Words(
            title=self.title,
            source=self.source,
            summary=self.summary,
            tags=tuple(self.tags),
            series=self.series,
            series_number=self.series_number,
            slug=self.slug,
            kind=self.kind,
            language=self.language,
        )

    def take(self, words: Words, version: int) -> None:
        """Have these words from now on, which are this version of the post."""
        for name, value in words._asdict().items():
            setattr(self, name, list(value) if name == "tags" else value)
        self.version = version
        self.saved_at = now()
        self.is_shown = False

    @classmethod
    def of(cls, words: Words, version: int, **others: object) -> Self:
        """A revision with these words."""
        made = cls(**others)
        made.take(words, version)
        made.began_at = made.saved_at
        return made

    @classmethod
    def newest_of(cls, post_id: int) -> Self:
        """The one that the author goes on with. Every post has one."""
        standing = cls.all_of(post_id).where(cls.is_set_aside == false())
        return db.session.scalars(standing.limit(1)).one()

    @classmethod
    def all_of(cls, post_id: int) -> Select[Self]:
        """All of a post, newest first: a query."""
        return select(cls).where(cls.post_id == post_id).order_by(cls.id.desc())

    @classmethod
    def shown_of(cls, post_id: int) -> Self | None:
        """The one whose words stand in the columns of the post."""
        return db.session.scalars(cls.all_of(post_id).where(cls.is_shown)).one_or_none()

    @classmethod
    def set_aside_of(cls, post_id: int, sitting: str, base: int) -> Self | None:
        """What was set aside of the words of one sheet that were based on this version."""
        if not sitting:
            return None
        mine = cls.all_of(post_id).where(cls.is_set_aside, cls.sitting == sitting)
        return db.session.scalars(mine.where(cls.base == base).limit(1)).one_or_none()

    @classmethod
    def of_sitting(cls, sitting: str) -> Self | None:
        """The newest of a sitting, whichever post it became."""
        if not sitting:
            return None
        found = select(cls).where(cls.sitting == sitting).order_by(cls.id.desc())
        return db.session.scalars(found.limit(1)).one_or_none()
