"""What findings, statuses and deeds are called, for people."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from blog.comments.acts import Actor, Deed, Moderation, Status


def why(finding: Mapping[str, Any]) -> str:
    """One finding in a sentence, with the words that made the rule fire."""
    words = finding.get("words", [])
    sentence = SENTENCES.get(finding["rule"])
    return sentence(list(words)) if sentence else str(finding["rule"])


def _links(words: list[str]) -> str:
    return ngettext(
        "It has %(num)d link: %(links)s",
        "It has %(num)d links: %(links)s",
        len(words),
        links=", ".join(words),
    )


def _too_quick(words: list[str]) -> str:
    return ngettext(
        "It was sent %(num)d second after its page was made.",
        "It was sent %(num)d seconds after its page was made.",
        int(words[0]),
    )


def _imitation(words: list[str]) -> str:
    return _(
        "The name “%(name)s” looks like “%(staff)s”, who works here.", name=words[0], staff=words[1]
    )


SENTENCES: dict[str, Callable[[list[str]], str]] = {
    "everything": lambda words: _("Every reply waits: that is how this site is set."),
    "unproven": lambda words: _(
        "Nobody has shown yet that %(email)s is their address.", email=words[0]
    ),
    "first-timer": lambda words: _(
        "%(email)s has no approved reply yet that is proven to be theirs.", email=words[0]
    ),
    "links": _links,
    "hold-words": lambda words: _(
        "It contains words that are held: %(words)s", words=", ".join(words)
    ),
    "trash-words": lambda words: _(
        "It contains words that go to the trash: %(words)s", words=", ".join(words)
    ),
    "imitation": _imitation,
    "by-hand": lambda words: _("%(name)s holds it.", name=words[0]),
    "foreign-origin": lambda words: _(
        "It was sent from another site’s page, and sent again after asking."
    ),
    "unknown-origin": lambda words: _("The browser did not say which page it was sent from."),
    "no-page": lambda words: _("It did not come from a form that this site made."),
    "other-page": lambda words: _("It came with the form of another post."),
    "too-quick": _too_quick,
    "trap": lambda words: _(
        "A field that people do not see was filled in: %(words)s", words=words[0]
    ),
}


def status_name(status: Status) -> str:
    """What a status is called."""
    return {
        Status.ARRIVING: _("arriving"),
        Status.PENDING: _("pending"),
        Status.APPROVED: _("approved"),
        Status.SPAM: _("spam"),
        Status.TRASHED: _("trash"),
        Status.WITHDRAWN: _("taken back"),
    }[status]


def tab_name(status: Status) -> str:
    """What the tab of a status is headed."""
    return {
        Status.PENDING: _("Pending"),
        Status.APPROVED: _("Approved"),
        Status.SPAM: _("Spam"),
        Status.TRASHED: _("Trash"),
    }[status]


def who(act: Moderation) -> str:
    """Whoever acted."""
    if act.user:
        return act.user.name
    return _("Its writer") if act.actor == Actor.WRITER else _("The rules")


def deed(act: Moderation) -> str:
    """What was done, after the name of who did it: “Mo … approved it”."""
    if act.deed is Deed.UNDO:
        return _("undid an act: it is %(status)s again", status=status_name(act.to_status))
    if act.deed is Deed.SUBMISSION:
        return _("sent it: %(status)s", status=status_name(act.to_status))
    return {
        Deed.APPROVAL: _("approved it"),
        Deed.SPAM: _("marked it as spam"),
        Deed.TRASH: _("put it into the trash"),
        Deed.RESTORATION: _("restored it"),
        Deed.HOLD: _("holds it"),
        Deed.EDIT: _("edited it"),
        Deed.WITHDRAWAL: _("took it back"),
        Deed.CONFIRMATION: _("saw its address proven"),
    }[act.deed]


def announcement(acts: list[Moderation]) -> str:
    """What was just done, for the notice with the undo button."""
    count = sum(act.deed is acts[0].deed for act in acts)
    names = {
        Deed.APPROVAL: ngettext("%(num)d reply approved.", "%(num)d replies approved.", count),
        Deed.SPAM: ngettext(
            "%(num)d reply marked as spam.", "%(num)d replies marked as spam.", count
        ),
        Deed.TRASH: ngettext(
            "%(num)d reply put into the trash.", "%(num)d replies put into the trash.", count
        ),
        Deed.RESTORATION: ngettext("%(num)d reply restored.", "%(num)d replies restored.", count),
        Deed.HOLD: ngettext("%(num)d reply held.", "%(num)d replies held.", count),
        Deed.EDIT: ngettext("%(num)d reply edited.", "%(num)d replies edited.", count),
        Deed.SUBMISSION: _("Your answer is on the page."),
        Deed.UNDO: ngettext("Undone for %(num)d reply.", "Undone for %(num)d replies.", count),
    }
    return names.get(acts[0].deed, "")
