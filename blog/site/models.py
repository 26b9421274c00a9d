"""The site's own settings: what the author chose, kept as rows, read as one object."""

from dataclasses import asdict, dataclass, fields
from datetime import tzinfo
from functools import cache
from typing import Any, Self

from sqlalchemy import JSON, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from blog import editions, zones
from blog.colours import is_accent
from blog.database import direct
from blog.extensions import Base, db


class Setting(Base):
    """One thing that the author set. What is not here is as `Site` says."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


@dataclass(frozen=True)
class Site:
    """All settings of the site, with what they are at first."""

    title: str = "Your Website"
    tagline: str = ""
    language: str = "en"
    # By its IANA name. Days and times are shown in it, and a post that is to come comes by it.
    time_zone: str = zones.USUAL
    # Everything coloured is derived from it, with contrast by construction (static/css/tokens.css).
    accent: str = "#006b6b"
    # What the site's feeds are called by, whatever its address: made once, by a migration.
    uid: str = "00000000-0000-0000-0000-000000000000"
    # Where else the author is, one address a line: pages that link back show that they are theirs.
    rel_me: str = ""
    # Whom to tell of a hole (RFC 9116): mailto: or https:.
    security_contact: str = ""
    # How many posts a page of them shows.
    posts_per_page: int = 10
    # A few words about the author, as Markdown, and whether they stand below each post.
    author_card: str = ""
    shows_author_card: bool = False
    # Whether new posts begin open for replies.
    opens_posts: bool = True
    # Joined into the stylesheet of readers, behind all of ours.
    custom_css: str = ""
    # Whether search engines may show the site, and whether models may be trained with it.
    robots: bool = True
    ai_crawlers: bool = True
    # Whether the spam filter is asked about replies. It learns in any case.
    spam_filter: bool = True
    # So many days after its publication a post takes no more replies; 0 for never. A post may differ.
    close_after_days: int = 0

    @classmethod
    def load(cls) -> Self:
        """The settings as they are now: one query.

        An accent that is no colour is the usual one, however it came into the database: it goes into
        the stylesheet as it is, and pictures are made of it.
        """
        known = {field.name for field in fields(cls)}
        rows = direct().execute(_settings()).all()
        kept = {name: value for name, value in rows if name in known}
        if not is_accent(kept.get("accent")):
            kept.pop("accent", None)
        return cls(**kept)

    @property
    def profiles(self) -> list[str]:
        """The author's pages elsewhere."""
        return self.rel_me.split()

    @property
    def zone(self) -> tzinfo:
        """The time zone, to reckon with."""
        return zones.zone(self.time_zone)

    def save(self) -> None:
        """Write the settings. Call within write_tx()."""
        for name, value in asdict(self).items():
            db.session.merge(Setting(name=name, value=value))
        editions.touch(editions.SITE)


@cache
def _settings() -> Select[str, Any]:
    return select(Setting.name, Setting.value)
