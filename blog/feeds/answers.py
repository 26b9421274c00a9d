"""How a feed is answered: readable from everywhere, and by every parser."""

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Response

from blog.headers import readable_elsewhere, shared
from blog.text import for_xml

# An empty feed has to say when it changed, too (RFC 4287, 4.1.1).
NEVER = datetime.fromtimestamp(0, UTC)


def latest(moments: Iterable[datetime], begun: datetime = NEVER) -> datetime:
    """The latest moment of what a feed shows; `begun` when it shows nothing."""
    return max(moments, default=begun)


def answer(document: str, mimetype: str) -> Response:
    """A feed. The page cache answers who has it already: the mark of its content alone decides.

    No date does: what is taken away, and what the site is called, changes a feed without making
    anything in it newer.
    """
    # Whatever people typed, and whatever an import brought: the document can be read.
    response = Response(for_xml(document), content_type=f"{mimetype}; charset=utf-8")
    return readable_elsewhere(shared(response))
