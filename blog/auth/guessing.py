"""Asking for a password, without letting anybody guess it.

A try is written down before the password is looked at, so that many at once are counted as well.
For an account that does not exist the same is done, and takes as long.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from blog import keys
from blog.auth import browsers, passwords
from blog.auth.models import Attempt, Trier, User, fold
from blog.database import BUSY_SECONDS, write_tx
from blog.networks import network


class Refused(Exception):
    """The person may not come in. Says why, and how it is answered."""

    status = 422
    headers: Mapping[str, str] = {}

    @property
    def words(self) -> str:
        """Why, for the person."""
        raise NotImplementedError


class Wrong(Refused):
    """Nobody has this e-mail address and this password."""

    @property
    def words(self) -> str:
        """Why: the same for a wrong password and for an account that does not exist."""
        return str(_("That e-mail address and that password do not belong together. Try again."))


class Slowed(Refused):
    """There were too many wrong tries; the password was not even looked at."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.seconds = math.ceil(wait.total_seconds())
        self.headers = {"Retry-After": str(self.seconds)}

    @property
    def words(self) -> str:
        """Why, and how to get in all the same."""
        words = ngettext(
            "There were too many wrong tries, so one a minute is looked at. Try again in "
            "%(num)s second, use a browser in which you signed in before, or set a new password.",
            "There were too many wrong tries, so one a minute is looked at. Try again in "
            "%(num)s seconds, use a browser in which you signed in before, or set a new password.",
            self.seconds,
        )
        return str(words)


class Busy(Refused):
    """Somebody else keeps the database; the same may be sent again."""

    status = 503
    headers: Mapping[str, str] = {"Retry-After": str(BUSY_SECONDS)}

    @property
    def words(self) -> str:
        """Why, and what to do."""
        return str(_("The site has too much to do right now. Press the button again in a moment."))


@dataclass(frozen=True)
class Proof:
    """Somebody knew the password of this person a moment ago."""

    user: User
    attempt_id: int
    password_hash: str
    better_hash: str

    def use(self) -> None:
        """Take the try out of the count. Call within write_tx(). Raises Wrong.

        The password may have been replaced while it was looked at: then this proves nothing.
        """
        if self.user.password_hash != self.password_hash:
            raise Wrong
        self.user.password_hash = self.better_hash
        Attempt.forget(self.attempt_id)


def prove(email: str, password: str) -> Proof:
    """Make sure that this is the password of the person with this address. Raises Refused."""
    user = User.by_email(email)
    attempt_id = _write_down(email, user)
    password_hash = user.password_hash if user else None
    if not passwords.verify(password_hash, password) or user is None or password_hash is None:
        raise Wrong
    return Proof(user, attempt_id, password_hash, _of_today(password_hash, password))


def address(purpose: str = "address") -> str:
    """A keyed hash of where the request comes from."""
    return keys.digest(purpose, network(request.remote_addr or ""))


def _write_down(email: str, user: User | None) -> int:
    trier = Trier(
        keys.digest("account", fold(email)),
        address(),
        browsers.known(user) if user else None,
    )
    with write_tx():
        wait = Attempt.wait(trier)
        if wait:
            raise Slowed(wait)
        return Attempt.add(trier).id


def _of_today(password_hash: str, password: str) -> str:
    if passwords.needs_rehash(password_hash):
        return passwords.hash_password(password)
    return password_hash
