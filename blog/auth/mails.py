"""The letters of this room, made from what is true when they are sent."""

from flask_babel import gettext as _

from blog import keys
from blog.auth import links
from blog.auth.models import Invitation, User
from blog.clock import now
from blog.extensions import db
from blog.outbox import Letter, Outbox, compose_with, render
from blog.site.models import Site


def init_app() -> None:
    """Say who writes these letters."""
    compose_with("reset", compose_reset)
    compose_with("invitation", compose_invitation)


def compose_reset(row: Outbox) -> Letter | None:
    """The link to a new password; nothing if the account is gone or has another address."""
    user = db.session.get(User, row.subject_id)
    if user is None or user.email != row.person:
        return None
    site = Site.load()
    text = render(
        "mails/reset.txt",
        user=user,
        site=site,
        link=links.to_reset(user),
    )
    return Letter(_("A new password for %(site)s", site=site.title), text)


def compose_invitation(row: Outbox) -> Letter | None:
    """The link by which somebody joins; nothing if it was used, taken back, or is too old."""
    invitation = _invitation_for(row)
    author = User.author()
    if invitation is None or author is None:
        return None
    site = Site.load()
    text = render(
        "mails/invitation.txt",
        invitation=invitation,
        author=author,
        site=site,
        link=links.to_join(invitation),
        days=keys.INVITATION_DAYS,
    )
    return Letter(_("%(name)s invites you to %(site)s", name=author.name, site=site.title), text)


def _invitation_for(row: Outbox) -> Invitation | None:
    # SQLite gives the number of a row that was deleted to the next one: it may be another person's.
    invitation = db.session.get(Invitation, row.subject_id)
    if invitation is None or invitation.email != row.person or not invitation.is_open(now()):
        return None
    return invitation
