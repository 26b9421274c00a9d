"""What rules would have done to what people have decided about already, before anybody saves them.

Looked at are the newest decisions of moderators, and the newest replies that the rules approved and nobody
took away since. Each is judged as if it came in again: with its text and proof of today, by whom it was known
then. What a rule looks at and is kept no longer cannot be judged, and is counted.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, select

from blog.auth.models import User
from blog.comments.acts import Status
from blog.comments.models import Comment, Sender
from blog.comments.rules.kinds import KINDS, Terms
from blog.comments.screening import (
    APPROVE,
    HOLD,
    SENDING,
    STRICTNESS,
    CannotTell,
    Finding,
    Reply,
)
from blog.extensions import db
from blog.posts.models import Post

# Of each sort. As many as a busy blog decides in a year; they are replayed in about a second.
MOST = 1_000
# Whoever waits for a page does not wait longer; what is left out is said.
SECONDS = 4.0
# Emails asked for in one statement: SQLite took no more than 999 values for a long time.
AT_ONCE = 500

DECIDED = (Status.APPROVED, Status.SPAM, Status.TRASHED)


@dataclass(frozen=True)
class Past:
    """A reply that is decided about."""

    comment_id: int
    reply: Reply
    is_good: bool


@dataclass(frozen=True)
class Hit:
    """A past reply on which a rule fired, and what it found."""

    past: Past
    findings: Sequence[Finding]


@dataclass
class Tally:
    """What one rule would have done."""

    terms: Terms
    good: list[Hit] = field(default_factory=list)
    bad: list[Hit] = field(default_factory=list)
    unknown: int = 0

    @property
    def waits_for_people(self) -> bool:
        """Whether it only lets people wait whom nobody knows: that is no mistake of the rule."""
        return KINDS[self.terms.kind].waits_for_people and self.terms.verdict == HOLD

    @property
    def wrong(self) -> list[Hit]:
        """On what it would have fired that people decided about otherwise."""
        if self.waits_for_people:
            return []
        return self.bad if self.terms.verdict == APPROVE else self.good

    @property
    def right(self) -> list[Hit]:
        """On what it would have fired, and people decided the same."""
        return self.good if self.terms.verdict == APPROVE else self.bad


@dataclass
class Replay:
    """What a list of rules would have done: each of them, and on how many past replies."""

    tallies: list[Tally]
    good: int = 0
    bad: int = 0
    # Approved replies that they would have put away, or held for what they say.
    hidden: list[Past] = field(default_factory=list)
    # Whether there was no time for all.
    is_cut: bool = False

    @property
    def looked_at(self) -> int:
        """How many past replies were judged."""
        return self.good + self.bad


def replay(rules: Sequence[Terms], seconds: float = SECONDS) -> Replay:
    """Judge what is past by these rules, in their order, for so many seconds at most."""
    until = time.monotonic() + seconds
    done = Replay([Tally(terms) for terms in rules])
    for past in newest():
        if time.monotonic() > until:
            done.is_cut = True
            break
        _judge(past, done)
    return done


def _judge(past: Past, done: Replay) -> None:
    done.good += past.is_good
    done.bad += not past.is_good
    asked_for = APPROVE
    for tally in done.tallies:
        try:
            found = tally.terms.ask(past.reply)
        except CannotTell:
            tally.unknown += 1
            continue
        if not found:
            continue
        (tally.good if past.is_good else tally.bad).append(Hit(past, found))
        if tally.terms.verdict == APPROVE:
            break
        if not tally.waits_for_people:
            asked_for = max(asked_for, tally.terms.verdict, key=STRICTNESS.__getitem__)
    if past.is_good and asked_for != APPROVE:
        done.hidden.append(past)


def newest(most: int = MOST) -> Iterator[Past]:
    """The newest that people decided, and the newest that the rules approved: so many of each."""
    columns = _columns().where(Comment.user_id.is_(None))
    decided = columns.where(Comment.decided_at.is_not(None), Comment.status.in_(DECIDED))
    rows = list(db.session.execute(decided.order_by(Comment.decided_at.desc()).limit(most)))
    standing = columns.where(Comment.status == Status.APPROVED).order_by(Comment.id.desc())
    rows += [row for row in db.session.execute(standing.limit(most)) if row.decided_at is None]
    known_since = _known_since({row.email for row in rows})
    staff = db.session.scalars(select(User.name)).all()
    for row in rows:
        yield _past(row, known_since.get(row.email), staff)


def _columns() -> Any:
    return select(
        Comment.id,
        Comment.status,
        Comment.source,
        Comment.html,
        Comment.name,
        Comment.email,
        Comment.website,
        Comment.proven_at,
        Comment.submitted_at,
        Comment.decided_at,
        Comment.findings,
        Comment.took,
        Comment.address_hash,
        Comment.network_hash,
        Comment.wide_network_hash,
        Post.published_at,
    ).join(Post, Post.id == Comment.post_id)


def _known_since(emails: Iterable[str]) -> dict[str, int]:
    """The first approved and proven reply of each address."""
    asked = sorted(emails)
    known: dict[str, int] = {}
    for start in range(0, len(asked), AT_ONCE):
        first = (
            select(Comment.email, func.min(Comment.id))
            .where(Comment.email.in_(asked[start : start + AT_ONCE]))
            .where(Comment.status == Status.APPROVED, Comment.proven_at.is_not(None))
            .group_by(Comment.email)
        )
        known.update((email, number) for email, number in db.session.execute(first))
    return known


def _past(row: Row[Any], known_since: int | None, staff: Sequence[str]) -> Past:
    reply = Reply(
        source=row.source,
        html=row.html,
        name=row.name,
        email=row.email,
        website=row.website,
        is_proven=row.proven_at is not None,
        is_trusted=known_since is not None and known_since < row.id,
        staff=staff,
        networks=Sender(row.address_hash, row.network_hash, row.wide_network_hash).networks,
        took=None if row.took is None else timedelta(seconds=row.took),
        post_age=row.submitted_at - row.published_at if row.published_at else None,
        signs={
            found["rule"]: tuple(found["words"])
            for found in row.findings
            if found["rule"] in SENDING
        },
    )
    return Past(row.id, reply, row.status == Status.APPROVED)
