"""Who is signed in: the session cookie, and the row that it names.

Nothing here touches the session of somebody who only reads, so nobody who reads gets a cookie.
"""

from flask import Flask, redirect, request, session, url_for
from flask_login import login_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from blog.auth import browsers, in_place
from blog.auth.models import SIGN_IN_LASTS, SignIn, User, Visitor
from blog.extensions import login_manager
from blog.text import clean_line


def init_app(app: Flask) -> None:
    """Set up the session cookie and Flask-Login."""
    app.config.update(
        SESSION_COOKIE_NAME=browsers.cookie_name(app, "afterword"),
        SESSION_COOKIE_SECURE=browsers.is_secure(app),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SIGN_IN_LASTS,
    )
    # It would sign people out when their address changes; what ends a sign-in is its row.
    login_manager.session_protection = None
    login_manager.anonymous_user = Visitor
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(in_place.unauthorized)
    login_manager.init_app(app)
    app.register_error_handler(CSRFError, in_place.refused_token)


def begin(user: User) -> SignIn:
    """Begin a sign-in in this browser; it takes the place of one before. Call within write_tx()."""
    end()
    return user.sign_in(browser=clean_line(request.user_agent.string))


def end() -> None:
    """End the sign-in of this browser, if there is one. Call within write_tx()."""
    sign_in = SignIn.by_token(session.get("_user_id", ""))
    if sign_in is not None:
        sign_in.end()


def enter(sign_in: SignIn, onward: str = "", status: int = 303) -> Response:
    """Let the browser in with a sign-in that was committed, send it on, and know it from now on.

    The session keeps its CSRF secret: the page that was signed in from may hold a form to be sent
    again, and other tabs are not to lose theirs.
    """
    user = sign_in.user
    user.current_sign_in = sign_in
    login_user(user)
    # Flask-Login adds a hash of address and browser. It is not asked for, and says too much.
    session.pop("_id")
    session.pop("_fresh")
    session.permanent = True
    return browsers.mark(user, redirect(onward or start_of(user), status))


def leave() -> None:
    """Forget the session of this browser, whose sign-in has ended."""
    session.clear()


def start_of(user: User) -> str:
    """Where this person's work begins."""
    return url_for("desk.overview" if user.may_write else "moderation.queue")


def _load(token: str) -> User | None:
    sign_in = SignIn.by_token(token)
    if sign_in is None:
        return None
    sign_in.user.current_sign_in = sign_in
    return sign_in.user
