"""What a moderator looks for in a tab: whose, on which post, found by which rule, when, with which words."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, literal

from blog.addresses import is_slug
from blog.comments.models import Comment
from blog.comments.senders import sender_of
from blog.posts.models import Post
from blog.site.present import site


@dataclass(frozen=True)
class Sieve:
    """What all comments have in common that go through it. An empty field lets everything through."""

    post: str = ""
    person: str = ""
    rule: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    def __bool__(self) -> bool:
        return self != Sieve()

    @property
    def parameters(self) -> dict[str, str]:
        """The fields that say something, as an address has them."""
        return {name: str(value) for name, value in vars(self).items() if value}

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the database can tell by itself."""
        conditions = []
        if self.since:
            conditions.append(
                Comment.submitted_at >= datetime.combine(self.since, time.min, site().zone)
            )
        if self.until:
            conditions.append(
                Comment.submitted_at <= datetime.combine(self.until, time.max, site().zone)
            )
        if post := self._post():
            conditions.append(Comment.post_id == post.id)
        if address := sender_of(self.person).address:
            conditions.append(Comment.address_hash == address)
        return conditions

    def columns(self) -> list[Any]:
        """What the rest is told by."""
        source = Comment.source if self.text else _unread("source")  # it may be long
        said = [Comment.name, Comment.email, Comment.website, source]
        return [*said, Comment.findings, Post.slug, Post.title]

    def lets_through(self, row: Row[*tuple[Any, ...]]) -> bool:
        """Whether a row of these columns, which meets the conditions, is one to be shown.

        Databases differ in which letters are the same: what is typed is compared here.
        """
        return (
            (not self.rule or any(found["rule"] == self.rule for found in row.findings))
            and (row.slug == self.post or _said(self.post, row.title))
            and (self._names_an_address or _said(self.person, row.name, row.email, row.website))
            and _said(self.text, row.source)
        )

    @property
    def _names_an_address(self) -> bool:
        return bool(sender_of(self.person).address)

    def _post(self) -> Post | None:
        return Post.at_address(self.post) if is_slug(self.post) else None


EVERYTHING = Sieve()


def _unread(name: str) -> Label[str]:
    return literal("").label(name)


def _said(wanted: str, *parts: str) -> bool:
    return not wanted or any(_folded(wanted) in _folded(part) for part in parts)


def _folded(said: str) -> str:
    """A text without regard to case and typographic variants."""
    return said.lower() if said.isascii() else unicodedata.normalize("NFKC", said).casefold()
