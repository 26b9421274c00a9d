"""What is said when a rule fires, and what would have let a reply through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from blog.comments.screening import APPROVE, HOLD, SPAM, SPAM_FILTER, TRASH
from blog.comments.spam import wording as spam_filter

Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One finding, in words: its words, and the numbers that were measured."""

    words: list[str]
    score: str
    limit: str

    @classmethod
    def of(cls, finding: Finding) -> "Told":
        """What a finding knows."""
        words = [str(word) for word in finding.get("words", ())]
        return cls(words, _number(finding.get("score")), _number(finding.get("limit")))

    @property
    def first(self) -> str:
        """The first of its words."""
        return self.words[0] if self.words else "?"

    @property
    def second(self) -> str:
        """The second of them."""
        return self.words[1] if len(self.words) > 1 else "?"

    @property
    def all(self) -> str:
        """All of them."""
        return ", ".join(self.words)


def _number(value: Any) -> str:
    return "?" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)


def why(finding: Finding) -> str:
    """One finding in a sentence, with what made the rule fire."""
    if finding["rule"] == SPAM_FILTER:
        return spam_filter.why(finding)
    sentence = SENTENCES.get(finding["rule"])
    return sentence(Told.of(finding)) if sentence else str(finding["rule"])


def remedy(finding: Finding) -> str:
    """What would have let the reply through, as far as this finding goes; "" if nobody knows."""
    if finding.get("remedy"):
        return str(finding["remedy"])
    if finding.get("verdict") == APPROVE:
        return ""
    if finding["rule"] == SPAM_FILTER:
        return spam_filter.remedy(finding)
    sentence = REMEDIES.get(finding["rule"])
    return sentence(Told.of(finding)) if sentence else ""


def verdict_name(verdict: str) -> str:
    """What becomes of a reply."""
    return {
        HOLD: _("held"),
        SPAM: _("marked as spam"),
        TRASH: _("put into the trash"),
        APPROVE: _("approved"),
    }.get(verdict, verdict)


def _links(told: Told) -> str:
    return ngettext(
        "It has %(num)d link: %(links)s",
        "It has %(num)d links: %(links)s",
        len(told.words),
        links=told.all,
    )


def _too_quick(told: Told) -> str:
    return ngettext(
        "It was sent %(num)d second after its page was made.",
        "It was sent %(num)d seconds after its page was made.",
        int(told.first),
    )


def _blocked_email(told: Told) -> str:
    said = {"n": told.first, "until": told.second, "email": told.words[-1]}
    if told.second:
        return _("%(email)s is blocked until %(until)s (block %(n)s).", **said)
    return _("%(email)s is blocked for good (block %(n)s).", **said)


def _blocked_network(told: Told) -> str:
    said = {"n": told.first, "until": told.second}
    if told.second:
        return _("Where it came from is blocked until %(until)s (block %(n)s).", **said)
    return _("Where it came from is blocked for good (block %(n)s).", **said)


SENTENCES: dict[str, Callable[[Told], str]] = {
    "everything": lambda told: _("Every reply waits: that is how this site is set."),
    "unproven": lambda told: _(
        "Nobody has shown yet that %(email)s is their address.", email=told.first
    ),
    "first-timer": lambda told: _(
        "%(email)s has no approved reply yet that is proven to be theirs.", email=told.first
    ),
    "links": _links,
    "words": lambda told: _("It contains: %(words)s", words=told.all),
    "whole-words": lambda told: _("It contains the words: %(words)s", words=told.all),
    "domains": lambda told: _("It leads to: %(hosts)s", hosts=told.all),
    "emails": lambda told: _("It came with the address %(email)s.", email=told.first),
    "networks": lambda told: _("It came from the network %(networks)s.", networks=told.all),
    "writing": lambda told: _("It is written in: %(names)s", names=told.all),
    "other-writing": lambda told: _("It is written in: %(names)s", names=told.all),
    "shorter": lambda told: _(
        "It has %(score)s characters, fewer than %(limit)s.", score=told.score, limit=told.limit
    ),
    "longer": lambda told: _(
        "It has %(score)s characters, more than %(limit)s.", score=told.score, limit=told.limit
    ),
    "old-post": lambda told: _(
        "Its post was %(score)s days old; the limit is %(limit)s.",
        score=told.score,
        limit=told.limit,
    ),
    "speed": lambda told: _(
        "%(score)s characters a second were typed, more than %(limit)s.",
        score=told.score,
        limit=told.limit,
    ),
    "imitation": lambda told: _(
        "The name “%(name)s” looks like “%(staff)s”, who works here.",
        name=told.first,
        staff=told.second,
    ),
    "by-hand": lambda told: _("%(name)s holds it.", name=told.first),
    "blocked-email": _blocked_email,
    "blocked-network": _blocked_network,
    "foreign-origin": lambda told: _(
        "It was sent from another site’s page, and sent again after asking."
    ),
    "unknown-origin": lambda told: _("The browser did not say which page it was sent from."),
    "no-page": lambda told: _("It did not come from a form that this site made."),
    "other-page": lambda told: _("It came with the form of another post."),
    "too-quick": _too_quick,
    "trap": lambda told: _(
        "A field that people do not see was filled in: %(words)s", words=told.first
    ),
    # What rules were called that are no more.
    "hold-words": lambda told: _("It contains words that are held: %(words)s", words=told.all),
    "trash-words": lambda told: _(
        "It contains words that go to the trash: %(words)s", words=told.all
    ),
}


def _without(told: Told) -> str:
    return _("The same without these.")


def _fewer_links(told: Told) -> str:
    return _("No link.") if told.limit == "1" else _("Fewer than %(n)s links.", n=told.limit)


def _by_moderator(told: Told) -> str:
    return _("Nothing its writer can do: a moderator decides.")


def _from_its_page(told: Told) -> str:
    return _("Being sent from the page of the post.")


def _more_slowly(told: Told) -> str:
    return _("Taking as long as it takes to type it.")


def _otherwise_written(told: Told) -> str:
    return _("Other letters, or another language.")


REMEDIES: dict[str, Callable[[Told], str]] = {
    "everything": _by_moderator,
    "unproven": lambda told: _("Following the link in the mail to that address."),
    "first-timer": lambda told: _(
        "One approved reply, once its writer has shown whose the address is."
    ),
    "links": _fewer_links,
    "words": _without,
    "whole-words": _without,
    "domains": _without,
    "emails": lambda told: _("Another address."),
    "networks": lambda told: _("Being sent from another network."),
    "writing": _otherwise_written,
    "other-writing": _otherwise_written,
    "shorter": lambda told: _("At least %(limit)s characters.", limit=told.limit),
    "longer": lambda told: _("At most %(limit)s characters.", limit=told.limit),
    "old-post": lambda told: _("A post that is newer than %(limit)s days.", limit=told.limit),
    "speed": _more_slowly,
    "imitation": lambda told: _("Another name."),
    "by-hand": _by_moderator,
    "blocked-email": _by_moderator,
    "blocked-network": _by_moderator,
    "foreign-origin": _from_its_page,
    "unknown-origin": lambda told: _("A browser that says where it is."),
    "no-page": _from_its_page,
    "other-page": _from_its_page,
    "too-quick": _more_slowly,
    "trap": lambda told: _("Leaving that field empty."),
    "hold-words": _without,
    "trash-words": _without,
}
