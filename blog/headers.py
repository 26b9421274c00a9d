"""The headers of every answer, errors included: what a browser may do with it, and who may keep it."""

from http import HTTPStatus

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from blog.addresses import asked_parameters
from blog.editions import CONVERSATIONS, SITE
from blog.pagecache import OFFER, Offer

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Pictures too: a reader's browser tells nobody else what it reads.
        "img-src 'self'",
        "manifest-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# These travel with every page, and a first view has to fit into one round trip: none of them says what
# another says already (X-Frame-Options is frame-ancestors), or forbids what only our own scripts could do.
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Never no-referrer: it makes browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

A_YEAR_OF_HTTPS = "max-age=31536000"
# For a site whose author wants it in no search engine (https://developers.google.com/search/docs/
# crawling-indexing/robots-meta-tag): every answer that knows the site's settings says so.
NOT_IN_SEARCH = "noindex, nofollow"
PRIVATE = "private, no-store"
SHARED = "public, no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"


def shared(response: Response, *shows: str, is_kept: bool = True) -> Response:
    """Allow an answer to be kept by caches: it is the same bytes for every reader.

    `shows` are the things (editions.py) that it shows beside the site itself: it is kept until one of
    them changes. Unless told, it shows every conversation. What there are too many of is not kept.
    What a signed-in person gets is theirs alone, whatever the view says.
    """
    if not current_user.is_authenticated:
        response.headers["Cache-Control"] = SHARED
        response.vary.update(("Accept-Encoding", "Cookie"))
        _offer(SITE, *(shows or (CONVERSATIONS,)), is_kept=is_kept)
    return response


def readable_elsewhere(response: Response) -> Response:
    """Allow pages and programs of other sites to read an answer (Fetch standard, 3.2 and 3.7).

    For what is public and made for them. No cookie comes along, so they read what a stranger reads.
    """
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def of_this_release(response: Response, packed: bytes | None = None) -> Response:
    """Allow an answer to be kept by the page cache for as long as it lives: nothing changes it.

    `packed` is its body, gzipped ahead.
    """
    response.vary.add("Accept-Encoding")
    _offer(packed=packed)
    return response


def _offer(*shows: str, is_kept: bool = True, packed: bytes | None = None) -> None:
    offer: Offer = request.environ.get(OFFER) or Offer()
    offer.shows = shows
    offer.reads = asked_parameters()
    offer.is_kept = is_kept
    offer.packed = packed


def kept_for_ever(response: Response) -> Response:
    """Allow an answer to be kept without asking again: its address has the mark of its content."""
    response.headers["Cache-Control"] = IMMUTABLE
    return response


def init_app(app: Flask) -> None:
    """Put the headers on every answer of the application."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    settings = g.get("site")
    if settings is not None and not settings.robots:
        response.headers["X-Robots-Tag"] = NOT_IN_SEARCH
    if current_app.config["BASE_URL"].startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", A_YEAR_OF_HTTPS)
    if request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST:
        response.headers.setdefault("Cache-Control", PRIVATE)
    else:
        of_this_release(response)
    return response
