"""The author's desk: write, preview, save, publish, withdraw."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from blog import text
from blog.addresses import page_number
from blog.clock import now
from blog.database import BUSY_SECONDS, DatabaseBusy, write_tx
from blog.extensions import db
from blog.gate import author
from blog.posts.forms import PostForm
from blog.posts.index import in_text
from blog.posts.models import DESK_POSTS, Kind, Post, TakenSlug

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.get("")
@author
def overview() -> ResponseReturnValue:
    """The desk opens on the posts."""
    return redirect(url_for("desk.posts"))


@bp.get("/posts")
@author
def posts() -> str:
    """Every post, last changed first."""
    number = page_number()
    query = select(Post).order_by(Post.updated_at.desc(), Post.id.desc())
    found = db.session.scalars(query.limit(DESK_POSTS + 1).offset((number - 1) * DESK_POSTS)).all()
    return render_template(
        "posts/desk.html",
        posts=found[:DESK_POSTS],
        number=number,
        has_older=len(found) > DESK_POSTS,
        at=now(),
    )


@bp.get("/posts/new")
@author
def new() -> str:
    """An empty sheet."""
    return _sheet(PostForm(formdata=None))


@bp.post("/posts")
@author
def create() -> ResponseReturnValue:
    """Keep a new post as a draft."""
    form = PostForm()
    if not form.validate():
        return _sheet(form), 422
    words = _words(form)
    try:
        with write_tx():
            post = Post.write(**words)
    except TakenSlug:
        return _slug_is_taken(form)
    except DatabaseBusy:
        return _busy(form)
    return redirect(url_for("desk.edit", post_id=post.id), 303)


@bp.post("/posts/preview")
@author
def preview() -> ResponseReturnValue:
    """Show what a post that is not saved would look like."""
    return _preview(None)


@bp.get("/posts/<id:post_id>")
@author
def edit(post_id: int) -> str:
    """A post to go on with."""
    post = _find(post_id)
    return _sheet(PostForm.of(post), post)


@bp.post("/posts/<id:post_id>")
@author
def save(post_id: int) -> ResponseReturnValue:
    """Save the words of a post; what is public shows them at once."""
    return _save(post_id)


@bp.post("/posts/<id:post_id>/preview")
@author
def preview_saved(post_id: int) -> ResponseReturnValue:
    """Show what a post would look like with words that are not saved."""
    return _preview(_find(post_id))


@bp.post("/posts/<id:post_id>/publication")
@author
def publish(post_id: int) -> ResponseReturnValue:
    """Save, then show it to everyone."""
    return _save(post_id, lambda post: post.publish(now()))


@bp.post("/posts/<id:post_id>/withdrawal")
@author
def withdraw(post_id: int) -> ResponseReturnValue:
    """Save, then take it away from everyone: its address says that it is gone."""
    return _save(post_id, lambda post: post.withdraw(now()))


def _find(post_id: int) -> Post:
    post = db.session.get(Post, post_id)
    if post is None:
        abort(404)
    return post


def _save(post_id: int, then: Callable[[Post], None] | None = None) -> ResponseReturnValue:
    """Save what the edit form holds, and do one thing more. A bare button saves nothing."""
    post = _find(post_id)
    form = PostForm()
    has_words = "body" in request.form or then is None
    if has_words and not form.validate():
        return _sheet(form, post), 422
    words = _words(form) if has_words else {}
    try:
        with write_tx():
            post = _find(post_id)
            if words:
                post.revise(**{**words, "slug": words["slug"] or post.slug})
            if then:
                then(post)
    except TakenSlug:
        return _slug_is_taken(form, _find(post_id))
    except DatabaseBusy:
        return _busy(form, _find(post_id))
    return redirect(url_for("desk.edit", post_id=post_id), 303)


def _words(form: PostForm) -> dict[str, Any]:
    """What is in the form, with its text rendered and read: outside any transaction, for it takes time."""
    html = text.render_post(form.body.data or "")
    return {
        "title": form.title.data,
        "slug": form.slug.data or "",
        "summary": form.summary.data or "",
        "tags": form.tag_names,
        "source": form.body.data,
        "html": html,
        "said": in_text(html),
        "kind": Kind(form.kind.data),
        "language": form.language.data or "",
        "takes_comments": not form.closed.data,
    }


def _sheet(form: PostForm, post: Post | None = None, preview: str | None = None) -> str:
    return render_template("posts/edit.html", form=form, post=post, preview=preview, at=now())


def _slug_is_taken(form: PostForm, post: Post | None = None) -> ResponseReturnValue:
    form.slug.errors = [
        _("Another post has, or had, this address, or something else stands there.")
    ]
    return _sheet(form, post), 422


def _busy(form: PostForm, post: Post | None = None) -> ResponseReturnValue:
    form.form_errors.append(_("The site is busy. Nothing is lost: save it again in a moment."))
    return _sheet(form, post), 503, {"Retry-After": str(BUSY_SECONDS)}


def _preview(post: Post | None) -> ResponseReturnValue:
    form = PostForm()
    if not form.validate():
        return _sheet(form, post), 422
    return _sheet(form, post, text.render_post(form.body.data or ""))
