"""What the record says: who did what, how it was before, and why it cannot be undone."""

from typing import Any

from flask_babel import gettext as _

from blog.comments.acts import UNDO_FOR, Actor, Deed, Moderation
from blog.comments.changes_record import SUBJECTS, Change
from blog.comments.rules.wording import label
from blog.comments.undo import Standing


def doer(row: Moderation | Change) -> str:
    """Whoever did something, by name."""
    if row.user:
        return row.user.name
    return actor_name(row.actor) if isinstance(row, Moderation) else _("A command")


def actor_name(actor: str) -> str:
    """Whoever acts without an account."""
    return {
        Actor.WRITER: _("Its writer"),
        Actor.RULES: _("The rules"),
        Actor.READER: _("A reader"),
        Actor.SCHEDULE: _("The schedule"),
    }.get(Actor(actor), actor)


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
        "user_id": _("Made by no."),
    }.get(name, name)


def value(known: Any) -> str:
    """A value of such a part."""
    if known is None or known in ("", []):
        return "–"
    if isinstance(known, bool):
        return _("yes") if known else _("no")
    return ", ".join(map(str, known)) if isinstance(known, list) else str(known)


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
