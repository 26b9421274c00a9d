"""Getting an account: the author by the set-up link, moderators by the author's invitation."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blog import keys
from blog.auth import links, passwords, sessions
from blog.auth.forms import JoinForm, SetUpForm
from blog.auth.in_place import judges_token
from blog.auth.links import DeadLink
from blog.auth.models import Invitation, Role, SecondAuthor, TakenEmail, User
from blog.clock import now
from blog.database import write_tx
from blog.gate import public
from blog.site.models import Site

bp = Blueprint("joining", __name__)
bp.register_error_handler(DeadLink, links.show_dead)

SET_UP_ALREADY = _l("This blog has its author. If that is you, sign in.")
NO_INVITATION = _l(
    "This invitation was used, taken back, or is too old. If you joined already, sign in; "
    "if not, ask for another invitation."
)


@bp.route("/setup/<key:key>", methods=["GET", "POST"])
@public
@judges_token
def set_up(key: str) -> ResponseReturnValue:
    """Make the author. Once there is one, no set-up link opens anything."""
    _check_setup(key)
    form = SetUpForm()
    form.words = (Site.load().title,)
    if not form.validate_on_submit():
        return _page("auth/set_up.html", form)
    password_hash = passwords.hash_password(form.password.data or "")
    try:
        with write_tx():
            begun = sessions.begin(_author(form, password_hash))
    except SecondAuthor as error:
        raise DeadLink(SET_UP_ALREADY) from error
    except TakenEmail:
        form.email.errors = [_("A moderator has this e-mail address.")]
        return _page("auth/set_up.html", form)
    return sessions.enter(begun)


@bp.route("/invitations/<key:key>", methods=["GET", "POST"])
@public
@judges_token
def join(key: str) -> ResponseReturnValue:
    """Accept an invitation. The e-mail address is the invited one."""
    invitation = _invitation(key)
    form = JoinForm(data={"name": invitation.name})
    form.words = (Site.load().title, invitation.email)
    if not form.validate_on_submit():
        return _page("auth/join.html", form, invitation=invitation)
    password_hash = passwords.hash_password(form.password.data or "")
    try:
        with write_tx():
            user = _invitation(key).accept(name=form.name.data or "", password_hash=password_hash)
            begun = sessions.begin(user)
    except TakenEmail as error:
        raise DeadLink(NO_INVITATION) from error
    return sessions.enter(begun)


def _check_setup(key: str) -> None:
    links.read(keys.read_setup, key)
    if User.author() is not None:
        raise DeadLink(SET_UP_ALREADY)


def _author(form: SetUpForm, password_hash: str) -> User:
    return User.create(
        role=Role.AUTHOR,
        name=form.name.data or "",
        email=form.email.data or "",
        password_hash=password_hash,
    )


def _invitation(key: str) -> Invitation:
    invitation_id, nonce = links.read(keys.read_invitation, key)
    invitation = Invitation.by_nonce(invitation_id, nonce)
    if invitation is None or not invitation.is_open(now()):
        raise DeadLink(NO_INVITATION)
    return invitation


def _page(template: str, form: JoinForm, **values: object) -> Response:
    status = form.status if form.is_submitted() else 200
    return Response(render_template(template, form=form, **values), status)
