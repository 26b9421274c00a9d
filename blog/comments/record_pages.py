"""The record as moderators read it, and undo from there."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from blog.addresses import row_number
from blog.comments import queue, record, record_wording
from blog.comments.acts import TABS, Actor, Moderation
from blog.comments.changes_record import Change
from blog.comments.record import Key, Look
from blog.comments.record_forms import RecordForm, UndoForm
from blog.comments.undo import Standing, Undone, undo_in_steps
from blog.comments.undo_changes import UndoneChanges, may_undo, undo_changes
from blog.comments.wording import actor_name
from blog.database import write_tx
from blog.extensions import db
from blog.gate import moderator

bp = Blueprint("record_pages", __name__)


@bp.get("/moderation/record")
@moderator
def overview() -> str:
    """Everything that was done, the newest first, through some filter."""
    number = row_number(request.args.get("done", ""))
    acts = queue.batch(number) if number else ()
    return _page(acts=acts, said=_("The change was undone.") if "changed" in request.args else "")


@bp.get("/moderation/record/acts/<id:number>")
@moderator
def act(number: int) -> str:
    """One act with all that was done along with it, each with how it was before and after."""
    return _act_page(_find(number))


@bp.post("/moderation/record/undos")
@moderator
def undo() -> ResponseReturnValue:
    """Undo the acts that are ticked, each for itself."""
    form = UndoForm()
    if not form.validate():
        return _page(refused=" ".join(map(str, form.act.errors))), form.status
    numbers = sorted(set(form.act.data or []), reverse=True)
    undone = undo_in_steps(numbers, current_user)
    return _undone(undone)


@bp.post("/moderation/record/changes/<id:change_id>/undo")
@moderator
def undo_change(change_id: int) -> ResponseReturnValue:
    """Undo a change of rules or blocks, with all of its batch."""
    change = db.session.get(Change, change_id)
    if change is None or change.batch is None:
        abort(404)
    if not may_undo(change, current_user):
        return _page(refused=_("This is the author’s to change, and to take back.")), 409
    with write_tx():
        undone = undo_changes(change.batch, current_user)
    if undone.overtaken or undone.expired:
        return _page(refused=_why_not(undone)), 409
    return redirect(url_for("record_pages.overview", changed=1), 303)


def _undone(undone: Undone) -> ResponseReturnValue:
    acts = queue.batch(undone.batch) if undone.batch else ()
    if undone.expired or undone.overtaken:
        return _page(acts=acts, undone=undone), 409
    if not acts:
        abort(404)
    return redirect(url_for("record_pages.overview", done=undone.batch), 303)


def _why_not(undone: UndoneChanges) -> str:
    if undone.expired:
        return record_wording.why_not(Standing.EXPIRED)
    return _("It was changed since, so it stays as it is now. Undo the later change first.")


def _find(number: int) -> Moderation:
    found = db.session.get(Moderation, number)
    if found is None:
        abort(404)
    return found


def _page(
    *,
    acts: Sequence[Moderation] = (),
    undone: Undone | None = None,
    said: str = "",
    refused: str = "",
) -> str:
    look, form = _look_of(request.args if request.method == "GET" else {})
    return render_template(
        "comments/record.html",
        page=record.page(look),
        form=form,
        said=said,
        refused=refused,
        looked_at=record.LOOKED_AT,
        **_shared(acts, undone),
    )


def _act_page(act: Moderation) -> str:
    before = row_number(request.args.get("before", ""))
    batch = record.batch_of(act, before)
    found = batch[: record.A_PAGE]
    items = record.entries(found)
    return render_template(
        "comments/record_act.html",
        act=act,
        items=items,
        next=found[-1].id if len(batch) > record.A_PAGE else None,
        after={one.id: record.text_after(one) for one in found if "source" in one.kept},
        **_shared(),
    )


def _shared(acts: Sequence[Moderation] = (), undone: Undone | None = None) -> dict[str, Any]:
    """What both pages say."""
    return {
        "acts": acts,
        "overtaken": undone.overtaken if undone else (),
        "expired": record_wording.why_not(Standing.EXPIRED) if undone and undone.expired else "",
        "tabs": TABS,
        "in_words": record_wording,
        "differences": record.differences,
        "may_undo": may_undo,
    }


def _look_of(parameters: Mapping[str, str]) -> tuple[Look, RecordForm]:
    """What the parameters of an address ask to see. What cannot be read is passed over."""
    form = RecordForm(formdata=MultiDict(parameters))
    actors = [(str(actor), actor_name(actor)) for actor in Actor]
    form.who.choices = [("", _("Any")), *record.people().items(), *actors]
    form.deed.choices = record_wording.choices_of_deeds()
    form.validate()
    before = Key.read(parameters.get("before", ""))
    return Look(**form.sought, before=before), form
