"""What a page loads beside itself: files written one per thing, joined into one at start."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Joined:
    """Files as they are sent, with the mark of their content."""

    plain: bytes
    mark: str


def pack(joined: str) -> Joined:
    """Joined files ready to be sent."""
    plain = joined.encode()
    return Joined(plain, hashlib.sha256(plain).hexdigest()[:8])
