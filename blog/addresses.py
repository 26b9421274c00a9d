"""What may stand in an address: numbers of rows, slugs, signed keys, numbers of pages."""

import re
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter, IntegerConverter, Map, RequestRedirect, ValidationError

from blog.media import names
from blog.media.names import Name
from blog.posts.models import RESERVED

# PostgreSQL's integer; a larger number is no id of anything.
LARGEST_ID = 2**31 - 1
# No blog has more pages, and OFFSET has its limits.
MOST_PAGES = 100_000


class IdConverter(IntegerConverter):
    """The number of a row: one way to write each, and no digits of other scripts."""

    regex = "[1-9][0-9]{0,9}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID)


class SlugConverter(BaseConverter):
    """A slug as python-slugify makes them."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


class YearConverter(IntegerConverter):
    """A year in which somebody may have posted: four digits, and none that no calendar has room for."""

    regex = "[12][0-9]{3}"


class MonthConverter(IntegerConverter):
    """A month as two digits: one way to write each."""

    regex = "0[1-9]|1[0-2]"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, fixed_digits=2)


class PageConverter(SlugConverter):
    """The slug of a page: none at which something else stands, whatever the method."""

    # Without a slash in it, or Werkzeug takes it for a converter of several parts of a path.
    regex = rf"(?!(?:{'|'.join(sorted(RESERVED))})$){SlugConverter.regex}"


class PictureConverter(BaseConverter):
    """The name of a file of a picture (see media/names.py)."""

    regex = names.PATTERN

    def to_python(self, value: str) -> Name:
        """The name. Raises ValidationError for a rendition that is never made: there is no such address."""
        name = Name.read(value)
        if name is None:
            raise ValidationError
        return name


class KeyConverter(BaseConverter):
    """A signed key (see keys.py): letters, digits and the marks of base64url and itsdangerous."""

    regex = r"[A-Za-z0-9_.\-]{10,600}"


def parameter_of_address(name: str, default: str = "") -> str:
    """What the address says of a parameter. A page that is kept may ask in no other way: it is kept
    once for each answer.
    """
    g.setdefault("asked_parameters", set()).add(name)
    return request.args.get(name, default)


def asked_parameters() -> tuple[str, ...]:
    """Which parameters of its address this request has asked for."""
    return tuple(sorted(g.get("asked_parameters", ())))


def absolute_url(path: str) -> str:
    """A path of this site as other sites, mails and feeds write it.

    The host comes from BLOG_BASE_URL and nowhere else: a request may claim any.
    """
    return f"{current_app.config['BASE_URL']}{path}"


def page_number(parameter: str = "page") -> int:
    """Which page the reader asks for: 1 unless told. Aborts with 404 for what is no page number."""
    number = row_number(parameter_of_address(parameter, "1"))
    if number is None or number > MOST_PAGES:
        abort(404)
    return number


def is_slug(value: str) -> bool:
    """Whether any post could have this address."""
    return re.fullmatch(SlugConverter.regex, value) is not None


def row_number(value: str) -> int | None:
    """The number of a row that a form or a query names; None for what is none."""
    if not re.fullmatch(IdConverter.regex, value):
        return None
    number = int(value)
    return number if number <= LARGEST_ID else None


def init_app(app: Flask) -> None:
    """Make the converters known to the application's addresses, and keep who asks on this site."""
    app.before_request(_stay_here)
    app.url_map.converters.update(
        id=IdConverter,
        page=PageConverter,
        slug=SlugConverter,
        year=YearConverter,
        month=MonthConverter,
        key=KeyConverter,
        picture=PictureConverter,
    )


def _stay_here() -> ResponseReturnValue | None:
    """Lead to another way to write an address (`//` for `/`) by its path: the router would name the host
    that the request claims.
    """
    error = request.routing_exception
    if not isinstance(error, RequestRedirect):
        return None
    parts = urlsplit(error.new_url)
    path = "/" + parts.path.lstrip("/")  # two would begin the name of a host
    return redirect(f"{path}?{parts.query}" if parts.query else path, error.code)
