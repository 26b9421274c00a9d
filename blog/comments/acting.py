"""The links in mails to the staff: a page with the comment, and a button that acts.

Whoever holds the link acts as the person to whom it was mailed, signed in or not. Looking changes
nothing: programs that look for viruses open every link of a mail.
"""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from blog import gate
from blog.auth import links
from blog.comments import mailed_links
from blog.comments.acts import Moderation
from blog.comments.desk_forms import ReasonForm
from blog.comments.mailed_links import Offer
from blog.database import write_tx
from blog.gate import for_staff, public, tokenless

bp = Blueprint("acting", __name__, url_prefix="/moderation/links")
bp.register_error_handler(links.DeadLink, links.show_dead)


@bp.get("/<key:key>")
@public
@for_staff
def ask(key: str) -> ResponseReturnValue:
    """Ask: shall this be done?"""
    offer = mailed_links.read(key)
    return _page(offer, key) if offer.is_open else _spent(offer)


@bp.post("/<key:key>")
@public
@for_staff
@tokenless
def act(key: str) -> ResponseReturnValue:
    """Do it, once."""
    if gate.origin() is gate.Origin.FOREIGN:
        abort(403)
    form = ReasonForm(meta={"csrf": False})  # the link is what nobody else has
    if not form.validate():
        return _page(mailed_links.read(key), key, form=form), form.status
    with write_tx():
        offer = mailed_links.read(key)
        done = offer.take(form.reason.data or "") if offer.is_open else None
    return _page(offer, key, done) if done else _spent(offer)


def _page(
    offer: Offer, key: str, done: Moderation | None = None, form: ReasonForm | None = None
) -> str:
    form = form or ReasonForm(formdata=None, meta={"csrf": False})
    return render_template("comments/acting.html", offer=offer, key=key, done=done, form=form)


def _spent(offer: Offer) -> ResponseReturnValue:
    """The link has done its work, or somebody else did: what was done last."""
    last = Moderation.latest(offer.comment)
    return render_template("comments/spent_link.html", offer=offer, act=last), 410
