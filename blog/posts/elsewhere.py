"""A post as other sites show it: its picture, and its card (oEmbed)."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from blog.addresses import absolute_url, parameter_of_address, row_number
from blog.clock import now
from blog.extensions import db
from blog.gate import public
from blog.headers import kept_for_ever, readable_elsewhere, shared
from blog.posts import social
from blog.posts.addresses import ENDPOINTS
from blog.posts.metadata import card_of, picture_path
from blog.posts.models import Post
from blog.site.present import author_name, site

bp = Blueprint("elsewhere", __name__)

PICTURES = "social"  # their folder, in the instance folder

# A picture without words is asked for anew: a font may have come.
A_DAY = "public, max-age=86400"


@bp.get("/social/<id:post_id>-<mark>.png")
@public
def picture(post_id: int, mark: str) -> ResponseReturnValue:
    """The picture of a post. An old address leads to what the picture is now."""
    words = select(Post.title, Post.language).where(Post.id == post_id, Post.visible(now()))
    post = db.session.execute(words).one_or_none()
    if post is None:
        abort(404)
    card = card_of(post.title, post.language, site())
    if mark != card.mark:
        moved = redirect(url_for(".picture", post_id=post_id, mark=card.mark))
        return readable_elsewhere(make_response(moved))
    db.session.close()  # drawing takes a while, and the connection is free meanwhile
    drawn = social.picture(card, post_id, current_app.config["INSTANCE"] / PICTURES)
    response = Response(drawn.png, mimetype="image/png")
    if not drawn.has_words:
        response.headers["Cache-Control"] = A_DAY
        return readable_elsewhere(response)
    return readable_elsewhere(kept_for_ever(response))


@bp.get("/oembed")
@public
def oembed() -> ResponseReturnValue:
    """The card of a post for a site that was given its address (https://oembed.com)."""
    if parameter_of_address("format", "json") != "json":
        words = "This site answers in JSON alone: format=json\n"
        return words, HTTPStatus.NOT_IMPLEMENTED, {"Content-Type": "text/plain"}
    post = _post_at(parameter_of_address("url"))
    if post is None or not post.is_visible(now()):
        abort(404)
    return readable_elsewhere(shared(jsonify(_card(post)), is_kept=False))


def _post_at(address: str) -> Post | None:
    """The post whose page this address is, or was; None for what is not ours."""
    try:
        parts = urlsplit(address)
        ours = urlsplit(current_app.config["BASE_URL"]).netloc
        if parts.scheme not in {"http", "https"} or parts.netloc.lower() != ours:
            return None
        endpoint, values = current_app.url_map.bind(ours).match(parts.path)
    except (ValueError, HTTPException):
        return None
    return Post.at_address(values["slug"]) if endpoint in ENDPOINTS.values() else None


def _card(post: Post) -> dict[str, Any]:
    card = {
        "version": "1.0",
        "type": "link",
        "title": post.title,
        "author_name": author_name(),
        "provider_name": site().title,
        "provider_url": absolute_url(url_for("posts.home")),
    }
    if not _has_room_for(social.WIDTH, social.HEIGHT):
        return card
    return {
        **card,
        "thumbnail_url": absolute_url(picture_path(post, site())),
        "thumbnail_width": social.WIDTH,
        "thumbnail_height": social.HEIGHT,
    }


def _has_room_for(width: int, height: int) -> bool:
    """Whether who asks takes a picture of this size: there is no other."""
    return width <= _most("maxwidth") and height <= _most("maxheight")


def _most(parameter: str) -> float:
    return row_number(parameter_of_address(parameter)) or float("inf")
