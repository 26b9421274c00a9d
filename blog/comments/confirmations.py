"""The links of mails to readers: each leads to a page that asks, and a button that acts."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import update

from blog import gate, keys, outbox
from blog.clock import now
from blog.comments import proofs
from blog.comments.acts import Actor, Deed, Status
from blog.comments.judgement import judge_again, verdict_on
from blog.comments.models import Comment, Words
from blog.comments.screening import FIRST_TIMER, UNPROVEN
from blog.database import write_tx
from blog.extensions import db
from blog.gate import public, tokenless

bp = Blueprint("confirmations", __name__)

ABOUT_THE_PERSON = {UNPROVEN, FIRST_TIMER}


@bp.get("/confirmations/<key:key>")
@public
def confirmation(key: str) -> str:
    """Ask: is this reply yours?"""
    comment = _find(key)
    return render_template(
        "comments/confirmation.html",
        comment=comment,
        key=key,
        receipt=keys.receipt(comment.id, comment.nonce) if comment.proven_at else None,
    )


@bp.post("/confirmations/<key:key>")
@public
@tokenless
def confirm(key: str) -> ResponseReturnValue:
    """The reply is its reader's own. It is published if nothing else held it."""
    if gate.origin() is gate.Origin.FOREIGN:
        abort(403)
    with write_tx():
        comment = _find(key)
        if comment.proven_at is None:
            _prove(comment)
    return redirect(url_for("confirmations.confirmation", key=key), 303)


@bp.post("/confirmations/<key:key>/browser")
@public
@tokenless
def remember_browser(key: str) -> ResponseReturnValue:
    """A key for this browser, so that later replies from it are proven at once."""
    if gate.origin() is not gate.Origin.OURS:
        abort(403)
    with write_tx():
        comment = _find(key)
        if comment.proven_at is None:
            abort(403)
        browser = proofs.RememberedBrowser.remember(comment.email)
    return {"email": comment.email, "browser": browser}


@bp.get("/unsubscribe/<key:key>")
@public
def unsubscription(key: str) -> str:
    """Ask: no more mail to this address?"""
    return render_template("comments/unsubscription.html", email=_email(key), key=key, done=False)


@bp.post("/unsubscribe/<key:key>")
@public
@tokenless
def unsubscribe(key: str) -> str:
    """No more mail. It may come from a mail program, by one click (RFC 8058), so no origin is asked."""
    email = _email(key)
    with write_tx():
        outbox.refuse(email)
        db.session.execute(update(Comment).where(Comment.email == email).values(wants_mail=False))
    return render_template("comments/unsubscription.html", email=email, key=key, done=True)


def _prove(comment: Comment) -> None:
    comment.proven_at = now()
    db.session.flush()
    if not comment.is_pending:
        return
    words = Words(comment.source, comment.html, comment.name, comment.email, comment.website)
    findings = judge_again(comment, words, proven=True)
    waited_for_it = any(f["rule"] in ABOUT_THE_PERSON for f in comment.findings)
    is_good = verdict_on(findings) is Status.APPROVED
    to = Status.APPROVED if waited_for_it and is_good else Status.PENDING
    comment.move(
        to,
        from_=Status.PENDING,
        by=Actor.RULES,
        deed=Deed.CONFIRMATION,
        changes={"findings": findings},
    )


def _find(key: str) -> Comment:
    try:
        comment_id, email = keys.read_confirmation(key)
    except keys.BadKey:
        abort(404)
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.email != email or comment.is_withdrawn:
        abort(404)
    return comment


def _email(key: str) -> str:
    try:
        return keys.read_unsubscription(key)
    except keys.BadKey:
        abort(404)
