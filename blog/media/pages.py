"""The page of the library, as several views show it: as it is, or with what was refused at its field."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import render_template, request
from flask_babel import LazyString

from blog.addresses import row_number
from blog.extensions import db
from blog.media import uses
from blog.media.forms import AltForm, FetchForm, UploadForm
from blog.media.models import Media, named_by_site
from blog.media.pictures import TYPES
from blog.media.uses import Show
from blog.text import picture


class Bad(NamedTuple):
    """A file that was not taken: its name, and why."""

    filename: str
    words: str | LazyString


@dataclass
class Said:
    """What the page says beside what is in the library: forms that were refused, with what was in them."""

    upload: UploadForm | None = None
    fetch: FetchForm | None = None
    alt: AltForm | None = None
    about: int | None = None  # the picture that was described, or not put into the trash
    is_in_use: bool = False
    bad: Sequence[Bad] = field(default_factory=tuple)


def library(said: Said | None = None) -> str:
    """The page that the address asks for; or after a refusal, from the picture on that it was about."""
    said = said or Said()
    asked = request.args.get("show", "")
    show = Show(asked) if asked in list(Show) else Show.ALL
    before = said.about + 1 if said.about else row_number(request.args.get("before", ""))
    page = uses.page(show, before)
    return render_template(
        "media/library.html",
        show=show,
        page=page,
        said=said,
        upload=said.upload or UploadForm(formdata=None),
        fetch=said.fetch or FetchForm(formdata=None),
        alts={media.id: _alt(media, said) for media in page.media},
        places=uses.places(page.media),
        by_site=named_by_site(),
        markdown=picture,
        types=TYPES,
        done=request.args.get("done", ""),
        done_to=_named("media"),
    )


def _alt(media: Media, said: Said) -> AltForm:
    form = said.alt if said.alt and said.about == media.id else AltForm(formdata=None, obj=media)
    form.alt.id = f"alt-{media.id}"  # there are many on the page
    return form


def _named(parameter: str) -> Media | None:
    number = row_number(request.args.get(parameter, ""))
    return db.session.get(Media, number) if number else None
