"""What everyone reads: the newest posts, one post with its conversation, the posts of a tag."""

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from blog import editions
from blog.addresses import page_number
from blog.clock import now
from blog.comments import threads
from blog.comments.forms import empty_reply_form
from blog.extensions import db
from blog.gate import public
from blog.headers import shared
from blog.posts.addresses import post_url, public_post
from blog.posts.models import HOME_POSTS, Post, Tag

bp = Blueprint("posts", __name__)


@bp.get("/")
@public
def home() -> Response:
    """The newest posts."""
    return _list_of_posts("posts/home.html")


@bp.get("/tags/<slug:slug>")
@public
def tag(slug: str) -> Response:
    """The newest posts with a tag. A tag of drafts alone is nobody's business."""
    named = db.session.scalar(select(Tag).where(Tag.slug == slug))
    if named is None:
        abort(404)
    return _list_of_posts("posts/tag.html", named)


def _list_of_posts(template: str, tag: Tag | None = None) -> Response:
    number = page_number()
    posts = Post.newest(now(), number, tag)
    if not posts and (tag is not None or number > 1):
        abort(404)
    return shared(
        make_response(
            render_template(
                template,
                posts=posts[:HOME_POSTS],
                tag=tag,
                number=number,
                has_older=len(posts) > HOME_POSTS,
            )
        )
    )


@bp.get("/posts/<slug:slug>")
@public
def post(slug: str) -> ResponseReturnValue:
    """A post, its thread and the form to answer it."""
    return _show(slug)


@bp.get("/<page:slug>")
@public
def page(slug: str) -> ResponseReturnValue:
    """A page beside the posts: it looks like one, and stands at the top of the site."""
    return _show(slug)


def _show(slug: str) -> ResponseReturnValue:
    found = public_post(slug)
    address = post_url(found)
    if request.path != address:
        return redirect(post_url(found, comments=request.args.get("comments")), 301)
    thread = threads.page(found, page_number("comments"))
    if thread.number > thread.pages:
        abort(404)
    return shared(
        make_response(
            render_template(
                "posts/post.html",
                post=found,
                thread=thread,
                form=empty_reply_form(found),
                neighbours=found.neighbours(now()),
            )
        ),
        editions.of_post(found.id),
    )
