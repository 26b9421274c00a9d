"""Text goes over the wire packed: gzip (RFC 1952), for answers that are the same for everyone.

Only those. An answer that holds a secret (a token, a name) beside words that its asker chose would give the
secret away by its length, a letter at a time (BREACH). `headers.shared` promises that there is no secret.
"""

import gzip
from http import HTTPStatus

from flask import Flask, Response, request

GZIP = "gzip"

# A page with its thread takes no longer than at the usual 6, and gets no smaller at 9.
LEVEL = 8

# Shorter ones fit into the packet that their headers travel in.
SHORTEST = 500
# Packed in memory. Nothing that people read is longer, and a long file must not hold a thread.
LONGEST = 2_000_000

# A part of a file is a part of its own bytes.
WHOLE = {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}

TEXTS = {"application/json", "application/xml", "application/javascript"}
TEXT_SUFFIXES = ("+xml", "+json")


def wants_gzip() -> bool:
    """Whether who asks can unpack gzip, and does not prefer to get things as they are (RFC 9110, 12.5.3)."""
    accepted = request.accept_encodings
    quality = accepted.quality(GZIP)
    return quality > 0 and quality >= accepted.quality("identity")


def init_app(app: Flask) -> None:
    """Pack what goes out. Bound before all that set headers: the first to be bound is asked last."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if not _may_be_packed(response):
        return response
    response.vary.add("Accept-Encoding")
    if wants_gzip() and response.status_code in WHOLE:
        _weaken(response)
        if response.status_code == HTTPStatus.OK and _is_worth_it(response):
            _gzip(response)
    return response


def _may_be_packed(response: Response) -> bool:
    return (
        bool(response.cache_control.public)
        and _is_text(response.mimetype)
        and "Content-Encoding" not in response.headers
    )


def _is_text(mimetype: str | None) -> bool:
    kind = mimetype or ""
    return kind.startswith("text/") or kind in TEXTS or kind.endswith(TEXT_SUFFIXES)


def _weaken(response: Response) -> None:
    """Packed and unpacked bytes must not share a strong validator (RFC 9110, 8.8.3.3).

    A weak one still answers If-None-Match, and is the same on a 304 as on the 200 that it stands for.
    """
    tag, _is_weak = response.get_etag()
    if tag is not None:
        response.set_etag(tag, weak=True)


def _is_worth_it(response: Response) -> bool:
    """A stream is sent as it comes; a file is read, because it is known how long it is."""
    if response.is_streamed and not response.direct_passthrough:
        return False
    length = response.content_length or response.calculate_content_length()
    return length is not None and SHORTEST <= length <= LONGEST


def _gzip(response: Response) -> None:
    response.direct_passthrough = False
    # No time stamp: the same answer is the same bytes.
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = GZIP
    # Ranges are of the file as it is.
    response.headers.pop("Accept-Ranges", None)
