"""Where a post is read: the one place that knows that a page has no /posts before it."""

from typing import Any

from flask import abort, url_for

from blog.clock import now
from blog.posts.models import Kind, Post

# The views that show each kind, and the comments below it as a feed.
ENDPOINTS = {Kind.POST: "posts.post", Kind.PAGE: "posts.page"}
COMMENT_FEEDS = {Kind.POST: "feeds.post_comments", Kind.PAGE: "feeds.page_comments"}


def post_url(post: Post, **values: Any) -> str:
    """The path of a post or page on this site; `comments` and `_anchor` as for url_for."""
    return url_for(ENDPOINTS[post.kind], slug=post.slug, **values)


def comments_feed_url(post: Post) -> str:
    """The path of the feed of a post's comments."""
    return url_for(COMMENT_FEEDS[post.kind], slug=post.slug)


def public_post(slug: str) -> Post:
    """The post or page that has, or had, this slug. Aborts with 404, or with 410 for one that is gone."""
    post = Post.at_address(slug)
    if post is None or not (post.is_visible(now()) or post.is_gone):
        abort(404)
    if post.is_gone:
        abort(410)
    return post
