"""Turning all that somebody wrote to spam: one act, in short transactions, so that others write meanwhile."""

from dataclasses import dataclass

from sqlalchemy import select

from blog.auth.models import User
from blog.comments.acts import Deed
from blog.comments.deciding import Decision, decide
from blog.comments.models import Comment
from blog.comments.people.persons import STANDING, Person
from blog.database import write_tx
from blog.extensions import db

# Each takes about ten milliseconds, with what the spam filter learns from it. Others write in between.
AT_ONCE = 20


@dataclass(frozen=True)
class Swept:
    """What became of it: the batch, None where nothing was left to do; and behind which there are more."""

    batch: int | None
    rest: int | None


def to_spam(person: Person, newest: int, by: User) -> Swept:
    """Mark as spam what still stands of somebody's comments, from this one on backwards.

    At most LOOKED_AT of them, as one batch. What came in since `newest` was not seen by whoever acts,
    and stays.
    """
    numbers, rest = person.to_put_away(newest + 1)
    batch = None
    for start in range(0, len(numbers), AT_ONCE):
        some = Comment.id.in_(numbers[start : start + AT_ONCE])
        with write_tx():
            standing = (
                select(Comment).where(some, Comment.status.in_(STANDING)).order_by(Comment.id)
            )
            result = decide(db.session.scalars(standing).all(), Decision(Deed.SPAM, by), batch)
            batch = result.batch
    return Swept(batch, rest)
