"""Blocks: laid with what they would have caught before one's eyes, listed, and lifted."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blog.addresses import row_number
from blog.clock import now
from blog.comments.acts import TABS
from blog.comments.changes_record import Change
from blog.comments.deskpages import change_done, find
from blog.comments.models import Comment
from blog.comments.people import wording
from blog.comments.people.blocks import A_PAGE, SUBJECT, Block
from blog.comments.people.forms import BlockForm, WhomForm
from blog.comments.people.meant import person_of
from blog.comments.people.persons import Person
from blog.comments.record_wording import announced
from blog.comments.rules.wording import verdict_name
from blog.database import write_tx
from blog.extensions import db
from blog.gate import moderator

bp = Blueprint("blocking", __name__)


@bp.get("/moderation/blocks")
@moderator
def blocks() -> str:
    """Every block, the newest first, also those whose time is over."""
    found = Block.page(row_number(request.args.get("before", "")))
    return render_template(
        "comments/blocks.html",
        blocks=found[:A_PAGE],
        next=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        at=now(),
        tabs=TABS,
        whom=wording.whom,
        verdict_name=verdict_name,
        sought=WhomForm(formdata=None),
        change=change_done(),
        announced=announced,
    )


@bp.get("/moderation/blocks/new")
@moderator
def ask_typed() -> ResponseReturnValue:
    """The same about somebody whom no comment shows: who, is typed (`?whom=`)."""
    sought = WhomForm(request.args or None)
    if request.args and sought.validate():
        return _page(sought.person, BlockForm(formdata=None), sought=sought)
    page = render_template("comments/block_whom.html", sought=sought, tabs=TABS)
    return page, 422 if sought.errors else 200


@bp.post("/moderation/blocks")
@moderator
def block_typed() -> ResponseReturnValue:
    """Block somebody whom no comment shows."""
    form, sought = BlockForm(), WhomForm()
    if not sought.validate():
        return render_template("comments/block_whom.html", sought=sought, tabs=TABS), 422
    if not form.validate():
        return _page(sought.person, form, sought=sought), form.status
    return _lay(sought.person, form)


@bp.get("/moderation/comments/<id:comment_id>/block")
@moderator
def ask(comment_id: int) -> str:
    """Whom a block would be about, and what it would have caught."""
    comment = find(comment_id)
    return _page(person_of(comment), BlockForm(formdata=None), comment)


@bp.post("/moderation/comments/<id:comment_id>/block")
@moderator
def block(comment_id: int) -> ResponseReturnValue:
    """Block whoever wrote a comment."""
    form = BlockForm()
    comment = find(comment_id)
    person = person_of(comment)
    if not form.validate():
        return _page(person, form, comment), form.status
    return _lay(person, form)


@bp.post("/moderation/blocks/<id:block_id>/lifting")
@moderator
def lift(block_id: int) -> ResponseReturnValue:
    """Block somebody no longer."""
    with write_tx():
        found = db.session.get(Block, block_id)
        if found is None:
            abort(404)
        done = found.lift(current_user).id
    return redirect(url_for("blocking.blocks", done=done), 303)


def _lay(person: Person, form: BlockForm) -> ResponseReturnValue:
    with write_tx():
        block = Block.lay(person, form.sentence, current_user)
        change = Change.last_of(SUBJECT, block.id)
        done = change.id if change else None
    return redirect(url_for("blocking.blocks", done=done), 303)


def _page(
    person: Person,
    form: BlockForm,
    comment: Comment | None = None,
    sought: WhomForm | None = None,
) -> str:
    return render_template(
        "comments/block.html",
        comment=comment,
        sought=sought,
        person=person,
        form=form,
        ways=Person.ways(comment) if comment else (),
        seen=person.seen(),
        approved=person.approved(),
        newest=person.page().comments,
        tabs=TABS,
        way_name=wording.way_name,
        whom=wording.whom,
    )
