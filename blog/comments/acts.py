"""What was done to comments, by whom and why, and how many stand in each status."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.dml import ReturningUpdate

from blog.auth.models import User
from blog.clock import Instant, now
from blog.database import direct
from blog.extensions import Base, choice, db

if TYPE_CHECKING:
    from blog.comments.models import Comment

REASON_LENGTH = 500
FOUND_LENGTH = 200

# As long as somebody may come back from a holiday and see what went wrong. What is put away is kept
# as long, or there would be nothing to bring back.
UNDO_FOR = timedelta(days=30)


class Status(StrEnum):
    """Where a comment stands."""

    ARRIVING = "arriving"  # only within the transaction that takes it
    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    TRASHED = "trashed"
    WITHDRAWN = "withdrawn"  # by its writer, whom nobody overrules
    PURGED = "purged"  # put away for so long that its words were deleted


# Nothing leads out of these.
FINAL = frozenset({Status.WITHDRAWN, Status.PURGED})
PUT_AWAY = frozenset({Status.SPAM, Status.TRASHED})
TABS = (Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED)


class Actor(StrEnum):
    """Who acts, when it is not a person with an account."""

    WRITER = "writer"
    RULES = "rules"
    READER = "reader"
    SCHEDULE = "schedule"


class Deed(StrEnum):
    """What was done. The names are those of the addresses that do it."""

    SUBMISSION = "submission"
    APPROVAL = "approval"
    SPAM = "spam"
    TRASH = "trash"
    RESTORATION = "restoration"
    HOLD = "hold"
    EDIT = "edit"
    WITHDRAWAL = "withdrawal"
    CONFIRMATION = "confirmation"
    REPORT = "report"
    DISMISSAL = "dismissal"
    UNDO = "undo"
    PURGE = "purge"


# What changes nothing that readers see.
UNSEEN = frozenset({Deed.REPORT, Deed.DISMISSAL})


class Tally(Base):
    """How many comments there are in each status."""

    __tablename__ = "comment_tally"

    status: Mapped[Status] = mapped_column(choice(Status), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)

    @classmethod
    def shift(cls, from_: Status, to: Status) -> None:
        """Count one comment out of a status and into another."""
        if from_ is to:
            return
        for status, by in ((from_, -1), (to, +1)):
            if status is not Status.ARRIVING:
                cls._count(status, by)

    @classmethod
    def _count(cls, status: Status, by: int) -> None:
        if direct().scalar(_shift(), {"counted": status, "by": by}) is None:  # the first one ever
            db.session.add(cls(status=status, number=by))
            db.session.flush()

    @classmethod
    def numbers(cls) -> dict[Status, int]:
        """The counts of the moderators' tabs."""
        known = dict(db.session.execute(select(cls.status, cls.number)).all())
        return {status: known.get(status, 0) for status in TABS}


@cache
def _shift() -> ReturningUpdate[Status]:
    return (
        update(Tally)
        .where(Tally.status == bindparam("counted"))
        .values(number=Tally.number + bindparam("by"))
        .returning(Tally.status)
        .execution_options(synchronize_session=False)
    )


class Moderation(Base):
    """One act: who did what to which comment, from which status to which, when and why.

    Rows are only added; an undo is another row. `kept` holds what the act replaced.
    """

    __tablename__ = "moderation"
    __table_args__ = (
        Index("ix_moderation_comment", "comment_id", "id"),
        # The record, newest first: all of it, and what each of its filters leaves (record.py).
        Index("ix_moderation_at", "at", "id"),
        Index("ix_moderation_user", "user_id", "at", "id"),
        Index("ix_moderation_actor", "actor", "at", "id"),
        Index("ix_moderation_deed", "deed", "at", "id"),
        Index("ix_moderation_post", "post_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What is undone together. The first act names it; what is done to one comment alone is a batch of
    # one, and what nobody can undo is in none.
    batch: Mapped[int | None] = mapped_column(index=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    # That of the comment, so that the record of a post is found by an index.
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    actor: Mapped[str] = mapped_column(String(10), default="")
    deed: Mapped[Deed] = mapped_column(choice(Deed))
    from_status: Mapped[Status] = mapped_column(choice(Status))
    to_status: Mapped[Status] = mapped_column(choice(Status))
    why: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    # Which rules fired, where nobody decided: their names alone, which say nothing of any person.
    found: Mapped[str] = mapped_column(String(FOUND_LENGTH), default="")
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("moderation.id"), index=True)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The mark of the text that the act left: an edit is undone only while that text stands.
    text_mark: Mapped[str] = mapped_column(String(32), default="")

    comment: Mapped["Comment"] = relationship()
    user: Mapped[User | None] = relationship(lazy="joined")

    @classmethod
    def record(
        cls,
        comment: "Comment",
        *,
        from_: Status,
        to: Status,
        by: User | Actor,
        deed: Deed,
        why: str,
        batch: int | None,
        undoes: int | None,
        kept: dict[str, Any],
    ) -> Self:
        """Write an act down."""
        person = by if isinstance(by, User) else None
        act = cls(
            comment=comment,
            post_id=comment.post_id,
            user=person,
            actor="" if person else by,
            deed=deed,
            from_status=from_,
            to_status=to,
            why=why,
            batch=batch,
            undoes=undoes,
            found="" if person else names_of(comment.findings),
            kept=kept,
            text_mark=comment.text_mark,
        )
        db.session.add(act)
        db.session.flush()
        if act.may_be_undone:
            act.batch = batch or act.id
        return act

    @classmethod
    def latest(cls, comment: "Comment") -> Self | None:
        """The act that last changed the comment."""
        return db.session.scalar(
            select(cls).where(cls.comment_id == comment.id).order_by(cls.id.desc()).limit(1)
        )

    @classmethod
    def history(cls, comment: "Comment") -> list[Self]:
        """Everything that was done to the comment, oldest first."""
        return list(
            db.session.scalars(select(cls).where(cls.comment_id == comment.id).order_by(cls.id))
        )

    @property
    def may_be_undone(self) -> bool:
        """What a member of the staff did may; what a writer or a rule did may not."""
        return self.user_id is not None

    def is_expired(self, at: datetime) -> bool:
        """Whether it was done too long ago to be undone."""
        return at - self.at > UNDO_FOR

    @property
    def opposite(self) -> Status:
        """Where the comment goes when the act is undone; what had just arrived goes to the trash."""
        return Status.TRASHED if self.from_status is Status.ARRIVING else self.from_status

    @property
    def decided_by_staff(self) -> bool:
        """Whether a person with an account decided what becomes of the comment."""
        return (
            self.user_id is not None
            and self.deed not in {Deed.UNDO, Deed.EDIT, Deed.SUBMISSION, Deed.DISMISSAL}
            and self.to_status is not Status.PENDING
        )

    @property
    def holds(self) -> bool:
        """Whether a comment began to wait with this act, without a moderator knowing."""
        return (
            self.user_id is None
            and self.to_status is Status.PENDING
            and self.from_status is not Status.PENDING
        )


def names_of(findings: Iterable[Mapping[str, Any]]) -> str:
    """Which rules found something, each once, as far as there is room."""
    names = dict.fromkeys(str(finding["rule"]) for finding in findings)
    while len(said := " ".join(names)) > FOUND_LENGTH:
        names.popitem()
    return said
