"""Errors in the site's own look: what went wrong, in words, and what to do about it."""

from http import HTTPStatus
from typing import Any, NamedTuple

from flask import (
    Flask,
    Response,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from blog.database import BUSY_SECONDS, DatabaseBusy
from blog.extensions import db
from blog.languages import speaking
from blog.site.present import site, unasked


class Words(NamedTuple):
    """What an error page says."""

    heading: LazyString
    message: LazyString


WORDS = {
    400: Words(
        _l("That could not be read"),
        _l("The request was damaged or incomplete. Nothing was changed. Go back and try again."),
    ),
    403: Words(
        _l("Not for you"),
        _l("You may not do this here, or it was sent from another site. Nothing was changed."),
    ),
    404: Words(_l("Not found"), _l("There is nothing at this address, or not any more.")),
    405: Words(_l("Not that way"), _l("This address does not take what was sent to it.")),
    409: Words(
        _l("Somebody was faster"), _l("This was changed meanwhile. Nothing was overwritten.")
    ),
    410: Words(_l("Gone"), _l("This was here once and has been taken back.")),
    413: Words(
        _l("Too much at once"),
        _l(
            "More was sent than is taken here: a reply has at most 10,000 characters. Nothing was "
            "saved. Go back: your browser still has what you typed. Shorten it and send it again."
        ),
    ),
    422: Words(
        _l("Something is not right yet"),
        _l("Please look at what you entered. Nothing was changed."),
    ),
    429: Words(_l("Too fast"), _l("Please wait a little and try again. Nothing was changed.")),
    500: Words(
        _l("That is our fault"),
        _l("Something broke here. It was written down for whoever looks after this site."),
    ),
    503: Words(
        _l("Busy"),
        _l("The site has too much to do right now. Nothing was changed. Try again in a moment."),
    ),
}

# The database is gone, has lost us, or has no connection left for us.
UNREACHABLE = (OperationalError, InterfaceError, NoConnectionFree)


def page(status: int, message: str | LazyString | None = None) -> Response:
    """An error page with this status, and its own message instead of the usual one, if given."""
    is_our_fault = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    words = WORDS.get(status, WORDS[500 if is_our_fault else 400])
    said = {"heading": words.heading, "message": message or words.message}
    if wants_json():
        response = make_response(_as_json(said), status)
    else:
        body = render_unasked("error.html", **said) if is_our_fault else _render(said)
        response = make_response(body, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        # A busy database is free again within one writer's turn.
        response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def wants_json() -> bool:
    """Whether a script asks that reads JSON, and no page."""
    return request.accept_mimetypes.best == "application/json"


def _as_json(said: dict[str, Any]) -> Response:
    with speaking(unasked()["site"].language):
        return jsonify(error=str(said["message"]))


def _render(said: dict[str, Any]) -> str:
    """In the site's language, at the doors of the staff as well: it may be a stranger who knocked."""
    with speaking(site().language):
        return render_template("error.html", **said)


def render_unasked(template: str, **said: Any) -> str:
    """When the database is what broke, the page must not ask it who is reading, or what the site is."""
    known = unasked()
    with speaking(known["site"].language):
        # Not render_template: that asks every context processor first.
        return current_app.jinja_env.get_template(template).render(**known, **said)


def init_app(app: Flask) -> None:
    """Show these pages for every error of the application."""
    app.register_error_handler(HTTPException, _refused)
    for busy in (DatabaseBusy, *UNREACHABLE):
        app.register_error_handler(busy, _busy)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(Exception, _broken)


def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # a redirect that routing asked for
    if request_ctx.url_adapter is None:
        return (
            error.get_response()
        )  # a Host that nothing can have: a page could not say where it is
    try:
        # What the view that was asked has to say, if anything; Werkzeug's own words are no one's.
        said = error.description if isinstance(error.description, LazyString) else None
        response = page(error.code, said)
    except UNREACHABLE as broken:
        return _busy(broken)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _busy(_error: Exception) -> Response:
    db.session.rollback()
    return page(503)


def _unreadable(_error: DataError) -> Response:
    db.session.rollback()
    return page(400)


def _broken(error: Exception) -> Response:
    current_app.logger.exception("unhandled error", exc_info=error)
    db.session.rollback()
    return page(500)
