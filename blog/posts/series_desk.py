"""The author's series: which there are, what they are called, and in which order they are read."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author
from blog.posts import instalments
from blog.posts.group_forms import SeriesForm
from blog.posts.series import Series, TakenName

bp = Blueprint("series_desk", __name__, url_prefix="/desk/series")


@bp.get("")
@author
def overview() -> str:
    """Every series, with its posts counted."""
    listed = instalments.listed(now())
    return render_template("posts/all_series.html", listed=listed, saved="saved" in request.args)


@bp.get("/<id:series_id>")
@author
def series(series_id: int) -> str:
    """One series, to be changed."""
    found = _find(series_id)
    return _page(SeriesForm(formdata=None, obj=found), found)


@bp.post("/<id:series_id>")
@author
def change(series_id: int) -> ResponseReturnValue:
    """Call it something else, or describe it."""
    form = SeriesForm()
    if not form.validate():
        return _page(form, _find(series_id)), form.status
    try:
        with write_tx():
            _find(series_id).describe(form.name.data or "", form.description.data or "")
    except TakenName:
        form.name.errors = [_("Another series has, or had, this name.")]
        return _page(form, _find(series_id)), 422
    return redirect(url_for(".overview", saved=1), 303)


@bp.post("/<id:series_id>/deletion")
@author
def delete(series_id: int) -> ResponseReturnValue:
    """Throw a series away that no post has."""
    with write_tx():
        found = _find(series_id)
        has_posts = bool(instalments.of(found))
        if not has_posts:
            found.remove()
    if has_posts:
        form = SeriesForm(formdata=None, obj=found)
        form.form_errors.append(_("Posts belong to this series, so it stays."))
        return _page(form, found), 409
    return redirect(url_for(".overview", saved=1), 303)


def _find(series_id: int) -> Series:
    return db.session.get(Series, series_id) or abort(404)


def _page(form: SeriesForm, found: Series) -> str:
    posts = instalments.of(found)
    return render_template("posts/series_edit.html", form=form, series=found, posts=posts, at=now())
