"""The sheet a post is written on: found, shown, saved, and shown again with what was refused.

The desk and publishing both save what it holds before they do anything more.
"""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog import text
from blog.clock import now
from blog.database import BUSY_SECONDS, DatabaseBusy, write_tx
from blog.extensions import db
from blog.posts.forms import PostForm
from blog.posts.index import in_text
from blog.posts.models import Kind, Post, TakenSlug


def find(post_id: int) -> Post:
    """The post. Aborts with 404 where there is none."""
    post = db.session.get(Post, post_id)
    if post is None:
        abort(404)
    return post


def show(form: PostForm, post: Post | None = None, preview: str | None = None) -> str:
    """The sheet with this form on it, and above it what its words will look like."""
    return render_template("posts/edit.html", form=form, post=post, preview=preview, at=now())


def show_preview(post: Post | None) -> ResponseReturnValue:
    """The sheet with what the words on it will look like; nothing is saved."""
    form = PostForm()
    if not form.validate():
        return show(form, post), 422
    return show(form, post, text.render_post(form.body.data or ""))


def create() -> ResponseReturnValue:
    """Keep the words of the sheet as a new draft."""
    form = PostForm()
    if not form.validate():
        return show(form), 422
    words = _words(form)
    try:
        with write_tx():
            post = Post.write(**words)
    except TakenSlug:
        return _slug_is_taken(form)
    except DatabaseBusy:
        return _busy(form)
    return redirect(url_for("desk.edit", post_id=post.id), 303)


def save(post_id: int, then: Callable[[Post], None] | None = None) -> ResponseReturnValue:
    """Save what the sheet holds, and do one thing more. A bare button saves nothing."""
    post = find(post_id)
    form = PostForm()
    has_words = "body" in request.form or then is None
    if has_words and not form.validate():
        return show(form, post), 422
    words = _words(form) if has_words else {}
    try:
        with write_tx():
            post = find(post_id)
            if words:
                post.revise(**{**words, "slug": words["slug"] or post.slug})
            if then:
                then(post)
    except TakenSlug:
        return _slug_is_taken(form, find(post_id))
    except DatabaseBusy:
        return _busy(form, find(post_id))
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


def _slug_is_taken(form: PostForm, post: Post | None = None) -> ResponseReturnValue:
    form.slug.errors = [
        _("Another post has, or had, this address, or something else stands there.")
    ]
    return show(form, post), 422


def _busy(form: PostForm, post: Post | None = None) -> ResponseReturnValue:
    form.form_errors.append(_("The site is busy. Nothing is lost: save it again in a moment."))
    return show(form, post), 503, {"Retry-After": str(BUSY_SECONDS)}
