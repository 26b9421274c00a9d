"""When what everyone reads of a comment last changed: the one rule of feeds and sitemap.

It came, was let through, whoever did so, or was mended. A change that waits for a moderator changes
nothing yet.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from blog.comments.acts import Deed, Moderation, Status
from blog.comments.models import Comment
from blog.posts.models import Post

# Of each post so many are looked at, which an index finds: a long thread costs no more than a short
# one. What waited while more came than that is not news any more.
NEWEST = 20


def changed() -> ColumnElement[datetime]:
    """That moment, as a column of a query for comments."""
    shows = or_(
        Moderation.from_status != Status.APPROVED, Moderation.deed.in_((Deed.EDIT, Deed.UNDO))
    )
    act = (
        select(func.max(Moderation.at))
        .where(
            Moderation.comment_id == Comment.id,
            Moderation.to_status == Status.APPROVED,
            Moderation.deed != Deed.SUBMISSION,
            shows,
        )
        .correlate(Comment)
        .scalar_subquery()
    )
    return func.coalesce(act, Comment.submitted_at)


def newest_changed() -> ScalarSelect[datetime]:
    """When what a post's newest comments say last changed, as a column of a query for posts."""
    newest = (
        select(changed().label("at"))
        .where(Comment.post_id == Post.id, Comment.shown, Comment.is_public_clause())
        .order_by(Comment.id.desc())
        .limit(NEWEST)
        .correlate(Post)
        .subquery()
    )
    return select(func.max(newest.c.at)).scalar_subquery()
