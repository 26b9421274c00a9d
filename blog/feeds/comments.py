"""The newest comments, of the site or of a post, as feeds tell of them (RFC 4287, RFC 4685)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import load_only

from blog.addresses import absolute_url
from blog.comments.addresses import permalink
from blog.comments.changes import changed
from blog.comments.models import Comment
from blog.extensions import db
from blog.feeds import names
from blog.feeds.answers import NEVER, latest
from blog.posts.addresses import post_url
from blog.posts.models import Post
from blog.site.present import site

# More than come between two visits of a reader's program, which asks every hour or so.
COMMENTS = 20


@dataclass(frozen=True)
class Entry:
    """A comment as a feed shows it. Its writer's e-mail never comes near."""

    name: str
    url: str
    title: str
    author: str
    website: str
    html: str
    published: datetime
    updated: datetime
    # What it answers: the name and the address of a comment, or of the post itself.
    answered: str
    answered_url: str


@dataclass(frozen=True)
class Feed:
    """The newest comments, and what their feed says of itself."""

    name: str
    title: str
    home: str
    language: str
    entries: list[Entry]
    begun: datetime = NEVER

    @property
    def updated(self) -> datetime:
        """The latest change that the feed shows."""
        return latest((entry.updated for entry in self.entries), self.begun)


def feed_of_site(at: datetime) -> Feed:
    """The newest comments of all posts that everyone may read: two queries."""
    here = site()
    rows = _newest(Post.visible(at))
    return Feed(
        name=names.comments(here.uid),
        title=_("Comments for %(site)s", site=here.title),
        home=absolute_url(url_for("posts.home")),
        language=here.language,
        entries=[
            _entry(row, _("Comment on %(post)s by %(name)s", post=row.Post.title, name=row.name))
            for row in rows
        ],
    )


def feed_of_post(post: Post) -> Feed:
    """The newest comments of a post: two queries."""
    rows = _newest(Comment.post_id == post.id)
    return Feed(
        name=names.comments_of_post(post.uid),
        title=_("Comments on: %(post)s", post=post.title),
        home=absolute_url(post_url(post)),
        language=post.language or site().language,
        entries=[_entry(row, _("By: %(name)s", name=row.name)) for row in rows],
        begun=post.published_at or post.created_at,
    )


def as_atom(feed: Feed, url: str) -> str:
    """The feed as Atom. `url` is its own address."""
    return render_template("feeds/comments.xml", feed=feed, url=url)


def _newest(whose: ColumnElement[bool]) -> list[Row[Any]]:
    query = (
        select(
            Comment.id,
            Comment.parent_id,
            Comment.name,
            Comment.website,
            func.coalesce(Comment.standing_html, Comment.html).label("html"),
            Comment.submitted_at,
            changed().label("changed"),
            Post,
        )
        .join(Post, Post.id == Comment.post_id)
        # What everyone may read has a place on its page, and of those there is an index.
        .where(whose, Comment.shown, Comment.is_public_clause())
        .order_by(Comment.id.desc())
        .limit(COMMENTS)
        # What a post is called and where it stands; not its words.
        .options(load_only(Post.uid, Post.kind, Post.slug, Post.title))
    )
    return list(db.session.execute(query))


def _entry(row: Row[Any], title: str) -> Entry:
    post = row.Post
    parent = row.parent_id
    return Entry(
        name=names.comment(post.uid, row.id),
        url=_permalink(row.id),
        title=title,
        author=row.name,
        website=row.website,
        html=row.html,
        published=row.submitted_at,
        updated=row.changed,
        answered=names.comment(post.uid, parent) if parent else names.post(post.uid),
        answered_url=_permalink(parent) if parent else absolute_url(post_url(post)),
    )


def _permalink(comment_id: int) -> str:
    return absolute_url(permalink(comment_id))
