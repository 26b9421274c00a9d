"""What becomes of the words that a sheet sends: whether they come too late, and what they are kept as.

A sheet knows the version of the post that its words are based on. When another sheet has saved since,
they overwrite nothing: they are set aside, and their writer is told. A sheet is never in its own way,
though: it may not have heard yet what became of what it sent before (a double click, a lost answer,
the way back). Call all of this within write_tx().
"""

from typing import NamedTuple

from sqlalchemy import Select, false, func, select, update

from blog import text
from blog.clock import now
from blog.database import DatabaseBusy
from blog.extensions import db
from blog.media.models import Use
from blog.posts.index import Parts, in_text
from blog.posts.models import Kind, Post, TakenSlug
from blog.posts.revisions import A_PAUSE, Revision, Words
from blog.site.models import Site


class Sheet(NamedTuple):
    """What a sheet sends. `base` is None where somebody does not know of versions: a program."""

    words: Words
    base: int | None = None
    sitting: str = ""
    turn: int = 0
    takes_comments: bool | None = None  # None: it does not say


class Kept(NamedTuple):
    """What the words are kept as, and whether they came too late to be the newest.

    `is_late` are those that newer ones of the same sheet were quicker than: `revision` has these.
    """

    revision: Revision
    is_conflict: bool = False
    is_late: bool = False


class Rendered(NamedTuple):
    """A text as it is shown, and what search finds it by. To make it takes time: outside write_tx()."""

    html: str
    said: Parts

    @classmethod
    def of(cls, source: str) -> "Rendered":
        """The text, rendered and read."""
        html = text.render_post(source)
        return cls(html, in_text(html))


def begun_in(sitting: str) -> Post | None:
    """The post that this sheet has begun already, if it has: it may not have heard of it."""
    found = Revision.of_sitting(sitting)
    return db.session.get(Post, found.post_id) if found else None


def begin(sheet: Sheet) -> Post:
    """A draft of words that nobody has called finished: no tag is made of them, and no address."""
    post = Post.begin(sheet.words.title, Kind(sheet.words.kind))
    post.takes_comments = Site.load().opens_posts
    revision = Revision.of(sheet.words, 1, sitting=sheet.sitting, turn=sheet.turn)
    post.revisions.add(revision)
    Use.note(post.id, sheet.words.source, is_live=False)
    return post


def keep(post: Post, sheet: Sheet) -> Kept:
    """Keep what a sheet sent. Nothing that the public sees changes."""
    newest = Revision.newest_of(post.id)
    # An address that is not said is the one that it has.
    words = sheet.words._replace(slug=sheet.words.slug or post.chosen_slug)
    is_same = words.says(newest.words)
    if _is_stale(post, sheet, newest, is_same):
        return Kept(_set_aside(post, sheet), is_conflict=True)
    if is_same or _is_late(sheet, newest):
        return Kept(newest, is_late=not is_same)
    return Kept(_write(post, sheet, words, newest))


def show(post: Post, revision: Revision, made: Rendered) -> None:
    """Bring the words of a revision into the columns: the public sees them, or will. Raises TakenSlug."""
    if not (revision.slug and revision.words.says(post.words)):
        words = revision.words
        post.revise(
            title=words.title,
            slug=words.slug,
            summary=words.summary,
            tags=list(words.tags),
            series=words.series,
            series_number=int(words.series_number or 0) or None,
            source=words.source,
            html=made.html,
            said=made.said,
            kind=Kind(words.kind),
            language=words.language,
            takes_comments=post.takes_comments,
            revision=revision,
        )
        # An address that was not said was made of the title; a tag or a series may have another name by now.
        standing = post.words
        revision.slug, revision.tags = standing.slug, list(standing.tags)
        revision.series, revision.series_number = standing.series, standing.series_number


def settle(post: Post, revision: Revision, made: Rendered) -> None:
    """Note that an author has called these words saved. Raises TakenSlug.

    Beside a post that is public, or will be by itself, they wait until they are published.
    """
    if not post.is_out:
        show(post, revision, made)
    elif revision.slug and post.is_taken(revision.slug, Kind(revision.kind)):
        raise TakenSlug(revision.slug)


def set_up(post: Post, sheet: Sheet) -> None:
    """Let what is no word of the post hold at once: whether readers may reply."""
    if sheet.takes_comments is not None and sheet.takes_comments is not post.takes_comments:
        post.open_or_close(sheet.takes_comments)
        _raise_version(post)


def changes_of(post: Post) -> Revision | None:
    """The words that wait beside a post that is out; None where there are none."""
    newest = Revision.newest_of(post.id)
    return newest if waits(post, newest) else None


def waits(post: Post, newest: Revision) -> bool:
    """Whether the newest words of a post stand beside others that are out.

    What is shown does not, though a tag of it may have another name by now.
    """
    return post.is_out and not newest.is_shown and not newest.words.says(post.words)


def by_last_saved() -> Select[Post, Revision]:
    """Every post and its newest revision, last saved first: a query."""
    newest = select(func.max(Revision.id)).where(Revision.is_set_aside == false())
    query = select(Post, Revision).join(Revision, Revision.post_id == Post.id)
    query = query.where(Revision.id.in_(newest.group_by(Revision.post_id)))
    return query.order_by(Revision.saved_at.desc(), Revision.id.desc())


def restore(post: Post, revision: Revision) -> Revision:
    """Go on with the words of an old revision: a new one, so that nothing is lost."""
    newest = Revision.newest_of(post.id)
    if revision.words.says(newest.words):
        return newest
    words = revision.words._replace(slug=_free_slug(post, revision))
    return _write(post, Sheet(words), words, newest)


def _free_slug(post: Post, revision: Revision) -> str:
    """The address of old words, or that of today: the old one may have become another post's.

    Nothing where neither can be had; it is made of the title then.
    """
    wanted = (slug for slug in (revision.slug, post.chosen_slug) if slug)
    kind = Kind(revision.kind)
    return next((slug for slug in wanted if not post.is_taken(slug, kind)), "")


def _is_stale(post: Post, sheet: Sheet, newest: Revision, is_same: bool) -> bool:
    if sheet.base is None or sheet.base == post.version or _is_of(sheet, newest):
        return False
    changes_nothing = is_same and sheet.takes_comments in {None, post.takes_comments}
    return not changes_nothing


def _is_of(sheet: Sheet, newest: Revision) -> bool:
    return bool(sheet.sitting) and newest.sitting == sheet.sitting


def _is_late(sheet: Sheet, newest: Revision) -> bool:
    """Whether the same sheet has sent newer words already, which were quicker on their way."""
    return _is_of(sheet, newest) and 0 < sheet.turn < newest.turn


def _folds(post: Post, sheet: Sheet, newest: Revision) -> bool:
    """Whether the newest revision may have these words instead of its own.

    They must be newer for certain; and what the public has seen is never written over.
    """
    has_been_out = newest.is_shown and post.published_at is not None
    is_newer = sheet.base in {None, post.version} or sheet.turn > newest.turn
    is_awake = now() - newest.saved_at < A_PAUSE
    return _is_of(sheet, newest) and is_newer and is_awake and not has_been_out


def _write(post: Post, sheet: Sheet, words: Words, newest: Revision) -> Revision:
    folds = _folds(post, sheet, newest)
    base = post.version
    version = _raise_version(post)
    if folds:
        newest.take(words, version)
    else:
        newest = Revision.of(words, version, base=base, sitting=sheet.sitting)
        post.revisions.add(newest)
    newest.turn = sheet.turn
    Use.note(post.id, words.source, is_live=False)
    return newest


def _set_aside(post: Post, sheet: Sheet) -> Revision:
    """Keep what came too late. The same sheet may send more of it, and more."""
    base = sheet.base or 0
    last = Revision.set_aside_of(post.id, sheet.sitting, base)
    if last is None:
        last = Revision.of(sheet.words, post.version, base=base, sitting=sheet.sitting)
        last.is_set_aside, last.turn = True, sheet.turn
        post.revisions.add(last)
    elif not _is_late(sheet, last):
        last.take(sheet.words, post.version)
        last.turn = sheet.turn
    return last


def _raise_version(post: Post) -> int:
    """The next version. Two who have seen the same one cannot both have it."""
    seen = post.version
    theirs = update(Post).where(Post.id == post.id, Post.version == seen)
    raised = db.session.scalar(theirs.values(version=seen + 1).returning(Post.version))
    if raised is None:
        raise DatabaseBusy
    return raised
