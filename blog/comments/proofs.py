"""Whose address it is: proven by following the link of a mail, or by a browser that did so before."""

import secrets
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from blog import keys
from blog.clock import Instant, now
from blog.comments.models import EMAIL_LENGTH
from blog.extensions import Base, db


class RememberedBrowser(Base):
    """A browser whose person proved an address and wanted to be remembered. It keeps a key in its
    own storage, we keep the key's hash.
    """

    __tablename__ = "remembered_browser"

    key_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), index=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)

    @classmethod
    def remember(cls, email: str) -> str:
        """The key for one more browser of this address."""
        key = secrets.token_urlsafe(24)
        db.session.add(cls(key_hash=_hash(key), email=email))
        return key


def is_remembered(key: str, email: str) -> bool:
    """Whether the key is that of a browser whose person proved this address."""
    if not key:
        return False
    query = select(RememberedBrowser.email).where(RememberedBrowser.key_hash == _hash(key))
    return db.session.scalar(query) == email


def _hash(key: str) -> str:
    return keys.digest("browser", key)
