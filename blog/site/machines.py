"""What programs ask a site for: which addresses there are, which to leave alone, whom to tell of a hole."""

from datetime import datetime, time, timedelta
from itertools import chain

from flask import Blueprint, Response, abort, make_response, url_for

from blog.addresses import absolute_url
from blog.clock import now
from blog.gate import public
from blog.headers import shared
from blog.site import sitemap as addresses
from blog.site.crawlers import TRAINING
from blog.site.present import site
from blog.site.sitemap import Part

bp = Blueprint("machines", __name__)

# Nothing there is for a search engine: pages of the staff, private links, and answers to what somebody
# typed. (Of a comment's own page, which is noindex, a search engine can only read that if it may look.)
OFF_LIMITS = (
    "account",
    "confirmations",
    "desk",
    "invitations",
    "login",
    "moderation",
    "replies",
    "resets",
    "search",
    "setup",
    "unsubscribe",
)

# RFC 9116, 2.5.5: less than a year ahead, so that what is out of date is seen to be.
CONTACT_HOLDS_FOR = timedelta(days=90)


@bp.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """Every public address, or where the lists of them are. Where search engines are not to look, none."""
    _refuse_where_unwanted()
    at = now()
    files = addresses.files(at)
    if not addresses.fits_in_one_file():
        paths = [url_for(".sitemap_file", part=part, place=place) for part, place in files]
        return _xml(addresses.index(paths))
    entries = chain.from_iterable(addresses.entries(part, place, at) for part, place in files)
    return _xml(addresses.document(entries))


@bp.get("/sitemap-<any(posts, lists, series):part>-<id:place>.xml")
@public
def sitemap_file(part: str, place: int) -> Response:
    """One of the lists."""
    _refuse_where_unwanted()
    at = now()
    if (Part(part), place) not in addresses.files(at):
        abort(404)
    return _xml(addresses.document(addresses.entries(Part(part), place, at)))


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Where crawlers need not look (RFC 9309), and where the sitemap is."""
    # The segment alone: a page may be called /search-engines.
    rules = [f"Disallow: /{name}{end}" for name in OFF_LIMITS for end in ("$", "/", "?")]
    lines = ["User-agent: *", *rules]
    if not site().ai_crawlers:
        lines += ["", *(f"User-agent: {name}" for name in TRAINING), "Disallow: /"]
    # A site that is to be in no search engine is open to them all the same: whoever may not look cannot
    # read that a page is not to be shown, and shows its address alone.
    if site().robots:
        lines += ["", f"Sitemap: {absolute_url(url_for('.sitemap'))}"]
    return _text(lines)


@bp.get("/.well-known/security.txt")
@public
def security() -> Response:
    """Whom to tell of a hole (RFC 9116), if the author says.

    404 if not: without a contact the file is none, and an address that somebody signs in with is not
    given away unasked.
    """
    contact = site().security_contact
    if not contact:
        abort(404)
    expires = datetime.combine(now().date() + CONTACT_HOLDS_FOR, time.min)
    lines = [f"Contact: {contact}", f"Expires: {expires.isoformat()}Z"]
    canonical = absolute_url(url_for(".security"))
    if canonical.startswith("https:"):  # the RFC knows no other
        lines.append(f"Canonical: {canonical}")
    return _text(lines)


def _refuse_where_unwanted() -> None:
    if not site().robots:
        abort(404)


def _xml(document: str) -> Response:
    return shared(make_response(document, {"Content-Type": "application/xml; charset=utf-8"}))


def _text(lines: list[str]) -> Response:
    response = make_response("\n".join([*lines, ""]))
    response.content_type = "text/plain; charset=utf-8"
    return shared(response)
