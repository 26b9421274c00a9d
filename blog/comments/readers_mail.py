"""The letters to readers: is this you, what became of it, somebody answered.

Each is made at the moment it is sent, from what is true then. A composer gets a row of the outbox and
returns the letter, or None when there is nothing to say any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from blog import keys, outbox
from blog.comments import letters
from blog.comments.acts import Deed, Moderation, Status
from blog.comments.letters import MOST_LISTED
from blog.comments.models import Comment
from blog.outbox import Letter, Outbox, Outcome, absolute
from blog.text import clean_line

DECIDED = (Status.APPROVED, Status.SPAM, Status.TRASHED)


@dataclass(frozen=True)
class Item(letters.Item):
    """One comment as its writer, or whom it answers, is told of it."""

    @property
    def verdict(self) -> str:
        """What the moderator told its writer."""
        return clean_line(self.comment.reason)

    @property
    def is_approved(self) -> bool:
        """Whether the decision was to publish it."""
        return self.comment.status is Status.APPROVED

    @property
    def receipt(self) -> str:
        """Its writer's private page."""
        key = keys.receipt(self.comment.id, self.comment.nonce)
        return absolute("receipts.receipt", key=key)

    @property
    def confirmation(self) -> str:
        """The page that asks: is this yours?"""
        key = keys.confirmation(self.comment.id, self.comment.email)
        return absolute("confirmations.confirmation", key=key)


def confirmation(row: Outbox) -> Letter | None:
    """To whoever owns an address that somebody typed: is this you?

    Anybody can type anybody's address. So the mail says nothing that its writer typed.
    """
    waiting = or_(
        Comment.status == Status.PENDING,
        (Comment.status == Status.APPROVED) & Comment.wants_mail,
    )
    asked_for = or_(Comment.id == row.subject_id, ~_was_mailed(row))
    theirs = Comment.email == row.person
    items = _items(theirs, Comment.proven_at.is_(None), waiting, asked_for, most=MOST_LISTED)
    if not items:
        return None
    return _letter("mails/confirmation.txt", _("Is this you?"), row, items)


def _was_mailed(row: Outbox) -> ColumnElement[bool]:
    """Whether an earlier mail of this kind had the comment in its stretch of time."""
    return (
        select(Outbox.id)
        .where(
            Outbox.kind == row.kind,
            Outbox.person == row.person,
            Outbox.id < row.id,
            Outbox.outcome.in_((Outcome.SENT, Outcome.SHOWN)),
            Outbox.since < Comment.submitted_at,
            Outbox.tried_at >= Comment.submitted_at,
        )
        .exists()
    )


def decision(row: Outbox) -> Letter | None:
    """To a reader who asked: what became of their replies."""
    items = _items(
        _is_told(Comment, row),
        Comment.status.in_(DECIDED),
        Comment.decided_at > row.since,
        Comment.decided_at <= row.until,
    )
    if not items:
        return None
    subject = ngettext("What became of your reply", "What became of your replies", len(items))
    return _letter("mails/decision.txt", subject, row, items)


def answer(row: Outbox) -> Letter | None:
    """To a reader who asked: what others answered."""
    answered = aliased(Comment)
    published = (
        select(Moderation.id)
        .where(
            Moderation.comment_id == Comment.id,
            Moderation.to_status == Status.APPROVED,
            Moderation.from_status != Status.APPROVED,
            Moderation.deed != Deed.UNDO,  # it was told of when it was first approved
            Moderation.at > row.since,
            Moderation.at <= row.until,
        )
        .exists()
    )
    mine = select(answered.id).where(_is_told(answered, row), answered.status != Status.WITHDRAWN)
    answers = _items(
        Comment.parent_id.in_(mine),
        published,
        Comment.status == Status.APPROVED,
        Comment.email != row.person,
    )
    items = [item for item in answers if item.place]
    if not items:
        return None
    subject = ngettext("Somebody answered you", "%(num)d answers to you", len(items))
    return _letter("mails/answer.txt", subject, row, items)


def _is_told(comment: type[Comment], row: Outbox) -> ColumnElement[bool]:
    """Whose writer is this person, and asked to be told, and proved the address."""
    return (comment.email == row.person) & comment.wants_mail & comment.proven_at.is_not(None)


def _items(*conditions: ColumnElement[bool], most: int | None = None) -> list[Item]:
    return [Item(comment) for comment in letters.newest(*conditions, most=most)]


def _letter(template: str, subject: str, row: Outbox, items: Sequence[Item]) -> Letter:
    leave = absolute("confirmations.unsubscription", key=keys.unsubscription(row.person))
    return letters.letter(template, subject, leave, items=items)


def init_app() -> None:
    """Tell the outbox who writes these letters."""
    for composer in (confirmation, decision, answer):
        outbox.compose_with(composer.__name__, composer)
