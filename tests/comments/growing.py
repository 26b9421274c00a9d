"""Large conversations for tests, made at once; and what their counts should be, counted from scratch."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from blog import editions
from blog.comments.acts import Status, Tally
from blog.comments.models import Comment
from blog.database import write_tx
from blog.posts.models import Post
from blog.text import VERSION

Counted = dict[int, dict[str, int]]


def grow(
    app: Flask,
    post: Post,
    parents: Sequence[int | None],
    *,
    gone: Collection[int] = (),
    status: Status = Status.APPROVED,
) -> list[int]:
    """Many comments at once: for each, the place in this list of the one that it answers.

    Those in `gone` are in the trash. Every count is right. Returns their numbers.
    """
    statuses = [Status.TRASHED if n in gone else status for n in range(len(parents))]
    tree = {n: (parent, statuses[n] is Status.APPROVED) for n, parent in enumerate(parents)}
    counted = recount(tree)
    with app.app_context(), write_tx() as session:
        first = (session.scalar(select(func.max(Comment.id))) or 0) + 1
        rows: list[dict[str, Any]] = []
        for n, parent in enumerate(parents):
            above = rows[parent] if parent is not None else None
            place = _place(first + n, above) | {"post_id": post.id, "status": statuses[n]}
            rows.append(place | _words(n) | counted[n])
        session.execute(insert(Comment), rows)
        _count_them(session, post, rows)
    return [row["id"] for row in rows]


def _place(number: int, above: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": number,
        "parent_id": above and above["id"],
        "root_id": above and (above["root_id"] or above["id"]),
        "depth": above["depth"] + 1 if above else 0,
    }


def _words(n: int) -> dict[str, Any]:
    return {
        "name": f"Reader {n}",
        "email": f"r{n}@example.org",
        "source": f"Hum {n}.",
        "html": f"<p>Hum {n}.</p>",
        "text_version": VERSION,
    }


def _count_them(session: Session, post: Post, rows: list[dict[str, Any]]) -> None:
    statuses = Counter(row["status"] for row in rows)
    for status, number in statuses.items():
        tally = session.get(Tally, status) or Tally(status=status, number=0)
        tally.number += number
        session.add(tally)
    tops = sum(row["shown"] for row in rows if row["parent_id"] is None)
    numbers = {
        "comment_count": Post.comment_count + statuses[Status.APPROVED],
        "thread_count": Post.thread_count + tops,
    }
    session.execute(update(Post).where(Post.id == post.id).values(numbers))
    editions.touch(*editions.of_conversation(post.id))
    if session.get_bind().dialect.name == "postgresql":
        # The numbers were given, so the sequence has to be told.
        session.execute(text("SELECT setval('comment_id_seq', :id)"), {"id": rows[-1]["id"]})


def recount(comments: dict[int, tuple[int | None, bool]]) -> Counted:
    """What every comment should know about those below it, counted from scratch.

    Of each comment: which one it answers, and whether everyone may read it.
    """
    below: Counter[int] = Counter()
    for parent, is_public in comments.values():
        above = parent
        while is_public and above is not None:
            below[above] += 1
            above = comments[above][0]
    shown = {n: is_public or below[n] > 0 for n, (_parent, is_public) in comments.items()}
    answers = Counter(parent for n, (parent, _public) in comments.items() if shown[n])
    return {
        n: {"public_below": below[n], "answers": answers[n], "shown": shown[n]} for n in comments
    }


def miscounted(session: Session) -> list[str]:
    """What is kept about the comments, their posts and the tabs, and is not so; counted from scratch."""
    comments = session.scalars(select(Comment)).all()
    right = recount({c.id: (c.parent_id, _everybody_reads(c)) for c in comments})
    wrong = [
        f"comment {c.id}: {name} is {getattr(c, name)}, not {value}"
        for c in comments
        for name, value in right[c.id].items()
        if getattr(c, name) != value
    ]
    for post in session.scalars(select(Post)).all():
        theirs = [c for c in comments if c.post_id == post.id]
        public = sum(_everybody_reads(c) for c in theirs)
        tops = sum(right[c.id]["shown"] for c in theirs if c.parent_id is None)
        if (post.comment_count, post.thread_count) != (public, tops):
            wrong.append(
                f"{post.slug}: {post.comment_count}, {post.thread_count}, not {public}, {tops}"
            )
    tallied = {t.status: t.number for t in session.scalars(select(Tally)) if t.number}
    statuses = dict(Counter(c.status for c in comments))
    return wrong if tallied == statuses else [*wrong, f"tally: {tallied}, not {statuses}"]


def _everybody_reads(comment: Comment) -> bool:
    waits = comment.status is Status.PENDING and comment.standing_html is not None
    return comment.status is Status.APPROVED or waits
