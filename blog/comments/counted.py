"""How many comments everyone can read below a post and below each comment, kept as they change.

A comment has a place on the page when everyone may read it, or when somebody can read an answer
below it: then a placeholder keeps its place. Because all of this is counted as it changes, a page
costs the same however many comments exist.
"""

from typing import TYPE_CHECKING, cast

from sqlalchemy import CTE, select, update
from sqlalchemy.orm import Mapped, mapped_column

from blog.extensions import db
from blog.posts.models import Post

if TYPE_CHECKING:
    from blog.comments.models import Comment


class Counted:
    """What a comment knows about the comments below it. A part of `Comment`."""

    # Comments anywhere below this one that everyone may read.
    public_below: Mapped[int] = mapped_column(default=0)
    # Answers right below this one that have a place on the page.
    answers: Mapped[int] = mapped_column(default=0)
    # Whether this one has a place on the page.
    shown: Mapped[bool] = mapped_column(default=False)

    def count(self, by: int) -> None:
        """Count this comment in (+1) or out (-1), all the way up, when everyone may read it, or no
        longer. Call in the transaction that changes it.
        """
        comment = cast("Comment", self)
        db.session.execute(
            update(Post)
            .where(Post.id == comment.post_id)
            .values(comment_count=Post.comment_count + by)
        )
        if comment.parent_id is not None:
            _count_above(comment, by)
        _place(comment)


def _count_above(comment: "Comment", by: int) -> None:
    kind = type(comment)
    above = _ancestors(comment)
    db.session.execute(
        update(kind)
        .where(kind.id.in_(select(above.c.id)))
        .values(public_below=kind.public_below + by)
        .execution_options(synchronize_session=False)
    )
    # Whoever is loaded already has the old number.
    db.session.expire(comment.parent)


def _ancestors(comment: "Comment") -> CTE:
    kind = type(comment)
    above = select(kind.id, kind.parent_id).where(kind.id == comment.parent_id).cte(recursive=True)
    return above.union_all(select(kind.id, kind.parent_id).where(kind.id == above.c.parent_id))


def _place(comment: "Comment") -> None:
    """Give a comment its place on the page, or take it away; then the one above it, and so on."""
    has_place = comment.is_public or comment.public_below > 0
    while has_place != comment.shown:
        comment.shown = has_place
        by = +1 if has_place else -1
        parent = comment.parent
        if parent is None:
            comment.post.thread_count += by
            return
        db.session.refresh(parent)
        parent.answers += by
        comment, has_place = parent, parent.is_public or parent.public_below > 0
