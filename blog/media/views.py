"""The library: which pictures there are, what is to be seen in them, and where they are used."""

from http import HTTPStatus

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author
from blog.media import pages
from blog.media.forms import AltForm
from blog.media.models import InUse, Media
from blog.media.pages import Said

bp = Blueprint("media", __name__, url_prefix="/desk/media")


@bp.get("")
@author
def library() -> str:
    """A page of the library, newest first."""
    return pages.library()


@bp.post("/<id:media_id>")
@author
def describe(media_id: int) -> ResponseReturnValue:
    """Say what is to be seen. Texts that show the picture keep the words that they have."""
    media = _find(media_id)
    form = AltForm()
    if not form.validate():
        return pages.library(Said(alt=form, about=media_id)), form.status
    with write_tx():
        media.alt = form.alt.data or ""
    return _back(media_id, "described")


@bp.post("/<id:media_id>/trash")
@author
def trash(media_id: int) -> ResponseReturnValue:
    """Put a picture that nothing shows into the trash."""
    media = _find(media_id)
    try:
        with write_tx():
            media.trash(now())
    except InUse:
        return pages.library(Said(about=media_id, is_in_use=True)), HTTPStatus.CONFLICT
    return _back(media_id, "trashed")


@bp.post("/<id:media_id>/restoration")
@author
def restore(media_id: int) -> ResponseReturnValue:
    """Take a picture out of the trash."""
    media = _find(media_id)
    with write_tx():
        media.restore()
    return _back(media_id, "restored")


def _find(media_id: int) -> Media:
    media = db.session.get(Media, media_id)
    if media is None:
        abort(404)
    return media


def _back(media_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for(".library", done=done, media=media_id), HTTPStatus.SEE_OTHER)
