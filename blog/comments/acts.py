"""What was done to comments, by whom and why, and how many stand in each status."""

from datetime import datetime
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
from blog.extensions import Base, choice, db

if TYPE_CHECKING:
    from blog.comments.models import Comment

REASON_LENGTH = 500


class Status(StrEnum):
    """Where a comment stands."""

    ARRIVING = "arriving"  # only within the transaction that takes it
    PENDING = "pending"
    APPROVED = "approved"
    SPAM = "spam"
    TRASHED = "trashed"
    WITHDRAWN = "withdrawn"  # by its writer, whom nobody overrules


TABS = (Status.PENDING, Status.APPROVED, Status.SPAM, Status.TRASHED)


class Actor(StrEnum):
    """Who acts, when it is not a person with an account."""

    WRITER = "writer"
    RULES = "rules"


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
    UNDO = "undo"


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
        if db.session.scalar(_shift(), {"counted": status, "by": by}) is None:  # the first one ever
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
    __table_args__ = (Index("ix_moderation_comment", "comment_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # What is undone together. The first act names it; what is done to one comment alone is a batch of
    # one, and what nobody can undo is in none.
    batch: Mapped[int | None] = mapped_column(index=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    actor: Mapped[str] = mapped_column(String(10), default="")
    deed: Mapped[Deed] = mapped_column(choice(Deed))
    from_status: Mapped[Status] = mapped_column(choice(Status))
    to_status: Mapped[Status] = mapped_column(choice(Status))
    why: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
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
            user=person,
            actor="" if person else by,
            deed=deed,
            from_status=from_,
            to_status=to,
            why=why,
            batch=batch,
            undoes=undoes,
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
    def is_undone(self) -> bool:
        """Whether it was taken back, and the taking back was not."""
        undos = db.session.scalars(select(Moderation).where(Moderation.undoes == self.id)).all()
        return any(not undo.is_undone for undo in undos)

    @property
    def is_superseded(self) -> bool:
        """Whether a later decision stands, be it one that came to the same status again."""
        later = select(Moderation).where(
            Moderation.comment_id == self.comment_id,
            Moderation.id > self.id,
            Moderation.from_status != Moderation.to_status,
            Moderation.deed != Deed.UNDO,
        )
        return any(not act.is_undone for act in db.session.scalars(later).all())

    @property
    def may_be_undone(self) -> bool:
        """What a member of the staff did may; what a writer or a rule did may not."""
        return self.user_id is not None

    @property
    def opposite(self) -> Status:
        """Where the comment goes when the act is undone; what had just arrived goes to the trash."""
        return Status.TRASHED if self.from_status is Status.ARRIVING else self.from_status

    @property
    def decided_by_staff(self) -> bool:
        """Whether a person with an account decided what becomes of the comment."""
        return (
            self.user_id is not None
            and self.deed not in {Deed.UNDO, Deed.EDIT, Deed.SUBMISSION}
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
