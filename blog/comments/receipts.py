"""The writer's private receipt: what became of a reply, and what its writer may still do with it."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog import gate, keys, outbox
from blog.addresses import row_number
from blog.clock import now
from blog.comments.acts import Actor, Deed, Status
from blog.comments.forms import EditOwnForm
from blog.comments.judgement import judge_again, verdict_on
from blog.comments.models import Comment, Words
from blog.comments.places import address_of
from blog.comments.refusals import (
    Refused,
    busy_is_refused,
    gives_back_unasked,
    refuse_if_invalid,
    refuse_if_too_often,
)
from blog.database import write_tx
from blog.extensions import db
from blog.gate import public, tokenless

bp = Blueprint("receipts", __name__, url_prefix="/replies")

# Rendering is dear; nobody mends a typo so often. Off with the interval between two replies.
EDITS = "30 per minute"


@bp.get("/<key:key>")
@public
def receipt(key: str) -> str:
    """What was answered, the reply, its status, and what its writer may do."""
    return _page(_find(key), key)


@bp.post("/<key:key>/edit")
@public
@tokenless
def edit(key: str) -> ResponseReturnValue:
    """Change the reply. The rules are asked again; the old text stays in its history."""
    form = EditOwnForm()
    try:
        _edit(key, form)
    except Refused as refused:
        body = _page(_find(key), key, refused.say(form))
        return body, refused.status, refused.headers
    return redirect(url_for("receipts.receipt", key=key), 303)


@bp.post("/<key:key>/withdrawal")
@public
@tokenless
def withdraw(key: str) -> ResponseReturnValue:
    """Take the reply back. Nobody overrules that."""
    _refuse_foreign()
    with write_tx():
        comment = _find(key)
        if not comment.is_gone:
            comment.move(
                Status.WITHDRAWN, from_=comment.status, by=Actor.WRITER, deed=Deed.WITHDRAWAL
            )
    return redirect(url_for("receipts.receipt", key=key), 303)


@bp.post("/<key:key>/notification")
@public
@tokenless
def notify(key: str) -> ResponseReturnValue:
    """Tell me what becomes of it, and of answers; or, with `wanted=no`, do not."""
    _refuse_foreign()
    wanted = request.form.get("wanted", "yes") == "yes"
    with write_tx():
        comment = _find(key)
        comment.wants_mail = wanted
        if wanted and comment.proven_at is not None:
            outbox.welcome_back(comment.email)
        elif wanted:
            outbox.want("confirmation", comment.email, subject_id=comment.id)
    return redirect(url_for("receipts.receipt", key=key), 303)


def _edit(key: str, form: EditOwnForm) -> None:
    """Take the new text of a reply. Raises Refused."""
    comment = _find(key)
    if gate.origin() is gate.Origin.FOREIGN:
        raise Refused(403, _("This was sent from another site. Nothing was changed."))
    refuse_if_invalid(form)
    if current_app.config["REPLY_INTERVAL"]:
        refuse_if_too_often(EDITS)
    words = Words.written(form.body.data or "", comment.name, comment.email, comment.website)
    with busy_is_refused(), write_tx():
        comment = _find(key)
        if not comment.may_be_edited_by_writer(now()):
            raise Refused(403, _("It is too late to change this. What you typed was not saved."))
        if words.source != comment.source:
            _change(comment, words)


def _change(comment: Comment, words: Words) -> None:
    """An edit never publishes what is held; on an approved reply, a rule that fires holds it again,
    and the old text stays on the page meanwhile.
    """
    findings = judge_again(comment, words, comment.proven_at is not None)
    changes = {**words.columns, "findings": findings}
    to = comment.status
    if comment.status is Status.APPROVED and verdict_on(findings) is not Status.APPROVED:
        to = Status.PENDING
        changes["standing_html"] = comment.html
    comment.move(to, from_=comment.status, by=Actor.WRITER, deed=Deed.EDIT, changes=changes)


def _find(key: str) -> Comment:
    number = row_number(key.partition("-")[0])
    comment = db.session.get(Comment, number) if number else None
    if comment is None or not keys.opens_receipt(key, comment.id, comment.nonce):
        abort(404)
    return comment


def _refuse_foreign() -> None:
    """The address is the secret; a form on another site must not act with it all the same."""
    if gate.origin() is gate.Origin.FOREIGN:
        abort(403)


def _page(comment: Comment, key: str, form: EditOwnForm | None = None) -> str:
    can_be_read = comment.is_public and comment.post.is_visible(now())
    return render_template(
        "comments/receipt.html",
        comment=comment,
        key=key,
        form=form or EditOwnForm(formdata=None, body=comment.source),
        may_edit=comment.may_be_edited_by_writer(now()),
        stands_at=address_of(comment) if can_be_read else None,
        mail_is_set_up=outbox.mail_is_set_up(),
        needs_proof=outbox.mail_is_set_up() and comment.waits_for_proof,
        at=now(),
    )


def _typed() -> tuple[str, EditOwnForm, dict[str, Any]] | None:
    """What was typed, for a page that asks the database nothing."""
    if request.endpoint != "receipts.edit":
        return None
    return "comments/kept.html", EditOwnForm(), {"key": (request.view_args or {})["key"]}


gives_back_unasked(bp, _typed)
