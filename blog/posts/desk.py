"""The author's desk: every post, and the sheet to write one on."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select

from blog.addresses import page_number, parameter_of_address, row_number
from blog.clock import now
from blog.extensions import db
from blog.gate import author
from blog.posts import keeping, sheet
from blog.posts.forms import PostForm
from blog.posts.life import Status
from blog.posts.models import DESK_POSTS, Post
from blog.site.models import Site

bp = Blueprint("desk", __name__, url_prefix="/desk")

_is_trashed = Post.status == Status.TRASHED


@bp.get("")
@author
def overview() -> ResponseReturnValue:
    """The desk opens on the posts."""
    return redirect(url_for("desk.posts"))


@bp.get("/posts")
@author
def posts() -> str:
    """Every post, last changed first; or those in the trash. What was just put there can come back."""
    number = page_number()
    state = parameter_of_address("state") or None
    is_trash = state == Status.TRASHED
    query = keeping.by_last_saved().where(_is_trashed if is_trash else ~_is_trashed)
    found = db.session.execute(query.limit(DESK_POSTS + 1).offset((number - 1) * DESK_POSTS)).all()
    trashed = row_number(parameter_of_address("trashed"))
    just_trashed = db.session.get(Post, trashed) if trashed else None
    return render_template(
        "posts/desk.html",
        posts=found[:DESK_POSTS],
        waits=keeping.waits,
        number=number,
        has_older=len(found) > DESK_POSTS,
        state=state,
        is_trash=is_trash,
        has_trash=db.session.scalar(select(exists().where(_is_trashed))),
        just_trashed=just_trashed if just_trashed and just_trashed.is_trashed else None,
        at=now(),
    )


@bp.get("/posts/new")
@author
def new() -> str:
    """An empty sheet."""
    form = PostForm.new()
    form.closed.data = not Site.load().opens_posts
    return sheet.show(form)


@bp.post("/posts")
@author
def create() -> ResponseReturnValue:
    """Keep a new post as a draft."""
    return sheet.create()


@bp.post("/posts/preview")
@author
def preview() -> ResponseReturnValue:
    """Show what a post that is not saved would look like."""
    return sheet.show_preview(None)


@bp.get("/posts/<id:post_id>")
@author
def edit(post_id: int) -> str:
    """A post to go on with."""
    post = sheet.find(post_id)
    return sheet.show(PostForm.of(post), post)


@bp.post("/posts/<id:post_id>")
@author
def save(post_id: int) -> ResponseReturnValue:
    """Save the words of a post; what is public shows them at once."""
    return sheet.save(post_id)


@bp.post("/posts/<id:post_id>/preview")
@author
def preview_saved(post_id: int) -> ResponseReturnValue:
    """Show what a post would look like with words that are not saved."""
    return sheet.show_preview(sheet.find(post_id))
