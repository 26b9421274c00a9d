"""The shape of a rule."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from blog import keys
from blog.comments.rules import files
from blog.comments.rules.kinds import KINDS, BadTerms, Takes, Terms, refined, verdicts
from blog.comments.rules.labels import label, verdict_label
from blog.comments.rules.models import NOTE_LENGTH
from blog.comments.screening import HOLD
from blog.forms import Form


class RuleForm(Form):
    """A rule of one kind. Make it with `rule_form()`, which gives it the fields of that kind."""

    kind = HiddenField()
    patterns = TextAreaField(validators=[InputRequired(_l("At least one is needed."))])
    number = IntegerField(validators=[InputRequired(_l("A number is needed."))])
    verdict = RadioField(_l("What becomes of such a reply"), default=HOLD)
    note = StringField(_l("Note"), validators=[Length(max=NOTE_LENGTH)])
    # A mark of what was tried on past decisions: nothing else is saved.
    tried = HiddenField()

    def validate_patterns(self, field: TextAreaField) -> None:
        """Each line is a pattern of this kind."""
        try:
            refined(self.terms())
        except BadTerms as error:
            if error.field == "patterns":
                raise ValidationError(error.remedy) from error

    def terms(self, before: Terms | None = None) -> Terms:
        """What the rule is to say; whether it is asked, and its number, stay."""
        return Terms(
            self.kind.data or "",
            self.verdict.data or "",
            tuple((self.patterns.data or "").splitlines()) if "patterns" in self else (),
            (self.number.data or 0) if "number" in self else 0,
            self.note.data or "",
            before.is_on if before else True,
            before.id if before else None,
        )


def rule_form(kind: str, terms: Terms | None = None, *, is_sent: bool) -> RuleForm:
    """The form of a rule of this kind: what was sent, what the rule says, or what a new one begins with."""
    form = RuleForm() if is_sent else RuleForm(formdata=None, **_first(kind, terms))
    form.kind.data = kind
    form.verdict.choices = [SelectChoice(name, verdict_label(name)) for name in verdicts(kind)]
    takes = KINDS[kind].takes
    if takes is Takes.PATTERNS:
        form.patterns.label.text = label(kind).field
    else:
        del form.patterns
    if takes is Takes.NUMBER:
        form.number.label.text = label(kind).field
        form.number.validators = [*form.number.validators, _range(kind)]
    else:
        del form.number
    return form


def _first(kind: str, terms: Terms | None) -> dict[str, Any]:
    if terms is None:
        return {"number": KINDS[kind].number}
    return {
        "patterns": "\n".join(terms.patterns),
        "number": terms.number,
        "verdict": terms.verdict,
        "note": terms.note,
    }


def _range(kind: str) -> NumberRange:
    least, most = KINDS[kind].least, KINDS[kind].most
    message = _("A number from %(least)d to %(most)d is needed.", least=least, most=most)
    return NumberRange(least, most, message)


def mark(terms: Terms, others: Iterable[Terms]) -> str:
    """The mark of a rule that was tried among these: with another rule or other ones it is another."""
    said = [files.line(terms), str(terms.id), *(f"{one.id} {files.line(one)}" for one in others)]
    return keys.digest("tried rule", "\n".join(said))
