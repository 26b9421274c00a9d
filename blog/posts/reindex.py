"""Indexing again what an older version of tokens.py indexed.

It may run beside a server, and be broken off: each step reads outside any transaction, writes a few
rows, and leaves alone what somebody changed in between. Run again, it goes on where it stopped.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, literal, select

from blog.database import write_tx
from blog.extensions import db
from blog.posts import tokens
from blog.posts.index import Entry, Parts, in_text
from blog.posts.models import Post

# A step reads for a few seconds at most (posts may be long) and writes for a few milliseconds.
POSTS_AT_ONCE = 10


def count(everything: bool = False) -> int:
    """How many posts there are to index: those of another version of tokens.py, or all."""
    query = select(func.count()).select_from(Post).where(_is_stale(everything))
    return db.session.scalar(query) or 0


def run(everything: bool = False) -> Iterator[int]:
    """Index what is stale, or everything, step by step; says after each how many posts it looked at."""
    last = 0
    while True:
        query = select(Post.id, Post.html).where(_is_stale(everything), Post.id > last)
        rows = db.session.execute(query.order_by(Post.id).limit(POSTS_AT_ONCE)).all()
        db.session.rollback()  # nothing is open while the texts are read
        if not rows:
            return
        read = [(row.id, row.html, in_text(row.html)) for row in rows]
        with write_tx():
            for post_id, html, said in read:
                _write(post_id, html, said)
        last = rows[-1].id
        yield len(rows)


def _is_stale(everything: bool) -> ColumnElement[bool]:
    fresh = select(Entry.post_id).where(Entry.version == tokens.VERSION)
    return literal(True) if everything else Post.id.not_in(fresh)


def _write(post_id: int, html: str, said: Parts) -> None:
    """Write what was read, unless there is another text by now, which was indexed as it came, or none."""
    post = db.session.get(Post, post_id)
    if post is not None and post.html == html:
        post.index(said)
