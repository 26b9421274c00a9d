"""Readers report a comment; whoever does so needs no account, and learns that it will be read."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog import gate
from blog.clock import now
from blog.comments.models import Comment
from blog.comments.refusals import (
    Refused,
    busy_is_refused,
    gives_back_unasked,
    refuse_if_invalid,
    refuse_if_too_often,
)
from blog.comments.reports.forms import ReportForm
from blog.comments.reports.models import Reason, Report
from blog.database import write_tx
from blog.editions import of_post
from blog.gate import public, tokenless
from blog.headers import shared

bp = Blueprint("reports", __name__)

# Nobody reads so fast that they find more that is wrong.
REPORTS = "10 per minute"


@bp.get("/comments/<id:comment_id>/reports")
@public
def thanks(comment_id: int) -> Response:
    """What becomes of a report."""
    comment = _find(comment_id)
    page = render_template("comments/report.html", comment=comment, form=None)
    return shared(make_response(page), of_post(comment.post_id))


@bp.post("/comments/<id:comment_id>/reports")
@public
@tokenless
def report(comment_id: int) -> ResponseReturnValue:
    """Report a comment. From an address that did so before, it changes nothing."""
    comment, form = _find(comment_id), ReportForm()
    try:
        _take(comment_id, form)
    except Refused as refused:
        comment = _find(comment_id)
        body = render_template("comments/report.html", comment=comment, form=refused.say(form))
        return body, refused.status, refused.headers
    return redirect(url_for("reports.thanks", comment_id=comment.id), 303)


def _take(comment_id: int, form: ReportForm) -> None:
    """Take what a reader reports. Raises Refused."""
    if gate.origin() is gate.Origin.FOREIGN:
        raise Refused(403, _("This was sent from another site. Nothing was changed."))
    refuse_if_invalid(form)
    refuse_if_too_often(REPORTS)
    with busy_is_refused(), write_tx():
        address, words = request.remote_addr or "", form.body.data or ""
        Report.make(_find(comment_id), address, Reason(form.reason.data), words)


def _find(comment_id: int) -> Comment:
    comment = Comment.public(comment_id, now())
    if comment is None or not comment.is_public:
        abort(404)
    return comment


def _typed() -> tuple[str, ReportForm, dict[str, Any]] | None:
    """What was typed, for a page that asks the database nothing."""
    if request.method != "POST":
        return None
    return "comments/report.html", ReportForm(), {"comment": None}


gives_back_unasked(bp, _typed)
