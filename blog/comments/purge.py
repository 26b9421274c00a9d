"""Purge: what was put away for 30 days loses its words. That it was there stays, and what became of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select, update

from blog.clock import now
from blog.comments.acts import PUT_AWAY, UNDO_FOR, Actor, Deed, Moderation, Status
from blog.comments.models import Comment
from blog.comments.people.blocks import Block
from blog.comments.reports.models import Report
from blog.extensions import db

# As long as an act can be undone: who undoes finds the words again.
KEPT_FOR = UNDO_FOR

# Purged in one transaction, which then lasts a fraction of a second: replies are taken in between.
AT_ONCE = 100

# All that its writer brought, and what was made of it. Who of the staff decided, and why, stays.
NOTHING: dict[str, Any] = {
    "source": "",
    "html": "",
    "standing_html": None,
    "name": "",
    "email": "",
    "website": "",
    "findings": [],
    "proven_at": None,
    "wants_mail": False,
    "address_hash": "",
    "network_hash": "",
    "wide_network_hash": "",
    "took": None,
}


def purge() -> bool:
    """Empty some of what was put away for long; whether there may be more. Call within write_tx()."""
    Block.forget_lifted(now() - KEPT_FOR)
    comments = _due()
    for comment in comments:
        comment.move(
            Status.PURGED,
            from_=comment.status,
            by=Actor.SCHEDULE,
            deed=Deed.PURGE,
            changes=NOTHING,
        )
    numbers = [comment.id for comment in comments]
    db.session.execute(delete(Report).where(Report.comment_id.in_(numbers)))
    db.session.execute(
        update(Moderation)
        .where(Moderation.comment_id.in_(numbers))
        .values(kept={}, text_mark="")
        .execution_options(synchronize_session=False)
    )
    return len(comments) == AT_ONCE


def _due() -> Sequence[Comment]:
    """What was put away long ago, and not touched since: every act on it is too old to be undone."""
    long_ago = now() - KEPT_FOR
    touched = exists().where(Moderation.comment_id == Comment.id, Moderation.at >= long_ago)
    return db.session.scalars(
        select(Comment)
        .where(Comment.put_away_at < long_ago, Comment.status.in_(PUT_AWAY), ~touched)
        .order_by(Comment.put_away_at)
        .limit(AT_ONCE)
    ).all()
