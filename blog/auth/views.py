"""Signing in and out, and what a signed-in person sees and changes about themselves."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blog import outbox
from blog.auth import browsers, guessing, in_place, passwords, sessions
from blog.auth.account_forms import MailForm
from blog.auth.forms import ChangePasswordForm
from blog.auth.in_place import judges_token
from blog.auth.mail_choices import choose, kinds_for
from blog.database import DatabaseBusy, write_tx
from blog.extensions import limiter
from blog.gate import brings_writing, moderator, public

bp = Blueprint("auth", __name__)

# Nobody types this fast. It keeps the hashing from taking all of the machine; guessing is stopped
# long before, by counting.
SIGN_INS = "60 per minute"


@bp.route("/login", methods=["GET", "POST"])
@public
@brings_writing
@judges_token
@limiter.limit(SIGN_INS, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to where one wanted to be."""
    form = in_place.sign_in_form()
    onward = in_place.onward()
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(onward or sessions.start_of(current_user), 303)
    if not form.validate_on_submit():
        return in_place.page(form, form.status if form.is_submitted() else 200, onward=onward)
    try:
        proof = guessing.prove(form.email.data or "", form.password.data or "")
        with write_tx():
            proof.use()
            begun = sessions.begin(proof.user)
    except guessing.Refused as refused:
        return in_place.refuse(refused, form, onward=onward)
    except DatabaseBusy:  # what the form carries must not be lost
        return in_place.refuse(guessing.Busy(), form, onward=onward)
    # 307: the browser sends the same fields again, to where they were meant for.
    return sessions.enter(begun, onward, 307 if onward and in_place.carries() else 303)


@bp.post("/logout")
@public
@judges_token
def sign_out() -> ResponseReturnValue:
    """Sign this browser out. Who is signed out already is where they wanted to be."""
    with write_tx():
        sessions.end()
    sessions.leave()
    return redirect(url_for("posts.home"), 303)


@bp.get("/account")
@moderator
def account() -> ResponseReturnValue:
    """What the blog knows of this person, and where they are signed in."""
    return _account(200)


@bp.post("/account/password")
@moderator
@limiter.limit(SIGN_INS)
def change_password() -> ResponseReturnValue:
    """Set another password; every other browser is signed out."""
    form = ChangePasswordForm()
    form.words = (current_user.name, current_user.email)
    if not form.validate():
        return _account(form.status, password=form)
    try:
        proof = guessing.prove(current_user.email, form.current_password.data or "")
        password_hash = passwords.hash_password(form.password.data or "")
        with write_tx():
            proof.use()
            proof.user.set_password(password_hash, keep=current_user.current_sign_in)
    except guessing.Refused as refused:
        return _refuse_change(refused, form)
    return browsers.mark(proof.user, redirect(url_for("auth.account", changed="password"), 303))


@bp.post("/account/mail")
@moderator
def choose_mail() -> ResponseReturnValue:
    """Choose what to be told of by mail, and how soon."""
    form = MailForm.of(current_user, sent=True)
    if not form.validate():
        return _account(form.status, mail=form)
    with write_tx():
        for kind in kinds_for(current_user):
            choose(current_user, kind, form[kind].data)
    return redirect(url_for("auth.account", changed="mail"), 303)


@bp.post("/account/sign-ins/<id:sign_in_id>/end")
@moderator
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign another browser of this person out, or this one."""
    if sign_in_id == current_user.current_sign_in.id:
        return sign_out()
    with write_tx():
        sign_in = current_user.own_sign_in(sign_in_id) or abort(404)
        sign_in.end()
    return redirect(url_for("auth.account"), 303)


def _account(
    status: int, *, password: ChangePasswordForm | None = None, mail: MailForm | None = None
) -> Response:
    body = render_template(
        "auth/account.html",
        form=password or ChangePasswordForm(None),
        mail=mail or MailForm.of(current_user),
        mail_is_set_up=outbox.mail_is_set_up(),
        changed=request.args.get("changed"),
        describe=browsers.describe,
    )
    return Response(body, status)


def _refuse_change(refused: guessing.Refused, form: ChangePasswordForm) -> Response:
    wrong = isinstance(refused, guessing.Wrong)
    words = _("That is not your current password.") if wrong else refused.words
    form.current_password.errors = [words]
    answer = _account(refused.status, password=form)
    answer.headers.update(refused.headers)
    return answer
