"""A picture is sent: to everybody as long as a text of the public's shows it, else to the author, and to
who has the link that shows a text with it.
"""

from datetime import datetime

from flask import Blueprint, Response, abort, request, send_file
from flask_login import current_user

from blog.clock import now
from blog.extensions import db
from blog.gate import public
from blog.headers import kept_for_ever, readable_elsewhere
from blog.media import storage, uses
from blog.media.models import Media
from blog.media.names import Name
from blog.posts.previews import PreviewLink

bp = Blueprint("files", __name__)

# A picture that is opened by itself is a page, too: nothing in it may run, load or be sent.
NOTHING = "default-src 'none'; sandbox"


@bp.get("/media/<picture:picture>")
@public
def picture(picture: Name) -> Response:
    """A picture or a rendition of it. What is public may be kept for ever, and shown by feed readers."""
    media = Media.called(picture)
    at = now()
    is_public = media is not None and uses.is_public(media, at)
    if media is None or not (is_public or current_user.may_write or _is_shown_before(media, at)):
        abort(404)
    db.session.close()  # who is slow to take it keeps no connection meanwhile
    response = _file(picture)
    response.headers["Content-Security-Policy"] = NOTHING
    return readable_elsewhere(kept_for_ever(response)) if is_public else response


def _is_shown_before(media: Media, at: datetime) -> bool:
    """Whether who asks has the link that shows a text with it before the public may see it."""
    key = request.args.get("preview", "")
    link = PreviewLink.opened_by(key, at) if key else None
    # Once the text is public, the link leads there: not to pictures of words that wait beside it.
    if link is None or link.post.is_visible(at):
        return False
    return uses.is_named_in(media, link.post_id)


def _file(name: Name) -> Response:
    try:
        response = send_file(
            storage.place_of(name), mimetype="image/webp", conditional=True, etag=str(name)
        )
    except FileNotFoundError:
        abort(404)
    response.headers.pop("Cache-Control")
    return response
