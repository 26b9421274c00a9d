"""Showing a post to everyone, and taking it away again. What the sheet holds is saved first."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from blog.clock import now
from blog.gate import author
from blog.posts import sheet

bp = Blueprint("publishing", __name__, url_prefix="/desk/posts")


@bp.post("/<id:post_id>/publication")
@author
def publish(post_id: int) -> ResponseReturnValue:
    """Save, then show it to everyone."""
    return sheet.save(post_id, lambda post: post.publish(now()), publishes=True)


@bp.post("/<id:post_id>/withdrawal")
@author
def withdraw(post_id: int) -> ResponseReturnValue:
    """Save, then take it away from everyone: its address says that it is gone."""
    return sheet.save(post_id, lambda post: post.withdraw(now()))
