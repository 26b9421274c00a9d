"""What moves of comments teach the spam filter, and how their undo takes it back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from blog.auth.models import User
from blog.comments.acts import Actor, Deed, Status
from blog.comments.spam import memory
from blog.comments.spam.evidence import Written
from blog.comments.spam.memory import Kept

if TYPE_CHECKING:
    from blog.comments.models import Comment

# What a person says of a comment by putting it there: that it is spam, or that it is not. Of what is to
# wait again nothing is said any more. The trash is for anything, so what was said before stands.
SAID = {Status.SPAM: True, Status.APPROVED: False, Status.PENDING: None}

# The name under which an act keeps the lesson that it replaced.
LESSON = "lesson"


def follow(
    comment: "Comment", from_: Status, by: User | Actor, deed: Deed, again: Mapping[str, Any]
) -> dict[str, Any]:
    """Learn from a move. What its act is to keep, so that the undo brings back just what was learnt before.

    Only people with an account teach, and not by what they write themselves. `again` is what the act
    kept that is undone: nothing, where it taught nothing. Call within write_tx().
    """
    if deed is Deed.UNDO:
        return {name: memory.learn_again(comment.id, kept) for name, kept in again.items()}
    decides = isinstance(by, User) and comment.user_id is None and comment.status is not from_
    if not decides or comment.status not in SAID:
        return {}
    before = _learn(comment, SAID[comment.status])
    return {LESSON: before} if before or SAID[comment.status] is not None else {}


def _learn(comment: "Comment", is_spam: bool | None) -> Kept | None:
    """The lesson that this one replaces."""
    if is_spam is None:
        return memory.unlearn(comment.id)
    return memory.learn(comment.id, written(comment), is_spam)


def written(said: Any) -> Written:
    """What the filter looks at of a comment, or of words that become one."""
    return Written(said.source, said.name, said.email, said.website)
