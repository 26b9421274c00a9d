"""The site as it is shown in this request: its settings and its author, each asked once."""

from typing import Any

from flask import current_app, g

from blog.auth.models import User, Visitor
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
        author = User.author()
        g.author_name = author.name if author else site().title
    name: str = g.author_name
    return name


def unasked() -> dict[str, Any]:
    """What a page shows when the database is not to be asked: the site as it was last seen, to nobody."""
    last_seen = current_app.extensions.get("site") or Site()
    return {"site": last_seen, "current_user": Visitor(), "pages_beside": tuple}
