"""What everyone reads: the newest posts, one post with its conversation, the posts of a tag."""

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from blog import editions
from blog.addresses import page_number
from blog.clock import now
from blog.comments import threads
from blog.comments.forms import empty_reply_form
from blog.extensions import db
from blog.gate import public
from blog.headers import shared
from blog.posts import instalments, tags
from blog.posts.addresses import post_url, public_post
from blog.posts.models import Post, Tag
from blog.posts.series import Series
from blog.site.present import site

bp = Blueprint("posts", __name__)


@bp.get("/")
@public
def home() -> Response:
    """The newest posts."""
    return _list_of_posts("posts/home.html")


@bp.get("/tags/<slug:slug>")
@public
def tag(slug: str) -> ResponseReturnValue:
    """The newest posts with a tag. A tag of drafts alone is nobody's business."""
    named = tags.at_address(slug)
    if named is None:
        abort(404)
    shown = _list_of_posts("posts/tag.html", named)
    return shown if named.slug == slug else _moved("posts.tag", named.slug)


@bp.get("/series/<slug:slug>")
@public
def series(slug: str) -> ResponseReturnValue:
    """The posts of a series, from the first to the last. A series of drafts alone is nobody's business."""
    named = Series.at_address(slug)
    number = page_number()
    posts = instalments.public(named, now(), number) if named else ()
    if named is None or not posts:
        abort(404)
    if named.slug != slug:
        return _moved("posts.series", named.slug)
    return shared(
        make_response(
            render_template(
                "posts/series.html",
                series=named,
                posts=posts[: instalments.PARTS],
                number=number,
                first=(number - 1) * instalments.PARTS + 1,
                has_later=len(posts) > instalments.PARTS,
            )
        )
    )


def _list_of_posts(template: str, tag: Tag | None = None) -> Response:
    number, at = page_number(), now()
    many = site().posts_per_page
    posts = Post.newest(at, number, many, tag)
    if not posts and (tag is not None or number > 1):
        abort(404)
    # On later pages they stand where their dates put them, so nothing is missing there.
    pinned = Post.pinned(at) if tag is None and number == 1 else []
    return shared(
        make_response(
            render_template(
                template,
                pinned=pinned,
                posts=[post for post in posts[:many] if post not in pinned],
                at=at,
                tag=tag,
                number=number,
                has_older=len(posts) > many,
            )
        )
    )


def _moved(endpoint: str, slug: str) -> ResponseReturnValue:
    return redirect(url_for(endpoint, slug=slug, page=request.args.get("page")), 301)


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


@bp.get("/p/<id:post_id>")
@public
def numbered(post_id: int) -> ResponseReturnValue:
    """Where a link in a text leads that names a post by its number: to its address of today."""
    found = db.session.get(Post, post_id)
    if found is None or not found.is_visible(now()):
        abort(404)
    return redirect(post_url(found))


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
                is_open=found.accepts_comments(now()),
                form=empty_reply_form(found),
                neighbours=found.neighbours(now()),
                place=instalments.place_of(found, now()),
            )
        ),
        editions.of_post(found.id),
    )
