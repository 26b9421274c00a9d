"""Links that show an unpublished post to outsiders: each ends by itself, and may be revoked before."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blog import keys
from blog.addresses import row_number
from blog.clock import Instant
from blog.extensions import Base, db
from blog.posts.models import Post

# How many days a link may live: a look this evening, a review, a holiday, a quarter.
DAYS = (1, 7, 30, 90)
USUAL_DAYS = 7

NONCE_BYTES = 16


class PreviewLink(Base):
    """Whoever has its address reads the post as it is now, as long as nobody else may."""

    __tablename__ = "preview_link"
    __table_args__ = (
        {"sqlite_autoincrement": True},
    )  # no number comes twice: an old link stays dead

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    post: Mapped[Post] = relationship()

    @classmethod
    def make(cls, post: Post, days: int, at: datetime) -> Self:
        """A new link to a post, for so many days."""
        link = cls(
            post_id=post.id,
            nonce=secrets.token_hex(NONCE_BYTES),
            made_at=at,
            expires_at=at + timedelta(days=days),
        )
        db.session.add(link)
        db.session.flush()
        return link

    @classmethod
    def of(cls, post: Post, at: datetime) -> list[Self]:
        """The links that lead to a post now, the newest first."""
        alive = cls.post_id == post.id, cls.revoked_at.is_(None), cls.expires_at > at
        return list(db.session.scalars(select(cls).where(*alive).order_by(cls.id.desc())))

    @classmethod
    def opened_by(cls, key: str, at: datetime) -> Self | None:
        """The link that this key opens now, if it opens one."""
        number = row_number(key.partition("-")[0])
        loaded = [joinedload(cls.post)]
        link = db.session.get(cls, number, options=loaded) if number else None
        return link if link and link.opens(key, at) else None

    def opens(self, key: str, at: datetime) -> bool:
        """Whether this key opens it now: it is ours, neither revoked nor over, and its post is there."""
        is_alive = self.revoked_at is None and at < self.expires_at and not self.post.is_trashed
        return keys.opens_preview(key, self.id, self.nonce, self.expires_at) and is_alive

    @property
    def key(self) -> str:
        """What its address ends with: the same each time it is asked for."""
        return keys.preview(self.id, self.nonce, self.expires_at)

    def revoke(self, at: datetime) -> None:
        """Let it lead nowhere from now on."""
        self.revoked_at = self.revoked_at or at
