"""Signs that no person sent a reply, or not from our page.

None of them refuses anything: a doubtful reply comes back to its writer with its words, and sent
again it is taken and held. Sources: the page's signed date, the trap, the origin of the request.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from blog import gate, keys
from blog.comments.forms import ReplyForm
from blog.comments.screening import (
    FOREIGN_ORIGIN,
    NO_PAGE,
    OTHER_PAGE,
    TOO_QUICK,
    TRAP,
    UNKNOWN_ORIGIN,
    Finding,
)
from blog.posts.models import Post

# A page may stay open for years; nobody asks whether it was ten or twenty.
LONGEST = 2**31 - 1


def find(form: ReplyForm, post: Post, at: datetime) -> list[Finding]:
    """What is doubtful about this request for a reply to this post."""
    return [*_about_origin(), *_about_page(form, post, at), *_about_trap(form)]


def told_before(form: ReplyForm, post: Post) -> list[dict[str, Any]] | None:
    """The findings its writer has been told of, if they send the reply again; None if not."""
    try:
        post_id, findings = keys.read_doubt(form.doubt.data or "")
    except keys.BadKey:
        return None
    return findings if post_id == post.id else None


def seconds_since_made(form: ReplyForm, post: Post, at: datetime) -> int | None:
    """How long its writer had at most, from when the page was made; None without a page of this post."""
    try:
        made = keys.read_page_made(form.made.data or "")
    except keys.BadKey:
        return None
    if made.post_id != post.id:
        return None
    return min(int((at - made.at).total_seconds()), LONGEST)


def _about_origin() -> Iterator[Finding]:
    origin = gate.origin()
    if origin is gate.Origin.FOREIGN:
        yield Finding(FOREIGN_ORIGIN)
    elif origin is gate.Origin.UNKNOWN:
        yield Finding(UNKNOWN_ORIGIN)


def _about_page(form: ReplyForm, post: Post, at: datetime) -> Iterator[Finding]:
    try:
        made = keys.read_page_made(form.made.data or "")
    except keys.BadKey:
        yield Finding(NO_PAGE)
        return
    least = timedelta(seconds=current_app.config["REPLY_MIN_SECONDS"])
    if made.post_id != post.id:
        yield Finding(OTHER_PAGE)
    elif at - made.at < least:
        yield Finding(TOO_QUICK, (f"{(at - made.at).total_seconds():.0f}",))


def _about_trap(form: ReplyForm) -> Iterator[Finding]:
    if form.subject.data:
        yield Finding(TRAP, (form.subject.data[:80],))
