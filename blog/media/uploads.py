"""Pictures come into the library: from the author's machine, or from another site at the author's wish.

The page of the library sends forms, several files at once, and is led back to itself. A program (the
editor's) asks for JSON, and is told of its one picture what a text needs.
"""

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from werkzeug.datastructures import FileStorage

from blog.database import BUSY_SECONDS
from blog.errors import wants_json
from blog.extensions import limiter
from blog.gate import author, takes_files
from blog.media import pages
from blog.media.fetching import fetch
from blog.media.forms import FetchForm, UploadForm
from blog.media.pages import Bad, Said
from blog.media.pictures import Refused
from blog.media.taking import Taken, take
from blog.text import picture

bp = Blueprint("uploads", __name__, url_prefix="/desk/media")

# Three of the largest, or a dozen as telephones take them. It is what proxies have to let through
# (docs/deploy/).
MOST_BYTES = 64_000_000
TOO_MUCH = _l("These files have more than 64 MB together. Send fewer at once.")

# A folder of holiday pictures, one after the other; each costs the machine a second or two.
UPLOADS = "60 per minute; 1000 per hour"
# Another site is asked, and a thread waits for it.
FETCHES = "20 per minute; 200 per hour"
A_MINUTE = 60

NO_FILE = _l("Choose a picture first.")
TOO_OFTEN = _l("That was very often. Please wait a minute and send it again.")
ONE_AT_A_TIME = _l("Send one picture at a time.")


@bp.post("")
@author
@takes_files(MOST_BYTES, TOO_MUCH)
def upload() -> ResponseReturnValue:
    """Take pictures that were sent: `file`, and what is to be seen in it, `alt`."""
    with request:  # what it spooled to the disk goes at the end, and not some time later
        return _upload()


def _upload() -> ResponseReturnValue:
    form = UploadForm()
    files = [file for file in request.files.getlist("file") if file.filename]
    if not form.validate():
        return _not_taken(Said(upload=form), form.alt.errors, form.status)
    if not files:
        return _not_taken(Said(upload=form, bad=[Bad("", NO_FILE)]), [NO_FILE])
    if wants_json():
        return _one(files, form.alt.data or "")
    return _many(files, form)


@bp.post("/fetched")
@author
def fetched() -> ResponseReturnValue:
    """Take a picture of another site: `address`, and `alt`."""
    form = FetchForm()
    if not form.validate():
        errors = [*form.address.errors, *form.alt.errors]
        return _not_taken(Said(fetch=form), errors, form.status)
    address, alt = form.address.data or "", form.alt.data or ""
    try:
        _refuse_if_too_often(FETCHES)
        taken = take(fetch(address), alt=alt, filename=_last_part(address))
    except Refused as refused:
        form.address.errors = [refused.words]
        return _not_taken(Said(fetch=form), [refused.words], refused.status)
    return _taken(taken) if wants_json() else _back([taken])


def _one(files: list[FileStorage], alt: str) -> ResponseReturnValue:
    if len(files) > 1:
        return _error(ONE_AT_A_TIME, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return _taken(_take(files[0], alt))
    except Refused as refused:
        return _error(refused.words, refused.status)


def _many(files: list[FileStorage], form: UploadForm) -> ResponseReturnValue:
    """Take what can be taken, and say of the others why not. One description is that of one picture."""
    alt = (form.alt.data or "") if len(files) == 1 else ""
    taken, bad, status = [], [], HTTPStatus.UNPROCESSABLE_ENTITY
    for file in files:
        try:
            taken.append(_take(file, alt))
        except Refused as refused:
            status = refused.status
            bad.append(Bad(file.filename or "", refused.words))
    return _not_taken(Said(upload=form, bad=bad), [], status) if bad else _back(taken)


def _take(file: FileStorage, alt: str) -> Taken:
    _refuse_if_too_often(UPLOADS)
    return take(file.stream, alt=alt, filename=file.filename or "")


def _refuse_if_too_often(limit: str) -> None:
    try:
        with limiter.limit(limit):
            return
    except RateLimitExceeded as error:
        raise Refused(TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS) from error


def _taken(taken: Taken) -> ResponseReturnValue:
    media = taken.media
    said: dict[str, Any] = {
        "address": media.name.address,
        "markdown": picture(media.name.address, media.alt),
        "width": media.width,
        "height": media.height,
        "alt": media.alt,
        "description": url_for("media.describe", media_id=media.id),
        "was_there": not taken.is_new,
        "was_moving": taken.was_moving,
    }
    return jsonify(said), HTTPStatus.CREATED


def _back(taken: list[Taken]) -> ResponseReturnValue:
    told = {
        "done": "taken",
        "new": sum(one.is_new for one in taken),
        "known": sum(not one.is_new for one in taken),
        "still": sum(one.was_moving for one in taken),
    }
    return redirect(f"{url_for('media.library')}?{urlencode(told)}", HTTPStatus.SEE_OTHER)


def _not_taken(
    said: Said,
    errors: Sequence[str | LazyString],
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> ResponseReturnValue:
    """The first thing that is wrong, for a program; for a person the library, with each at its field."""
    if wants_json():
        return _error(errors[0] if errors else "", status)
    return pages.library(said), status, _wait(status)


def _error(words: str | LazyString, status: int) -> ResponseReturnValue:
    return jsonify(error=str(words)), status, _wait(status)


def _wait(status: int) -> dict[str, str]:
    """When to come again, for what will be taken then."""
    seconds = {
        HTTPStatus.TOO_MANY_REQUESTS: A_MINUTE,
        HTTPStatus.SERVICE_UNAVAILABLE: BUSY_SECONDS,
    }.get(HTTPStatus(status))
    return {"Retry-After": str(seconds)} if seconds else {}


def _last_part(address: str) -> str:
    return PurePosixPath(unquote(urlsplit(address).path)).name
