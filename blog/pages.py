"""What every template may use: the site's settings, addresses of static files, words for numbers."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, url_for
from flask_login import current_user
from markupsafe import Markup

from blog import languages, text
from blog.addresses import absolute_url
from blog.auth.models import User, Visitor
from blog.clock import now
from blog.comments import wording
from blog.posts import metadata
from blog.posts.addresses import post_url
from blog.posts.models import Post
from blog.site.emblem import emblem_of
from blog.site.models import Site
from blog.site.stylesheet import Stylesheets

LONG_LIVED = 31_536_000  # seconds: a file with its hash in the address never changes


def site() -> Site:
    """The site's settings, asked once in a request."""
    if "site" not in g:
        g.site = current_app.extensions["site"] = Site.load()
    settings: Site = g.site
    return settings


def author_name() -> str:
    """What the author is called, asked once in a request by what shows it."""
    if "author_name" not in g:
        author = User.author()
        g.author_name = author.name if author else ""
    name: str = g.author_name
    return name


def unasked() -> dict[str, Any]:
    """What a page shows when the database is not to be asked: the site as it was last seen, to nobody."""
    last_seen = current_app.extensions.get("site") or Site()
    return {"site": last_seen, "current_user": Visitor(), "pages_beside": tuple}


def init_app(app: Flask) -> None:
    """Give the templates what they use."""
    folder = Path(app.static_folder or "")
    app.extensions["stylesheets"] = Stylesheets(folder / "css")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = LONG_LIVED
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_variables)
    app.jinja_env.globals.update(
        current_user=current_user,  # Flask-Login gives it to templates, but not to their macros
        absolute_url=absolute_url,
        author_name=author_name,
        emblem_of=emblem_of,
        changed_at=metadata.changed_at,
        linked_data=metadata.linked_data,
        picture_path=metadata.picture_path,
        post_url=post_url,
        static_url=_static_urls(folder),
        stylesheet_url=_stylesheet_url,
        ignored_proxies=_ignored_proxies,
        spoken=languages.spoken,
        direction=languages.direction,
        why=wording.why,
        status_name=wording.status_name,
        tab_name=wording.tab_name,
        who=wording.who,
        deed=wording.deed,
        announcement=wording.announcement,
    )
    app.jinja_env.filters.update(
        date=languages.date,
        date_and_time=languages.date_and_time,
        year=languages.year,
        month=languages.month,
        day_of_month=languages.day_of_month,
        excerpt=text.excerpt,
        trusted=_trusted,
    )


def _variables() -> dict[str, Any]:
    # Asked by templates that show them: a mail, for one, has no header.
    return {"site": site(), "pages_beside": lambda: Post.beside(now())}


def _stylesheet_url(whom: str, accent: str) -> str:
    mark = current_app.extensions["stylesheets"].of(whom, accent).mark
    return url_for("site.stylesheet", whom=whom, mark=mark)


def _ignored_proxies() -> dict[str, str]:
    """Who sends forwarded headers and is not trusted, each with the line that would trust it."""
    proxies = current_app.extensions["proxies"]
    return {peer: proxies.line_to_trust(peer) for peer in sorted(proxies.ignored)}


def _trusted(html: str) -> Markup:
    """HTML that text.py made, as it is. The one place where escaping is switched off."""
    return Markup(html)  # noqa: S704


def _static_urls(folder: Path) -> Callable[[str], str]:
    """The address of a static file, with a mark of its content: a new one when it changes."""
    marks = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        for path in folder.rglob("*")
        if path.is_file()
    }

    def address(name: str) -> str:
        return url_for("static", filename=name, v=marks.get(name, "none"))

    return address
