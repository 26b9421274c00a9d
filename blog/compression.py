"""Which answers go over the wire packed, with gzip (RFC 1952), and to whom. A leaf.

Only what is the same for everyone is packed (pagecache.py). An answer that holds a secret (a token, a name)
beside words that its asker chose would give the secret away by its length, a letter at a time (BREACH).
"""

import gzip
from functools import lru_cache

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

GZIP = "gzip"

# A page with its thread takes no longer than at the usual 6, and gets no smaller at 9.
LEVEL = 8
# For what is packed once for as long as a release lives.
HARDEST = 9

# Shorter ones fit into the packet that their headers travel in.
SHORTEST = 500

TEXTS = {"application/json", "application/xml", "application/javascript"}
TEXT_SUFFIXES = ("+xml", "+json")


# Browsers have a handful of ways to say it. Whoever makes up others costs a parse.
@lru_cache(maxsize=256)
def is_wanted(accepted: str) -> bool:
    """Whether who sends this Accept-Encoding can unpack gzip, and does not prefer to get things as
    they are (RFC 9110, 12.5.3).
    """
    encodings = parse_accept_header(accepted, Accept)
    quality = encodings.quality(GZIP)
    return quality > 0 and quality >= encodings.quality("identity")


def is_worth_it(content_type: str, length: int) -> bool:
    """Whether a body of this Content-Type and length is shorter when it is packed. Pictures are not."""
    kind = content_type.partition(";")[0].strip().lower()
    is_text = kind.startswith("text/") or kind in TEXTS or kind.endswith(TEXT_SUFFIXES)
    return is_text and length >= SHORTEST


def pack(body: bytes, level: int = LEVEL) -> bytes:
    """The body, packed. The same bytes on every host and at every time."""
    return gzip.compress(body, level, mtime=0)
