"""Undo: an act is taken back as long as what it made still stands, for 30 days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from blog.auth.models import User
from blog.clock import now
from blog.comments.acts import Deed, Moderation, Status
from blog.comments.models import INSTANTS, Overtaken
from blog.database import write_tx
from blog.extensions import db

# Taken back in one transaction, which then lasts about half a second: others write in between.
AT_ONCE = 40


class Standing(Enum):
    """Whether an act can be taken back, or why it cannot."""

    STANDS = "stands"
    UNDONE = "undone"
    CHANGED = "changed"  # what it made is not there any more
    EXPIRED = "expired"  # it was done too long ago
    NOT_OURS = "not ours"  # a writer did it, or a rule, or the schedule


@dataclass
class Undone:
    """What became of an undo: the acts that took others back, and those that it left alone."""

    acts: list[Moderation] = field(default_factory=list)
    overtaken: list[Overtaken] = field(default_factory=list)
    expired: list[Moderation] = field(default_factory=list)

    @property
    def batch(self) -> int | None:
        """What undoes this undo; None when nothing was taken back."""
        return self.acts[0].batch if self.acts else None


class Later:
    """What was done to the comments of some acts since the first of these: one query."""

    def __init__(self, acts: Sequence[Moderation]) -> None:
        self._rows = db.session.execute(
            select(
                Moderation.id,
                Moderation.comment_id,
                Moderation.undoes,
                (Moderation.from_status != Moderation.to_status).label("moves"),
                Moderation.deed,
            )
            .where(
                Moderation.comment_id.in_({act.comment_id for act in acts}),
                Moderation.id > min((act.id for act in acts), default=0),
            )
            .order_by(Moderation.id)
        ).all()
        self._undone: set[int] = set()
        # An undo is younger than what it undoes: from the end on, it is known whether it counts.
        for row in reversed(self._rows):
            if row.undoes is not None and row.id not in self._undone:
                self._undone.add(row.undoes)

    def note(self, undo: Moderation) -> None:
        """Take note of an undo that was made meanwhile."""
        self._undone.add(undo.undoes or 0)

    def standing(self, act: Moderation, at: datetime) -> Standing:
        """Whether an act may be taken back at this moment."""
        if not act.may_be_undone:
            return Standing.NOT_OURS
        if act.id in self._undone:
            return Standing.UNDONE
        if act.is_expired(at):
            return Standing.EXPIRED
        return Standing.STANDS if self._is_still_so(act) else Standing.CHANGED

    def _is_still_so(self, act: Moderation) -> bool:
        if act.comment.status is not act.to_status or self._is_superseded(act):
            return False
        return not _needs_its_text(act) or act.comment.text_mark == act.text_mark

    def _is_superseded(self, act: Moderation) -> bool:
        """Whether a later decision stands, be it one that came to the same status again."""
        return any(
            row.comment_id == act.comment_id
            and row.id > act.id
            and (row.moves or row.deed is act.deed is Deed.DISMISSAL)
            and row.deed is not Deed.UNDO
            and row.id not in self._undone
            for row in self._rows
        )


def undo(batch: int, by: User) -> Undone:
    """Take back every act of a batch that still stands. Call within write_tx().

    A comment that somebody changed since stays as they left it, and is listed.
    """
    undone = Undone()
    _take_back(_acts(numbers_of(batch)), by, undone)
    return undone


def undo_in_steps(numbers: Sequence[int], by: User) -> Undone:
    """The same for the acts with these numbers, however many. Call outside write_tx().

    Others write between the steps. Whoever is cut off undoes the rest by asking again.
    """
    undone = Undone()
    for begin in range(0, len(numbers), AT_ONCE):
        with write_tx():
            _take_back(_acts(numbers[begin : begin + AT_ONCE]), by, undone)
    return undone


def numbers_of(batch: int) -> Sequence[int]:
    """The acts of a batch, the last one first: in this order they are taken back."""
    query = select(Moderation.id).where(Moderation.batch == batch)
    return db.session.scalars(query.order_by(Moderation.id.desc())).all()


def _acts(numbers: Iterable[int]) -> Sequence[Moderation]:
    query = select(Moderation).where(Moderation.id.in_(numbers))
    return db.session.scalars(query.order_by(Moderation.id.desc())).all()


def _take_back(acts: Sequence[Moderation], by: User, undone: Undone) -> None:
    later = Later(acts)
    for act in acts:
        standing = later.standing(act, now())
        if standing is Standing.STANDS:
            undone.acts.append(_opposite(act, by, undone.batch))
            later.note(undone.acts[-1])
        elif standing is Standing.EXPIRED:
            undone.expired.append(act)
        elif standing is not Standing.NOT_OURS:
            undone.overtaken.append(Overtaken(act.comment, Moderation.latest(act.comment)))


def _opposite(act: Moderation, by: User, batch: int | None) -> Moderation:
    return act.comment.move(
        act.opposite,
        from_=act.to_status,
        by=by,
        deed=Deed.UNDO,
        batch=batch,
        undoes=act.id,
        changes={name: _value(name, value) for name, value in _before(act).items()},
    )


def _before(act: Moderation) -> Mapping[str, Any]:
    """What the act replaced. What had just arrived was not put away before: it is from now on."""
    if act.from_status is not Status.ARRIVING:
        return act.kept
    return {name: value for name, value in act.kept.items() if name != "put_away_at"}


def _needs_its_text(act: Moderation) -> bool:
    """Whether it changed or brought the text, or its undoing publishes the text that stands there."""
    return "source" in act.kept or act.from_status in {Status.APPROVED, Status.ARRIVING}


def _value(name: str, kept: Any) -> Any:
    return datetime.fromisoformat(kept) if name in INSTANTS and kept else kept
