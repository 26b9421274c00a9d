"""Every address that search engines should know, and when it last changed.

In files that stay small (https://www.sitemaps.org/protocol.html). A file is a stretch of numbers of
rows: nothing is counted, and a post never moves to another file.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from flask import url_for
from markupsafe import escape
from sqlalchemy import Row, Select, func, literal, null, select

from blog.addresses import absolute_url
from blog.comments.changes import newest_changed
from blog.extensions import db
from blog.posts import addresses
from blog.posts.models import Kind, Post, PostTag, Tag
from blog.posts.series import Series

# The most that the protocol allows in a file.
MOST_URLS = 50_000
# Rows that are in memory at the same time.
AT_ONCE = 1_000

XML = '<?xml version="1.0" encoding="UTF-8"?>'
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"

# Pages that list posts, and are always there.
ALWAYS_THERE = ("posts.home", "finding.archive")


class Part(StrEnum):
    """What a file has: what the author wrote, or the pages that list it."""

    POSTS = "posts"
    LISTS = "lists"
    SERIES = "series"


# What has a slug: posts and pages, tags and series.
ENDPOINTS = (*addresses.ENDPOINTS.items(), (Part.LISTS, "posts.tag"), (Part.SERIES, "posts.series"))

NUMBERS = {Part.POSTS: Post.id, Part.LISTS: Tag.id, Part.SERIES: Series.id}


class Entry(NamedTuple):
    """An address, and when what it shows last changed; None where nobody knows."""

    path: str
    changed_at: datetime | None = None


def fits_in_one_file() -> bool:
    """Whether no index is needed."""
    last = [db.session.scalar(select(func.max(number))) or 0 for number in NUMBERS.values()]
    return sum(last) <= _rows_a_file()


def files(at: datetime) -> list[tuple[Part, int]]:
    """The files that have anything, each with its number, from 1."""
    found = [(part, number) for part in Part for number in _numbers(part, at)]
    always = (Part.LISTS, 1)
    return found if always in found else [*found, always]


def entries(part: Part, number: int, at: datetime) -> Iterator[Entry]:
    """What a file has."""
    if part is Part.LISTS and number == 1:
        yield from (Entry(url_for(endpoint)) for endpoint in ALWAYS_THERE)
    # All but the slug: Flask takes seconds for 50,000 addresses.
    stems = {kind: _stem(endpoint) for kind, endpoint in ENDPOINTS}
    end = number * _rows_a_file()
    last = end - _rows_a_file()
    while rows := _rows(part, last, end, at):
        for _id, slug, kind, changed, answered in rows:
            yield Entry(stems[kind] + slug, max(changed, answered) if answered else changed)
        last = rows[-1][0]


def document(entries: Iterator[Entry]) -> str:
    """A file, as XML."""
    base = escape(absolute_url(""))
    lines = (f"<url><loc>{base}{entry.path}</loc>{_lastmod(entry)}</url>" for entry in entries)
    return "\n".join((XML, f'<urlset xmlns="{XMLNS}">', *lines, "</urlset>", ""))


def index(paths: Iterable[str]) -> str:
    """The list of the files, as XML."""
    lines = (f"<sitemap><loc>{escape(absolute_url(path))}</loc></sitemap>" for path in paths)
    return "\n".join((XML, f'<sitemapindex xmlns="{XMLNS}">', *lines, "</sitemapindex>", ""))


def _stem(endpoint: str) -> str:
    return url_for(endpoint, slug="x").removesuffix("x")


def _lastmod(entry: Entry) -> str:
    if entry.changed_at is None:
        return ""
    return f"<lastmod>{entry.changed_at.isoformat(timespec='seconds')}</lastmod>"


def _rows_a_file() -> int:
    return MOST_URLS - len(ALWAYS_THERE)


def _numbers(part: Part, at: datetime) -> list[int]:
    query = _query(part, at).with_only_columns((NUMBERS[part] - 1) // _rows_a_file() + 1)
    return sorted(db.session.scalars(query.distinct()))


def _rows(part: Part, after: int, end: int, at: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    number = NUMBERS[part]
    query = _query(part, at).where(number > after, number <= end)
    return db.session.execute(query.order_by(number).limit(AT_ONCE)).all()


def _query(part: Part, at: datetime) -> Select[*tuple[Any, ...]]:
    """What is public: no texts, only what makes an address and its date."""
    if part is Part.SERIES:
        listed = select(Post.series_id).where(Post.kind == Kind.POST, Post.visible(at))
        query = select(Series.id, Series.slug, literal(part), null(), null())
        return query.where(Series.id.in_(listed))
    if part is Part.LISTS:
        tagged = select(PostTag.tag_id).join(Post, Post.id == PostTag.post_id)
        listed = tagged.where(Post.kind == Kind.POST, Post.visible(at))
        # A list changes with each post in it, and with each that is taken away: nobody knows when.
        query = select(Tag.id, Tag.slug, literal(part), null(), null())
        return query.where(Tag.id.in_(listed))
    columns = Post.id, Post.slug, Post.kind, Post.changed_at
    return select(*columns, newest_changed()).where(Post.visible(at))
