"""A made-up blog of any size, to try things out and to measure them.

The same size and seed give the same rows, on every machine and on both databases. Only what is the
blog's own differs: its secret key, the account of its author, and the numbers of its editions, which
are the time. It is all written in one transaction, or nothing is.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from blog import editions, text
from blog.auth import passwords
from blog.auth.models import Role, User
from blog.comments.acts import Moderation, Status, Tally
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.posts.index import Parts, in_text
from blog.posts.models import Post
from blog.seeding import prose, rows, shape
from blog.seeding.bulk import Bulk, alone
from blog.seeding.people import People, Person

AUTHOR = {"name": "Ada Winterbourne", "email": "author@example.org"}

AT_ONCE = 5_000
# A post is rendered and indexed in the time in which so many comments are written.
POST_TAKES = 500


class NotEmpty(Exception):
    """This blog has something in it already. Says what."""


@dataclass(frozen=True)
class Page:
    """A post with what takes time to make."""

    written: prose.Written
    html: str
    said: Parts


@dataclass
class Corpus:
    """What is asked for; and, once it is there, whose it is."""

    posts: int
    comments: int
    pending: int
    seed: int
    author_email: str = field(default="", init=False)
    author_is_new: bool = field(default=False, init=False)
    first_slug: str = field(default="", init=False)

    @property
    def steps(self) -> int:
        """What the steps of `fill` come to."""
        return self.posts * POST_TAKES + self.comments + self.pending

    def fill(self) -> Iterator[int]:
        """Fill the blog; says after each step how far it got. Nobody else may have a SQLite file open.

        Raises NotEmpty and DatabaseInUse, having changed nothing.
        """
        pages = []
        for number in range(self.posts):
            pages.append(self._page(number))
            yield POST_TAKES
        threads = shape.grow(
            shape.spread(self.posts, self.comments),
            self.pending,
            prose.dice(self.seed, "threads"),
        )
        with alone():
            with write_tx() as session:
                refuse_unless_empty()
                yield from self._write(session, pages, threads)
            with write_tx() as session:
                session.execute(sql("ANALYZE"))

    def _page(self, number: int) -> Page:
        written = prose.post(self.seed, number)
        html = text.render_post(written.source)
        return Page(written, html, in_text(html))

    def _write(self, session: Session, pages: list[Page], threads: shape.Threads) -> Iterator[int]:
        connection = session.connection()
        author = self._find_author()
        posts = [self._publish(number, page) for number, page in enumerate(pages)]
        self.first_slug = posts[0].slug
        _count(session, posts, threads)
        session.flush()
        signed = Person(author.id, author.name)
        people = People(self.seed, signed, self.comments, self.pending)
        yield from self._write_comments(
            connection,
            rows.Rows(
                threads,
                [post.id for post in posts],
                people,
                prose.dice(self.seed, "comments"),
            ),
        )

    def _write_comments(self, connection: Connection, maker: rows.Rows) -> Iterator[int]:
        comments = Bulk(connection, Comment, rows.COMMENT)
        acts = Bulk(connection, Moderation, rows.ACT)
        for places in rows.in_parts(len(maker.threads), AT_ONCE):
            for bulk, made in zip((comments, acts), maker.make(places), strict=True):
                bulk.write(made)
            yield len(places)
        for bulk in (comments, acts):
            bulk.finish()

    def _find_author(self) -> User:
        """The author; a new one where there is none, with a password that nobody knows."""
        author = User.author()
        if author is None:
            self.author_is_new = True
            nobodys = passwords.hash_password(secrets.token_urlsafe())
            author = User.create(role=Role.AUTHOR, password_hash=nobodys, **AUTHOR)
        self.author_email = author.email
        return author

    def _publish(self, number: int, page: Page) -> Post:
        written = page.written
        post = Post.write(
            title=written.title,
            slug="",
            summary=written.summary,
            tags=written.tags,
            source=written.source,
            html=page.html,
            said=page.said,
        )
        at = rows.BEGIN + timedelta(minutes=shape.post_minute(number, self.posts))
        post.publish(at)
        post.created_at = post.updated_at = at
        for revision in db.session.scalars(post.revisions.select()):
            revision.began_at = revision.saved_at = at
        post.uid = UUID(int=prose.dice(self.seed, "uid", number).getrandbits(128), version=4)
        return post


def refuse_unless_empty() -> None:
    """Raise NotEmpty where there is a post or a comment. People and settings may be there."""
    numbers = {
        "posts": db.session.scalar(select(func.count()).select_from(Post)),
        "comments": db.session.scalar(select(func.count()).select_from(Comment)),
    }
    if any(numbers.values()):
        raise NotEmpty(" and ".join(f"{number} {name}" for name, number in numbers.items()))


def _count(session: Session, posts: list[Post], threads: shape.Threads) -> None:
    """What is counted about the comments, and what looks different because of them."""
    everybody_reads = threads.post[: threads.approved]
    comments = Counter(everybody_reads)
    answers = Counter(
        post for post, parent in zip(everybody_reads, threads.parent, strict=False) if parent >= 0
    )
    for number, post in enumerate(posts):
        post.comment_count = comments[number]
        post.thread_count = comments[number] - answers[number]
    session.merge(Tally(status=Status.APPROVED, number=threads.approved))
    session.merge(Tally(status=Status.PENDING, number=len(threads) - threads.approved))
    for post in posts:
        editions.touch(*editions.of_conversation(post.id))
