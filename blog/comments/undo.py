"""Undo: an act is taken back as long as what it made still stands."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from blog.auth.models import User
from blog.comments.acts import Deed, Moderation, Status
from blog.comments.models import Overtaken
from blog.extensions import db

INSTANTS = {"decided_at"}


@dataclass
class Undone:
    """What became of an undo: the acts that took others back, and the comments changed since."""

    acts: list[Moderation] = field(default_factory=list)
    overtaken: list[Overtaken] = field(default_factory=list)


def undo(batch: int, by: User) -> Undone:
    """Take back every act of a batch that still stands. Call within write_tx().

    A comment that somebody changed since stays as they left it, and is listed.
    """
    undone = Undone()
    query = select(Moderation).where(Moderation.batch == batch).order_by(Moderation.id)
    for act in db.session.scalars(query).all():
        if not act.may_be_undone:
            continue
        try:
            undone.acts.append(_take_back(act, by, undone))
        except Overtaken as overtaken:
            undone.overtaken.append(overtaken)
    return undone


def _take_back(act: Moderation, by: User, undone: Undone) -> Moderation:
    """One act's opposite. Raises Overtaken."""
    comment = act.comment
    if act.is_undone or act.is_superseded or (_needs_its_text(act) and _text_changed(act)):
        raise Overtaken(comment, Moderation.latest(comment))
    return comment.move(
        act.opposite,
        from_=act.to_status,
        by=by,
        deed=Deed.UNDO,
        batch=undone.acts[0].batch if undone.acts else None,
        undoes=act.id,
        changes={name: _value(name, value) for name, value in act.kept.items()},
    )


def _needs_its_text(act: Moderation) -> bool:
    """Whether it changed the text, or its undoing publishes the text that stands there."""
    return "source" in act.kept or act.from_status is Status.APPROVED


def _text_changed(act: Moderation) -> bool:
    return act.comment.text_mark != act.text_mark


def _value(name: str, kept: Any) -> Any:
    return datetime.fromisoformat(kept) if name in INSTANTS and kept else kept
