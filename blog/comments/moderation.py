"""What moderators see: the queue, and one comment with its history."""

from flask import Blueprint, request

from blog.comments.addresses import DESK_PAGE, QUEUE
from blog.comments.deskpages import acts_done, comment_page, find, look_of, queue_page
from blog.gate import moderator

bp = Blueprint("moderation", __name__)


@bp.get(QUEUE)
@moderator
def queue() -> str:
    """A tab of the queue, in some order, through some sieve."""
    return queue_page(look_of(request.args), acts_done())


@bp.get(DESK_PAGE.format("<id:comment_id>"))
@moderator
def comment(comment_id: int) -> str:
    """One comment: all that is known of it, its history, and the forms to change or answer it."""
    return comment_page(find(comment_id), acts=acts_done())
