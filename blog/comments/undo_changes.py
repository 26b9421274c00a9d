"""Undo of what was changed about rules, blocks and the like: as long as it still stands, for 30 days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, tuple_

from blog.auth.models import User
from blog.clock import now
from blog.comments.acts import UNDO_FOR
from blog.comments.changes_record import SUBJECTS, Change, ChangedSince, State, has_all_of
from blog.comments.undo import Standing
from blog.extensions import db


@dataclass
class UndoneChanges:
    """What became of an undo: the changes that took others back, and those that it left alone."""

    changes: list[Change] = field(default_factory=list)
    overtaken: list[Change] = field(default_factory=list)
    expired: list[Change] = field(default_factory=list)


class LaterChanges:
    """How the things are by now that some changes were about: one query."""

    def __init__(self, changes: Sequence[Change]) -> None:
        things = {(change.subject, change.subject_id) for change in changes}
        query = select(
            Change.id, Change.subject, Change.subject_id, Change.undoes, Change.after
        ).where(
            tuple_(Change.subject, Change.subject_id).in_(things),
            Change.id >= min((change.id for change in changes), default=0),
        )
        rows = db.session.execute(query.order_by(Change.id)).all()
        self._present: dict[tuple[str, int], State | None] = {
            (row.subject, row.subject_id): row.after for row in rows
        }
        self._undone: set[int] = set()
        # An undo is younger than what it undoes: from the end on, it is known whether it counts.
        for row in reversed(rows):
            if row.undoes is not None and row.id not in self._undone:
                self._undone.add(row.undoes)

    def standing(self, change: Change, at: datetime) -> Standing:
        """Whether a change may be taken back at this moment."""
        present = self._present[change.subject, change.subject_id]
        if change.subject not in SUBJECTS:
            return Standing.NOT_OURS
        if change.id in self._undone:
            return Standing.UNDONE
        if is_expired(change, at):
            return Standing.EXPIRED
        is_there = has_all_of(present, change.after, change.before)
        return Standing.STANDS if is_there else Standing.CHANGED


def undo_changes(batch: int, by: User) -> UndoneChanges:
    """Take back every change of a batch that still stands. Call within write_tx()."""
    undone = UndoneChanges()
    for change in Change.of_batch(batch):
        if is_expired(change, now()):
            undone.expired.append(change)
            continue
        try:
            first = undone.changes[0].batch if undone.changes else None
            undone.changes.append(change.take_back(by, first))
        except ChangedSince:
            undone.overtaken.append(change)
    return undone


def is_expired(change: Change, at: datetime) -> bool:
    """Whether it was made too long ago to be undone."""
    return at - change.at > UNDO_FOR


def may_undo(change: Change, user: User) -> bool:
    """Whose undo it is: whoever may make such a change may take it back."""
    subject = SUBJECTS.get(change.subject)
    return subject is not None and (user.may_write if subject.is_authors else user.may_moderate)
