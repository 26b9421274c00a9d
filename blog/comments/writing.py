"""What moderators write: an edit of somebody's comment, and an answer to it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blog.clock import now
from blog.comments.acts import Deed, Moderation, Status
from blog.comments.deciding import refuse_unseen_text
from blog.comments.desk_forms import EditForm, marks_seen
from blog.comments.deskpages import comment_page, done, find, look_of_form
from blog.comments.forms import StaffReplyForm
from blog.comments.models import Comment, Overtaken, Words
from blog.comments.refusals import Refused, busy_is_refused, refuse_if_invalid
from blog.database import write_tx
from blog.gate import moderator

bp = Blueprint("writing", __name__)


@bp.post("/comments/<id:comment_id>/edit")
@moderator
def edit(comment_id: int) -> ResponseReturnValue:
    """Change what a comment says. The original stays in its history, and the page says who did."""
    form = EditForm()
    try:
        refuse_if_invalid(form)
        words = Words.written(form.body.data or "", form.name.data or "")
        with busy_is_refused(), write_tx():
            act = _edit(find(comment_id), form, words)
    except Refused as refused:
        body = comment_page(find(comment_id), form=refused.say(form))
        return body, refused.status, refused.headers
    return _written(comment_id, act.batch)


@bp.post("/comments/<id:comment_id>/answer")
@moderator
def answer(comment_id: int) -> ResponseReturnValue:
    """Approve a comment, if it waits, and answer it: one batch, undone together."""
    form = StaffReplyForm()
    try:
        refuse_if_invalid(form)
        words = Words.written(form.body.data or "")
        with busy_is_refused(), write_tx():
            batch = _answer(find(comment_id), words)
    except Refused as refused:
        body = comment_page(find(comment_id), answer=refused.say(form))
        return body, refused.status, refused.headers
    except Overtaken as overtaken:
        return comment_page(overtaken.comment, answer=form, overtaken=[overtaken]), 409
    return _written(comment_id, batch)


def _written(comment_id: int, batch: int | None) -> ResponseReturnValue:
    """The answer to somebody who wrote: in the queue, or on the page of the comment."""
    if "in_place" in request.form:
        comment = find(comment_id)
        return done(look_of_form(comment.status), [comment], batch)
    return redirect(url_for("moderation.comment", comment_id=comment_id, done=batch), 303)


def _edit(comment: Comment, form: EditForm, words: Words) -> Moderation:
    """Raises Refused when the text was changed, or taken back, while the moderator wrote."""
    if comment.is_gone:
        raise Refused(409, _("Its writer took it back while you wrote. Nothing was changed."))
    if form.seen.data and form.seen.data != comment.text_mark:
        form.seen.data = comment.text_mark
        raise Refused(
            409,
            _(
                "It was changed while you wrote. Its text is now as shown above; yours is still here."
            ),
        )
    changes = {
        **words.columns,
        "name": words.name,
        "website": form.website.data or "",
        "edited_by": current_user.name,
    }
    return comment.move(
        comment.status, from_=comment.status, by=current_user, deed=Deed.EDIT, changes=changes
    )


def _answer(comment: Comment, words: Words) -> int | None:
    """The batch of an approval, if there was one, and of the answer. Raises Refused, Overtaken."""
    if not comment.post.accepts_comments(now()) or not _may_be_answered(comment):
        raise Refused(
            409, _("This cannot be answered now: it is put away, or its post takes no replies.")
        )
    batch = None
    if comment.is_pending:
        refuse_unseen_text(comment, marks_seen(request.form))
        batch = comment.move(
            Status.APPROVED, from_=Status.PENDING, by=current_user, deed=Deed.APPROVAL
        ).batch
    answer = Comment.leave_as_staff(comment.post, comment, words, current_user, batch)
    act = Moderation.latest(answer)
    return batch or (act.batch if act else None)


def _may_be_answered(comment: Comment) -> bool:
    return comment.is_public or comment.is_pending
