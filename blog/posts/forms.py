"""The shape of a post while it is written."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from slugify import slugify
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from blog.forms import Form
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

TAGS_LENGTH = MOST_TAGS * (TAG_LENGTH + 2)


class PostForm(Form):
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

    @classmethod
    def of(cls, post: Post) -> "PostForm":
        """The form as it shows this post."""
        return cls(
            title=post.title,
            slug=post.slug,
            summary=post.summary,
            tags=", ".join(tag.name for tag in post.tags),
            body=post.source,
            kind=post.kind.value,
            language=post.language,
            closed=not post.takes_comments,
        )
