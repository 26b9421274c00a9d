"""Who works here: the author sees it, invites moderators, and takes invitations back."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from blog import outbox
from blog.auth import links
from blog.auth.forms import InvitationForm
from blog.auth.models import Invitation, TakenEmail, User
from blog.clock import now
from blog.database import write_tx
from blog.gate import author

bp = Blueprint("people", __name__, url_prefix="/desk/people")


@bp.get("")
@author
def overview() -> ResponseReturnValue:
    """Everybody with an account, and everybody who was invited."""
    return _page(InvitationForm(None), 200)


@bp.post("/invitations")
@author
def invite() -> ResponseReturnValue:
    """Invite somebody to moderate."""
    form = InvitationForm()
    if not form.validate():
        return _page(form, form.status)
    try:
        with write_tx():
            made = Invitation.create(name=form.name.data or "", email=form.email.data or "")
            outbox.want("invitation", made.email, subject_id=made.id)
    except TakenEmail:
        form.refuse_taken()
        return _page(form, 409)
    return redirect(url_for("people.overview", _anchor=f"invitation-{made.id}"), 303)


@bp.post("/invitations/<id:invitation_id>/revocation")
@author
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back; its link opens nothing from now on."""
    with write_tx():
        invitation = Invitation.unaccepted(invitation_id) or abort(404)
        invitation.revoke()
    return redirect(url_for("people.overview"), 303)


def _page(form: InvitationForm, status: int) -> Response:
    body = render_template(
        "auth/people.html",
        form=form,
        people=User.staff(),
        invitations=[(each, links.to_join(each)) for each in Invitation.waiting()],
        now=now(),
        mailed=outbox.mail_is_set_up(),
    )
    return Response(body, status)
