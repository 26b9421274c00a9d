"""One person: what they wrote, how far they are trusted, and all of it to spam in one act.

Who is meant is said by one of their comments and by what they have in common with it (`by`): no e-mail
stands in an address bar, in a browser's history or in a log.
"""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blog.addresses import row_number
from blog.clock import now
from blog.comments.acts import TABS
from blog.comments.addresses import PERSON
from blog.comments.deskpages import acts_done, find
from blog.comments.people import sweeping, wording
from blog.comments.people.blocks import Block
from blog.comments.people.forms import SweepForm
from blog.comments.people.meant import person_of
from blog.comments.people.persons import Person, Trust
from blog.gate import moderator

bp = Blueprint("persons", __name__)


@bp.get(PERSON.format("<id:comment_id>"))
@moderator
def person(comment_id: int) -> str:
    """All that came with the same e-mail, address or network, the newest first."""
    comment = find(comment_id)
    found = person_of(comment)
    before = row_number(request.args.get("before", ""))
    page = found.page(before)
    newest = page.comments[0].id if page.comments else 0
    return render_template(
        "comments/person.html",
        comment=comment,
        person=found,
        page=page,
        newest=newest,
        seen=found.seen(newest + 1),
        trust=Trust.of(comment.email) if comment.email else None,
        blocks=Block.about(found),
        ways=Person.ways(comment),
        acts=acts_done(),
        overtaken=(),
        tabs=TABS,
        at=now(),
        way_name=wording.way_name,
        whom=wording.whom,
    )


@bp.post("/moderation/comments/<id:comment_id>/person/spam")
@moderator
def to_spam(comment_id: int) -> ResponseReturnValue:
    """Mark all of it as spam: one act, and one undo brings it back."""
    found, form = person_of(find(comment_id)), SweepForm()
    if not form.validate() or form.number is None:
        abort(422)
    swept = sweeping.to_spam(found, form.number, current_user)
    where = url_for(
        "persons.person",
        comment_id=comment_id,
        by=found.by,
        done=swept.batch,
        before=swept.rest,
    )
    return redirect(where, 303)
