"""The moderators' two pages, and the piece of one that says what an act has changed.

A form of the queue says which look it stands in (field `view`); whoever sends it comes back there. A
script that sends one (field `in_place`) is answered with that piece, and puts it into the page.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from blog.addresses import row_number
from blog.clock import now
from blog.comments import queue as queues
from blog.comments.acts import TABS, Moderation, Status
from blog.comments.changes_record import Change
from blog.comments.desk_forms import BatchForm, DecisionForm, EditForm, SieveForm
from blog.comments.forms import StaffReplyForm
from blog.comments.models import Comment, Overtaken
from blog.comments.queue import Key, Look, Order
from blog.comments.reports.forms import REASONS
from blog.comments.reports.models import Report, Reported, number_waiting
from blog.comments.rules.labels import rule_names
from blog.comments.sieve import Sieve
from blog.comments.undo import Standing
from blog.comments.undo_changes import LaterChanges, may_undo
from blog.comments.wording import order_name
from blog.extensions import db

# A page of ours writes fewer.
MOST_PARAMETERS = 20


def find(comment_id: int) -> Comment:
    """The comment. Aborts with 404 where there is none."""
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        abort(404)
    return comment


def acts_done() -> Sequence[Moderation]:
    """The acts that a page is asked to announce."""
    number = row_number(request.args.get("done", ""))
    return queues.batch(number) if number else ()


def change_done() -> Change | None:
    """The change of a rule or a block that a page is asked to announce, as long as it can be undone."""
    number = row_number(request.args.get("done", ""))
    change = db.session.get(Change, number) if number else None
    if change is None or not may_undo(change, current_user):
        return None
    return change if LaterChanges([change]).standing(change, now()) is Standing.STANDS else None


def look_of(parameters: Mapping[str, str], tab: Status = Status.PENDING) -> Look:
    """What the parameters of an address ask to see; this tab, if they name none.

    Aborts with 404 for a tab that there is not. What else cannot be read is passed over.
    """
    status = parameters.get("status") or tab
    if status not in TABS:
        abort(404)
    sort = parameters.get("sort")
    order = Order(sort) if sort in list(Order) else Order.NEWEST
    form = _sieve_form(parameters)
    form.validate()
    return Look(Status(status), order, Sieve(**form.sought), Key.read(parameters.get("before", "")))


def look_of_form(tab: Status) -> Look:
    """What the page showed in which a form was sent; a tab from its beginning, if it was no queue."""
    try:
        said = dict(parse_qsl(request.form.get("view", ""), max_num_fields=MOST_PARAMETERS))
    except ValueError:
        said = {}
    return look_of(said, tab if tab in TABS else Status.PENDING)


def done(
    look: Look, comments: Sequence[Comment], batch: int | None, overtaken: Sequence[Overtaken] = ()
) -> ResponseReturnValue:
    """The answer to an act on these comments: what it changed, and what somebody else had done before."""
    if "in_place" in request.form:
        acts = queues.batch(batch) if batch else ()
        page = queues.these(look, {comment.id for comment in comments})
        return _render("comments/_done.html", page, acts, overtaken), 409 if overtaken else 200
    if overtaken:
        return queue_page(look, queues.batch(batch) if batch else (), overtaken=overtaken), 409
    return redirect(url_for("moderation.queue", **look.parameters, done=batch), 303)


def queue_page(
    look: Look,
    acts: Sequence[Moderation] = (),
    *,
    overtaken: Sequence[Overtaken] = (),
    form: BatchForm | None = None,
) -> str:
    """A tab of the queue."""
    sieve = _sieve_form(request.args if request.method == "GET" else look.parameters)
    sieve.validate()
    return _render(
        "comments/queue.html",
        queues.page(look),
        acts,
        overtaken,
        form=form or BatchForm(formdata=None),
        sieve=sieve,
        orders={order: order_name(order) for order in Order},
        searched=queues.SEARCHED,
    )


def comment_page(
    comment: Comment,
    *,
    form: EditForm | None = None,
    answer: StaffReplyForm | None = None,
    overtaken: Sequence[Overtaken] = (),
    decision: DecisionForm | None = None,
    acts: Sequence[Moderation] = (),
) -> str:
    """One comment: all that is known of it, its history, and the forms to change or answer it."""
    answer = answer or StaffReplyForm(formdata=None)
    answer.body.id = "answer-body"  # the form to edit has a body too
    return render_template(
        "comments/comment.html",
        comment=comment,
        row=Reported(comment, Report.open_of([comment])[comment.id]),
        reasons=REASONS,
        history=Moderation.history(comment),
        form=form or _edit_form(comment),
        answer=answer,
        decision=decision or DecisionForm(formdata=None),
        overtaken=overtaken,
        acts=acts,
        tabs=TABS,
    )


def _render(
    template: str,
    page: queues.Queue,
    acts: Sequence[Moderation],
    overtaken: Sequence[Overtaken],
    **known: Any,
) -> str:
    return render_template(
        template,
        queue=page,
        look=page.look,
        acts=acts,
        overtaken=overtaken,
        tabs=TABS,
        reported=number_waiting(),
        **known,
    )


def _sieve_form(parameters: Mapping[str, str]) -> SieveForm:
    form = SieveForm(formdata=MultiDict(parameters))
    form.rule.choices = [("", _("Any")), *rule_names().items()]
    return form


def _edit_form(comment: Comment) -> EditForm:
    return EditForm(
        formdata=None,
        body=comment.source,
        name=comment.name,
        website=comment.website,
        seen=comment.text_mark,
    )
