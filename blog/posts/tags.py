"""What the author does with tags: describe and rename them, make one of two, throw away what is not used."""

from collections.abc import Sequence
from datetime import datetime

from slugify import slugify
from sqlalchemy import Row, delete, func, select, update

from blog import editions
from blog.extensions import db
from blog.posts.index import in_head
from blog.posts.models import SLUG_LENGTH, Kind, OldTagSlug, Post, PostTag, Tag
from blog.posts.revisions import Revision


class OtherTag(Exception):
    """The name that the author asked for means another tag, `tag`: the two would be merged."""

    def __init__(self, tag: Tag) -> None:
        super().__init__(tag.slug)
        self.tag = tag


def listed(at: datetime) -> Sequence[Row[Tag, int, int]]:
    """Every tag by name, with how many posts it has in all and how many of them the public sees."""
    seen = func.count(Post.id).filter(Post.visible(at), Post.kind == Kind.POST)
    query = select(Tag, func.count(Post.id), seen).outerjoin(PostTag, PostTag.tag_id == Tag.id)
    query = query.outerjoin(Post, Post.id == PostTag.post_id)
    return db.session.execute(query.group_by(Tag.id).order_by(Tag.slug)).all()


def counts(tag: Tag, at: datetime) -> tuple[int, int]:
    """How many posts a tag has in all, and how many of them the public sees."""
    posts = select(func.count(Post.id)).join(PostTag, PostTag.post_id == Post.id)
    posts = posts.where(PostTag.tag_id == tag.id)
    seen = posts.where(Post.visible(at), Post.kind == Kind.POST)
    return db.session.scalar(posts) or 0, db.session.scalar(seen) or 0


def at_address(slug: str) -> Tag | None:
    """The tag that has this slug, or had it. Whoever asks must still ask what it shows."""
    had = select(OldTagSlug.tag_id).where(OldTagSlug.slug == slug)
    found = db.session.scalar(select(Tag).where(Tag.slug == slug))
    return found or db.session.scalar(select(Tag).where(Tag.id.in_(had)))


def describe(tag: Tag, name: str, description: str) -> None:
    """Call a tag something else, and say what it is about. Its old address leads to the new one.

    Raises OtherTag.
    """
    slug = slugify(name, max_length=SLUG_LENGTH)
    other = at_address(slug)
    if other not in {None, tag}:
        raise OtherTag(other)
    old = tag.slug
    is_renamed = name != tag.name
    if slug != tag.slug:
        db.session.execute(delete(OldTagSlug).where(OldTagSlug.slug == slug))
        db.session.add(OldTagSlug(slug=tag.slug, tag_id=tag.id))
        tag.slug = slug
    tag.name = name
    tag.description = description
    db.session.flush()
    if is_renamed:
        _rename_in_revisions(tag, old)
        _index_posts_of(tag)
    editions.touch(editions.SITE)


def merge(tag: Tag, into: Tag) -> None:
    """Give all posts of a tag another one instead, and have its addresses lead there. It is gone then."""
    has_both = select(PostTag.post_id).where(PostTag.tag_id == into.id)
    of_tag = PostTag.tag_id == tag.id
    db.session.execute(delete(PostTag).where(of_tag, PostTag.post_id.in_(has_both)))
    db.session.execute(update(PostTag).where(of_tag).values(tag_id=into.id))
    led = update(OldTagSlug).where(OldTagSlug.tag_id == tag.id)
    db.session.execute(led.values(tag_id=into.id))
    db.session.add(OldTagSlug(slug=tag.slug, tag_id=into.id))
    db.session.flush()
    db.session.expire_all()
    db.session.delete(tag)
    db.session.flush()
    _rename_in_revisions(into, tag.slug)
    _index_posts_of(into)
    editions.touch(editions.SITE)


def remove(tag: Tag) -> None:
    """Throw away a tag that no post has. Its addresses lead nowhere then."""
    db.session.delete(tag)
    editions.touch(editions.SITE)


def _rename_in_revisions(tag: Tag, old: str) -> None:
    """What the author wrote names the tag as it is called now, or it would seem to have been changed."""
    posts = select(PostTag.post_id).where(PostTag.tag_id == tag.id)
    rows = select(Revision.id, Revision.tags).where(Revision.post_id.in_(posts))
    for revision_id, names in db.session.execute(rows):
        new = list(dict.fromkeys(tag.name if slugify(name) == old else name for name in names))
        if new != names:
            db.session.execute(update(Revision).where(Revision.id == revision_id).values(tags=new))


def _index_posts_of(tag: Tag) -> None:
    """Have search find the posts by what the tag is called now. Their texts are not read anew."""
    for post in db.session.scalars(select(Post).where(Post.tags.any(Tag.id == tag.id))):
        if post.entry is not None:
            names = [each.name for each in post.tags]
            for part, words in in_head(post.title, names, post.summary).items():
                setattr(post.entry, part, words)
