"""What mail each member of the staff gets, and how soon: chosen at /account, ended by a link in the mail."""

from blog import outbox
from blog.auth.models import User
from blog.auth.pace import Pace
from blog.clock import now

HELD = "held"
APPROVED = "approved"


def kinds_for(user: User) -> tuple[str, ...]:
    """The kinds of mail that this person may choose."""
    return (HELD, APPROVED) if user.may_write else (HELD,)


def pace_of(user: User, kind: str) -> Pace:
    """How soon this person wants to hear of it."""
    return user.held_pace if kind == HELD else user.approved_pace


def choose(user: User, kind: str, pace: Pace) -> None:
    """Let this person hear of it so soon; what waits to be sent follows. Call within write_tx()."""
    if pace is pace_of(user, kind):
        return
    if kind == HELD:
        user.held_pace = pace
    else:
        user.approved_pace = pace
    outbox.reschedule(kind, user.email, pace.due(now()))
