"""The moderators' views: the queue, one comment with its history, and what they do to comments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blog.addresses import row_number
from blog.clock import now
from blog.comments import queue as queues
from blog.comments.acts import TABS, Deed, Moderation, Status
from blog.comments.forms import BatchForm, DecisionForm, EditForm, StaffReplyForm
from blog.comments.models import Comment, Overtaken, Words
from blog.comments.refusals import Refused, busy_is_refused, refuse_if_invalid
from blog.comments.screening import BY_HAND, Finding
from blog.comments.undo import Undone, undo
from blog.database import write_tx
from blog.extensions import db
from blog.gate import moderator

bp = Blueprint("moderation", __name__)

# Where each decision puts a comment. A restored one goes back to where it was, if that is known.
TARGETS = {
    Deed.APPROVAL: Status.APPROVED,
    Deed.SPAM: Status.SPAM,
    Deed.TRASH: Status.TRASHED,
    Deed.HOLD: Status.PENDING,
    Deed.RESTORATION: Status.PENDING,
}
DECISIONS = tuple(TARGETS)
PUT_AWAY = {Status.SPAM, Status.TRASHED}


@dataclass
class Result:
    """What became of a decision: the batch that was recorded, and what others had changed before."""

    batch: int | None = None
    overtaken: list[Overtaken] = field(default_factory=list)


@bp.get("/moderation")
@moderator
def queue() -> str:
    """A tab of the queue."""
    return _queue_page(_tab(request.args.get("status", "")), _acts(request.args.get("done", "")))


@bp.get("/moderation/comments/<id:comment_id>")
@moderator
def comment(comment_id: int) -> str:
    """One comment: all that is known of it, its history, and the forms to change or answer it."""
    return _comment_page(_find(comment_id), acts=_acts(request.args.get("done", "")))


@bp.post("/comments/<id:comment_id>/approval")
@moderator
def approve(comment_id: int) -> ResponseReturnValue:
    """Publish a comment."""
    return _decide_one(comment_id, Deed.APPROVAL)


@bp.post("/comments/<id:comment_id>/spam")
@moderator
def spam(comment_id: int) -> ResponseReturnValue:
    """Put a comment away as spam."""
    return _decide_one(comment_id, Deed.SPAM)


@bp.post("/comments/<id:comment_id>/trash")
@moderator
def trash(comment_id: int) -> ResponseReturnValue:
    """Put a comment into the trash."""
    return _decide_one(comment_id, Deed.TRASH)


@bp.post("/comments/<id:comment_id>/hold")
@moderator
def hold(comment_id: int) -> ResponseReturnValue:
    """Take a comment off the page until somebody decides."""
    return _decide_one(comment_id, Deed.HOLD)


@bp.post("/comments/<id:comment_id>/restoration")
@moderator
def restore(comment_id: int) -> ResponseReturnValue:
    """Take a comment out of spam or trash, back to where it was."""
    return _decide_one(comment_id, Deed.RESTORATION)


@bp.post("/moderation/batches/<deed>")
@moderator
def decide_many(deed: str) -> ResponseReturnValue:
    """The same decision about every comment that is ticked: one batch."""
    if deed not in DECISIONS:
        abort(404)
    form = BatchForm()
    if not form.validate():
        return _queue_page(_tab(form.seen.data or ""), form=form), form.status
    return _decide(form.comment.data or [], Deed(deed), form)


@bp.post("/moderation/acts/<id:number>/undo")
@moderator
def take_back(number: int) -> ResponseReturnValue:
    """Undo an act, with all of its batch."""
    act = db.session.get(Moderation, number)
    if act is None or act.batch is None or not act.may_be_undone:
        abort(404)
    with write_tx():
        undone = undo(act.batch, current_user)
    return _after_undo(act, undone)


@bp.post("/comments/<id:comment_id>/edit")
@moderator
def edit(comment_id: int) -> ResponseReturnValue:
    """Change what a comment says. The original stays in its history, and the page says who did."""
    form = EditForm()
    try:
        refuse_if_invalid(form)
        words = Words.written(form.body.data or "", form.name.data or "")
        with busy_is_refused(), write_tx():
            act = _edit(_find(comment_id), form, words)
    except Refused as refused:
        body = _comment_page(_find(comment_id), form=refused.say(form))
        return body, refused.status, refused.headers
    return redirect(url_for("moderation.comment", comment_id=comment_id, done=act.batch), 303)


@bp.post("/comments/<id:comment_id>/answer")
@moderator
def answer(comment_id: int) -> ResponseReturnValue:
    """Approve a comment, if it waits, and answer it: one batch, undone together."""
    form = StaffReplyForm()
    try:
        refuse_if_invalid(form)
        words = Words.written(form.body.data or "")
        with busy_is_refused(), write_tx():
            done = _answer(_find(comment_id), words)
    except Refused as refused:
        body = _comment_page(_find(comment_id), answer=refused.say(form))
        return body, refused.status, refused.headers
    except Overtaken as overtaken:
        return _comment_page(overtaken.comment, answer=form, overtaken=[overtaken]), 409
    return redirect(url_for("moderation.comment", comment_id=comment_id, done=done), 303)


def _edit(comment: Comment, form: EditForm, words: Words) -> Moderation:
    """Raises Refused when the text was changed, or taken back, while the moderator wrote."""
    if comment.is_withdrawn:
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
        _refuse_unseen_text(comment)
        batch = comment.move(
            Status.APPROVED, from_=Status.PENDING, by=current_user, deed=Deed.APPROVAL
        ).batch
    answer = Comment.leave_as_staff(comment.post, comment, words, current_user, batch)
    act = Moderation.latest(answer)
    return batch or (act.batch if act else None)


def _may_be_answered(comment: Comment) -> bool:
    return comment.is_public or comment.is_pending


def _refuse_unseen_text(comment: Comment) -> None:
    """Nobody publishes a text they have not seen: its writer may have changed it meanwhile.

    The form says which text its moderator saw. Raises Overtaken.
    """
    seen = request.form.get(f"mark-{comment.id}")
    if seen and seen != comment.text_mark:
        raise Overtaken(comment, Moderation.latest(comment))


def _decide_one(comment_id: int, deed: Deed) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate():
        return _comment_page(_find(comment_id), decision=form), form.status
    return _decide([comment_id], deed, form)


def _decide(comment_ids: Sequence[int], deed: Deed, form: DecisionForm) -> ResponseReturnValue:
    """Decide about these comments, and say what became of it: also what others did before."""
    seen = Status(form.seen.data) if form.seen.data else None
    result = Result()
    with write_tx():
        comments = [_find(comment_id) for comment_id in sorted(set(comment_ids))]
        tab = seen or _tab_of(comments[0])
        for comment in comments:
            _move(comment, deed, seen, form.reason.data or "", result)
    if result.overtaken:
        acts = queues.batch(result.batch) if result.batch else ()
        return _queue_page(tab, acts, overtaken=result.overtaken), 409
    before = request.form.get("before") or None
    return redirect(url_for("moderation.queue", status=tab, before=before, done=result.batch), 303)


def _move(comment: Comment, deed: Deed, seen: Status | None, why: str, result: Result) -> None:
    put_away = comment.put_away_by() if deed is Deed.RESTORATION else None
    to = put_away.from_status if put_away else TARGETS[deed]
    from_ = seen or comment.status
    try:
        done_already = from_ is to or (deed is Deed.RESTORATION and from_ not in PUT_AWAY)
        if done_already or comment.is_withdrawn:
            raise Overtaken(comment, Moderation.latest(comment))
        if to is Status.APPROVED:
            _refuse_unseen_text(comment)
        act = comment.move(
            to,
            from_=from_,
            by=current_user,
            deed=deed,
            why=why,
            batch=result.batch,
            changes=_changes(comment, to, put_away),
        )
    except Overtaken as overtaken:
        result.overtaken.append(overtaken)
    else:
        result.batch = act.batch


def _changes(comment: Comment, to: Status, put_away: Moderation | None) -> dict[str, Any]:
    """What changes along: the text that stood in comes back, and who holds a comment is a finding."""
    changes: dict[str, Any] = {}
    if put_away is not None:
        changes["standing_html"] = put_away.kept.get("standing_html")
    if to is Status.PENDING:
        changes |= _by_hand(comment)
    return changes


def _by_hand(comment: Comment) -> dict[str, Any]:
    """Who holds a comment is one more finding: it waits for a person, whatever is proven later."""
    finding = Finding(BY_HAND, (current_user.name,))
    return {"findings": [*comment.findings, finding.as_data()]}


def _after_undo(act: Moderation, undone: Undone) -> ResponseReturnValue:
    if undone.overtaken:
        return _queue_page(act.from_status, undone.acts, overtaken=undone.overtaken), 409
    if not undone.acts:
        abort(404)
    done = undone.acts[0].batch
    return redirect(url_for("moderation.queue", status=act.from_status, done=done), 303)


def _find(comment_id: int) -> Comment:
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        abort(404)
    return comment


def _tab(name: str) -> Status:
    if not name:
        return Status.PENDING
    if name not in TABS:
        abort(404)
    return Status(name)


def _tab_of(comment: Comment) -> Status:
    return comment.status if comment.status in TABS else Status.PENDING


def _acts(done: str) -> Sequence[Moderation]:
    """The acts that the notice announces."""
    number = row_number(done)
    return queues.batch(number) if number else ()


def _queue_page(
    status: Status,
    acts: Sequence[Moderation] = (),
    *,
    overtaken: Sequence[Overtaken] = (),
    form: BatchForm | None = None,
) -> str:
    return render_template(
        "comments/queue.html",
        queue=queues.page(status, row_number(request.values.get("before", ""))),
        acts=acts,
        overtaken=overtaken,
        form=form or BatchForm(formdata=None),
        tabs=TABS,
    )


def _comment_page(
    comment: Comment,
    *,
    form: EditForm | None = None,
    answer: StaffReplyForm | None = None,
    overtaken: Sequence[Overtaken] = (),
    decision: DecisionForm | None = None,
    acts: Sequence[Moderation] = (),
) -> str:
    answer = answer or StaffReplyForm(formdata=None)
    answer.body.id = "answer-body"  # the form to edit has a body too
    return render_template(
        "comments/comment.html",
        comment=comment,
        history=Moderation.history(comment),
        form=form or _edit_form(comment),
        answer=answer,
        decision=decision or DecisionForm(formdata=None),
        overtaken=overtaken,
        acts=acts,
        tabs=TABS,
    )


def _edit_form(comment: Comment) -> EditForm:
    return EditForm(
        formdata=None,
        body=comment.source,
        name=comment.name,
        website=comment.website,
        seen=comment.text_mark,
    )
