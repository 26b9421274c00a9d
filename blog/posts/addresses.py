"""Where a post is read: the one place that knows that a page has no /posts before it."""

from flask import url_for

from blog.posts.models import Post


def post_url(post: Post, **values: object) -> str:
    """The path of a post or page on this site; `comments` and `_anchor` as for url_for."""
    return url_for("posts.page" if post.is_page else "posts.post", slug=post.slug, **values)  # type: ignore[arg-type]
