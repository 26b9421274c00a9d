"""Finding what was written: by its words, and by when it was."""

import math
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded

from blog.addresses import page_number, parameter_of_address
from blog.clock import now
from blog.extensions import limiter
from blog.gate import public
from blog.headers import shared
from blog.posts import archive as posted
from blog.posts import excerpts
from blog.posts import search as searching
from blog.posts.archive import Period
from blog.text import clean_line

bp = Blueprint("finding", __name__)

# Nobody reads results this fast. A search costs more than any other page for everyone.
SEARCHES = "30 per minute"
A_MINUTE = 60


@bp.get("/search")
@public
def search() -> ResponseReturnValue:
    """The posts and pages that have some words in them; without words, the form alone."""
    query = searching.Query.read(parameter_of_address("q"))
    number = page_number()
    if query.terms and not _may_search():
        page = _results(query, searching.Found(0, []), number, is_too_often=True)
        return page, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(A_MINUTE)}
    found = searching.find(query, now(), number)
    if number > 1 and not found.posts:
        abort(404)
    return shared(make_response(_results(query, found, number)), is_kept=False)


def _may_search() -> bool:
    try:
        with limiter.limit(SEARCHES):
            return True
    except RateLimitExceeded:
        return False


def _results(
    query: searching.Query, found: searching.Found, number: int, *, is_too_often: bool = False
) -> str:
    typed = parameter_of_address("q")
    return render_template(
        "posts/search.html",
        # As it was typed: a space at its end makes the last word a whole one, on the next page, too.
        typed=typed,
        words=clean_line(typed),
        query=query,
        found=found,
        number=number,
        pages=math.ceil(found.total / searching.RESULTS),
        most_words=searching.MOST_WORDS,
        is_too_often=is_too_often,
        results=[excerpts.show(post, query) for post in found.posts],
    )


@bp.get("/archive")
@public
def archive() -> Response:
    """Everything by year and month: the titles, or where there are many, how many."""
    return _archive("posts/archive.html", posted.months(now()))


@bp.get("/archive/<year:year>")
@public
def year(year: int) -> Response:
    """The posts of a year."""
    return _period(Period(year))


@bp.get("/archive/<year:year>/<month:month>")
@public
def month(year: int, month: int) -> Response:
    """The posts of a month."""
    return _period(Period(year, month))


def _period(period: Period) -> Response:
    number = page_number()
    pages = math.ceil(posted.count(now(), period) / posted.TITLES)
    if number > pages:
        abort(404)
    months = posted.page(now(), period, number)
    return _archive("posts/period.html", months, period=period, number=number, pages=pages)


def _archive(template: str, months: list[posted.Month], **values: object) -> Response:
    grouped = groupby(months, key=lambda month: month.period.year)
    years = [(Period(year), list(found)) for year, found in grouped]
    return shared(make_response(render_template(template, years=years, **values)))
