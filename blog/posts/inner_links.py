"""Links from text to text by number, `[like this](post:42)`: they survive every new address."""

import re
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from blog import text
from blog.extensions import db
from blog.posts.models import Post

# What text.py makes of them.
_NUMBER = re.compile(r"/p/([1-9]\d{0,9})(?:[?#].*)?", re.ASCII)


class Astray(NamedTuple):
    """A link that leads a reader nowhere: its number, and the post of that number if there is one."""

    number: int
    post: Post | None


def astray(source: str, at: datetime) -> list[Astray]:
    """The links of a text, as it was typed, which lead to nothing that the public may see."""
    html = text.render_post(source) if "post:" in source else ""  # to render takes a while
    found = (_NUMBER.fullmatch(link) for link in text.links(html))
    numbers = sorted({int(one[1]) for one in found if one})
    if not numbers:
        return []
    posts = {post.id: post for post in db.session.scalars(select(Post).where(Post.id.in_(numbers)))}
    seen = {number for number, post in posts.items() if post.is_visible(at)}
    return [Astray(number, posts.get(number)) for number in numbers if number not in seen]
