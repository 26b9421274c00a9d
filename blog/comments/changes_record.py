"""What was changed of rules, blocks and the like: who did so, when, and what stood there before.

What happens to comments is in `Moderation`; this is the record of all else that decides about them. Each
subject says how it is now and how to put another state in its place (`register`), so that a change
can be taken back by whoever knows nothing of the subject.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog.auth.models import User
from blog.clock import Instant, now
from blog.extensions import Base, db

# All that is known of a thing, as JSON; None where there is no such thing.
State = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """A kind of thing that is changed: how one of them is now, and how to put another state there."""

    now: Callable[[int], State | None]
    put: Callable[[int, State | None], None]
    # Whether it is the author's alone to change it, and to take a change back.
    is_authors: bool = False


SUBJECTS: dict[str, Subject] = {}


def register(
    name: str,
    now: Callable[[int], State | None],
    put: Callable[[int, State | None], None],
    *,
    is_authors: bool = False,
) -> None:
    """Make a kind of thing known, so that its changes can be taken back. Called where it is defined."""
    SUBJECTS[name] = Subject(now, put, is_authors)


class ChangedSince(Exception):
    """What a change left is not there any more. Carries the change."""

    def __init__(self, change: "Change") -> None:
        super().__init__(f"{change.subject} {change.subject_id} was changed since")
        self.change = change


class Change(Base):
    """One change: of what, by whom, when, and how it was before and after.

    Rows are only added; taking a change back is another row.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_subject", "subject", "subject_id", "id"),
        # The record, newest first: all of it, and what each of its filters leaves (record.py).
        Index("ix_change_at", "at", "id"),
        Index("ix_change_user", "user_id", "at", "id"),
        Index("ix_change_kind", "subject", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What is undone together: the first change names it.
    batch: Mapped[int | None] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    # Nobody, where a command or the schedule did it.
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    before: Mapped[State | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[State | None] = mapped_column(JSON(none_as_null=True))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("change.id"), index=True)

    user: Mapped[User | None] = relationship(lazy="joined")

    @classmethod
    def record(
        cls,
        subject: str,
        subject_id: int,
        *,
        by: User | None,
        before: State | None,
        after: State | None,
        batch: int | None = None,
        undoes: int | None = None,
    ) -> Self:
        """Write down what was just done. Call within write_tx()."""
        change = cls(
            subject=subject,
            subject_id=subject_id,
            user_id=by.id if by else None,
            before=before,
            after=after,
            batch=batch,
            undoes=undoes,
        )
        db.session.add(change)
        db.session.flush()
        change.batch = batch or change.id
        return change

    @classmethod
    def of_batch(cls, batch: int) -> list[Self]:
        """What was done together, the last of it first: in which order it is to be taken back."""
        found = select(cls).where(cls.batch == batch).order_by(cls.id.desc())
        return list(db.session.scalars(found))

    @classmethod
    def last_of(cls, subject: str, subject_id: int) -> "Change | None":
        """What was changed last about a thing, which may be gone."""
        mine = cls.subject == subject, cls.subject_id == subject_id
        return db.session.scalar(select(cls).where(*mine).order_by(cls.id.desc()).limit(1))

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back, and the taking back was not."""
        undos = db.session.scalars(select(Change).where(Change.undoes == self.id)).all()
        return any(not undo.is_undone for undo in undos)

    def take_back(self, by: User | None, batch: int | None = None) -> "Change":
        """Put back what was there before, where that was not changed since. Call within write_tx().

        What a later change did to other parts of the same thing stays. Raises ChangedSince, having
        changed nothing.
        """
        subject = SUBJECTS[self.subject]
        present = subject.now(self.subject_id)
        if self.is_undone or not has_all_of(present, self.after, self.before):
            raise ChangedSince(self)
        restored = _with_all_of(present, self.before, self.after)
        subject.put(self.subject_id, restored)
        return Change.record(
            self.subject,
            self.subject_id,
            by=by,
            before=present,
            after=restored,
            batch=batch,
            undoes=self.id,
        )


def has_all_of(present: State | None, after: State | None, before: State | None) -> bool:
    """Whether what a change left is still there: all of it, or those parts that it changed."""
    if present is None or after is None or before is None:
        return present == after
    return all(present.get(name) == after[name] for name in _differing(before, after))


def _with_all_of(present: State | None, before: State | None, after: State | None) -> State | None:
    if present is None or before is None or after is None:
        return before
    return present | {name: before[name] for name in _differing(before, after)}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in before if before[name] != after.get(name)]
