"""The site as a whole: its settings, and its health."""

from dataclasses import replace
from http import HTTPStatus
from textwrap import shorten

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import text

from blog import zones
from blog.comments.spam import memory
from blog.comments.spam.learning import LEAST_DECISIONS, LEAST_OF_EACH
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author, public
from blog.headers import kept_for_ever, of_this_release
from blog.media.models import Media, named_by_site
from blog.posts import closing
from blog.site import retention
from blog.site.crawlers import TRAINING
from blog.site.forms import SettingsForm
from blog.site.joined import Joined
from blog.site.merging import Merged
from blog.site.models import Site

bp = Blueprint("site", __name__)

# Of what another tab has typed so much is shown: enough to know it again.
LONGEST_SAID = 100


@bp.get("/desk/settings")
@author
def settings() -> str:
    """What the author may choose."""
    site = Site.load()
    form = SettingsForm(formdata=None, obj=site)
    form.mark(site)
    return _page(form)


@bp.post("/desk/settings")
@author
def change_settings() -> ResponseReturnValue:
    """Choose. The new settings hold from the next request on.

    What another tab has changed meanwhile stays; what both have changed is said, and nothing is saved.
    """
    form = SettingsForm()
    if not form.validate():
        return _page(form), form.status
    with write_tx():
        site = Site.load()
        merged = form.merged(site)
        if not merged.conflicts:
            _save(site, replace(site, **merged.values))
    if merged.conflicts:
        return _overtaken(form, site, merged)
    return redirect(url_for("site.settings", saved=1), 303)


@bp.get("/static/<any(readers, staff):whom>.<mark>.css")
@public
def stylesheet(whom: str, mark: str) -> Response:
    """The one stylesheet of a page, for as long as its content is what the mark says."""
    sheets = current_app.extensions["stylesheets"]
    return _send(sheets.marked(whom, mark) or _made_now(whom, mark), mark, "text/css")


@bp.get("/static/<any(scripts, desk, editor):script>.<mark>.js")
@public
def scripts(script: str, mark: str) -> Response:
    """The one script of a page, for as long as its content is what the mark says."""
    return _send(current_app.extensions["scripts"][script], mark, "text/javascript")


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Whether this process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Whether the database answers as well; 503 if not. Staff also learn what the page cache does."""
    db.session.execute(text("SELECT 1"))
    said = f"ok\n{current_app.extensions['pages']}\n" if current_user.is_staff else "ok\n"
    return said, 200, {"Content-Type": "text/plain"}


def _send(joined: Joined, mark: str, mimetype: str) -> Response:
    response = Response(joined.plain, mimetype=mimetype)
    if mark == joined.mark:
        return of_this_release(kept_for_ever(response), joined.packed)
    # A page from before an upgrade, or before another accent, still gets one, if not for ever.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _made_now(whom: str, mark: str) -> Joined:
    """The stylesheet with this mark if the settings are those that it was made of; else that of today."""
    sheets = current_app.extensions["stylesheets"]
    site = Site.load()
    made = [sheets.of(whom, site.accent, own) for own in ("", site.custom_css)]
    return next((sheet for sheet in made if sheet.mark == mark), made[-1])


def _save(before: Site, after: Site) -> None:
    after.save()
    Media.take_out(named_by_site())
    if after.close_after_days != before.close_after_days:
        closing.follow(after.close_after_days)


def _overtaken(form: SettingsForm, site: Site, merged: Merged) -> ResponseReturnValue:
    """Say what another tab has changed to what. What was typed stays, now on top of that."""
    for name in merged.conflicts:
        stored = str(getattr(site, name))
        form[name].errors = [
            _(
                "Another tab has changed this meanwhile, to “%(value)s”. Save again to have it your way.",
                value=shorten(stored, LONGEST_SAID, placeholder="…"),
            )
        ]
    form.go_on(merged, site)
    return _page(form), HTTPStatus.CONFLICT


def _page(form: SettingsForm) -> str:
    return render_template(
        "site/settings.html",
        form=form,
        saved="saved" in request.args,
        learnt=memory.decisions(),
        enough=LEAST_DECISIONS,
        of_each=LEAST_OF_EACH,
        kept_for=retention.DAYS,
        time_zones=zones.places(),
        crawlers=len(TRAINING),
    )
