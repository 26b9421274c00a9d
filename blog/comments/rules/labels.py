"""What rules are called in a list to choose from, and what is asked for when one is made."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from blog.comments.rules.writing import NAMES
from blog.comments.screening import APPROVE, HOLD, SPAM, SPAM_FILTER, TRASH


def verdict_label(verdict: str) -> str:
    """The same, as a choice."""
    return {
        HOLD: _("Hold it: a moderator decides"),
        SPAM: _("Mark it as spam"),
        TRASH: _("Put it into the trash"),
        APPROVE: _("Approve it, and ask no rule after this one"),
    }[verdict]


@dataclass(frozen=True)
class Label:
    """What a kind of rules is called in a list, and what is asked for when one is made."""

    name: str
    field: str = ""
    note: str = ""


def label(kind: str) -> Label:
    """What a kind of rules is called."""
    return LABELS[kind]()


LABELS: dict[str, Callable[[], Label]] = {
    "everything": lambda: Label(_("Every reply")),
    "unproven": lambda: Label(
        _("Nobody has shown whose the e-mail address is"),
        note=_("Its writer gets a mail with a link that shows it."),
    ),
    "first-timer": lambda: Label(_("No approved reply yet from a proven address")),
    "words": lambda: Label(
        _("Words and phrases"),
        _("One of these, anywhere in what was typed"),
        _(
            "One word or phrase on each line. Text, name, e-mail and website are searched; case does "
            "not matter; “press” is also found in “WordPress”. * stands for any letters, ? for one; "
            "\\* and \\? stand for themselves."
        ),
    ),
    "whole-words": lambda: Label(
        _("Whole words"),
        _("One of these, as words of their own"),
        _(
            "One word or phrase on each line. “press” is not found in “WordPress”. * stands for any "
            "letters of a word, ? for one."
        ),
    ),
    "links": lambda: Label(_("Links"), _("So many links or more")),
    "domains": lambda: Label(
        _("Domains"),
        _("Links, or a website, that lead to one of these"),
        _(
            "One on each line. example.org is also meant by www.example.org; *.example by all of it."
        ),
    ),
    "emails": lambda: Label(
        _("E-mail addresses"),
        _("One of these"),
        _(
            "One on each line: rita@example.org, *@example.org, or example.org for all of it. "
            "Approving is for addresses that were shown to be their writer’s: others wait for that."
        ),
    ),
    "networks": lambda: Label(
        _("Networks"),
        _("Sent from one of these"),
        _(
            "One on each line: an address, or 192.0.2.0/24. Of IPv4, /32, /24 and /16 can be "
            "compared, of IPv6 /64 and /48: more is not kept with a reply, and that for 30 days."
        ),
    ),
    "writing": lambda: Label(
        _("Script or language"),
        _("Written in one of these"),
        _(
            "One on each line: %(names)s. Languages are told by their shortest words.",
            names=_names(),
        ),
    ),
    "other-writing": lambda: Label(
        _("Any other script or language"),
        _("Written in none of these"),
        _(
            "One on each line: %(names)s. Languages are told by their shortest words.",
            names=_names(),
        ),
    ),
    "shorter": lambda: Label(_("Very short"), _("Fewer characters than")),
    "longer": lambda: Label(_("Very long"), _("More characters than")),
    "old-post": lambda: Label(_("Old post"), _("So many days old, or more")),
    "speed": lambda: Label(
        _("Typed very fast"),
        _("More characters a second than"),
        _("Counted from when the page was made: who pastes a text is as fast."),
    ),
    "imitation": lambda: Label(_("A name that looks like one of the staff’s")),
    "trap": lambda: Label(
        _("The field that people do not see is filled in"),
        note=_("Such a reply is held in any case. This rule may ask for more."),
    ),
    "sending": lambda: Label(
        _("Sent in a doubtful way"),
        note=_(
            "Not from a page of this site, or more quickly than anybody types. Such a reply is held "
            "in any case. This rule may ask for more."
        ),
    ),
}


def rule_names() -> dict[str, str]:
    """What may have been found about a reply, and what each is called in a list to choose from."""
    return {
        **{kind: made().name for kind, made in LABELS.items()},
        SPAM_FILTER: _("The spam filter"),
        "blocked-email": _("A blocked e-mail address"),
        "blocked-network": _("A blocked address or network"),
        "by-hand": _("Held by a moderator"),
        "foreign-origin": _("Sent from another site"),
        "unknown-origin": _("Sent from nobody knows where"),
        "no-page": _("Sent without a page"),
        "other-page": _("Sent from another post’s page"),
        "too-quick": _("Sent at once"),
    }


def _names() -> str:
    return ", ".join(sorted(NAMES.values()))
