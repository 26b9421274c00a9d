"""What a page loads beside itself: files written one per thing, joined into one at start."""

import hashlib
from dataclasses import dataclass

from blog import compression


@dataclass(frozen=True)
class Joined:
    """Files as they are sent, as they are and gzipped, with the mark of their content."""

    plain: bytes
    packed: bytes
    mark: str


def pack(joined: str) -> Joined:
    """Joined files ready to be sent."""
    plain = joined.encode()
    packed = compression.pack(plain, compression.HARDEST)
    return Joined(plain, packed, hashlib.sha256(plain).hexdigest()[:8])
