"""Posts as files in a folder, and back: each is one file of Markdown (documents.py).

What is in the trash stays where it is. Words that wait beside a public post are not in its file: what the
public sees is. Pictures stay in the media folder.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import select

from blog.database import write_tx
from blog.extensions import db
from blog.posts import keeping
from blog.posts.keeping import Rendered
from blog.posts.life import Status
from blog.posts.models import (
    LANGUAGE_LENGTH,
    MOST_TAGS,
    RESERVED,
    SOURCE_LENGTH,
    SUMMARY_LENGTH,
    TAG_LENGTH,
    TITLE_LENGTH,
    Kind,
    OldSlug,
    Post,
)
from blog.posts.revisions import Revision
from blog.posts.series import NAME_LENGTH
from blog.transfer.documents import SECTION, SUFFIXES, Document
from blog.transfer.front_matter import BadFrontMatter

FOLDERS = {Kind.POST: "posts", Kind.PAGE: "pages"}

# A link to a post, where Markdown has an address. In a file it says the slug: numbers are another blog's.
LINK = re.compile(r"((?:\]\(|\]: ?|<)post:)([a-z0-9][a-z0-9-]*)")


class BadFolder(Exception):
    """Files that cannot be imported. Its message says which, and why, a line for each."""


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "new"
    CHANGED = "changed"
    SAME = "as before"
    TRASHED = "in the trash here, and left there"


@dataclass(frozen=True)
class File:
    """A post in a folder: where it lies in it, and what it says."""

    path: PurePath
    document: Document
    # Whether other words wait beside these, until they are published.
    has_changes: bool = False


def all_of_them() -> Iterator[File]:
    """Every post that is not in the trash, as a file, oldest first."""
    slugs = {str(id): slug for id, slug in _addresses()}
    query = select(Post.id).where(Post.status != Status.TRASHED).order_by(Post.id)
    for post_id in db.session.scalars(query).all():
        post = db.session.get_one(Post, post_id)
        document = _linked(document_of(post), slugs)
        has_changes = keeping.changes_of(post) is not None
        yield File(PurePath(FOLDERS[post.kind]) / f"{post.slug}.md", document, has_changes)
        db.session.expunge_all()  # a thousand texts need not be in memory at once


def document_of(post: Post) -> Document:
    """A post as its file says it. Of one that nobody sees, the words that its author last typed."""
    words = post.words if post.is_out else Revision.newest_of(post.id).words
    had = select(OldSlug.slug).where(OldSlug.post_id == post.id).order_by(OldSlug.slug)
    return Document(
        title=words.title,
        slug=words.slug or post.slug,
        source=words.source,
        uid=post.uid,
        kind=Kind(words.kind),
        status=post.status,
        published_at=post.published_at,
        updated_at=post.updated_at,
        summary=words.summary,
        tags=words.tags,
        language=words.language,
        takes_comments=post.takes_comments,
        close_after_days=post.close_after_days,
        pinned_at=post.pinned_at,
        aliases=tuple(db.session.scalars(had)),
        series=words.series,
        series_number=int(words.series_number or 0) or None,
    )


def read(folder: Path, zone: tzinfo) -> list[File]:
    """The posts in a folder and below it. A time without a zone is meant in `zone`. Raises BadFolder."""
    found, wrong = [], []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or path.stem == SECTION or not path.is_file():
            continue
        try:
            file = _file(path, folder, zone)
        except (BadFrontMatter, OSError, UnicodeDecodeError) as error:
            wrong.append(f"{path.relative_to(folder)}: {error}")
        else:
            found.append(file)
            wrong += [f"{file.path}: {words}" for words in _complaints(file.document)]
    wrong += _twice(found)
    if wrong:
        raise BadFolder("\n".join(wrong))
    return found


def put(files: Iterable[File]) -> Iterator[Outcome]:
    """Write posts as their files say: what became of each, one after the other.

    A post is known by its uid, or by its address. What stood here before is kept among its revisions.
    """
    waiting = []
    for file in files:
        if LINK.search(file.document.source):
            waiting.append(file.document)
        yield _put(_with_numbers(file.document))
    # By now there is a number for each post that another one's text leads to.
    for document in waiting:
        _put(_with_numbers(document))


def _put(document: Document) -> Outcome:
    post = _find(document)
    if post is not None and post.is_trashed:
        return Outcome.TRASHED
    if post is not None and document_of(post) == _completed(document, post):
        return Outcome.SAME
    made = Rendered.of(document.source)
    with write_tx():
        post = _find(document)
        outcome = Outcome.CHANGED if post else Outcome.ADDED
        _write(post, document, made)
    return outcome


def _write(post: Post | None, document: Document, made: Rendered) -> None:
    words: dict[str, Any] = {
        "title": document.title,
        "slug": document.slug,
        "summary": document.summary,
        "tags": list(document.tags),
        "source": document.source,
        "html": made.html,
        "said": made.said,
        "kind": document.kind,
        "language": document.language,
        "takes_comments": document.takes_comments,
        "series": document.series,
        "series_number": document.series_number,
    }
    if post is None:
        post = Post.write(**words)
    else:
        post.revise(**words)
    post.uid = document.uid or post.uid
    post.stand(document.status, document.published_at, document.pinned_at)
    post.close_after(document.close_after_days)
    post.updated_at = document.updated_at or post.updated_at
    for alias in document.aliases:
        if Post.at_address(alias) is None:
            db.session.add(OldSlug(slug=alias, post_id=post.id))


def _find(document: Document) -> Post | None:
    by_uid = select(Post).where(Post.uid == document.uid)
    known = db.session.scalar(by_uid) if document.uid else None
    return known or Post.at_address(document.slug)


def _completed(document: Document, post: Post) -> Document:
    """What a file says, and of what it says nothing, what is so already."""
    now = document_of(post)
    aliases = set(document.aliases) - {post.slug}
    return replace(
        document,
        uid=document.uid or now.uid,
        updated_at=document.updated_at or now.updated_at,
        aliases=now.aliases if aliases <= set(now.aliases) else document.aliases,
    )


def _file(path: Path, folder: Path, zone: tzinfo) -> File:
    inside = path.relative_to(folder)
    return File(inside, Document.read(inside, path.read_bytes().decode(), zone))


def _complaints(document: Document) -> Iterator[str]:
    for what, length, limit in (
        ("title", len(document.title), TITLE_LENGTH),
        ("summary", len(document.summary), SUMMARY_LENGTH),
        ("text", len(document.source), SOURCE_LENGTH),
        ("language", len(document.language), LANGUAGE_LENGTH),
        ("longest tag", max(map(len, document.tags), default=0), TAG_LENGTH),
        ("series", len(document.series), NAME_LENGTH),
    ):
        if length > limit:
            yield f"the {what} has {length:,} characters; at most {limit:,} are taken."
    if len(document.tags) > MOST_TAGS:
        yield f"there are {len(document.tags)} tags; at most {MOST_TAGS} are taken."
    if document.kind == Kind.PAGE and document.slug in RESERVED:
        yield f"no page can have the address /{document.slug}: something else stands there."
    if not document.slug:
        yield "neither its name nor its front matter has a letter that an address can have."


def _twice(files: list[File]) -> Iterator[str]:
    said = Counter(file.document.slug for file in files)
    for file in files:
        if said[file.document.slug] > 1:
            yield f"{file.path}: another file has the address “{file.document.slug}” too."


def _addresses() -> list[tuple[int, str]]:
    return [(row.id, row.slug) for row in db.session.execute(select(Post.id, Post.slug))]


def _with_numbers(document: Document) -> Document:
    if not LINK.search(document.source):
        return document  # most lead to no other, and there may be thousands
    return _linked(document, {slug: str(id) for id, slug in _addresses()})


def _linked(document: Document, names: Mapping[str, str]) -> Document:
    """The same, with other names for the posts that its text leads to, where they have one."""

    def named(link: re.Match[str]) -> str:
        return link[1] + names.get(link[2], link[2])

    return replace(document, source=LINK.sub(named, document.source))
