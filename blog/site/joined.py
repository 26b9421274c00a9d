"""What a page loads beside itself: files written one per thing, joined into one and packed at start."""

import gzip
import hashlib
from dataclasses import dataclass

# Packed once and sent many times: as small as gzip can.
HARDEST = 9


@dataclass(frozen=True)
class Joined:
    """Files as they are sent, as is and gzipped, with the mark of their content."""

    plain: bytes
    gzipped: bytes
    mark: str


def pack(joined: str) -> Joined:
    """Joined files ready to be sent."""
    plain = joined.encode()
    # No time stamp: every host and every start makes the same bytes.
    gzipped = gzip.compress(plain, HARDEST, mtime=0)
    return Joined(plain, gzipped, hashlib.sha256(plain).hexdigest()[:8])
