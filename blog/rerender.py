"""Rendering again what an older version of text.py made: posts, comments, and the texts that acts keep.

It may run beside a server, and be broken off: each step renders outside any transaction, writes a few
rows, and leaves alone what somebody changed in between. Run again, it goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from blog import editions, text
from blog.comments.acts import Moderation
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.posts.index import in_text
from blog.posts.models import Post
from blog.site.models import Setting

# A step renders for a few seconds at most (posts may be long) and writes for a few milliseconds.
POSTS_AT_ONCE = 10
COMMENTS_AT_ONCE = 100


@dataclass
class Rendered:
    """How many texts a step looked at, and how many came out other than before."""

    looked_at: int = 0
    changed: int = 0

    def __add__(self, other: "Rendered") -> "Rendered":
        return Rendered(self.looked_at + other.looked_at, self.changed + other.changed)


# The version of text.py that every text is known to be rendered by: a row among the settings.
KNOWN = "rendered_by"

Step = Callable[[bool, int], tuple[Rendered, int]]


def count(everything: bool) -> int:
    """How many texts there are to render."""
    return sum(
        db.session.scalar(select(func.count()).select_from(kind).where(_due(kind, everything))) or 0
        for kind in (Post, Comment, Moderation)
    )


def is_done() -> bool:
    """Whether no text is older, as far as is known without looking at them all."""
    known = db.session.scalar(select(Setting.value).where(Setting.name == KNOWN))
    return bool(known == text.VERSION)


def note_done() -> None:
    """Remember that no text is older: whatever is written from now on is rendered by today's rules."""
    with write_tx() as session:
        session.merge(Setting(name=KNOWN, value=text.VERSION))


def run(everything: bool) -> Iterator[Rendered]:
    """Render what is due, or everything, step by step; says after each what it did."""
    for step in (_posts, _comments, _kept):
        last = 0
        while True:
            done, last = step(everything, last)
            if not done.looked_at:
                break
            yield done
    note_done()


def _kept_version() -> ColumnElement[int]:
    """The version of the text that an act replaced; none for an act that replaced no text."""
    return Moderation.kept["text_version"].as_integer()


def _due(kind: type[Post | Comment | Moderation], everything: bool) -> ColumnElement[bool]:
    version = kind.text_version if issubclass(kind, Post | Comment) else _kept_version()
    if everything:
        return version.is_not(None)
    return version < text.VERSION


def _next(kind: Any, everything: bool, last: int, limit: int, *columns: Any) -> Sequence[Row[Any]]:
    query = select(kind.id, *columns).where(_due(kind, everything), kind.id > last)
    rows = db.session.execute(query.order_by(kind.id).limit(limit)).all()
    db.session.rollback()  # nothing is open while the texts are rendered
    return rows


def _posts(everything: bool, last: int) -> tuple[Rendered, int]:
    columns = Post.source, Post.html, Post.text_version
    rows = _next(Post, everything, last, POSTS_AT_ONCE, *columns)
    made = [(row, text.render_post(row.source)) for row in rows]
    said = {row.id: in_text(html) for row, html in made if html != row.html}
    with write_tx():
        changed = [row.id for row, html in made if _write(Post, row, html) and row.id in said]
        for post_id in changed:
            db.session.get_one(Post, post_id).index(said[post_id])
        if changed:
            editions.touch(editions.SITE)
    return Rendered(len(rows), len(changed)), rows[-1].id if rows else last


def _comments(everything: bool, last: int) -> tuple[Rendered, int]:
    columns = Comment.source, Comment.html, Comment.text_version, Comment.post_id
    rows = _next(Comment, everything, last, COMMENTS_AT_ONCE, *columns)
    made = [(row, text.render_comment(row.source)) for row in rows]
    with write_tx():
        changed = [row for row, html in made if _write(Comment, row, html) and html != row.html]
        for post_id in {row.post_id for row in changed}:
            editions.touch(*editions.of_conversation(post_id))
    return Rendered(len(rows), len(changed)), rows[-1].id if rows else last


def _write(kind: type[Post] | type[Comment], row: Row[Any], html: str) -> bool:
    """Write one text, unless somebody changed its source meanwhile: theirs is of today's version."""
    written = (
        update(kind)
        .where(kind.id == row.id, kind.source == row.source, kind.text_version == row.text_version)
        .values(html=html, text_version=text.VERSION)
        .returning(kind.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(written) is not None


def _kept(everything: bool, last: int) -> tuple[Rendered, int]:
    """The texts that edits replaced: an undo brings them back, and until an edit of an approved
    comment is looked at, the one before it stands on the page.
    """
    columns = Moderation.comment_id, Moderation.kept
    rows = _next(Moderation, everything, last, COMMENTS_AT_ONCE, *columns)
    made = [(row, text.render_comment(row.kept["source"])) for row in rows]
    with write_tx():
        changed = [row for row, html in made if _write_kept(row, html) and html != row.kept["html"]]
    return Rendered(len(rows), len(changed)), rows[-1].id if rows else last


def _write_kept(row: Row[Any], html: str) -> bool:
    act = db.session.get_one(Moderation, row.id)
    if act.kept != row.kept:
        return False
    act.kept = {**act.kept, "html": html, "text_version": text.VERSION}
    if html != row.kept["html"]:
        _write_standing(act, row.kept["html"], html)
    return True


def _write_standing(edit: Moderation, old: str, new: str) -> None:
    """The text of before an edit, where it stands in for the new one, or would after an undo."""
    comment = edit.comment
    if comment.standing_html == old:
        comment.standing_html = new
        editions.touch(*editions.of_conversation(comment.post_id))
    later = Moderation.comment_id == comment.id, Moderation.id > edit.id
    for act in db.session.scalars(select(Moderation).where(*later)).all():
        if act.kept.get("standing_html") == old:
            act.kept = {**act.kept, "standing_html": new}
