"""Afterword: a blog for one author and the people who answer."""

import logging
import os
from collections.abc import Mapping

from flask import Flask

from blog import (
    addresses,
    bodies,
    cli,
    config,
    counters,
    database,
    errors,
    freshness,
    gate,
    headers,
    locales,
    pagecache,
    pages,
    proxies,
)
from blog.auth import joining, people, resets, sessions, unsubscribing
from blog.auth import mails as auth_mails
from blog.auth import views as auth
from blog.comments import (
    acting,
    confirmations,
    decisions,
    moderation,
    readers_mail,
    receipts,
    record_pages,
    replies,
    staff_mail,
    writing,
)
from blog.comments.people import blocking
from blog.comments.people import views as persons
from blog.comments.reports import reported
from blog.comments.reports import views as reports
from blog.comments.rules import views as rules
from blog.extensions import csrf
from blog.feeds import views as feeds
from blog.media import files, uploads
from blog.media import views as media
from blog.posts import (
    autosaving,
    desk,
    elsewhere,
    finding,
    history,
    previewing,
    publishing,
    series_desk,
    tag_desk,
)
from blog.posts import views as posts
from blog.posts.models import next_due
from blog.site import arranging, icons, machines
from blog.site import outbox as outbox_pages
from blog.site import views as site

ROOMS = (
    auth.bp,
    joining.bp,
    resets.bp,
    people.bp,
    unsubscribing.bp,
    posts.bp,
    desk.bp,
    publishing.bp,
    autosaving.bp,
    history.bp,
    previewing.bp,
    elsewhere.bp,
    tag_desk.bp,
    series_desk.bp,
    finding.bp,
    files.bp,
    media.bp,
    uploads.bp,
    feeds.bp,
    replies.bp,
    receipts.bp,
    confirmations.bp,
    reports.bp,
    acting.bp,
    moderation.bp,
    decisions.bp,
    rules.bp,
    writing.bp,
    persons.bp,
    blocking.bp,
    reported.bp,
    record_pages.bp,
    site.bp,
    outbox_pages.bp,
    arranging.bp,
    icons.bp,
    machines.bp,
)

log = logging.getLogger(__name__)


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The application, set up from BLOG_* variables. Raises config.BadSetting for a bad one."""
    app = Flask(
        __name__,
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
        instance_path=str(config.INSTANCE),
    )
    app.config.update(config.load(environ))
    for name in config.unknown(environ):
        log.warning("%s means nothing to this blog. Is it misspelt?", name)
    _bind(app)
    _open_the_rooms(app)
    return app


def _bind(app: Flask) -> None:
    """Bind the extensions and what stands in front of the rooms."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # nobody's long text dies of an old token
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the origin is asked of every unsafe request
    addresses.init_app(app)
    database.init_app(app)
    freshness.init_app(app, next_due)
    locales.init_app(app)
    csrf.init_app(app)
    counters.init_app(app)
    sessions.init_app(app)
    gate.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    pages.init_app(app)
    bodies.init_app(app)
    proxies.init_app(app)
    cli.init_app(app)
    pagecache.init_app(app)


def _open_the_rooms(app: Flask) -> None:
    for room in ROOMS:
        app.register_blueprint(room)
    gate.public(app.view_functions["static"])
    auth_mails.init_app()
    readers_mail.init_app()
    staff_mail.init_app()
