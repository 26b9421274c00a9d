"""How a feed is answered: readable from everywhere, and sent only to who does not have it yet."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flask import Response, request

from blog.clock import now
from blog.headers import readable_elsewhere, shared
from blog.text import for_xml

# What says when nothing has changed for so long may be trusted: Last-Modified counts in seconds, and a slow
# transaction is stamped before anyone can see it (RFC 9110, 8.8.2.2).
SETTLED_AFTER = timedelta(seconds=60)

# An empty feed has to say when it changed, too (RFC 4287, 4.1.1).
NEVER = datetime.fromtimestamp(0, UTC)


def latest(moments: Iterable[datetime], begun: datetime = NEVER) -> datetime:
    """The latest moment of what a feed shows; `begun` when it shows nothing."""
    return max(moments, default=begun)


def answer(document: str, mimetype: str, changed: datetime) -> Response:
    """A feed, or 304 for who has it already (RFC 9110, 13.2.2).

    `changed` is the moment of the latest change that it shows.
    """
    # Whatever people typed, and whatever an import brought: the document can be read.
    body = for_xml(document).encode()
    response = Response(body, content_type=f"{mimetype}; charset=utf-8")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    if now() - changed > SETTLED_AFTER:
        response.last_modified = changed
    if _is_known(response):
        response.status_code = 304
        response.set_data(b"")
    return readable_elsewhere(shared(response))


def _is_known(response: Response) -> bool:
    """Whether who asks has this feed. The mark of its content decides, where one is sent.

    A date has to be the very one that was given: when what was newest vanishes, the date goes back.
    """
    if "If-None-Match" in request.headers:
        mark, _is_weak = response.get_etag()
        return request.if_none_match.contains_weak(mark or "")
    return response.last_modified is not None and (
        request.if_modified_since == response.last_modified
    )
