"""The rows of comments and of the acts that brought them where they stand, as `Comment.leave` leaves them.

That verb takes a millisecond a comment; a test compares what it writes with what is made here.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from blog import text
from blog.comments.acts import Actor, Deed, Status
from blog.comments.models import text_mark
from blog.seeding.bulk import Row
from blog.seeding.people import People, Said
from blog.seeding.shape import NOBODY, Threads

# The blog begins here whenever it is made: the same seed gives the same dates, pages of the same bytes,
# and figures that can be compared next year. All of it is in the past.
BEGIN = datetime(2016, 1, 1, tzinfo=UTC)

COMMENT = (
    *("id", "post_id", "parent_id", "root_id", "depth"),
    *("user_id", "name", "email", "website", "source", "html", "text_version"),
    *("status", "findings", "doubt", "submitted_at", "decided_at", "proven_at", "nonce"),
    *("public_below", "answers", "shown"),
)
ACT = (
    *("id", "batch", "comment_id", "post_id", "user_id", "actor", "deed"),
    *("from_status", "to_status", "found", "at", "kept", "text_mark"),
)

A_DAY = 24 * 60  # minutes

# What a comment has before it arrives anywhere.
KEPT = json.dumps({"decided_at": None, "reason": "", "standing_html": None})

# As plain words: to ask an enumeration for its value takes as long as all the rest of a row.
APPROVED, PENDING, ARRIVING = Status.APPROVED.value, Status.PENDING.value, Status.ARRIVING.value
SUBMISSION, WRITER = Deed.SUBMISSION.value, Actor.WRITER.value


class Rows:
    """Makes rows, comment by comment."""

    def __init__(
        self,
        threads: Threads,
        post_ids: list[int],
        people: People,
        chance: Random,
    ) -> None:
        self.threads = threads
        self.post_ids = post_ids
        self.people = people
        self.chance = chance

    def make(self, places: range) -> tuple[list[Row], list[Row]]:
        """The rows of these comments, and those of their acts."""
        comments, acts = [], []
        for place in places:
            said = self._said(place)
            status = APPROVED if place < self.threads.approved else PENDING
            at = _day(self.threads.minute[place] // A_DAY) + _time(
                self.threads.minute[place] % A_DAY
            )
            comments.append(self._comment(place, said, status, at))
            post_id = self.post_ids[self.threads.post[place]]
            acts.append(_act(place + 1, post_id, said, status, at))
        return comments, acts

    def _said(self, place: int) -> Said:
        if place < self.threads.approved:
            return self.people.say(self.chance, self.threads.parent[place] != NOBODY)
        held = self.people.held
        return held[(place - self.threads.approved) % len(held)]

    def _comment(self, place: int, said: Said, status: str, at: str) -> Row:
        threads, person = self.threads, said.person
        is_shown = status is APPROVED
        return (
            place + 1,
            self.post_ids[threads.post[place]],
            _number(threads.parent[place]),
            _number(threads.root[place]),
            threads.depth[place],
            *person,
            said.source,
            said.html,
            text.VERSION,
            status,
            said.findings,
            said.doubt,
            at,
            at if person.user_id else None,  # whoever works here decides as they write
            at if is_shown and not person.user_id else None,
            f"{self.chance.getrandbits(128):032x}",
            threads.below[place],
            threads.answers[place],
            is_shown,
        )


def _number(place: int) -> int | None:
    return None if place == NOBODY else place + 1


def _act(number: int, post_id: int, said: Said, status: str, at: str) -> Row:
    person = said.person
    return (
        number,
        number,
        number,
        post_id,
        person.user_id,
        "" if person.user_id else WRITER,
        SUBMISSION,
        ARRIVING,
        status,
        "" if person.user_id else said.found,
        at,
        KEPT,
        text_mark(said.source, person.name, person.website),
    )


# An instant is made of the text of its day and that of its minute: a million times, that is a tenth of
# what a datetime takes. Without a zone SQLite has it as SQLAlchemy writes it there.


@cache
def _day(number: int) -> str:
    return f"{BEGIN + timedelta(days=number):%Y-%m-%d}"


@cache
def _time(minute: int) -> str:
    return f" {minute // 60:02}:{minute % 60:02}:00.000000"


def in_parts(whole: int, at_once: int) -> Iterator[range]:
    """The places of so many comments, some at once."""
    for begin in range(0, whole, at_once):
        yield range(begin, min(begin + at_once, whole))
