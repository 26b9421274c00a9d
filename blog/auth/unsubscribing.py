"""The way out of mail to the staff: a page that asks, a button that acts, and one click (RFC 8058).

It ends mail of the kind that it came with. What is wanted again is chosen at /account.
"""

from flask import Blueprint, abort, render_template

from blog import keys
from blog.auth.mail_choices import choose, kinds_for, pace_of
from blog.auth.models import User
from blog.auth.pace import Pace
from blog.database import write_tx
from blog.gate import for_staff, public, tokenless

bp = Blueprint("unsubscribing", __name__, url_prefix="/unsubscribe/staff")


@bp.get("/<key:key>")
@public
@for_staff
def ask(key: str) -> str:
    """Ask: no more mail of this kind?"""
    return _page(*_read(key), key)


@bp.post("/<key:key>")
@public
@for_staff
@tokenless
def end(key: str) -> str:
    """No more of it. It may come from a mail program, by one click (RFC 8058), so no origin is asked."""
    with write_tx():
        user, kind = _read(key)
        choose(user, kind, Pace.NEVER)
    return _page(user, kind, key)


def _read(key: str) -> tuple[User, str]:
    try:
        email, kind = keys.read_staff_unsubscription(key)
    except keys.BadKey:
        abort(404)
    user = User.by_email(email)
    if user is None or kind not in kinds_for(user):
        abort(404)
    return user, kind


def _page(user: User, kind: str, key: str) -> str:
    done = pace_of(user, kind) is Pace.NEVER
    return render_template(
        "auth/unsubscription.html", email=user.email, kind=kind, key=key, done=done
    )
