"""The site as it is shown in this request: its settings and its author, each asked once."""

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from flask import current_app, g, request
from sqlalchemy import Select, select

from blog.auth.models import Role, User, Visitor
from blog.database import direct
from blog.site.models import Site
from blog.site.navigation import Item
from blog.text import render_post

# What the navigation leads to by itself: only there, and where the author's links lead, it says where the
# reader is.
NAMED_IN_NAVIGATION = frozenset(("posts.page", "finding.archive", "finding.search"))


def site() -> Site:
    """The site's settings, asked once in a request."""
    if "site" not in g:
        g.site = current_app.extensions["site"] = Site.load()
    settings: Site = g.site
    return settings


def here(moment: datetime) -> datetime:
    """An instant as the clocks of the site show it."""
    return moment.astimezone(site().zone)


def author_name() -> str:
    """What the author is called, asked once in a request by what shows it; the site's title without one."""
    if "author_name" not in g:
        g.author_name = direct().scalar(_author()) or site().title
    name: str = g.author_name
    return name


def author_card() -> str:
    """What the author says of themselves, as HTML; empty where it is not to be shown."""
    here = site()
    return _card(here.author_card) if here.shows_author_card else ""


@lru_cache(maxsize=2)  # it is one text, and once in a while another
def _card(source: str) -> str:
    return render_post(source)


def navigation_of(items: tuple[Item, ...] = ()) -> dict[str, Any]:
    """What _site_nav.html takes: what there is, and where among it the reader is; empty elsewhere.

    So elsewhere all pages have the same navigation, which is made once.
    """
    named = request.endpoint in NAMED_IN_NAVIGATION
    is_here = named or any(item.address == request.path for item in items)
    return {"items": items, "path": request.path if is_here else ""}


@cache
def _author() -> Select[str]:
    return select(User.name).where(User.role == Role.AUTHOR)


def unasked() -> dict[str, Any]:
    """What a page shows when the database is not to be asked: the site as it was last seen, to nobody."""
    last_seen = current_app.extensions.get("site") or Site()
    g.setdefault("site", last_seen)  # whatever else is on the page asks for it here
    return {"site": last_seen, "current_user": Visitor(), "navigation": navigation_of}
