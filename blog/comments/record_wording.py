"""What the record says: who did what, how it was before, and why it cannot be undone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from blog.auth.models import User
from blog.comments.acts import UNDO_FOR, Deed, Moderation
from blog.comments.changes_record import SUBJECTS, Change
from blog.comments.people.persons import By
from blog.comments.people.wording import SHOWN, way_name
from blog.comments.rules.labels import label, rule_names
from blog.comments.rules.wording import verdict_name
from blog.comments.undo import Standing
from blog.comments.wording import who
from blog.extensions import db
from blog.languages import date_and_time


def doer(row: Moderation | Change) -> str:
    """Whoever did something, by name."""
    if isinstance(row, Moderation):
        return who(row)
    return row.user.name if row.user else _("A command")


def deed_name(deed: str) -> str:
    """What a deed is called in a list of them."""
    return {
        Deed.SUBMISSION: _("A reply was sent"),
        Deed.APPROVAL: _("Approved"),
        Deed.SPAM: _("Marked as spam"),
        Deed.TRASH: _("Put into the trash"),
        Deed.RESTORATION: _("Restored"),
        Deed.HOLD: _("Held"),
        Deed.EDIT: _("Edited"),
        Deed.WITHDRAWAL: _("Taken back by its writer"),
        Deed.CONFIRMATION: _("Address proven"),
        Deed.REPORT: _("Reported"),
        Deed.DISMISSAL: _("Reports dismissed"),
        Deed.UNDO: _("Undone"),
        Deed.PURGE: _("Purged"),
    }.get(Deed(deed), deed)


def subject_name(subject: str) -> str:
    """What changes of this kind are called in a list of deeds."""
    return {"rule": _("Rules changed"), "block": _("Blocks changed")}.get(subject, subject)


def changed(change: Change) -> str:
    """What was done to a rule or a block, after the name of who did it."""
    thing = {"rule": _("a rule"), "block": _("a block")}.get(change.subject, change.subject)
    if change.undoes is not None:
        return _("undid a change of %(thing)s", thing=thing)
    if change.before is None:
        return _("added %(thing)s", thing=thing)
    if change.after is None:
        return _("deleted %(thing)s", thing=thing)
    return _("changed %(thing)s", thing=thing)


def announced(change: Change) -> str:
    """What was just changed, in a sentence."""
    if change.subject == "block":
        return _("The block was lifted.") if change.after is None else _("The block was laid.")
    name = thing(change)
    if change.before is None:
        return _("The rule “%(name)s” was added.", name=name)
    if change.after is None:
        return _("The rule “%(name)s” was deleted.", name=name)
    if change.before["is_on"] != change.after["is_on"]:
        on, off = (
            _("The rule “%(name)s” is asked again."),
            _("The rule “%(name)s” is switched off."),
        )
        return (on if change.after["is_on"] else off) % {"name": name}
    if change.before["place"] != change.after["place"]:
        return _("The rule “%(name)s” has another place.", name=name)
    return _("The rule “%(name)s” was changed.", name=name)


def thing(change: Change) -> str:
    """Which one it was."""
    state = change.after or change.before or {}
    if change.subject == "rule" and state.get("kind"):
        return label(state["kind"]).name
    return _("no. %(number)s", number=change.subject_id)


def part(name: str) -> str:
    """What a part of a rule or a block is called."""
    return {
        "place": _("Place in the order"),
        "kind": _("Kind"),
        "verdict": _("What becomes of it"),
        "patterns": _("Patterns"),
        "number": _("Number"),
        "note": _("Note"),
        "is_on": _("In use"),
        "by": _("Blocked by"),
        "value": _("Whom"),
        "until": _("Until"),
        "made_at": _("Made"),
        "user_id": _("Made by"),
    }.get(name, name)


def value(name: str, state: Mapping[str, Any] | None) -> str:
    """What such a part says, in a rule or a block that stood so."""
    known = (state or {}).get(name)
    if known is None or known in ("", []):
        return "–"
    if isinstance(known, bool):
        return _("yes") if known else _("no")
    said = VALUES.get(name)
    if said:
        return said(known)
    return ", ".join(map(str, known)) if isinstance(known, list) else str(known)


def _whom(known: Any) -> str:
    return known if "@" in known else _("the mark %(mark)s", mark=known[:SHOWN])


def _somebody(number: Any) -> str:
    found = db.session.get(User, number)
    return found.name if found else _("no. %(number)s", number=number)


def _instant(known: Any) -> str:
    return date_and_time(datetime.fromisoformat(known))


VALUES: dict[str, Callable[[Any], str]] = {
    "kind": lambda known: label(known).name,
    "verdict": verdict_name,
    "by": lambda known: way_name(By(known)),
    "value": _whom,
    "until": _instant,
    "made_at": _instant,
    "user_id": _somebody,
}


def fired(found: str) -> str:
    """Which rules fired, by name; what an act has kept of them is their keys."""
    names = rule_names()
    return ", ".join(names.get(key, key) for key in found.split())


def why_not(standing: Standing) -> str:
    """Why something cannot be undone; nothing for what can be."""
    return {
        Standing.STANDS: "",
        Standing.UNDONE: _("Undone."),
        Standing.CHANGED: _("Changed since."),
        Standing.EXPIRED: _(
            "Can no longer be undone: it was done more than %(days)d days ago.", days=UNDO_FOR.days
        ),
        Standing.NOT_OURS: "",
    }[standing]


def choices_of_deeds() -> list[tuple[str, str]]:
    """Everything that may have been done, to choose from."""
    deeds = [(str(deed), deed_name(deed)) for deed in Deed]
    return [("", _("Any")), *deeds, *((name, subject_name(name)) for name in SUBJECTS)]
