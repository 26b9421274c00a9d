"""Who of the staff is to hear of what becomes of comments, each at the pace that they chose."""

from functools import cache

from sqlalchemy import Select, select

from blog import outbox
from blog.auth.mail_choices import APPROVED, HELD
from blog.auth.models import Role, User
from blog.auth.pace import Pace
from blog.clock import now
from blog.database import direct


def of_held() -> None:
    """Everybody may decide about what waits. Call within write_tx()."""
    for email, pace in direct().execute(_staff()).all():
        _want(HELD, email, pace)


def of_published(by: int | None) -> None:
    """The author hears of what came onto the page, but not of what she let through herself.

    `by` is the number of the person who did, if it was one of the staff. Call within write_tx().
    """
    found = direct().execute(_author()).first()
    if found is not None and found.id != by:
        _want(APPROVED, found.email, found.approved_pace)


def _want(kind: str, email: str, pace: Pace) -> None:
    due = pace.due(now())
    if due is not None:
        outbox.want(kind, email, due=due)


# Asked for every reply, while others wait for the lock: to make these takes longer than to ask them.


@cache
def _staff() -> Select[str, Pace]:
    return select(User.email, User.held_pace).order_by(User.id)


@cache
def _author() -> Select[int, str, Pace]:
    return select(User.id, User.email, User.approved_pace).where(User.role == Role.AUTHOR)
