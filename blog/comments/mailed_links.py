"""Links in mails to the staff: each lets one person do one thing to one comment, without signing in.

It names how the account and the comment stood when the mail was made. So it is dead once it was used,
or anybody else decided, though it be undone; once the text is another; once the person has another
password or role, or is gone; and after a week. A link for one act opens no other.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from blog import keys
from blog.auth import links
from blog.auth.models import User
from blog.comments.acts import Deed, Moderation, Status
from blog.comments.deciding import TARGETS
from blog.comments.models import Comment
from blog.extensions import db
from blog.outbox import absolute

# What a mail offers to do to a comment that stands so.
OFFERED = {
    Status.PENDING: (Deed.APPROVAL, Deed.SPAM, Deed.TRASH),
    Status.APPROVED: (Deed.SPAM, Deed.TRASH),
}

DEAD = _l(
    "This link does not work any more: it is too old, or the account that it was made for has changed. "
    "Sign in to decide."
)


@dataclass(frozen=True)
class Offer:
    """What a link lets its holder do: who acts, on what, how. Open while things stand as they did."""

    user: User
    comment: Comment
    deed: Deed
    is_open: bool

    def take(self, why: str = "") -> Moderation:
        """Do it, for this reason. Call within write_tx(), and only while it is open."""
        to, from_ = TARGETS[self.deed], self.comment.status
        return self.comment.move(to, from_=from_, by=self.user, deed=self.deed, why=why)


def to_decide(user: User, comment: Comment, deed: Deed) -> str:
    """The absolute link by which this person does that."""
    said = keys.Acting(user.id, user.acting_nonce, comment.id, deed, _mark(comment))
    return absolute("acting.ask", key=keys.acting(said))


def read(key: str) -> Offer:
    """What a link lets its holder do. Raises NotFound if we did not make it, DeadLink if it is too
    old, or its person has another account by now, or none.
    """
    said = links.read(keys.read_acting, key, too_old=DEAD)
    user = db.session.get(User, said.user_id)
    comment = db.session.get(Comment, said.comment_id)
    if user is None or not user.may_moderate or user.acting_nonce != said.account:
        raise links.DeadLink(DEAD)
    if comment is None:
        raise links.DeadLink(DEAD)
    return Offer(user, comment, Deed(said.deed), is_open=said.mark == _mark(comment))


def _mark(comment: Comment) -> str:
    """A mark of how a comment stands and what it says: other words or another decision, another mark.

    The act by which it came to stand so is in it: what was decided and undone stands as before, but
    by another act. A number may be given twice when rows are deleted; the nonce is not.
    """
    act = db.session.scalar(
        select(func.max(Moderation.id)).where(
            Moderation.comment_id == comment.id, Moderation.from_status != Moderation.to_status
        )
    )
    stands = f"{comment.nonce} {comment.status} {act} {comment.text_mark}"
    return keys.digest("acting", stands)
