"""The shape of what is done to a post as a whole: when it comes, who sees it before, when it closes."""

from datetime import datetime

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional, ValidationError

from blog import zones
from blog.forms import Form
from blog.posts.models import Post
from blog.posts.previews import DAYS, USUAL_DAYS
from blog.site.present import site

# As browsers send it (HTML, 2.3.5.5), with seconds where there are some.
LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

# The years that the archive has pages for.
YEARS = range(1000, 3000)

# A century: whoever closes a post later does not close it.
MOST_DAYS = 36_500


class PublicationForm(Form):
    """When a post is published: a time as the clocks of the site show it, or none for now."""

    publish_at = DateTimeLocalField(_l("Publish on"), format=LOCAL, validators=[Optional()])

    # What is meant by it, once it was found good.
    instant: datetime | None = None

    def validate_publish_at(self, field: DateTimeLocalField) -> None:
        """Find the instant that is meant. A time that clocks skip is none."""
        shown = field.data
        if shown is None or shown.year not in YEARS:
            raise ValidationError(
                _("A year from %(first)d to %(last)d.", first=YEARS[0], last=YEARS[-1])
            )
        try:
            self.instant = zones.instant(shown, site().zone)
        except zones.SkippedTime as skipped:
            words = _("There is no such time: clocks are put forward over it on that day.")
            raise ValidationError(words) from skipped

    @property
    def is_emptied(self) -> bool:
        """Whether a date was asked for, and none was said. A bare button asks for none."""
        return self.publish_at.raw_data == [""]

    def refuse_emptied(self) -> None:
        """Say at the field that a post to come needs a date: none may mean now, or never."""
        self.publish_at.errors = [
            _("Say when. “Publish now” shows it at once, “Withdraw” makes it a draft again.")
        ]

    def refuse_ahead(self) -> None:
        """Say at the field why a post that is out cannot be to come."""
        self.publish_at.errors = [
            _("It is published already, and a date to come would hide it. Withdraw it first.")
        ]

    @classmethod
    def of(cls, post: Post | None, at: datetime) -> "PublicationForm":
        """The form as it was sent along with the sheet, or else with the date of a post that is to come.

        Any other has its date, or needs none.
        """
        if "publish_at" in request.form:
            return cls()
        if post is None or post.published_at is None or not post.is_to_come(at):
            return cls(formdata=None)
        shown = post.published_at.astimezone(site().zone).replace(tzinfo=None)
        form = cls(formdata=None, publish_at=shown)
        form.publish_at.format = LOCAL[bool(shown.second) :]
        return form


class ClosingForm(Form):
    """For how long a post takes replies."""

    days = IntegerField(
        _l("Close after so many days"), validators=[Optional(), NumberRange(0, MOST_DAYS)]
    )


class PreviewForm(Form):
    """For how long a link shows a post to outsiders."""

    link_days = SelectField(
        _l("It ends by itself after"),
        choices=[
            SelectChoice(days, _l("%(days)d days", days=days) if days > 1 else _l("a day"))
            for days in DAYS
        ],
        coerce=int,
        default=USUAL_DAYS,
    )
