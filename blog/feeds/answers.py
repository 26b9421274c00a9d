"""How a feed is answered: readable from everywhere, and sent only to who does not have it yet."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Response, request

from blog.headers import readable_elsewhere, shared
from blog.text import for_xml

# An empty feed has to say when it changed, too (RFC 4287, 4.1.1).
NEVER = datetime.fromtimestamp(0, UTC)


def latest(moments: Iterable[datetime], begun: datetime = NEVER) -> datetime:
    """The latest moment of what a feed shows; `begun` when it shows nothing."""
    return max(moments, default=begun)


def answer(document: str, mimetype: str) -> Response:
    """A feed, or 304 for who has it already (RFC 9110, 13.2.2).

    The mark of its content alone decides. No date does: what is taken away, and what the site is
    called, changes a feed without making anything in it newer.
    """
    # Whatever people typed, and whatever an import brought: the document can be read.
    body = for_xml(document).encode()
    response = Response(body, content_type=f"{mimetype}; charset=utf-8")
    mark = hashlib.sha256(body).hexdigest()[:32]
    response.set_etag(mark)
    if request.if_none_match.contains_weak(mark):
        response.status_code = 304
        response.set_data(b"")
    return readable_elsewhere(shared(response))
