"""What moderators decide: about one comment, about many at once; and taking it back."""

from collections.abc import Sequence

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blog.comments.acts import Deed, Moderation, Status
from blog.comments.addresses import DECISION
from blog.comments.deciding import DECISIONS, Decision, decide
from blog.comments.desk_forms import BatchForm, DecisionForm, marks_seen
from blog.comments.deskpages import comment_page, done, find, look_of_form, queue_page
from blog.comments.record_wording import why_not
from blog.comments.undo import Standing, numbers_of, undo_in_steps
from blog.database import write_tx
from blog.extensions import db
from blog.gate import moderator

bp = Blueprint("decisions", __name__)


@bp.post(DECISION.format("<id:comment_id>", Deed.APPROVAL))
@moderator
def approve(comment_id: int) -> ResponseReturnValue:
    """Publish a comment."""
    return _decide_one(comment_id, Deed.APPROVAL)


@bp.post(DECISION.format("<id:comment_id>", Deed.SPAM))
@moderator
def spam(comment_id: int) -> ResponseReturnValue:
    """Put a comment away as spam."""
    return _decide_one(comment_id, Deed.SPAM)


@bp.post(DECISION.format("<id:comment_id>", Deed.TRASH))
@moderator
def trash(comment_id: int) -> ResponseReturnValue:
    """Put a comment into the trash."""
    return _decide_one(comment_id, Deed.TRASH)


@bp.post(DECISION.format("<id:comment_id>", Deed.HOLD))
@moderator
def hold(comment_id: int) -> ResponseReturnValue:
    """Take a comment off the page until somebody decides."""
    return _decide_one(comment_id, Deed.HOLD)


@bp.post(DECISION.format("<id:comment_id>", Deed.RESTORATION))
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
        return queue_page(look_of_form(form.tab), form=form), form.status
    return _decide(form.comment.data or [], Deed(deed), form)


@bp.post("/moderation/acts/<id:number>/undo")
@moderator
def take_back(number: int) -> ResponseReturnValue:
    """Undo an act, with all of its batch."""
    act = db.session.get(Moderation, number)
    if act is None or act.batch is None or not act.may_be_undone:
        abort(404)
    look = look_of_form(act.from_status)
    undone = undo_in_steps(numbers_of(act.batch), current_user)
    if undone.expired:
        abort(410, why_not(Standing.EXPIRED))
    if not undone.acts and not undone.overtaken:
        abort(404)
    comments = [undo.comment for undo in undone.acts]
    return done(look, comments, undone.batch, undone.overtaken)


def _decide_one(comment_id: int, deed: Deed) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate():
        return comment_page(find(comment_id), decision=form), form.status
    return _decide([comment_id], deed, form)


def _decide(comment_ids: Sequence[int], deed: Deed, form: DecisionForm) -> ResponseReturnValue:
    """Decide about these comments, and say what became of it: also what others did before."""
    seen = Status(form.seen.data) if form.seen.data else None
    decision = Decision(deed, current_user, seen, marks_seen(request.form), form.reason.data or "")
    with write_tx():
        comments = [find(comment_id) for comment_id in sorted(set(comment_ids))]
        look = look_of_form(seen or comments[0].status)
        result = decide(comments, decision)
    return done(look, comments, result.batch, result.overtaken)
