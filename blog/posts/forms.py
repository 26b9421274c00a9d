"""The shape of a post while it is written."""

from secrets import token_urlsafe
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from slugify import slugify
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from blog.forms import Form
from blog.posts.keeping import Sheet
from blog.posts.models import (
    LANGUAGE_LENGTH,
    MOST_TAGS,
    SLUG_LENGTH,
    SOURCE_LENGTH,
    SUMMARY_LENGTH,
    TAG_LENGTH,
    TITLE_LENGTH,
    Kind,
    Post,
)
from blog.posts.revisions import SITTING_LENGTH, Revision, Words
from blog.posts.series import NAME_LENGTH, NUMBER_LENGTH, slug_of

TAGS_LENGTH = MOST_TAGS * (TAG_LENGTH + 2)


# A number of more digits is none that a page of ours has sent.
MOST_DIGITS = 9


class SheetForm(Form):
    """What a sheet says of itself: the version that its words are based on, the sitting that it belongs
    to, and how often it has sent something (its script counts; without one, what comes later is newer).
    """

    base = HiddenField(validators=[Length(max=MOST_DIGITS)])
    sitting = HiddenField(validators=[Length(max=SITTING_LENGTH)])
    turn = HiddenField(validators=[Length(max=MOST_DIGITS)])

    def begin_sitting(self, version: int) -> None:
        """Be a sheet that was just opened, on this version of a post; 0 where there is no post yet."""
        self.base.data = str(version)
        self.sitting.data = token_urlsafe(16)
        self.turn.data = ""


class PostForm(SheetForm):
    """Title, address, summary, tags and text of a post."""

    title = StringField(
        _l("Title"),
        validators=[DataRequired(_l("A post needs a title.")), Length(max=TITLE_LENGTH)],
    )
    body = TextAreaField(
        _l("Text"),
        validators=[DataRequired(_l("There is no text yet.")), Length(max=SOURCE_LENGTH)],
    )
    summary = TextAreaField(_l("Summary"), validators=[Length(max=SUMMARY_LENGTH)])
    tags = StringField(_l("Tags"), validators=[Length(max=TAGS_LENGTH)])
    series = StringField(_l("Series"), validators=[Length(max=NAME_LENGTH)])
    series_number = StringField(
        _l("Number in the series"),
        validators=[
            Regexp(
                r"([1-9][0-9]{0,3})?$",
                message=_l("A whole number, of at most four digits, or nothing."),
            )
        ],
    )
    slug = StringField(
        _l("Address"),
        validators=[
            Length(max=SLUG_LENGTH),
            Regexp(
                r"([a-z0-9]+(-[a-z0-9]+)*)?$",
                message=_l("Small letters a to z, digits, and single hyphens between them."),
            ),
        ],
    )
    kind = RadioField(
        _l("Kind"),
        choices=[
            SelectChoice(
                Kind.POST.value, _l("Post: with a date, among the newest and in the feeds")
            ),
            SelectChoice(Kind.PAGE.value, _l("Page: beside the posts, like “About”")),
        ],
        # Whoever sends a text without it means a post.
        default=Kind.POST.value,
    )
    language = StringField(
        _l("Language"),
        validators=[
            Length(max=LANGUAGE_LENGTH),
            Regexp(
                r"([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$",
                message=_l("A language tag like en, pt-BR or zh-Hant."),
            ),
        ],
    )
    # A box that is absent is not ticked; whoever sends a post without it does not mean to close it.
    closed = BooleanField(_l("Closed: readers may not reply"))

    def validate_series(self, field: StringField) -> None:
        """A series has an address of its own."""
        if field.data and not slug_of(field.data):
            raise ValidationError(
                _("“%(name)s” has no letter that an address can have.", name=field.data)
            )

    def validate_tags(self, field: StringField) -> None:
        """At most so many tags, each at most so long, each with an address of its own."""
        if len(self.tag_names) > MOST_TAGS:
            raise ValidationError(_("At most %(n)s tags.", n=MOST_TAGS))
        if any(len(name) > TAG_LENGTH for name in self.tag_names):
            raise ValidationError(_("A tag has at most %(n)s characters.", n=TAG_LENGTH))
        for name in self.tag_names:
            self._refuse_unlike(name)

    def _refuse_unlike(self, name: str) -> None:
        # A lazy string passes for HTML in a template. What was typed must not stand in one.
        same = [other for other in self.tag_names if slugify(other) == slugify(name)]
        if not slugify(name):
            raise ValidationError(_("“%(tag)s” has no letter that an address can have.", tag=name))
        if same[0].casefold() != name.casefold():
            raise ValidationError(
                _("“%(tag)s” and “%(other)s” would be the same tag.", tag=name, other=same[0])
            )

    @property
    def tag_names(self) -> list[str]:
        """The tags one by one."""
        return [name.strip() for name in (self.tags.data or "").split(",") if name.strip()]

    @property
    def words(self) -> Words:
        """The words of the post."""
        return Words(
            title=self.title.data or "",
            source=self.body.data or "",
            summary=self.summary.data or "",
            tags=tuple(sorted(self.tag_names, key=str.casefold)),
            series=self.series.data or "",
            series_number=self.series_number.data or "",
            slug=self.slug.data or "",
            kind=self.kind.data or Kind.POST.value,
            language=self.language.data or "",
        )

    @property
    def sheet(self) -> Sheet:
        """All that the sheet sends."""
        return Sheet(
            self.words,
            base=_number(self.base.data),
            sitting=self.sitting.data or "",
            turn=_number(self.turn.data) or 0,
            takes_comments=not self.closed.data,
        )

    @classmethod
    def new(cls) -> Self:
        """An empty form."""
        form = cls(formdata=None)
        form.begin_sitting(0)
        return form

    @classmethod
    def of(cls, post: Post) -> Self:
        """The form as it shows this post: with the words that its author has come to."""
        newest = Revision.newest_of(post.id)
        form = cls(formdata=None, **_fields(newest.words), closed=not post.takes_comments)
        form.begin_sitting(post.version)
        return form

    @classmethod
    def judging(cls, words: Words) -> Self:
        """The form with words that nobody has sent just now, to be asked whether they are good."""
        return cls(formdata=None, meta={"csrf": False}, **_fields(words))


class AutosaveForm(PostForm):
    """The same while it is typed: what is half done is right. Only what is too long is refused."""

    title = StringField(validators=[Length(max=TITLE_LENGTH)])
    body = TextAreaField(validators=[Length(max=SOURCE_LENGTH)])
    series = StringField(validators=[Length(max=NAME_LENGTH)])
    series_number = StringField(validators=[Length(max=NUMBER_LENGTH)])
    slug = StringField(validators=[Length(max=SLUG_LENGTH)])
    kind = RadioField(
        choices=[SelectChoice(kind.value, "") for kind in Kind], default=Kind.POST.value
    )
    language = StringField(validators=[Length(max=LANGUAGE_LENGTH)])

    def validate_tags(self, field: StringField) -> None:
        """The last one is still being typed."""

    def validate_series(self, field: StringField) -> None:
        """So is this."""

    @property
    def sheet(self) -> Sheet:
        """All that the sheet sends. Whether readers may reply is said by a save alone."""
        return super().sheet._replace(takes_comments=None)


class RenderingForm(Form):
    """A text to be shown."""

    body = TextAreaField(validators=[Length(max=SOURCE_LENGTH)])


class ComparisonForm(Form):
    """Two texts to be compared."""

    one = TextAreaField(validators=[Length(max=SOURCE_LENGTH)])
    other = TextAreaField(validators=[Length(max=SOURCE_LENGTH)])


def _fields(words: Words) -> dict[str, Any]:
    """The fields of the form that have these words."""
    fields: dict[str, Any] = words._asdict()
    body, tags = fields.pop("source"), ", ".join(fields.pop("tags"))
    return {**fields, "body": body, "tags": tags}


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() else None
