"""The gate: every door is closed unless its view says whose it is.

A view is marked @public, @moderator or @author; one without a mark is for nobody. What comes through
an unsafe method must come from our own pages: its Origin is asked, and then its CSRF token. Readers'
forms stand on pages that are the same for everyone and carry no token; their views are @tokenless and
protect themselves. A signed-in person carries a token everywhere, or somebody else's page could
reply in the author's name.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_babel import LazyString
from flask_login import current_user

from blog import bodies
from blog.extensions import csrf, login_manager

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

# A reader's form holds 10,000 characters; as %F0%9F%98%80 an emoji takes 12 bytes, and there is room
# for the other fields.
READERS_BYTES = 160_000
# A post of 200,000 characters, sent the same way.
WRITERS_BYTES = 2_500_000


class Door(Enum):
    """Whose a view is."""

    PUBLIC = "public"
    MODERATOR = "moderator"
    AUTHOR = "author"


class Files(NamedTuple):
    """How many bytes a view takes that is sent files, and what it says of more."""

    most_bytes: int
    words: LazyString


class Origin(Enum):
    """Where a request was sent from, as far as the browser says."""

    OURS = "ours"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


def public(view: View) -> View:
    """Mark a view as everybody's."""
    return _mark(view, "door", Door.PUBLIC)


def moderator(view: View) -> View:
    """Mark a view as the moderators' and the author's."""
    return _mark(view, "door", Door.MODERATOR)


def author(view: View) -> View:
    """Mark a view as the author's alone."""
    return _mark(view, "door", Door.AUTHOR)


def tokenless(view: View) -> View:
    """Mark a view whose form stands on a page that is the same for everyone."""
    return _mark(view, "tokenless", True)


def for_staff(view: View) -> View:
    """Mark a view that is everybody's because a link from a mail leads there, and the staff's to read:
    the link was mailed to one of them.
    """
    return _mark(view, "for_staff", True)


def takes_files(most_bytes: int, words: LazyString) -> Callable[[View], View]:
    """Mark a view of the author's that is sent files, so many bytes of them at most; `words` say so to
    who sends more.
    """
    return lambda view: _mark(view, "files", Files(most_bytes, words))


def brings_writing(view: View) -> View:
    """Mark a view of everybody's to whose form a whole post may be added, to be sent on afterwards."""
    return _mark(view, "brings_writing", True)


def _mark(view: View, name: str, value: object) -> View:
    setattr(view, name, value)
    return view


def door_of(view: Callable[..., Any]) -> Door | None:
    """Whose the view is; None when it does not say, which closes it."""
    return getattr(view, "door", None)


def is_for_staff(view: Callable[..., Any]) -> bool:
    """Whether who comes here belongs to the staff: through their doors, or with a link of theirs."""
    is_theirs = door_of(view) in {Door.MODERATOR, Door.AUTHOR}
    return is_theirs or getattr(view, "for_staff", False)


def files_of(view: Callable[..., Any]) -> Files | None:
    """Which files the view is sent; None for one that takes forms of text."""
    return getattr(view, "files", None)


def origin() -> Origin:
    """Where this request was sent from: Sec-Fetch-Site, or else Origin (plain http has only that)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return Origin.OURS if site == "same-origin" else Origin.FOREIGN
    sent_from = request.headers.get("Origin")
    if sent_from is None:
        return Origin.UNKNOWN
    return Origin.OURS if sent_from.lower() in _our_origins() else Origin.FOREIGN


def _our_origins() -> set[str]:
    origins = {current_app.config["BASE_URL"]}
    if not current_app.config["BASE_URL_IS_GIVEN"]:
        # Started without an address of its own, the blog is wherever a browser found it.
        origins.add(f"{request.scheme}://{request.host}".lower())
    return origins


def is_local_path(target: str) -> bool:
    """Whether an address to go on to stays on this site."""
    # Browsers read "\\" as "/", and drop tabs and line ends: both could leave for another host.
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return False
    parts = urlsplit(target)
    return not parts.netloc and not parts.scheme and target.isprintable()


def init_app(app: Flask) -> None:
    """Stand at the gate of the application."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked below, where the door is known
    app.before_request(_check)


def _check() -> Response | None:
    if request.endpoint is None:
        return None  # an unknown address: Flask answers 404 or 405
    view = current_app.view_functions[request.endpoint]
    door = door_of(view)
    if door is None:
        abort(404)
    files = files_of(view)
    if files and not current_user.may_write:
        bodies.swallow(request.environ)  # nobody else's files are kept even for a moment
        return _ask_person(door)
    _limit_size(view, files)
    if request.method not in SAFE_METHODS and None in request.form:
        abort(400)  # a part without a name: no browser sends that, and nobody expects it
    refused = _ask_person(door)
    if refused is not None:
        return refused
    if request.method not in SAFE_METHODS:
        _ask_token(view)
    return None


def _limit_size(view: Callable[..., Any], files: Files | None) -> None:
    is_short = door_of(view) is Door.PUBLIC and not getattr(view, "brings_writing", False)
    limit = READERS_BYTES if is_short else WRITERS_BYTES
    # Files go through the disk (Werkzeug spools them), what else is in their form through the memory.
    request.max_form_memory_size = limit
    request.max_content_length = files.most_bytes if files else limit
    if (request.content_length or 0) > request.max_content_length:
        # Whoever is still sending when the connection closes never sees the answer: a browser says that
        # it was reset, and a proxy that the blog is broken.
        bodies.swallow(request.environ)
        abort(413, description=files.words if files else None)


def _ask_person(door: Door) -> Response | None:
    if door is Door.PUBLIC:
        return None
    if not current_user.is_authenticated:
        answer: Response = login_manager.unauthorized()
        return answer
    if door is Door.AUTHOR and not current_user.may_write:
        abort(403)
    if not current_user.may_moderate:
        abort(403)
    return None


def _ask_token(view: Callable[..., Any]) -> None:
    if getattr(view, "tokenless", False) and not current_user.is_authenticated:
        return
    if origin() is Origin.FOREIGN:
        abort(403)
    csrf.protect()
