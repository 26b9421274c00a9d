"""What the rules make of a reply, with what this blog knows of the person who sent it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

from sqlalchemy import Select, select

from blog.auth.models import User
from blog.comments.acts import Status
from blog.comments.models import Comment, Sender, Words
from blog.comments.people.blocks import Block
from blog.comments.rules.models import Rule
from blog.comments.screening import (
    APPROVE,
    BY_HAND,
    HOLD,
    SENDING,
    SPAM,
    STRICTNESS,
    TRASH,
    Reply,
    screen,
)
from blog.comments.screening import Rule as AnyRule
from blog.comments.spam.asking import SpamFilter
from blog.database import direct
from blog.posts.models import Post

# Findings that no other text takes back: who holds it, and how quickly it was typed at first.
STANDING = {BY_HAND, "speed"}

STATUSES = {
    APPROVE: Status.APPROVED,
    HOLD: Status.PENDING,
    SPAM: Status.SPAM,
    TRASH: Status.TRASHED,
}

Data = dict[str, Any]

NOWHERE = Sender()


@dataclass(frozen=True)
class Arrival:
    """How a reply came in: from where, how quickly, how old its post was, and what is doubtful about it."""

    sender: Sender = NOWHERE
    took: int | None = None
    post_age: timedelta | None = None
    told: Sequence[Data] = ()
    # What the spam filter thinks of it, where that was asked before.
    thought: SpamFilter | None = None

    @classmethod
    def of(cls, comment: Comment) -> Self:
        """How a comment came in, as far as that is still known. How quickly is no matter of a new text."""
        told = [
            {"rule": finding["rule"], "words": finding["words"], "verdict": HOLD}
            for finding in comment.findings
            if finding["rule"] in SENDING
        ]
        age = age_of(comment.post, comment.submitted_at)
        return cls(sender_of(comment), None, age, told)


# Of what nobody sent.
NO_ARRIVAL = Arrival()


def age_of(post: Post, at: datetime) -> timedelta | None:
    """How old a post is at a moment; None for one that was never published."""
    return at - post.published_at if post.published_at else None


def sender_of(comment: Comment) -> Sender:
    """Where a comment came from, as far as that is still known."""
    return Sender(comment.address_hash, comment.network_hash, comment.wide_network_hash)


def judge(words: Words, proven: bool, arrival: Arrival = NO_ARRIVAL) -> list[Data]:
    """What is found about a reply, as it is kept: what its writer was told of, and what the rules say."""
    reply = Reply(
        source=words.source,
        html=words.html,
        name=words.name,
        email=words.email,
        website=words.website,
        is_proven=proven,
        is_trusted=Comment.is_trusted(words.email),
        staff=tuple(direct().scalars(_staff())),
        networks=arrival.sender.networks,
        took=None if arrival.took is None else timedelta(seconds=arrival.took),
        post_age=arrival.post_age,
        signs={finding["rule"]: tuple(finding["words"]) for finding in arrival.told},
    )
    # A rule that approves ends the asking: blocks come first, the filter last.
    blocks = Block.asked(words.email, arrival.sender)
    thought = arrival.thought or SpamFilter.on(words)
    asked: list[AnyRule] = [*blocks, *Rule.asked(), thought]
    found = [finding.as_data() for finding in screen(reply, asked)]
    said = {finding["rule"] for finding in found}
    return [*(finding for finding in arrival.told if finding["rule"] not in said), *found]


@cache
def _staff() -> Select[str]:
    return select(User.name).order_by(User.role, User.name, User.id)


def judge_again(comment: Comment, words: Words, proven: bool) -> list[Data]:
    """What there is to hold against a reply whose text or proof has changed.

    Everything is judged anew by the rules of today; how it was sent, and who holds it, stays.
    """
    stays = [finding for finding in comment.findings if finding["rule"] in STANDING]
    return [*stays, *judge(words, proven, Arrival.of(comment))]


def verdict_on(findings: Iterable[Mapping[str, Any]]) -> Status:
    """Where these findings put a reply.

    Who sent it in a doubtful way was told that a moderator looks at it: so it is held, whatever else the
    rules say of it, unless the author has another rule about just that.
    """
    verdicts = [finding["verdict"] for finding in findings if finding["rule"] in SENDING]
    verdicts = verdicts or [finding["verdict"] for finding in findings]
    return STATUSES[max(verdicts, key=STRICTNESS.__getitem__, default=APPROVE)]
