"""What the author writes: posts, the addresses they have and had, their tags."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple, Self
from uuid import UUID, uuid4

from slugify import slugify
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    Uuid,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy import (
    text as sql_text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from blog import text
from blog.clock import Instant, now
from blog.database import direct
from blog.extensions import Base, choice, db
from blog.media.models import Use
from blog.posts.index import Entry, Parts, in_head, in_text
from blog.posts.life import Life, Status
from blog.posts.revisions import Revision, Words
from blog.posts.series import Series
from blog.site.models import Site

TITLE_LENGTH = 200
SLUG_LENGTH = 100  # an address that still fits on one line
SUMMARY_LENGTH = 500
SOURCE_LENGTH = 200_000  # a long novella; text.py renders it within seconds
TAG_LENGTH = 50
TAG_DESCRIPTION_LENGTH = 500
MOST_TAGS = 20

LANGUAGE_LENGTH = 35  # the longest tag that BCP 47 (RFC 5646, 4.4.1) asks everybody to keep

DESK_POSTS = 50

# The first parts of addresses where something else stands: no page may have one as its slug.
RESERVED = frozenset(
    """
    account archive comments confirmations desk feed healthz invitations login logout media moderation
    oembed p posts previews readyz replies resets search series setup social static tag tags unsubscribe
    """.split()
)


class Kind(StrEnum):
    """What an author writes: posts have a date and make the feed, pages stand beside them (About)."""

    POST = "post"
    PAGE = "page"


class Neighbour(NamedTuple):
    """What a link needs: to the post before or after another."""

    slug: str
    title: str
    language: str


def _no_address(uid: UUID) -> str:
    """What stands for the slug of a post whose author has yet to save it: no two are the same."""
    return f"draft-{uid.hex[:12]}"


class TakenSlug(Exception):
    """The slug that the author asked for belongs, or belonged, to another post."""


def _index_of_some(column: str) -> Index:
    """An index of the few posts that have something there."""
    has_it = sql_text(f"{column} IS NOT NULL")
    return Index(f"ix_post_{column}", column, sqlite_where=has_it, postgresql_where=has_it)


class PostTag(Base):
    """Which post has which tag."""

    __tablename__ = "post_tag"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Tag(Base):
    """A word that groups posts. It is public only through a public post."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(TAG_LENGTH))
    description: Mapped[str] = mapped_column(String(TAG_DESCRIPTION_LENGTH), default="")

    @classmethod
    def named(cls, names: list[str]) -> list[Self]:
        """The tags of these names, made where they are missing; two spellings are one tag.

        A name that a tag once had still means it.
        """
        by_slug = {slug: name for name in names if (slug := slugify(name, max_length=SLUG_LENGTH))}
        had = select(OldTagSlug.slug, cls).join(cls, cls.id == OldTagSlug.tag_id)
        old = db.session.execute(had.where(OldTagSlug.slug.in_(by_slug)))
        known = dict(old.all())
        known |= {
            tag.slug: tag for tag in db.session.scalars(select(cls).where(cls.slug.in_(by_slug)))
        }
        found = (known.get(slug) or cls(slug=slug, name=name) for slug, name in by_slug.items())
        return list(dict.fromkeys(found))  # two names may mean one tag


class OldTagSlug(Base):
    """An address that a tag had, or another one that was merged into it. It leads to the tag for ever."""

    __tablename__ = "old_tag_slug"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), index=True)


class OldSlug(Base):
    """An address a post had. It leads to the post for ever, and no other post may have it."""

    __tablename__ = "old_slug"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)


class Post(Life, Base):
    """A post: its words as written and as shown, its address, its life, and its counts."""

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_newest", "kind", "status", "published_at", "id"),
        _index_of_some("pinned_at"),
        _index_of_some("closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What feeds call it by: for ever, whatever becomes of its address.
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True, default=uuid4)
    kind: Mapped[Kind] = mapped_column(choice(Kind), default=Kind.POST)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    # A BCP 47 tag; empty where it is written in the site's language.
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), default="")
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    # As long as the HTML, and only who writes and who exports sees it.
    source: Mapped[str] = mapped_column(Text, deferred=True)
    html: Mapped[str] = mapped_column(Text)
    text_version: Mapped[int]
    # Raised by whatever is saved, so that a sheet knows whether it is based on the newest.
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)
    # Kept by comments/threads.py in the transaction that changes them; `flask comments check` recounts.
    comment_count: Mapped[int] = mapped_column(default=0)
    thread_count: Mapped[int] = mapped_column(default=0)

    # Where it has no number, its date says where in the series it stands (instalments.py).
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("series.id", ondelete="SET NULL"), index=True
    )
    series_number: Mapped[int | None]

    series: Mapped[Series | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary="post_tag", order_by=Tag.slug)
    entry: Mapped[Entry | None] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    revisions: WriteOnlyMapped[Revision] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def chosen_slug(self) -> str:
        """The slug that it was saved with; nothing as long as it was not."""
        return "" if self.slug == _no_address(self.uid) else self.slug

    @property
    def is_page(self) -> bool:
        """Whether it stands beside the posts, without a place among the newest."""
        return self.kind == Kind.PAGE

    @hybrid_property
    def changed_at(self) -> datetime:
        """When a visible post was last another one: one that was to come changed when it came."""
        return max(self.updated_at, self.published_at or self.updated_at)

    @changed_at.inplace.expression
    @classmethod
    def _changed_at(cls) -> ColumnElement[datetime]:
        return case((cls.published_at > cls.updated_at, cls.published_at), else_=cls.updated_at)

    @staticmethod
    def at_address(slug: str) -> "Post | None":
        """The post that has this slug, or had it; whoever asks must still ask whether it is visible."""
        return db.session.scalar(_at_address(), {"slug": slug})

    @classmethod
    def newest_first(cls, at: datetime, tag: Tag | None = None) -> Select[Self]:
        """The public posts, of a tag if one is given, newest first: a query."""
        query = select(cls).where(cls.kind == Kind.POST, cls.visible(at))
        if tag is not None:
            query = query.where(cls.tags.any(Tag.id == tag.id))
        return query.order_by(cls.published_at.desc(), cls.id.desc())

    @classmethod
    def newest(cls, at: datetime, page: int, number: int, tag: Tag | None = None) -> list[Self]:
        """A page of so many public posts, newest first, and one more if there is a next page."""
        query = cls.newest_first(at, tag)
        return list(db.session.scalars(query.limit(number + 1).offset((page - 1) * number)))

    @classmethod
    def write(
        cls,
        *,
        title: str,
        slug: str,
        summary: str,
        tags: list[str],
        source: str,
        html: str,
        said: Parts | None = None,
        kind: Kind = Kind.POST,
        language: str = "",
        takes_comments: bool = True,
        series: str = "",
        series_number: int | None = None,
    ) -> Self:
        """A new draft. `html` is what text.py made of `source`; `said` as for `revise`. Raises TakenSlug."""
        post = cls(title=title, kind=kind, slug="", source="", html="", text_version=0, version=0)
        post.slug = post._free_slug(slug)
        db.session.add(post)
        post.revise(
            title=title,
            slug=slug or post.slug,
            summary=summary,
            tags=tags,
            source=source,
            html=html,
            said=said,
            kind=kind,
            language=language,
            takes_comments=takes_comments,
            series=series,
            series_number=series_number,
        )
        db.session.flush()
        return post

    @classmethod
    def begin(cls, title: str, kind: Kind) -> Self:
        """A draft that has no text and no address of its own yet."""
        uid = uuid4()
        post = cls(uid=uid, title=title, kind=kind, slug=_no_address(uid), source="", html="")
        post.text_version, post.version = text.VERSION, 1
        db.session.add(post)
        db.session.flush()
        return post

    def revise(
        self,
        *,
        title: str,
        slug: str,
        summary: str,
        tags: list[str],
        source: str,
        html: str,
        kind: Kind,
        language: str,
        takes_comments: bool,
        series: str = "",
        series_number: int | None = None,
        said: Parts | None = None,
        revision: Revision | None = None,
    ) -> None:
        """Show new words. A public address that changes goes on leading here. Raises TakenSlug.

        `said` is what index.py read in the text. Reading takes a while, as rendering does, and others
        wait for the lock meanwhile: every view and command hands it in. Without it, it is read here.
        `revision` is the one that has these words; without it, one is made.
        """
        self.kind = kind
        self.language = language
        self.title = title
        self.summary = summary
        self.source = source
        self.html = html
        self.text_version = text.VERSION
        self.takes_comments = takes_comments
        self.tags = Tag.named(tags)
        # A page stands beside the posts, and between none of them.
        self.series = None if kind is Kind.PAGE else Series.named(series)
        self.series_number = series_number if self.series else None
        self.index(said or in_text(html))
        self._move_to(self._free_slug(slug))
        self.updated_at = now()
        self.close_after(self.close_after_days)
        self._show(revision or self._new_revision())

    @property
    def words(self) -> Words:
        """What the public sees, or will see, as it was typed."""
        return Words(
            title=self.title,
            source=self.source,
            summary=self.summary,
            tags=tuple(tag.name for tag in self.tags),
            series=self.series.name if self.series else "",
            series_number=str(self.series_number or ""),
            slug=self.slug,
            kind=self.kind.value,
            language=self.language,
        )

    def _new_revision(self) -> Revision:
        made = Revision.of(self.words, self.version + 1, base=self.version)
        self.version = made.version
        self.revisions.add(made)
        return made

    def _show(self, revision: Revision) -> None:
        db.session.flush()
        others = update(Revision).where(Revision.post_id == self.id, Revision.is_shown)
        db.session.execute(others.values(is_shown=False))
        revision.is_shown = True
        Use.note(self.id, self.source, is_live=True)
        Use.note(self.id, "", is_live=False)  # no other words wait beside these

    def index(self, said: Parts) -> None:
        """Note what search finds it by: its title, tags and summary, and what its text said.

        Whether it may be found is asked by who searches.
        """
        head = in_head(self.title, [tag.name for tag in self.tags], self.summary)
        self.entry = self.entry or Entry(post_id=self.id)
        self.entry.take(head | said)

    @classmethod
    def pinned(cls, at: datetime) -> list[Self]:
        """The public posts that stand before the newest; what was pinned last comes first."""
        pinned = cls.newest_first(at).where(cls.pinned_at.is_not(None)).order_by(None)
        return list(db.session.scalars(pinned.order_by(cls.pinned_at.desc(), cls.id.desc())))

    def neighbours(self, at: datetime) -> tuple[Neighbour | None, Neighbour | None]:
        """The public posts right before and right after this one. A page has none beside it."""
        if self.is_page or self.published_at is None:
            return None, None
        # What is older was there by then: the index is entered at this post, and not at the newest.
        then = min(at, self.published_at)
        here = {"published_at": self.published_at, "id": self.id}
        found = direct().execute(_neighbours(), {**here, "at": at, "then": then}).all()
        by_age = {row.is_older: Neighbour(*row[:3]) for row in found}
        return by_age.get(True), by_age.get(False)

    def _site_closes_after(self) -> int:
        return 0 if self.is_page else Site.load().close_after_days

    def _free_slug(self, wanted: str) -> str:
        """The slug that was asked for, or one made from the title that nobody has. Raises TakenSlug."""
        if wanted:
            if self.is_taken(wanted):
                raise TakenSlug(wanted)
            return wanted
        stem = slugify(self.title, max_length=SLUG_LENGTH - 5, word_boundary=True) or "post"
        number = 1
        slug = stem
        while self.is_taken(slug):
            number += 1
            slug = f"{stem}-{number}"
        return slug

    def is_taken(self, slug: str, kind: Kind | None = None) -> bool:
        """Whether another post has, or had, this address, or something else stands there.

        `kind` is what it will be, where that is not what it is.
        """
        if (kind or self.kind) == Kind.PAGE and slug in RESERVED:
            return True
        with db.session.no_autoflush:
            other = Post.at_address(slug)
        return other is not None and other is not self

    def _move_to(self, slug: str) -> None:
        """Take a new address. A draft's old one was nobody's business and is forgotten."""
        if slug == self.slug:
            return
        db.session.execute(delete(OldSlug).where(OldSlug.slug == slug))
        if self.published_at is not None:
            db.session.add(OldSlug(slug=self.slug, post_id=self.id))
        self.slug = slug


# Queries that every page asks: to make one takes longer than to ask it.


@cache
def _at_address() -> Select[Post]:
    slug = bindparam("slug", type_=String)
    had = select(OldSlug.post_id).where(OldSlug.slug == slug)
    return select(Post).where(or_(Post.slug == slug, Post.id.in_(had)))


@cache
def _neighbours() -> Select[str, str, str, bool]:
    at, then = bindparam("at", type_=Instant), bindparam("then", type_=Instant)
    place = tuple_(Post.published_at, Post.id)
    here = tuple_(bindparam("published_at", type_=Instant), bindparam("id", type_=Integer))
    posts = select(Post.id).where(Post.kind == Kind.POST)
    older = posts.where(Post.visible(then), place < here)
    older = older.order_by(Post.published_at.desc(), Post.id.desc())
    newer = posts.where(Post.visible(at), place > here).order_by(Post.published_at, Post.id)
    both = [query.limit(1).correlate(None).scalar_subquery() for query in (older, newer)]
    columns = Post.slug, Post.title, Post.language, (place < here).label("is_older")
    return select(*columns).where(Post.id.in_(both))


def next_due(at: datetime) -> Select[datetime | None]:
    """When the clock will next change what is shown: a post comes, or takes no more replies. A query."""
    published = Post.status == Status.PUBLISHED
    changes = [
        select(func.min(column).label("at")).where(published, column > at)
        for column in (Post.published_at, Post.closes_at)
    ]
    return select(func.min(union_all(*changes).subquery().c.at, type_=Instant))
