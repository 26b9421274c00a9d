"""The moderation queue: one page of a tab, newest first, by key; and what the acts on it say."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from blog.comments.acts import Moderation, Status, Tally
from blog.comments.models import Comment
from blog.extensions import db

A_PAGE = 25


@dataclass(frozen=True)
class Queue:
    """A page of a tab: its comments, the counts of all tabs, and where the next page begins."""

    status: Status
    comments: Sequence[Comment]
    numbers: dict[Status, int]
    older: int | None


def page(status: Status, before: int | None = None) -> Queue:
    """The newest comments of a tab, or those before a comment's number."""
    query = (
        select(Comment)
        .where(Comment.status == status)
        .options(joinedload(Comment.parent), joinedload(Comment.user))
        .order_by(Comment.id.desc())
        .limit(A_PAGE + 1)
    )
    if before is not None:
        query = query.where(Comment.id < before)
    comments = db.session.scalars(query).all()
    older = comments[A_PAGE - 1].id if len(comments) > A_PAGE else None
    return Queue(status, comments[:A_PAGE], Tally.numbers(), older)


def batch(number: int) -> Sequence[Moderation]:
    """The acts of a batch, for the notice that announces it."""
    return db.session.scalars(
        select(Moderation)
        .where(Moderation.batch == number)
        .options(joinedload(Moderation.comment))
        .order_by(Moderation.id)
    ).all()
