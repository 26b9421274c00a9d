"""Signed links and marks. One function makes each kind, one reads it; a key for one opens no other.

A key is proof that we made it, for one purpose and one thing. What may be used once carries a nonce
of the thing itself, and its reader compares it: when the thing changes, the key is dead.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

SETUP_HOURS = 24  # a first evening with the blog; `flask serve` prints another at each start
INVITATION_DAYS = 14  # a holiday
RESET_HOURS = 1  # as long as a mail takes, and no longer
ACTING_DAYS = 7  # mail of the last week is still read; what waited longer is in the queue
DOUBT_HOURS = 24  # a page left open overnight
NEVER = None

# 128 bits: nobody guesses a receipt, and the address stays short enough to read out.
RECEIPT_LENGTH = 32


class BadKey(Exception):
    """The key was not made by us, was made for something else, or is damaged."""


class ExpiredKey(BadKey):
    """The key was ours, and its time is over."""


@dataclass(frozen=True)
class Made:
    """What a page's signed date says: which post it was made for, and when."""

    post_id: int
    at: datetime


class Acting(NamedTuple):
    """What a link says that acts for a member of the staff: who does what to which comment.

    Two marks say how things stood when it was made: the person's account, and the comment.
    """

    user_id: int
    account: str
    comment_id: int
    deed: str
    mark: str


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    secret = current_app.config["SECRET_KEY"]
    return URLSafeTimedSerializer(
        secret, salt=f"afterword {purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _read(purpose: str, key: str, lasts: timedelta | None) -> tuple[Any, datetime]:
    seconds = int(lasts.total_seconds()) if lasts else None
    try:
        value, made = _serializer(purpose).loads(key, max_age=seconds, return_timestamp=True)
    except SignatureExpired as error:
        raise ExpiredKey from error
    except (BadSignature, ValueError) as error:
        raise BadKey from error
    return value, made


def digest(purpose: str, value: str) -> str:
    """A keyed hash of a value: the same for the same value and purpose, no way back. 32 hex digits."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    message = f"{purpose}\0{value}".encode("utf-8", "replace")
    return hmac.digest(secret, message, "sha256").hex()[:RECEIPT_LENGTH]


def setup(nonce: str) -> str:
    """The link that makes the author, while there is none."""
    return str(_serializer("setup").dumps(nonce))


def read_setup(key: str) -> str:
    """The nonce of a set-up link. Raises BadKey, ExpiredKey."""
    return str(_read("setup", key, timedelta(hours=SETUP_HOURS))[0])


def invitation(invitation_id: int, nonce: str) -> str:
    """The link by which an invited person joins."""
    return str(_serializer("invitation").dumps([invitation_id, nonce]))


def read_invitation(key: str) -> tuple[int, str]:
    """The invitation's id and nonce. Raises BadKey, ExpiredKey."""
    invitation_id, nonce = _read("invitation", key, timedelta(days=INVITATION_DAYS))[0]
    return invitation_id, nonce


def reset(user_id: int, nonce: str) -> str:
    """The link that sets a new password."""
    return str(_serializer("reset").dumps([user_id, nonce]))


def read_reset(key: str) -> tuple[int, str]:
    """The user's id and nonce. Raises BadKey, ExpiredKey."""
    user_id, nonce = _read("reset", key, timedelta(hours=RESET_HOURS))[0]
    return user_id, nonce


def receipt(comment_id: int, nonce: str) -> str:
    """The private address of a reply: its number and a code. It opens as long as the reply exists."""
    return f"{comment_id}-{digest('receipt', f'{comment_id} {nonce}')}"


def opens_receipt(key: str, comment_id: int, nonce: str) -> bool:
    """Whether the key is the receipt of this reply. Takes the same time for any wrong one."""
    return hmac.compare_digest(key, receipt(comment_id, nonce))


def preview(link_id: int, nonce: str, expires_at: datetime) -> str:
    """The link that shows an unpublished post to outsiders: its number and a code, until it expires."""
    until = int(expires_at.timestamp())
    return f"{link_id}-{digest('preview', f'{link_id} {nonce} {until}')}"


def opens_preview(key: str, link_id: int, nonce: str, expires_at: datetime) -> bool:
    """Whether the key opens this link. Takes the same time for any wrong one."""
    return hmac.compare_digest(key, preview(link_id, nonce, expires_at))


def confirmation(comment_id: int, email: str) -> str:
    """The link in a mail by which its reader says: this reply is mine. It does not expire."""
    return str(_serializer("confirmation").dumps([comment_id, email]))


def read_confirmation(key: str) -> tuple[int, str]:
    """The reply's id and the address the link was sent to. Raises BadKey."""
    comment_id, email = _read("confirmation", key, NEVER)[0]
    return comment_id, email


def unsubscription(email: str) -> str:
    """The link that ends all mail to a reader's address. It does not expire."""
    return str(_serializer("unsubscription").dumps(email))


def read_unsubscription(key: str) -> str:
    """The address that wants no more mail. Raises BadKey."""
    return str(_read("unsubscription", key, NEVER)[0])


def acting(said: Acting) -> str:
    """The link in a mail by which a member of the staff does one thing to one comment."""
    return str(_serializer("acting").dumps(said))


def read_acting(key: str) -> Acting:
    """Who does what to which comment. Raises BadKey, ExpiredKey."""
    return Acting(*_read("acting", key, timedelta(days=ACTING_DAYS))[0])


def staff_unsubscription(email: str, kind: str) -> str:
    """The link that ends mail of a kind to a member of the staff. It does not expire."""
    return str(_serializer("staff unsubscription").dumps([email, kind]))


def read_staff_unsubscription(key: str) -> tuple[str, str]:
    """The address, and the kind of mail that it wants no more. Raises BadKey."""
    email, kind = _read("staff unsubscription", key, NEVER)[0]
    return email, kind


def page_made(post_id: int) -> str:
    """The signed date in a reply form: this page was made now, for this post."""
    return str(_serializer("page").dumps(post_id))


def read_page_made(key: str) -> Made:
    """When the page was made and for which post. Raises BadKey."""
    post_id, at = _read("page", key, NEVER)
    return Made(post_id, at)


def doubt(post_id: int, findings: list[dict[str, Any]]) -> str:
    """What made a reply doubtful, to travel with the form that goes back to its writer."""
    return str(_serializer("doubt").dumps([post_id, findings]))


def read_doubt(key: str) -> tuple[int, list[dict[str, Any]]]:
    """The post's id and the findings of a doubtful reply. Raises BadKey, ExpiredKey."""
    post_id, findings = _read("doubt", key, timedelta(hours=DOUBT_HOURS))[0]
    return post_id, findings


def known_browser(user_id: int, nonce: str) -> str:
    """The mark a browser keeps after its person signed in, so that guessers cannot lock them out."""
    return str(_serializer("known browser").dumps([user_id, nonce]))


def read_known_browser(key: str) -> tuple[int, str]:
    """The user's id and the browser's nonce. Raises BadKey."""
    user_id, nonce = _read("known browser", key, NEVER)[0]
    return user_id, nonce
