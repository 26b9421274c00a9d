"""What the script of the editor asks while somebody types: keep this, show this, what differs?

All answers are JSON, for the author alone. Nothing that is kept here changes what anybody else sees.
"""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask_babel import gettext as _

from blog import text
from blog.database import BUSY_SECONDS, DatabaseBusy, write_tx
from blog.gate import author
from blog.posts import keeping, length, sheet
from blog.posts.difference import compare
from blog.posts.forms import AutosaveForm, ComparisonForm, RenderingForm
from blog.posts.keeping import Kept
from blog.posts.models import Post
from blog.posts.revisions import Revision

bp = Blueprint("autosaving", __name__, url_prefix="/desk/posts")


@bp.post("/autosave")
@author
def begin() -> Response:
    """Keep the words of a sheet that is no post yet. Sent again, it goes on with what it began."""
    return _autosave(None)


@bp.post("/<id:post_id>/autosave")
@author
def autosave(post_id: int) -> Response:
    """Keep the words of a sheet, or set them aside where another sheet was faster."""
    sheet.find(post_id)
    return _autosave(post_id)


@bp.post("/rendering")
@author
def render() -> Response:
    """What a text looks like, and how long it is."""
    form = RenderingForm()
    if not form.validate():
        return _refused(form)
    source = form.body.data or ""
    html = text.render_post(source)
    words, minutes = length.measure(text.plain(html))
    return jsonify(
        html=html,
        words=words,
        minutes=minutes,
        foreign_images=text.foreign_images(source),
    )


@bp.post("/comparison")
@author
def difference() -> Response:
    """What differs between two texts."""
    form = ComparisonForm()
    if not form.validate():
        return _refused(form)
    pieces = compare(form.one.data or "", form.other.data or "")
    return jsonify(html=render_template("posts/_difference.html", pieces=pieces))


def _autosave(post_id: int | None) -> Response:
    form = AutosaveForm()
    if not form.validate():
        return _refused(form)
    try:
        with write_tx():
            post = sheet.find(post_id) if post_id else keeping.begun_in(form.sheet.sitting)
            is_new = post is None
            if post is None:
                if form.words.are_blank:
                    return _nothing_yet()
                post = keeping.begin(form.sheet)
            kept = Kept(Revision.newest_of(post.id)) if is_new else keeping.keep(post, form.sheet)
    except DatabaseBusy:
        return _busy()
    if kept.is_conflict:
        return _overtaken(kept.revision)
    return _saved(post, kept.revision, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def _saved(post: Post, revision: Revision, status: HTTPStatus) -> Response:
    answer = jsonify(
        id=post.id,
        version=post.version,
        saved_at=revision.saved_at.isoformat(timespec="seconds"),
        edit=url_for("desk.edit", post_id=post.id),
        autosave=url_for("autosaving.autosave", post_id=post.id),
    )
    answer.status_code = status
    return answer


def _overtaken(revision: Revision) -> Response:
    here = url_for("history.revision", post_id=revision.post_id, revision_id=revision.id)
    answer = jsonify(conflict=here)
    answer.status_code = HTTPStatus.CONFLICT
    return answer


def _nothing_yet() -> Response:
    answer = jsonify(errors={"body": [_("There is no text yet.")]})
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _refused(form: AutosaveForm | RenderingForm | ComparisonForm) -> Response:
    answer = jsonify(errors={name: list(map(str, found)) for name, found in form.errors.items()})
    answer.status_code = form.status
    return answer


def _busy() -> Response:
    answer = jsonify(error=_("The site is busy. Nothing is lost: save it again in a moment."))
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers["Retry-After"] = str(BUSY_SECONDS)
    return answer
