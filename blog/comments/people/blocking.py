"""Blocks: laid with what they would have caught before one's eyes, listed, and lifted."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blog.addresses import row_number
from blog.clock import now
from blog.comments.acts import TABS
from blog.comments.deskpages import find
from blog.comments.models import Comment
from blog.comments.people import wording
from blog.comments.people.blocks import A_PAGE, Block
from blog.comments.people.forms import BlockForm
from blog.comments.people.meant import person_of
from blog.comments.people.persons import Person
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
    )


@bp.get("/moderation/comments/<id:comment_id>/block")
@moderator
def ask(comment_id: int) -> str:
    """Whom a block would be about, and what it would have caught."""
    comment = find(comment_id)
    return _page(comment, person_of(comment), BlockForm(formdata=None))


@bp.post("/moderation/comments/<id:comment_id>/block")
@moderator
def block(comment_id: int) -> ResponseReturnValue:
    """Block whoever wrote a comment."""
    form = BlockForm()
    comment = find(comment_id)
    person = person_of(comment)
    if not form.validate():
        return _page(comment, person, form), form.status
    with write_tx():
        Block.lay(person, form.sentence, current_user)
    return redirect(url_for("blocking.blocks"), 303)


@bp.post("/moderation/blocks/<id:block_id>/lifting")
@moderator
def lift(block_id: int) -> ResponseReturnValue:
    """Block somebody no longer."""
    with write_tx():
        found = db.session.get(Block, block_id)
        if found is None:
            abort(404)
        found.lift(current_user)
    return redirect(url_for("blocking.blocks"), 303)


def _page(comment: Comment, person: Person, form: BlockForm) -> str:
    return render_template(
        "comments/block.html",
        comment=comment,
        person=person,
        form=form,
        ways=Person.ways(comment),
        seen=person.seen(),
        approved=person.approved(),
        newest=person.page().comments,
        tabs=TABS,
        way_name=wording.way_name,
        whom=wording.whom,
    )
