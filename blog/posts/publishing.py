"""What is done to a post as a whole: it is published, withdrawn, put away and brought back, pinned, closed.

What the sheet holds is saved before it is published or withdrawn, and kept as it is before all else.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog.clock import now
from blog.gate import author
from blog.posts import sheet
from blog.posts.life import IsOut, IsTrashed
from blog.posts.life_forms import ClosingForm, PublicationForm
from blog.posts.models import Post

bp = Blueprint("publishing", __name__, url_prefix="/desk/posts")


@bp.post("/<id:post_id>/publication")
@author
def publish(post_id: int) -> ResponseReturnValue:
    """Save, then show it to everyone: now, or from the date that is asked for."""
    when, post = PublicationForm(), sheet.find(post_id)
    if not when.validate():
        return sheet.as_sent(post, when=when), when.status
    if when.is_emptied and post.is_to_come(now()):
        when.refuse_emptied()
        return sheet.as_sent(post, when=when), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        return sheet.save(post_id, lambda post: post.publish(now(), when.instant), publishes=True)
    except IsOut:
        when.refuse_ahead()
        return sheet.as_sent(sheet.find(post_id), when=when), HTTPStatus.UNPROCESSABLE_ENTITY
    except IsTrashed:
        return _in_the_trash(post_id)


@bp.post("/<id:post_id>/withdrawal")
@author
def withdraw(post_id: int) -> ResponseReturnValue:
    """Save, then take it away from everyone: its address says that it is gone."""
    try:
        return sheet.save(post_id, lambda post: post.withdraw(now()))
    except IsTrashed:
        return _in_the_trash(post_id)


@bp.post("/<id:post_id>/trash")
@author
def trash(post_id: int) -> ResponseReturnValue:
    """Put it away. The list says so, and offers to bring it back."""
    back = url_for("desk.posts", trashed=post_id)
    return sheet.keep_and(post_id, lambda post: post.trash(now()), back=back)


@bp.post("/<id:post_id>/restoration")
@author
def restore(post_id: int) -> ResponseReturnValue:
    """Bring it back from the trash, as it was."""
    return _do(post_id, lambda post: post.restore(now()))


@bp.post("/<id:post_id>/pin")
@author
def pin(post_id: int) -> ResponseReturnValue:
    """Let it stand before the newest on the home page."""
    return _do(post_id, lambda post: post.pin(now()))


@bp.post("/<id:post_id>/unpinning")
@author
def unpin(post_id: int) -> ResponseReturnValue:
    """Let it stand where its date puts it."""
    return _do(post_id, lambda post: post.unpin())


@bp.post("/<id:post_id>/closing")
@author
def close(post_id: int) -> ResponseReturnValue:
    """Say for how long it takes replies. What is public follows at once."""
    form = ClosingForm()
    if not form.validate():
        return sheet.as_sent(sheet.find(post_id), closing=form), form.status
    return _do(post_id, lambda post: post.close_after(form.days.data))


def _do(post_id: int, act: Callable[[Post], object]) -> ResponseReturnValue:
    """One thing, and back to the sheet, whose words are kept as they are."""
    try:
        return sheet.keep_and(post_id, act, back=url_for("desk.edit", post_id=post_id))
    except IsTrashed:
        return _in_the_trash(post_id)


def _in_the_trash(post_id: int) -> ResponseReturnValue:
    said = _("This post lies in the trash. Bring it back first: nothing is lost.")
    return sheet.as_sent(sheet.find(post_id), said), HTTPStatus.CONFLICT
