"""The author's tags: which there are, what they are called, and one where there were two."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author
from blog.posts import tags
from blog.posts.group_forms import TagForm
from blog.posts.models import Tag

bp = Blueprint("tag_desk", __name__, url_prefix="/desk/tags")


@bp.get("")
@author
def overview() -> str:
    """Every tag, with its posts counted."""
    return render_template(
        "posts/tags.html", listed=tags.listed(now()), saved="saved" in request.args
    )


@bp.get("/<id:tag_id>")
@author
def tag(tag_id: int) -> str:
    """One tag, to be changed."""
    found = _find(tag_id)
    return _page(TagForm(formdata=None, obj=found), found)


@bp.post("/<id:tag_id>")
@author
def change(tag_id: int) -> ResponseReturnValue:
    """Call it something else, or describe it. A name that another tag has asks whether to merge the two."""
    form = TagForm()
    if not form.validate():
        return _page(form, _find(tag_id)), form.status
    try:
        with write_tx():
            tags.describe(_find(tag_id), form.name.data or "", form.description.data or "")
    except tags.OtherTag as other:
        return redirect(url_for(".merging", tag_id=tag_id, other_id=other.tag.id), 303)
    return redirect(url_for(".overview", saved=1), 303)


@bp.get("/<id:tag_id>/merging/<id:other_id>")
@author
def merging(tag_id: int, other_id: int) -> str:
    """What will happen when one tag is merged into another: it is not done yet."""
    found, into = _two(tag_id, other_id)
    posts, seen = tags.counts(found, now())
    return render_template("posts/tag_merging.html", named=found, into=into, posts=posts, seen=seen)


@bp.post("/<id:tag_id>/merging/<id:other_id>")
@author
def merge(tag_id: int, other_id: int) -> ResponseReturnValue:
    """Make one tag of two."""
    with write_tx():
        tags.merge(*_two(tag_id, other_id))
    return redirect(url_for(".overview", saved=1), 303)


@bp.post("/<id:tag_id>/deletion")
@author
def delete(tag_id: int) -> ResponseReturnValue:
    """Throw a tag away that no post has."""
    with write_tx():
        found = _find(tag_id)
        posts, _seen = tags.counts(found, now())
        if not posts:
            tags.remove(found)
    if posts:
        form = TagForm(formdata=None, obj=found)
        form.form_errors.append(_("Posts have this tag, so it stays. Merge it into another one."))
        return _page(form, found), 409
    return redirect(url_for(".overview", saved=1), 303)


def _find(tag_id: int) -> Tag:
    return db.session.get(Tag, tag_id) or abort(404)


def _two(tag_id: int, other_id: int) -> tuple[Tag, Tag]:
    if tag_id == other_id:
        abort(404)
    return _find(tag_id), _find(other_id)


def _page(form: TagForm, found: Tag) -> str:
    posts, seen = tags.counts(found, now())
    others = [other for other, _posts, _seen in tags.listed(now()) if other is not found]
    return render_template(
        "posts/tag_edit.html", form=form, named=found, posts=posts, seen=seen, others=others
    )
