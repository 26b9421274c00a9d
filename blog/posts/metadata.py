"""What machines are told of a post: search engines in its head, other sites by its picture."""

from datetime import datetime
from typing import Any

from flask import current_app, url_for

from blog.addresses import absolute_url
from blog.posts.addresses import post_url
from blog.posts.models import Post
from blog.posts.social import Card
from blog.site.models import Site


def linked_data(post: Post, site: Site, author: str) -> dict[str, Any]:
    """A visible post as JSON-LD (https://schema.org/BlogPosting)."""
    return {
        "@context": "https://schema.org",
        "@type": "WebPage" if post.is_page else "BlogPosting",
        "headline": post.title,
        "url": absolute_url(post_url(post)),
        "image": absolute_url(picture_path(post, site)),
        "datePublished": _instant(post.published_at),
        "dateModified": _instant(post.changed_at),
        "author": {"@type": "Person", "name": author, "url": absolute_url(url_for("posts.home"))},
        "commentCount": post.comment_count,
    }


def picture_path(post: Post, site: Site) -> str:
    """Where the picture of a post is."""
    card = card_of(post.title, post.language, site)
    return url_for("elsewhere.picture", post_id=post.id, mark=card.mark)


def card_of(title: str, language: str, site: Site) -> Card:
    """What is on the picture of a post with this title."""
    return Card(
        title,
        site.title,
        site.accent,
        language or site.language,
        current_app.config["SOCIAL_FONT"],
    )


def _instant(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
