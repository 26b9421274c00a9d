"""The rows of comments and of the acts that brought them where they stand, as `Comment.leave` leaves them.

That verb takes a millisecond a comment; a test compares what it writes with what is made here.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

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
    *("status", "findings", "submitted_at", "decided_at", "proven_at", "nonce"),
    *("public_below", "answers", "shown"),
)
ACT = (
    *("id", "batch", "comment_id", "user_id", "actor", "deed"),
    *("from_status", "to_status", "at", "kept", "text_mark"),
)

# What a comment has before it arrives anywhere.
KEPT = json.dumps({"decided_at": None, "reason": "", "standing_html": None})


class Rows:
    """Makes rows, comment by comment. `stored` says how the database keeps an instant."""

    def __init__(
        self,
        threads: Threads,
        post_ids: list[int],
        people: People,
        chance: Random,
        stored: Callable[[datetime], Any],
    ) -> None:
        self.threads = threads
        self.post_ids = post_ids
        self.people = people
        self.chance = chance
        self.stored = stored

    def make(self, places: range) -> tuple[list[Row], list[Row]]:
        """The rows of these comments, and those of their acts."""
        comments, acts = [], []
        for place in places:
            said = self._said(place)
            at = self.stored(BEGIN + timedelta(seconds=self.threads.second[place]))
            comments.append(self._comment(place, said, at))
            acts.append(_act(place + 1, said, at))
        return comments, acts

    def _said(self, place: int) -> Said:
        if place < self.threads.approved:
            return self.people.say(self.chance, self.threads.parent[place] != NOBODY)
        held = self.people.held
        return held[(place - self.threads.approved) % len(held)]

    def _comment(self, place: int, said: Said, at: Any) -> Row:
        threads, person = self.threads, said.person
        is_shown = said.status is Status.APPROVED
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
            said.status.value,
            said.findings,
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


def _act(number: int, said: Said, at: Any) -> Row:
    person = said.person
    return (
        number,
        number,
        number,
        person.user_id,
        "" if person.user_id else Actor.WRITER.value,
        Deed.SUBMISSION.value,
        Status.ARRIVING.value,
        said.status.value,
        at,
        KEPT,
        text_mark(said.source, person.name, person.website),
    )


def in_parts(whole: int, at_once: int) -> Iterator[range]:
    """The places of so many comments, some at once."""
    for begin in range(0, whole, at_once):
        yield range(begin, min(begin + at_once, whole))
