"""What the sheet shows of a post beside its words: when it is public, who sees it before, what it lacks."""

from dataclasses import dataclass
from datetime import datetime

from blog.forms import Form
from blog.posts import inner_links
from blog.posts.inner_links import Astray
from blog.posts.life_forms import ClosingForm, PreviewForm, PublicationForm
from blog.posts.models import Post
from blog.posts.previews import PreviewLink
from blog.posts.revisions import Revision
from blog.site.present import site


@dataclass(frozen=True)
class Section:
    """The forms about a post as a whole, and what is to be told of it."""

    when: Form
    closing: Form
    preview: Form
    links: list[PreviewLink]
    astray: list[Astray]
    # By its IANA name: what is typed is meant in it.
    time_zone: str
    # So many days after its publication a post closes that says nothing else; 0 for never.
    site_closes_after: int


def section(
    post: Post | None,
    newest: Revision | None,
    at: datetime,
    *,
    when: Form | None = None,
    closing: Form | None = None,
    preview_link: Form | None = None,
) -> Section:
    """What is shown of a post with these newest words, or of one that is not kept yet.

    The forms are those that were refused.
    """
    days = post.close_after_days if post else None
    return Section(
        when=when or PublicationForm.of(post, at),
        closing=closing or ClosingForm(formdata=None, days=days),
        preview=preview_link or PreviewForm(formdata=None),
        links=PreviewLink.of(post, at) if post else [],
        astray=inner_links.astray(newest.source, at) if newest else [],
        time_zone=site().time_zone,
        site_closes_after=site().close_after_days,
    )
