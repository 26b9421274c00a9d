"""What readers have reported, for the moderators; and the word that nothing is wrong with it."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blog.addresses import row_number
from blog.comments.acts import TABS
from blog.comments.deskpages import acts_done, comment_page, find
from blog.comments.models import Overtaken
from blog.comments.reports import models as reports
from blog.comments.reports.forms import REASONS
from blog.database import write_tx
from blog.gate import moderator

bp = Blueprint("reported", __name__)


@bp.get("/moderation/reports")
@moderator
def queue() -> str:
    """Approved comments that were reported, the last one first."""
    rows, key = reports.page(row_number(request.args.get("before", "")))
    return render_template(
        "comments/reported.html",
        rows=rows,
        next=key,
        acts=acts_done(),
        overtaken=(),
        look=None,
        tabs=TABS,
        reasons=REASONS,
    )


@bp.post("/comments/<id:comment_id>/dismissal")
@moderator
def dismiss(comment_id: int) -> ResponseReturnValue:
    """Nothing is wrong with it: its reports are done with, as far as they were seen."""
    with write_tx():
        comment = find(comment_id)
        seen = row_number(request.form.get("seen", "")) or comment.reported
        try:
            act = reports.dismiss(comment, seen, current_user)
        except Overtaken as overtaken:
            refused = overtaken
        else:
            return redirect(url_for("reported.queue", done=act.batch), 303)
    return comment_page(refused.comment, overtaken=[refused]), 409
