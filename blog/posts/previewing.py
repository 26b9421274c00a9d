"""Showing an unpublished post to outsiders, by a link that its author gives away."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from blog import text
from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author, public
from blog.headers import PRIVATE
from blog.posts import sheet
from blog.posts.addresses import post_url
from blog.posts.life_forms import PreviewForm
from blog.posts.models import Post
from blog.posts.previews import PreviewLink
from blog.posts.revisions import Revision

bp = Blueprint("previewing", __name__)


@bp.post("/desk/posts/<id:post_id>/previews")
@author
def make(post_id: int) -> ResponseReturnValue:
    """Make a link that shows a post to whoever has it."""
    form = PreviewForm()
    if not form.validate():
        return sheet.as_sent(sheet.find(post_id), preview_link=form), form.status
    return sheet.keep_and(
        post_id,
        lambda post: PreviewLink.make(post, form.link_days.data, now()),
        back=url_for("desk.edit", post_id=post_id, _anchor="previews"),
    )


@bp.post("/desk/previews/<id:preview_id>/revocation")
@author
def revoke(preview_id: int) -> ResponseReturnValue:
    """Let a link lead nowhere from now on."""
    with write_tx():
        link = db.session.get(PreviewLink, preview_id)
        if link is None:
            abort(404)
        link.revoke(now())
    return redirect(url_for("desk.edit", post_id=link.post_id, _anchor="previews"), 303)


@bp.get("/previews/<key:key>")
@public
def show(key: str) -> ResponseReturnValue:
    """The post as it will look, to whoever has the link; once it is public, the way to it."""
    at = now()
    link = PreviewLink.opened_by(key, at)
    if link is None:
        abort(404)
    return redirect(post_url(link.post)) if link.post.is_visible(at) else _page(link.post, key)


def _page(post: Post, key: str) -> Response:
    """The newest words, whether or not its author has called them saved."""
    words = Revision.newest_of(post.id).words
    html = text.with_parameter(text.render_post(words.source), f"preview={key}")
    response = make_response(
        render_template("posts/shown_before.html", post=post, words=words, html=html)
    )
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Robots-Tag"] = "noindex"
    return response
