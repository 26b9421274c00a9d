"""The revisions of a post: every sitting, what it changed, and the way back to it."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from blog.addresses import page_number
from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author
from blog.posts import keeping, sheet
from blog.posts.forms import PostForm
from blog.posts.keeping import Rendered
from blog.posts.models import Post
from blog.posts.revisions import Revision
from blog.posts.steps import differences, steps

bp = Blueprint("history", __name__, url_prefix="/desk/posts/<id:post_id>/revisions")

REVISIONS = 20  # their texts are read to say what each changed


@bp.get("")
@author
def revisions(post_id: int) -> str:
    """Every sitting, newest first."""
    post = sheet.find(post_id)
    number = page_number()
    query = Revision.all_of(post_id).limit(REVISIONS + 1).offset((number - 1) * REVISIONS)
    found = db.session.scalars(query).all()
    return render_template(
        "posts/revisions.html",
        post=post,
        newest=Revision.newest_of(post_id),
        steps=steps(found, REVISIONS),
        number=number,
        has_older=len(found) > REVISIONS,
        at=now(),
    )


@bp.get("/<id:revision_id>")
@author
def revision(post_id: int, revision_id: int) -> str:
    """What one sitting made of the post, and how the newest words differ from it."""
    post = sheet.find(post_id)
    chosen = _find(post, revision_id)
    newest = Revision.newest_of(post_id)
    return render_template(
        "posts/revision.html",
        post=post,
        revision=chosen,
        newest=newest,
        differences=differences(chosen.words, newest.words),
        at=now(),
    )


@bp.post("/<id:revision_id>/restoration")
@author
def restore(post_id: int, revision_id: int) -> ResponseReturnValue:
    """Go on with the words of this one. What was newest stays in the list."""
    words = _find(sheet.find(post_id), revision_id).words
    made = Rendered.of(words.source)
    with write_tx():
        post = sheet.find(post_id)
        restored = keeping.restore(post, _find(post, revision_id))
        # Another sheet may have put other words into it since they were rendered.
        is_rendered = restored.source == words.source
        if is_rendered and not post.is_out and PostForm.judging(restored.words).validate():
            keeping.show(post, restored, made)
    return redirect(url_for("desk.edit", post_id=post_id), 303)


def _find(post: Post, revision_id: int) -> Revision:
    found = db.session.get(Revision, revision_id)
    if found is None or found.post_id != post.id:
        abort(404)
    return found
