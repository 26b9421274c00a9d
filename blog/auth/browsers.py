"""Browsers: how one is known again that somebody signed in with, and what it is called."""

import secrets
from datetime import timedelta

from flask import Flask, current_app, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog import keys
from blog.auth.models import User

# As long as browsers keep any cookie.
KNOWN_FOR = timedelta(days=400)

# What stands in a User-Agent, and what people call it. Each claims to be those after it.
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def known(user: User) -> str | None:
    """A keyed hash of this browser's mark, if this person signed in with it before."""
    mark = request.cookies.get(_mark_name(user), "")
    try:
        user_id, nonce = keys.read_known_browser(mark)
    except keys.BadKey:
        return None
    if user_id != user.id or not nonce.startswith(f"{user.browser_nonce}."):
        return None
    return keys.digest("browser", nonce)


def mark(user: User, response: Response) -> Response:
    """Give the browser a mark by which it is known when this person comes back."""
    nonce = f"{user.browser_nonce}.{secrets.token_urlsafe(8)}"
    response.set_cookie(
        _mark_name(user),
        keys.known_browser(user.id, nonce),
        max_age=KNOWN_FOR,
        secure=is_secure(current_app),
        httponly=True,
        samesite="Lax",
    )
    return response


def describe(user_agent: str) -> str:
    """A browser in words: Firefox on Linux."""
    program = next((name for sign, name in PROGRAMS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if program and system:
        return str(_("%(program)s on %(system)s", program=program, system=system))
    return program or system or user_agent or str(_("A browser that does not say its name"))


def is_secure(app: Flask) -> bool:
    """Whether people reach the blog over https alone."""
    return str(app.config["BASE_URL"]).startswith("https:")


def cookie_name(app: Flask, name: str) -> str:
    """The name of a cookie of ours."""
    # With this prefix browsers take the cookie over https alone, and from no neighbouring host.
    return f"__Host-{name}" if is_secure(app) else name


def _mark_name(user: User) -> str:
    # One for each person: a browser that two people share is known to both.
    return cookie_name(current_app, f"known-{user.id}")
