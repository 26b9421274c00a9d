"""What cannot be taken now, and is given back: with its status, what to do, and every word in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from blog import errors
from blog.comments.forms import TextForm
from blog.comments.models import SOURCE_BYTES
from blog.database import BUSY_SECONDS, DatabaseBusy
from blog.extensions import db, limiter
from blog.languages import speaking
from blog.site.present import unasked

AnyForm = TypeVar("AnyForm", bound=TextForm)

# As long as the limits of requests look back.
A_MINUTE = 60


class Refused(Exception):
    """A text that cannot be taken now: its status, what is said at its field, and how long to wait."""

    def __init__(self, status: int, message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.wait = wait

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer."""
        return {"Retry-After": str(self.wait)} if self.wait else {}

    def say(self, form: AnyForm) -> AnyForm:
        """Put the message at the field of the text, and give the form back."""
        if self.message:
            form.body.errors = [*form.body.errors, self.message]
        return form


def refuse_if_invalid(form: TextForm) -> None:
    """Raises Refused for a form that is not in order, and for a text far beyond what is taken."""
    valid = form.validate()
    if len((form.body.data or "").encode()) >= SOURCE_BYTES:
        raise Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _("This is more than 64 KB. A reply has at most 10,000 characters."),
        )
    if not valid:
        raise Refused(form.status, "")


def refuse_if_too_often(limit: str) -> None:
    """Raises Refused for somebody who asks for this more often than the limit says."""
    try:
        with limiter.limit(limit):
            return
    except RateLimitExceeded as error:
        message = _("That was very often. Please wait a minute and send it again.")
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, message, wait=A_MINUTE) from error


@contextmanager
def busy_is_refused() -> Iterator[None]:
    """Turn a busy database into a refusal, so that what was typed comes back."""
    try:
        yield
    except DatabaseBusy as error:
        raise _busy() from error


def _busy() -> Refused:
    message = _("The site is busy. Please send it again in a moment.")
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, message, wait=BUSY_SECONDS)


def gives_back_unasked(
    bp: Blueprint, typed: Callable[[], tuple[str, AnyForm, dict[str, Any]] | None]
) -> None:
    """Have what was typed come back also when the database cannot be asked at all.

    `typed` says on which template, with which form, and with what else; or None, where nothing was.
    That page asks the database nothing, and so cannot say what is answered there, or who writes.
    """

    def give_back(_error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        with speaking(
            unasked()["site"].language
        ):  # forms ask in which language, and that is a query
            found = typed()
            if found is None:
                return errors.page(HTTPStatus.SERVICE_UNAVAILABLE)
            template, form, known = found
            refused = _busy()
            body = errors.render_unasked(template, form=refused.say(form), **known)
        return body, refused.status, refused.headers

    for gone in errors.UNREACHABLE:
        bp.register_error_handler(gone, give_back)
