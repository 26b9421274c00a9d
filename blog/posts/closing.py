"""The posts that close when the site says so, and not when they say so themselves."""

from sqlalchemy import select, update

from blog.extensions import db
from blog.posts.life import closing
from blog.posts.models import Kind, Post


def follow(days: int) -> None:
    """Have these posts close so many days after their publication; 0 is never. Call within write_tx().

    What was closed by the clock may be open again by that. Who changes the site's settings says that
    pages look different.
    """
    follows = Post.close_after_days.is_(None) & Post.published_at.is_not(None)
    query = select(Post.id, Post.published_at).where(Post.kind == Kind.POST, follows)
    dates = [
        {"id": row.id, "closes_at": closing(row.published_at, days)}
        for row in db.session.execute(query)
    ]
    if dates:
        db.session.execute(update(Post), dates)
