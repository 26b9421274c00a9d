"""What all letters about comments have in common: what they say of one comment, and their frame.

What people typed stands in the text as one line each, so that no name looks like a line of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from blog import outbox
from blog.clock import now
from blog.comments.models import Comment
from blog.extensions import db
from blog.languages import date_and_time
from blog.outbox import Letter, absolute
from blog.site.models import Site
from blog.site.present import here
from blog.text import clean_line, excerpt

# A screenful. Of replies to confirm, more than a person writes in an hour: who types somebody else's
# address a thousand times fills no mail with it.
MOST_LISTED = 20


@dataclass(frozen=True)
class Item:
    """One comment as mails speak of it."""

    comment: Comment

    @property
    def title(self) -> str:
        """The post's title."""
        return clean_line(self.comment.post.title)

    @property
    def name(self) -> str:
        """Who wrote it."""
        return clean_line(self.comment.name)

    @property
    def excerpt(self) -> str:
        """Its first words."""
        return excerpt(self.comment.html)

    @property
    def sent_at(self) -> str:
        """When it was sent. A mail cannot know where its reader is, so the zone stands there."""
        return date_and_time(here(self.comment.submitted_at))

    @property
    def place(self) -> str | None:
        """Where it stands, if everybody may read it there."""
        if not (self.comment.is_public and self.comment.post.is_visible(now())):
            return None
        return absolute("replies.permalink", comment_id=self.comment.id)


def newest(*conditions: ColumnElement[bool], most: int | None = None) -> Sequence[Comment]:
    """Comments of which all of this is true, newest first."""
    query = select(Comment).where(*conditions).order_by(Comment.id.desc()).limit(most)
    return db.session.scalars(query).all()


def letter(template: str, subject: str, unsubscribe: str, **values: object) -> Letter:
    """A letter about comments, with the way to get no more of them."""
    title = clean_line(Site.load().title)
    text = outbox.render(template, title=title, unsubscribe=unsubscribe, **values)
    return Letter(f"[{title}] {subject}", text, unsubscribe)
