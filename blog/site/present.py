"""The site as it is shown in this request: its settings and its author, each asked once."""

from functools import cache
from typing import Any

from flask import current_app, g
from sqlalchemy import Select, select

from blog.auth.models import Role, User, Visitor
from blog.database import direct
from blog.site.models import Site


def site() -> Site:
    """The site's settings, asked once in a request."""
    if "site" not in g:
        g.site = current_app.extensions["site"] = Site.load()
    settings: Site = g.site
    return settings


def author_name() -> str:
    """What the author is called, asked once in a request by what shows it; the site's title without one."""
    if "author_name" not in g:
        g.author_name = direct().scalar(_author()) or site().title
    name: str = g.author_name
    return name


@cache
def _author() -> Select[str]:
    return select(User.name).where(User.role == Role.AUTHOR)


def unasked() -> dict[str, Any]:
    """What a page shows when the database is not to be asked: the site as it was last seen, to nobody."""
    last_seen = current_app.extensions.get("site") or Site()
    return {"site": last_seen, "current_user": Visitor(), "pages_beside": tuple}
