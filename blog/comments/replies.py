"""Leaving a reply: to a post, or to a comment on its own page."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from blog import gate, keys, text
from blog.addresses import page_number
from blog.auth.models import fold
from blog.clock import now
from blog.comments import doubts, proofs, threads
from blog.comments.addresses import BRANCH, PERMALINK
from blog.comments.forms import (
    AnyReplyForm,
    ReplyForm,
    StaffReplyForm,
    empty_reply_form,
    reply_form,
)
from blog.comments.judgement import Arrival, age_of, judge, verdict_on
from blog.comments.models import Comment, Sender, Words
from blog.comments.places import Place, address_of, below_comment, below_post
from blog.comments.refusals import (
    Refused,
    busy_is_refused,
    gives_back_unasked,
    refuse_if_invalid,
    refuse_if_too_often,
)
from blog.comments.reports.forms import ReportForm
from blog.comments.screening import FOREIGN_ORIGIN
from blog.comments.senders import sender_of_request
from blog.comments.spam.asking import SpamFilter
from blog.database import write_tx
from blog.editions import of_post
from blog.gate import public, tokenless
from blog.headers import shared

bp = Blueprint("replies", __name__)

# Rendering is the dearest thing a stranger can ask for; a person does not press Preview so often.
PREVIEWS = "30 per minute"
# The interval between two replies is asked of the database, after rendering. This comes before it,
# and is off with it.
REPLIES = "60 per minute"


@bp.post("/posts/<slug>/comments")
@public
@tokenless
def leave(slug: str) -> ResponseReturnValue:
    """Leave a reply under a post."""
    return _take(lambda: below_post(slug, request.form.get("parent", "")))


@bp.post("/posts/<slug>/comments/preview")
@public
@tokenless
def preview(slug: str) -> ResponseReturnValue:
    """See a reply under a post before it is sent."""
    return _preview(below_post(slug, request.form.get("parent", "")))


@bp.get(PERMALINK.format("<id:comment_id>"))
@public
def permalink(comment_id: int) -> ResponseReturnValue:
    """Where a comment stands: its page and its anchor."""
    comment = Comment.public(comment_id, now())
    if comment is None:
        abort(404)
    return redirect(address_of(comment))


@bp.get(BRANCH.format("<id:comment_id>"))
@public
def branch(comment_id: int) -> Response:
    """A comment, everything below it, and the form to answer it."""
    comment = Comment.public(comment_id, now())
    if comment is None:
        abort(404)
    thread = threads.page(comment.post, page_number(), comment)
    if thread.number > thread.pages:
        abort(404)
    form = empty_reply_form(comment.post)
    return shared(
        make_response(
            render_template(
                "comments/branch.html",
                place=Place(comment.post, comment),
                thread=thread,
                is_open=comment.post.accepts_comments(now()),
                form=form,
                report=ReportForm(formdata=None),
                preview=None,
            )
        ),
        of_post(comment.post_id),
    )


@bp.post("/comments/<comment_id>/replies")
@public
@tokenless
def answer(comment_id: str) -> ResponseReturnValue:
    """Answer a comment."""
    return _take(lambda: below_comment(comment_id))


@bp.post("/comments/<comment_id>/replies/preview")
@public
@tokenless
def preview_answer(comment_id: str) -> ResponseReturnValue:
    """See an answer before it is sent."""
    return _preview(below_comment(comment_id))


def _take(find_place: Callable[[], Place]) -> ResponseReturnValue:
    """Take a reply, or give it back with every word in it and what is to be done."""
    place = find_place()
    form = reply_form()
    try:
        _refuse_if_closed(place)
        refuse_if_invalid(form)
        with busy_is_refused():
            if isinstance(form, StaffReplyForm):
                return _take_from_staff(find_place, form)
            return _take_from_visitor(find_place, form, place)
    except Refused as refused:
        return give_back(find_place(), form, refused)


def _take_from_visitor(
    find_place: Callable[[], Place], form: ReplyForm, place: Place
) -> ResponseReturnValue:
    told = _ask_back_if_doubtful(form, place)
    if current_app.config["REPLY_INTERVAL"]:
        refuse_if_too_often(REPLIES)
    words = written(form)
    sender = sender_of_request()
    thought = SpamFilter.on(words)  # others may write meanwhile
    with write_tx():
        place = find_place()  # anew, under the lock
        _refuse_if_closed(place)
        comment = Comment.same(place.open_post, place.parent, words)
        if comment is None or not comment.is_same_click(sender, now()):
            _refuse_if_too_fast(sender, words.email)
            _refuse_if_said_before(comment)
            comment = _leave(place, words, form, sender, told=told, thought=thought)
    return redirect(url_for("receipts.receipt", key=keys.receipt(comment.id, comment.nonce)), 303)


def _take_from_staff(find_place: Callable[[], Place], form: StaffReplyForm) -> ResponseReturnValue:
    words = Words.written(form.body.data or "")
    with write_tx():
        place = find_place()
        _refuse_if_closed(place)
        comment = Comment.leave_as_staff(place.open_post, place.parent, words, current_user)
    return redirect(address_of(comment), 303)


def _leave(
    place: Place,
    words: Words,
    form: ReplyForm,
    sender: Sender,
    *,
    told: list[dict[str, Any]],
    thought: SpamFilter,
) -> Comment:
    at, post = now(), place.open_post
    proven = proofs.is_remembered(form.browser.data or "", words.email)
    took = doubts.seconds_since_made(form, post, at)
    findings = judge(words, proven, Arrival(sender, took, age_of(post, at), told, thought))
    return Comment.leave(
        post,
        place.parent,
        words,
        verdict=verdict_on(findings),
        findings=findings,
        sender=sender,
        proven=proven,
        took=took,
    )


def written(form: ReplyForm) -> Words:
    """What a visitor typed, rendered."""
    return Words.written(
        form.body.data or "",
        name=form.name.data or "",
        email=fold(form.email.data or ""),
        website=form.website.data or "",
    )


def _refuse_if_closed(place: Place) -> None:
    if not place.is_open:
        raise Refused(place.status, place.message)


def _ask_back_if_doubtful(form: ReplyForm, place: Place) -> list[dict[str, Any]]:
    """The findings to keep with the reply: those its writer was told of. Raises Refused to tell them."""
    told = doubts.told_before(form, place.open_post)
    if told is not None:
        return told
    found = doubts.find(form, place.open_post, now())
    if not found:
        return []
    form.doubt.data = keys.doubt(place.open_post.id, [finding.as_data() for finding in found])
    foreign = any(finding.rule == FOREIGN_ORIGIN for finding in found)
    message = _(
        "We could not tell that this came from a person on our page. Nothing is lost: read it "
        "through and send it again. A moderator will then look at it before it appears."
    )
    raise Refused(403 if foreign else 200, message)


def _refuse_if_said_before(same: Comment | None) -> None:
    if same is not None:
        raise Refused(409, _("You have said just this here before. We still have it."))


def _refuse_if_too_fast(sender: Sender, email: str) -> None:
    interval = timedelta(seconds=current_app.config["REPLY_INTERVAL"])
    if not interval:
        return
    last = Comment.last_sent(sender, email, now() - interval)
    if last is None:
        return
    wait = max(1, math.ceil((last + interval - now()).total_seconds()))
    message = ngettext(
        "That was quick. Please wait %(num)d second and send it again.",
        "That was quick. Please wait %(num)d seconds and send it again.",
        wait,
    )
    raise Refused(429, message, wait=wait)


def give_back(
    place: Place, form: AnyReplyForm, refused: Refused, preview: str | None = None
) -> ResponseReturnValue:
    """The form again, with every word in it and what is to be done at its field."""
    refused.say(form)
    if isinstance(form, ReplyForm) and not form.made.data and place.post is not None:
        form.made.data = keys.page_made(place.post.id)
    body = render_template("comments/reply.html", place=place, form=form, preview=preview)
    return body, refused.status, refused.headers


def _preview(place: Place) -> ResponseReturnValue:
    form = reply_form()
    try:
        _refuse_if_closed(place)
        refuse_if_invalid(form)
        refuse_if_too_often(PREVIEWS)
        if gate.origin() is gate.Origin.FOREIGN and isinstance(form, ReplyForm):
            _ask_back_if_doubtful(form, place)
    except Refused as refused:
        return give_back(place, form, refused)
    html = text.render_comment(form.body.data or "")
    return give_back(place, form, Refused(200, ""), preview=html)


def _typed() -> tuple[str, AnyReplyForm, dict[str, Any]] | None:
    """What was typed, for a page that asks the database nothing."""
    if request.method != "POST":
        return None
    form = StaffReplyForm() if "_user_id" in session else ReplyForm()
    if gate.origin() is gate.Origin.FOREIGN and isinstance(form, ReplyForm):
        # Next time it would come from our page, and it is to be doubted all the same.
        form.made.data = ""
    return "comments/reply.html", form, {"place": Place(), "preview": None}


gives_back_unasked(bp, _typed)
