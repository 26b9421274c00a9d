"""The life of a post: draft, to come, public, withdrawn, in the trash; and what may be said of it meanwhile.

To come is no state: such a post is published at a time ahead, and is there when its time has come.
No job has to run for that, nor for the end of its replies.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BindParameter, ColumnElement, and_
from sqlalchemy.orm import Mapped, mapped_column

from blog import editions
from blog.clock import Instant
from blog.extensions import choice


class Status(StrEnum):
    """Where a post is in its life. To come is not a status: it is published, at a time ahead."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    TRASHED = "trashed"


class IsOut(Exception):
    """The post is public already: a date to come would take it away without saying that it is gone."""


class IsTrashed(Exception):
    """The post lies in the trash, where nothing is done to it but to bring it back."""


class Life:
    """What becomes of a post, by its author and by the clock."""

    status: Mapped[Status] = mapped_column(choice(Status), default=Status.DRAFT)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    # Since when it lies in the trash, and what it was before.
    trashed_at: Mapped[datetime | None] = mapped_column(Instant)
    trashed_from: Mapped[Status | None] = mapped_column(choice(Status))
    # Since when it stands before the newest on the home page.
    pinned_at: Mapped[datetime | None] = mapped_column(Instant)
    takes_comments: Mapped[bool] = mapped_column(default=True)
    # So many days after its publication; 0 for never, None for what the site says.
    close_after_days: Mapped[int | None]
    # What comes of it: an instant, so that SQL can ask what the clock will change next.
    closes_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def visible(cls, at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
        """The one rule that decides what the public may see, as a condition for queries."""
        return and_(cls.status == Status.PUBLISHED, cls.published_at <= at)

    def is_visible(self, at: datetime) -> bool:
        """The same rule, asked of one post."""
        return (
            self.status == Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= at
        )

    def is_to_come(self, at: datetime) -> bool:
        """Whether the clock will show it."""
        return self.status == Status.PUBLISHED and not self.is_visible(at)

    @property
    def is_out(self) -> bool:
        """Whether it is public, or will be without anybody doing more: new words wait beside it.

        So they do while it lies in the trash, from where it comes back as it was.
        """
        return Status.PUBLISHED in {self.status, self.trashed_from}

    @property
    def is_trashed(self) -> bool:
        """Whether it lies in the trash."""
        return self.status == Status.TRASHED

    @property
    def is_gone(self) -> bool:
        """Whether the public has seen it and may be told that it is gone."""
        if self.is_trashed and self.trashed_from == Status.PUBLISHED:
            return bool(
                self.published_at and self.trashed_at and self.published_at <= self.trashed_at
            )
        return Status.WITHDRAWN in {self.status, self.trashed_from}

    def accepts_comments(self, at: datetime) -> bool:
        """Whether a reply may be left now."""
        is_open = self.takes_comments and (self.closes_at is None or at < self.closes_at)
        return is_open and self.is_visible(at)

    def open_or_close(self, takes_comments: bool) -> None:
        """Let readers reply, or not any more."""
        self.takes_comments = takes_comments
        self._touch()

    def publish(self, at: datetime, on: datetime | None = None) -> None:
        """Show it to everyone: from now on, or from the date that it is given, past or to come.

        Without one, a post that comes back keeps the date it first had. Raises IsOut, IsTrashed.
        """
        self._refuse_if_trashed()
        if on is not None and on > at and self.is_visible(at):
            raise IsOut
        had = self.published_at
        self.published_at = on or (had if had and had <= at else at)
        self.status = Status.PUBLISHED
        self.close_after(self.close_after_days)

    def stand(
        self, status: Status, published_at: datetime | None, pinned_at: datetime | None
    ) -> None:
        """Be where a file says that it is in its life."""
        self._touch()
        self.status, self.published_at, self.pinned_at = status, published_at, pinned_at
        self._touch()

    def withdraw(self, at: datetime) -> None:
        """Take it away from everyone: its address says that it is gone. Raises IsTrashed.

        What nobody has seen yet becomes a draft again: that it is gone would say that it was there.
        """
        self._refuse_if_trashed()
        editions.touch(editions.SITE)
        if self.is_visible(at):
            self.status = Status.WITHDRAWN
        elif self.status == Status.PUBLISHED:
            self._be_a_draft()

    def trash(self, at: datetime) -> None:
        """Put it away, with all that belongs to it. Who has read it is told that it is gone."""
        if not self.is_trashed:
            self._touch()
            self.trashed_from, self.trashed_at = self.status, at
            self.status = Status.TRASHED

    def restore(self, at: datetime) -> None:
        """Bring it back from the trash as it was.

        What was to come, and would have come meanwhile, is a draft: nobody publishes by an undo.
        """
        if not self.is_trashed:
            return
        was_seen = self.is_gone
        self.status = self.trashed_from or Status.DRAFT
        self.trashed_at = self.trashed_from = None
        if self.is_visible(at) and not was_seen:
            self._be_a_draft()
        self._touch()

    def pin(self, at: datetime) -> None:
        """Let it stand before the newest; what is pinned last stands first. Raises IsTrashed."""
        self._refuse_if_trashed()
        self.pinned_at = at
        self._touch()

    def unpin(self) -> None:
        """Let it stand where its date puts it."""
        self.pinned_at = None
        self._touch()

    def close_after(self, days: int | None) -> None:
        """Take replies for so many days after its publication; 0 is for ever, None as the site says."""
        self.close_after_days = days
        in_force = self._site_closes_after() if days is None else days
        self.closes_at = closing(self.published_at, in_force)
        self._touch()

    def _site_closes_after(self) -> int:
        raise NotImplementedError

    def _be_a_draft(self) -> None:
        self.status = Status.DRAFT
        self.published_at = self.closes_at = None

    def _refuse_if_trashed(self) -> None:
        if self.is_trashed:
            raise IsTrashed

    def _touch(self) -> None:
        """What is public shows on lists and beside other posts. A draft shows nowhere."""
        if self.status != Status.DRAFT:
            editions.touch(editions.SITE)


def closing(published_at: datetime | None, days: int) -> datetime | None:
    """When a post closes that takes replies for so many days; None for never. 0 days are for ever."""
    return published_at + timedelta(days=days) if published_at and days else None
