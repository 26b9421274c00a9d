"""What feeds call things: names that stay when an address, a title or the host changes (RFC 4287, 4.2.6.1).

A post has a name of its own, and so has the site. Every other name is derived from one of the two
(RFC 9562, 5.5), so that it needs no column and comes out the same on every host.
"""

from uuid import UUID, uuid5


def post(uid: UUID) -> str:
    """The name of a post."""
    return uid.urn


def comment(post_uid: UUID, comment_id: int) -> str:
    """The name of a comment below that post."""
    return uuid5(post_uid, f"comment:{comment_id}").urn


def comments_of_post(post_uid: UUID) -> str:
    """The name of the feed of a post's comments."""
    return uuid5(post_uid, "comments").urn


def posts(site_uid: str) -> str:
    """The name of the feed of the newest posts."""
    return uuid5(UUID(site_uid), "posts").urn


def posts_with_tag(site_uid: str, slug: str) -> str:
    """The name of a tag's feed. A tag is its slug: another slug is another tag."""
    return uuid5(UUID(site_uid), f"tag:{slug}").urn


def comments(site_uid: str) -> str:
    """The name of the feed of the newest comments."""
    return uuid5(UUID(site_uid), "comments").urn
