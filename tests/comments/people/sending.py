"""Replies that came from somewhere."""

from typing import Any

from flask import Flask

from blog.comments.acts import Actor, Status
from blog.comments.models import Comment, Words
from blog.comments.senders import sender_of
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post


def send(
    app: Flask, post: Post, email: str, address: str, status: Status = Status.PENDING, **known: Any
) -> int:
    """A reply that came from somewhere: its number."""
    words = Words(f"From {address}.", "<p>It came.</p>", "Sid", email)
    with app.app_context(), write_tx():
        comment = Comment.leave(
            db.session.get_one(Post, post.id),
            None,
            words,
            verdict=status,
            findings=[],
            by=Actor.WRITER,
            sender=sender_of(address),
            **known,
        )
    return comment.id
