"""Where a reply may stand, or why it may not; and the address at which a comment stands."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import url_for
from flask_babel import gettext as _

from blog.addresses import is_slug, row_number
from blog.clock import now
from blog.comments import threads
from blog.comments.models import Comment
from blog.extensions import db
from blog.posts.addresses import post_url
from blog.posts.models import Post


@dataclass(frozen=True)
class Place:
    """Where a reply is to stand; or, with a status, why it cannot."""

    post: Post | None = None
    parent: Comment | None = None
    status: int = 200
    message: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a reply may stand here."""
        return self.status == HTTPStatus.OK

    @property
    def open_post(self) -> Post:
        """The post, once it is known that a reply may stand here."""
        if self.post is None:
            raise ValueError("no reply can stand here")
        return self.post


def address_of(comment: Comment) -> str:
    """The page and anchor where a shown comment stands."""
    above, number = threads.place(comment)
    page = number if number > 1 else None
    anchor = f"comment-{comment.id}"
    if above is None:
        return post_url(comment.post, comments=page, _anchor=anchor)
    return url_for("replies.branch", comment_id=above.id, page=page, _anchor=anchor)


def below_post(slug: str, named: str = "") -> Place:
    """The place right below a post, or below the comment of it that a form names."""
    place = _place(Post.at_address(slug) if is_slug(slug) else None)
    if not place.is_open or not named:
        return place
    parent = _named_comment(named)
    if parent is not None and parent.post is not place.post:
        message = _("The comment that you answer belongs to another post.")
        return Place(place.post, None, 422, message)
    return _place_below(place, parent)


def below_comment(number: str) -> Place:
    """The place right below a comment, named as an address names it."""
    parent = _named_comment(number)
    if parent is None:
        return Place(None, None, 404, _missing())
    return _place_below(_place(parent.post), parent)


def _missing() -> str:
    return str(_("The comment that you answer is not there, or not any more."))


def _named_comment(value: str) -> Comment | None:
    """A comment that has a place on a page: of any other, nobody is told that it is there."""
    number = row_number(value)
    parent = db.session.get(Comment, number) if number else None
    return parent if parent and parent.shown else None


def _place(post: Post | None) -> Place:
    at = now()
    if post is not None and post.is_gone:
        return Place(None, None, 410, _("The author has taken this post back."))
    if post is None or not post.is_visible(at):
        return Place(None, None, 404, _("There is no such post, or not any more."))
    if not post.accepts_comments(at):
        return Place(post, None, 403, _("Replies to this post have been closed meanwhile."))
    return Place(post)


def _place_below(place: Place, parent: Comment | None) -> Place:
    if not place.is_open:
        return place
    if parent is None:
        return Place(place.post, None, 404, _missing())
    if not parent.is_public:
        return Place(place.post, None, 410, _("The comment that you answer has been removed."))
    return Place(place.post, parent)
