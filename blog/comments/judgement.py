"""What the rules make of a reply, with what this blog knows of the person who sent it."""

from functools import cache
from typing import Any

from sqlalchemy import Select, select

from blog import text
from blog.auth.models import User
from blog.comments.acts import Status
from blog.comments.models import Comment, Words
from blog.comments.screening import BY_HAND, SENDING, TRASH, Reply, Rules, screen
from blog.extensions import db
from blog.site.models import Site

# Findings that no rule can take back.
STANDING = SENDING | {BY_HAND}


def judge(words: Words, proven: bool) -> list[dict[str, Any]]:
    """What the rules find about a reply, as it is kept."""
    reply = Reply(
        source=words.source,
        read=text.plain(words.html),
        links=tuple(text.links(words.html)),
        name=words.name,
        email=words.email,
        website=words.website,
        is_proven=proven,
        is_trusted=Comment.is_trusted(words.email),
        staff=tuple(db.session.scalars(_staff())),
    )
    return [finding.as_data() for finding in screen(reply, Rules.of(Site.load()))]


@cache
def _staff() -> Select[str]:
    return select(User.name).order_by(User.role, User.name, User.id)


def judge_again(comment: Comment, words: Words, proven: bool) -> list[dict[str, Any]]:
    """What there is to hold against a reply whose text or proof has changed.

    Everything is judged anew by the rules of today; how it was sent, and who holds it, stays.
    """
    stays = [finding for finding in comment.findings if finding["rule"] in STANDING]
    return [*stays, *judge(words, proven)]


def verdict_on(findings: list[dict[str, Any]]) -> Status:
    """Where these findings put a reply."""
    if any(finding["verdict"] == TRASH for finding in findings):
        return Status.TRASHED
    return Status.PENDING if findings else Status.APPROVED
