"""The links that let somebody in once: to set the blog up, to join it, to set a new password."""

from collections.abc import Callable
from typing import TypeVar

from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import Gone, NotFound

from blog import errors, keys
from blog.auth.models import Invitation, User
from blog.outbox import absolute

Meaning = TypeVar("Meaning")

# A set-up link needs no nonce of its own: it is dead as soon as there is an author.
SETUP_NONCE = "author"


class DeadLink(Gone):
    """The link was ours, and it was used, taken back, or is too old. Says what to do now."""

    def __init__(self, words: LazyString) -> None:
        super().__init__()
        self.words = words


TOO_OLD = _l("This link is too old. Ask for a new one where you got it.")


def to_set_up() -> str:
    """The absolute link by which the author sets the blog up."""
    return absolute("joining.set_up", key=keys.setup(SETUP_NONCE))


def to_join(invitation: Invitation) -> str:
    """The absolute link by which an invited person joins."""
    return absolute("joining.join", key=keys.invitation(invitation.id, invitation.nonce))


def to_reset(user: User) -> str:
    """The absolute link by which this person sets a new password."""
    return absolute("resets.reset", key=keys.reset(user.id, user.reset_nonce))


def read(reader: Callable[[str], Meaning], key: str, *, too_old: LazyString = TOO_OLD) -> Meaning:
    """What the key of a link means. Raises NotFound if we did not make it, DeadLink if too old."""
    try:
        return reader(key)
    except keys.ExpiredKey as error:
        raise DeadLink(too_old) from error
    except keys.BadKey as error:
        raise NotFound from error


def show_dead(error: DeadLink) -> ResponseReturnValue:
    """The page for a dead link."""
    return errors.page(410, error.words)
