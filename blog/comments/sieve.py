"""What a moderator looks for in a tab: whose, on which post, found by which rule, when, with which words."""

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, cast
from sqlalchemy.orm import InstrumentedAttribute

from blog.addresses import is_slug
from blog.comments.models import Comment
from blog.comments.senders import sender_of
from blog.posts.models import Post
from blog.site.present import site


class Test(NamedTuple):
    """Columns of a comment or its post, and whether what they say lets it through."""

    columns: tuple[InstrumentedAttribute[str], ...]
    holds: Callable[[Sequence[str]], bool]


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
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in said.items() if value}

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
        if self.rule:
            # As json.dumps() writes it. What people typed cannot look like it: its quotes are escaped.
            found = f'"rule": {json.dumps(self.rule)}'
            conditions.append(cast(Comment.findings, Text).contains(found, autoescape=True))
        return conditions

    @cached_property
    def tests(self) -> Sequence[Test]:
        """What has to be read of a comment, and compared. Nothing else is read: there may be much of it.

        Databases differ in which letters are the same: what is typed is compared here.
        """
        tests = []
        if self.person and not sender_of(self.person).address:
            tests.append(Test((Comment.name, Comment.email, Comment.website), _says(self.person)))
        if self.post and not self._post():
            tests.append(Test((Post.title,), _says(self.post)))
        if self.text:
            tests.append(Test((Comment.source,), _says(self.text)))
        return tests

    def lets_through(self, read: Sequence[str]) -> bool:
        """Whether a comment is to be shown that meets the conditions and of which the tests read this."""
        at = 0
        for columns, holds in self.tests:
            if not holds(read[at : at + len(columns)]):
                return False
            at += len(columns)
        return True

    def _post(self) -> Post | None:
        return Post.at_address(self.post) if is_slug(self.post) else None


EVERYTHING = Sieve()


def _says(wanted: str) -> Callable[[Sequence[str]], bool]:
    """Whether one of some texts has this in it."""
    folded = _folded(wanted)
    return lambda texts: any(folded in _folded(text) for text in texts)


def _folded(said: str) -> str:
    """A text without regard to case and typographic variants."""
    return said.lower() if said.isascii() else unicodedata.normalize("NFKC", said).casefold()
