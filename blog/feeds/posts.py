"""The newest posts, of the site or of a tag, as feeds tell of them."""

import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from blog import text
from blog.addresses import absolute_url
from blog.comments.changes import newest_changed
from blog.extensions import db
from blog.feeds import names
from blog.feeds.answers import latest
from blog.posts.addresses import comments_feed_url, post_url
from blog.posts.models import Post, Tag
from blog.site.present import author_name, site

# Who looks once a month misses nothing of a blog with a post on every working day.
POSTS = 20

JSON_FEED = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True)
class Entry:
    """A post as a feed shows it: absolute addresses, full text, true dates."""

    name: str
    url: str
    title: str
    summary: str
    html: str
    language: str
    tags: list[Tag]
    published: datetime
    updated: datetime
    comment_count: int
    comments_url: str
    comments_feed: str
    # When its newest comments came, or were last changed.
    answered: datetime | None

    @property
    def description(self) -> str:
        """What it is about, as HTML: RSS knows no plain text here."""
        return escape(self.summary or text.excerpt(self.html), quote=False)


@dataclass(frozen=True)
class Feed:
    """The newest posts, and what their feed says of itself."""

    name: str
    title: str
    home: str
    about: str
    author: str
    entries: list[Entry]

    @property
    def updated(self) -> datetime:
        """When a post of the feed was last changed."""
        return latest(entry.updated for entry in self.entries)


def feed(at: datetime, tag: Tag | None = None) -> Feed:
    """The feed of the site, or of a tag: three queries, whatever is in it."""
    here = site()
    return Feed(
        name=names.posts_with_tag(here.uid, tag.slug) if tag else names.posts(here.uid),
        title=_("%(site)s: %(tag)s", site=here.title, tag=tag.name) if tag else here.title,
        home=absolute_url(url_for("posts.tag", slug=tag.slug) if tag else url_for("posts.home")),
        about=(tag.description if tag else "") or here.tagline,
        author=author_name(),
        entries=_newest(at, tag),
    )


def _newest(at: datetime, tag: Tag | None) -> list[Entry]:
    query = Post.newest_first(at, tag).add_columns(newest_changed()).limit(POSTS)
    rows = db.session.execute(query.options(selectinload(Post.tags)))
    return [_entry(post, answered) for post, answered in rows]


def _entry(post: Post, answered: datetime | None) -> Entry:
    url = absolute_url(post_url(post))
    return Entry(
        name=names.post(post.uid),
        url=url,
        title=post.title,
        summary=post.summary,
        html=text.absolute(post.html, url),
        language=post.language,
        tags=post.tags,
        published=post.published_at or post.updated_at,
        updated=post.changed_at,
        comment_count=post.comment_count,
        comments_url=f"{url}#comments",
        comments_feed=absolute_url(comments_feed_url(post)),
        answered=answered,
    )


def as_atom(feed: Feed, url: str) -> str:
    """The feed as Atom (RFC 4287), with its comments counted (RFC 4685). `url` is its own address."""
    return render_template("feeds/atom.xml", feed=feed, url=url)


def as_rss(feed: Feed, url: str) -> str:
    """The feed as RSS 2.0, with the elements that the RSS Advisory Board's profile recommends."""
    return render_template("feeds/rss.xml", feed=feed, url=url, rfc822=_rfc822)


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def as_json(feed: Feed, url: str) -> str:
    """The feed as JSON Feed 1.1."""
    here = site()
    document = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": url,
        "description": feed.about,
        "language": here.language,
        "authors": [{"name": feed.author, "url": absolute_url(url_for("posts.home"))}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(_filled(document), ensure_ascii=False)


def _item(entry: Entry) -> dict[str, Any]:
    return _filled(
        {
            "id": entry.name,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "content_html": entry.html,
            "date_published": entry.published.isoformat(timespec="seconds"),
            "date_modified": entry.updated.isoformat(timespec="seconds"),
            "tags": [tag.name for tag in entry.tags],
            "language": entry.language,
        }
    )


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty and not asked for: a reader would show it as something."""
    required = {"items", "content_html"}
    return {name: value for name, value in values.items() if value or name in required}
