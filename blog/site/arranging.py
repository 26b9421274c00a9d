"""The author arranges the navigation: pages by themselves, links of their own, one place at a time."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author
from blog.site import navigation
from blog.site.navigation import MOST_LINKS, NavigationEntry
from blog.site.navigation_forms import LinkForm

bp = Blueprint("arranging", __name__, url_prefix="/desk/navigation")


@bp.get("")
@author
def overview() -> str:
    """Everything that has a place, in order."""
    return _page(LinkForm(formdata=None))


@bp.post("/links")
@author
def add() -> ResponseReturnValue:
    """Add a link, behind everything."""
    form = LinkForm()
    if not form.validate():
        return _page(form), form.status
    if navigation.links() >= MOST_LINKS:
        form.form_errors.append(
            _("There are %(n)d links already: take one out first.", n=MOST_LINKS)
        )
        return _page(form), 422
    with write_tx():
        NavigationEntry.add(form.label.data or "", form.address.data or "", now())
    return _back()


@bp.get("/links/<id:link_id>")
@author
def link(link_id: int) -> str:
    """One link, to be changed."""
    found = _find(link_id)
    form = LinkForm(formdata=None, obj=found)
    return render_template("site/navigation_link.html", form=form, entry=found)


@bp.post("/links/<id:link_id>")
@author
def change(link_id: int) -> ResponseReturnValue:
    """Have a link say something else, or lead somewhere else."""
    form = LinkForm()
    if not form.validate():
        found = _find(link_id)
        return render_template("site/navigation_link.html", form=form, entry=found), form.status
    with write_tx():
        _find(link_id).change(form.label.data or "", form.address.data or "")
    return _back(f"links-{link_id}")


@bp.post("/links/<id:link_id>/deletion")
@author
def remove(link_id: int) -> ResponseReturnValue:
    """Take a link out."""
    with write_tx():
        _find(link_id).remove()
    return _back()


@bp.post("/<any(pages, links):what>/<id:place_of>/earlier")
@author
def earlier(what: str, place_of: int) -> ResponseReturnValue:
    """Move a page or a link one place towards the beginning."""
    return _move(what, place_of, earlier=True)


@bp.post("/<any(pages, links):what>/<id:place_of>/later")
@author
def later(what: str, place_of: int) -> ResponseReturnValue:
    """Move a page or a link one place towards the end."""
    return _move(what, place_of, earlier=False)


@bp.post("/pages/<id:page_id>/absence")
@author
def leave_out(page_id: int) -> ResponseReturnValue:
    """Leave a page out. It can be read all the same."""
    return _hide(page_id, is_hidden=True)


@bp.post("/pages/<id:page_id>/presence")
@author
def take_in(page_id: int) -> ResponseReturnValue:
    """Show a page again, at its place."""
    return _hide(page_id, is_hidden=False)


def _move(what: str, number: int, *, earlier: bool) -> ResponseReturnValue:
    with write_tx():
        is_there = navigation.move(what, number, earlier=earlier, at=now())
    return _back(f"{what}-{number}") if is_there else abort(404)


def _hide(page_id: int, *, is_hidden: bool) -> ResponseReturnValue:
    with write_tx():
        is_there = navigation.hide(page_id, is_hidden=is_hidden, at=now())
    return _back(f"pages-{page_id}") if is_there else abort(404)


def _find(link_id: int) -> NavigationEntry:
    found = db.session.get(NavigationEntry, link_id)
    if found is None or found.post_id is not None:
        abort(404)
    return found


def _back(anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".overview", _anchor=anchor), 303)


def _page(form: LinkForm) -> str:
    at = now()
    return render_template(
        "site/navigation.html", form=form, entries=NavigationEntry.all(at), at=at
    )
