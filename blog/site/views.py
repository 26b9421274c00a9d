"""The site as a whole: its settings, and its health."""

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from blog import zones
from blog.comments.spam import memory
from blog.comments.spam.learning import LEAST_DECISIONS, LEAST_OF_EACH
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author, public
from blog.headers import kept_for_ever, of_this_release
from blog.site import retention
from blog.site.forms import SettingsForm
from blog.site.joined import Joined
from blog.site.models import Site

bp = Blueprint("site", __name__)


@bp.get("/desk/settings")
@author
def settings() -> str:
    """What the author may choose."""
    return _page(SettingsForm(formdata=None, obj=Site.load()))


@bp.post("/desk/settings")
@author
def change_settings() -> ResponseReturnValue:
    """Choose. The new settings hold from the next request on."""
    form = SettingsForm()
    if not form.validate():
        return _page(form), form.status
    with write_tx():
        form.changed(Site.load()).save()
    return redirect(url_for("site.settings", saved=1), 303)


@bp.get("/static/<any(readers, staff):whom>.<mark>.css")
@public
def stylesheet(whom: str, mark: str) -> Response:
    """The one stylesheet of a page, for as long as its content is what the mark says."""
    sheets = current_app.extensions["stylesheets"]
    sheet = sheets.marked(whom, mark) or sheets.of(whom, Site.load().accent)
    return _send(sheet, mark, "text/css")


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
    )
