"""The feeds: for programs that look after what somebody reads, on whatever site they run."""

from collections.abc import Callable

from flask import Blueprint, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blog.addresses import absolute_url
from blog.clock import now
from blog.feeds import comments as comment_feeds
from blog.feeds import posts as post_feeds
from blog.feeds.answers import answer
from blog.gate import public
from blog.headers import readable_elsewhere, shared
from blog.posts import tags
from blog.posts.addresses import comments_feed_url, public_post

bp = Blueprint("feeds", __name__)

ATOM = "application/atom+xml"
RSS = "application/rss+xml"
JSON = "application/feed+json"

# Makes a document of a feed and its own address.
Write = Callable[[post_feeds.Feed, str], str]


@bp.get("/feed.xml")
@bp.get("/tags/<slug:tag>/feed.xml")
@public
def atom(tag: str | None = None) -> ResponseReturnValue:
    """The newest posts, of the site or of a tag, as Atom."""
    return _posts(tag, post_feeds.as_atom, ATOM)


@bp.get("/feed.rss")
@bp.get("/tags/<slug:tag>/feed.rss")
@public
def rss(tag: str | None = None) -> ResponseReturnValue:
    """The same as RSS 2.0."""
    return _posts(tag, post_feeds.as_rss, RSS)


@bp.get("/feed.json")
@bp.get("/tags/<slug:tag>/feed.json")
@public
def json(tag: str | None = None) -> ResponseReturnValue:
    """The same as JSON Feed 1.1."""
    return _posts(tag, post_feeds.as_json, JSON)


@bp.get("/comments.xml")
@public
def comments() -> ResponseReturnValue:
    """The newest comments of all posts."""
    feed = comment_feeds.feed_of_site(now())
    return answer(comment_feeds.as_atom(feed, _here()), ATOM)


@bp.get("/posts/<slug:slug>/comments.xml")
@public
def post_comments(slug: str) -> ResponseReturnValue:
    """The newest comments of a post."""
    return _comments_of(slug)


@bp.get("/<page:slug>/comments.xml")
@public
def page_comments(slug: str) -> ResponseReturnValue:
    """The newest comments of a page beside the posts."""
    return _comments_of(slug)


# Where WordPress has them: whoever brings a blog along brings its readers along, and their programs.


@bp.get("/feed", strict_slashes=False)
@bp.get("/feed/<any(atom, rss, rss2):kind>", strict_slashes=False)
@bp.get("/tag/<slug:tag>/feed", strict_slashes=False)
@bp.get("/tag/<slug:tag>/feed/<any(atom, rss, rss2):kind>", strict_slashes=False)
@bp.get("/tags/<slug:tag>/feed", strict_slashes=False)
@public
def posts_as_in_wordpress(kind: str = "rss2", tag: str | None = None) -> ResponseReturnValue:
    """Where the feed of the site or of a tag is now."""
    return _moved(url_for("feeds.atom" if kind == "atom" else "feeds.rss", tag=tag))


@bp.get("/comments/feed", strict_slashes=False)
@bp.get("/comments/feed/<any(atom, rss, rss2):kind>", strict_slashes=False)
@public
def comments_as_in_wordpress(kind: str = "rss2") -> ResponseReturnValue:
    """Where the feed of all comments is now."""
    return _moved(url_for("feeds.comments"))


@bp.get("/posts/<slug:slug>/feed", strict_slashes=False)
@bp.get("/<page:slug>/feed", strict_slashes=False)
@bp.get("/<page:slug>/feed/<any(atom, rss, rss2):kind>", strict_slashes=False)
@public
def post_comments_as_in_wordpress(slug: str, kind: str = "rss2") -> ResponseReturnValue:
    """Where the feed of a post's comments is now."""
    return _moved(comments_feed_url(public_post(slug)))


def _posts(slug: str | None, write: Write, mimetype: str) -> ResponseReturnValue:
    """The feed of the site, or of this tag. A tag of drafts alone is nobody's business."""
    if slug is None:
        return answer(write(post_feeds.feed(now()), _here()), mimetype)
    tag = tags.at_address(slug)
    feed = post_feeds.feed(now(), tag) if tag else None
    if tag is None or feed is None or not feed.entries:
        abort(404)
    if tag.slug != slug:
        return _moved(url_for(request.endpoint or "", tag=tag.slug))
    return answer(write(feed, _here()), mimetype)


def _comments_of(slug: str) -> ResponseReturnValue:
    post = public_post(slug)
    path = comments_feed_url(post)
    if request.path != path:
        return _moved(path)
    feed = comment_feeds.feed_of_post(post)
    return answer(comment_feeds.as_atom(feed, _here()), ATOM)


def _here() -> str:
    return absolute_url(request.path)


def _moved(path: str) -> ResponseReturnValue:
    return readable_elsewhere(shared(make_response(redirect(path, 301))))
