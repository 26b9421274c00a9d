"""Passwords: what may be one, and how it is kept. Call none of this inside write_tx(): it is slow.

A password is put into Unicode's composed form (NFC) and otherwise taken as it was typed: one
keyboard sends é as one character, another as two, and their person cannot see which. NFKC would go
further and make one of what looks different; that would throw strength away. This is what RFC 8265
(OpaqueString) does.
"""

import threading
import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# OWASP's first choice for argon2id: 19 MiB and two rounds, some 40 ms of one core.
MEMORY_KIB = 19 * 1024
ROUNDS = 2
LANES = 1
# Each takes a core and 19 MiB; a crowd at the door must not stop those who read.
AT_ONCE = 2

SHORTEST = 12
# Longer than any passphrase, short enough to hash without thinking. Longer is refused, never cut.
LONGEST = 1024

# Fewer guesses than this, and a list of common passwords holds it (zxcvbn's score 1).
FEWEST_GUESSES = 10**6
# Only the start is guessed at: zxcvbn takes a second for that at worst, and seven for 72 characters.
GUESSED_AT = 32

TOO_SHORT = _l("Use %(n)s characters or more: a few words that do not belong together.", n=SHORTEST)
TOO_LONG = _l("A password has at most %(n)s characters.", n=LONGEST)
TOO_COMMON = _l("This is easy to guess. A few words that do not belong together make a good one.")

_hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)
_turn = threading.Semaphore(AT_ONCE)
# zxcvbn keeps the words of the person in a variable of its module.
_guessing = threading.Lock()


def hash_password(password: str) -> str:
    """What is kept of a password."""
    with _turn:
        return _hasher.hash(_bytes(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. Without a hash (nobody has that name) no takes as long."""
    nobodys = _nobodys_hash()
    with _turn:
        try:
            _hasher.verify(password_hash or nobodys, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether it was made with other costs than today's."""
    return _hasher.check_needs_rehash(password_hash)


def objection(password: str, words: Iterable[str] = ()) -> LazyString | None:
    """Why this may not be a password; None when it may. `words` are those a guesser tries first."""
    composed = unicodedata.normalize("NFC", password)
    if len(composed) < SHORTEST:
        return TOO_SHORT
    if len(composed) > LONGEST:
        return TOO_LONG
    if _guesses(composed[:GUESSED_AT], words) < FEWEST_GUESSES:
        return TOO_COMMON
    return None


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def _guesses(password: str, words: Iterable[str]) -> int:
    from zxcvbn import zxcvbn  # its lists take memory that only those who set a password need

    with _guessing:
        return int(zxcvbn(password, user_inputs=[*_parts(words)])["guesses"])


def _parts(words: Iterable[str]) -> set[str]:
    """The words whole and in pieces: of olga@example.org also olga, example and org."""
    pieces = {piece for word in words for piece in word.replace("@", " ").replace(".", " ").split()}
    return {*words, *pieces, "afterword"} - {""}
