"""A new password for somebody who forgot theirs: a link by mail, and the page that it leads to.

Whoever asks gets the same answer after the same time, whether or not there is such an account.
"""

import time

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from blog import keys, outbox
from blog.auth import guessing, links, passwords, sessions
from blog.auth.forms import NewPasswordForm, ResetForm
from blog.auth.in_place import judges_token
from blog.auth.links import DeadLink
from blog.auth.models import Attempt, Trier, User, fold
from blog.database import write_tx
from blog.extensions import db, limiter
from blog.gate import public
from blog.site.models import Site

bp = Blueprint("resets", __name__)
bp.register_error_handler(DeadLink, links.show_dead)

# Nobody types this fast; it only keeps one address from taking all of the machine.
RESETS = "60 per minute"
# One that got lost and one that was overlooked; more would be somebody else filling the mailbox.
MAILS_AN_HOUR = 3

# Longer than writing a row takes, so that the answer does not tell whether one was written.
ANSWER_SECONDS = 0.1

USED = _l("This link was used, or the password was changed meanwhile. Ask for another one.")


@bp.route("/resets", methods=["GET", "POST"])
@public
@judges_token
@limiter.limit(RESETS, methods=["POST"])
def ask() -> ResponseReturnValue:
    """Ask for a reset link."""
    form = ResetForm()
    if not form.validate_on_submit():
        return _page("auth/reset_ask.html", form)
    began = time.monotonic()
    with write_tx():
        _want_link(form.email.data or "")
    time.sleep(max(0, began + ANSWER_SECONDS - time.monotonic()))
    return redirect(url_for("resets.asked"), 303)


@bp.get("/resets/asked")
@public
def asked() -> ResponseReturnValue:
    """What happens now: the same words for everybody."""
    return render_template("auth/reset_asked.html", mailed=outbox.mail_is_set_up())


@bp.route("/resets/<key:key>", methods=["GET", "POST"])
@public
@judges_token
@limiter.limit(RESETS, methods=["POST"])
def reset(key: str) -> ResponseReturnValue:
    """Set a new password. Every sign-in ends, and this browser gets a new one."""
    user = _forgetful(key)
    form = NewPasswordForm()
    form.words = (Site.load().title, user.name, user.email)
    if not form.validate_on_submit():
        return _page("auth/reset.html", form, user=user)
    password_hash = passwords.hash_password(form.password.data or "")
    with write_tx():
        user = _forgetful(key)
        user.set_password(password_hash)
        begun = sessions.begin(user)
    return sessions.enter(begun)


def _want_link(email: str) -> None:
    """Note the wish; for a known account, and not too often, have the mail sent."""
    # Other purposes than those of signing in: who asked for links has not guessed.
    account = keys.digest("reset account", fold(email))
    Attempt.add(Trier(account, guessing.address("reset address")))
    user = User.by_email(email)
    if user is not None and Attempt.count(account) <= MAILS_AN_HOUR:
        outbox.want("reset", user.email, subject_id=user.id)


def _forgetful(key: str) -> User:
    user_id, nonce = links.read(keys.read_reset, key)
    user = db.session.get(User, user_id)
    if user is None or user.reset_nonce != nonce:
        raise DeadLink(USED)
    return user


def _page(template: str, form: ResetForm | NewPasswordForm, **values: object) -> Response:
    status = form.status if form.is_submitted() else 200
    return Response(render_template(template, form=form, **values), status)
