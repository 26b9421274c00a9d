"""What the spam filter found, in words: what speaks for spam and against it, and how much."""

from collections.abc import Callable, Iterator, Mapping
from math import log
from typing import Any

from flask_babel import gettext as _

from blog.comments.spam.evidence import A_LINK

Finding = Mapping[str, Any]

# Lengths are counted in doublings, capitals in fifths of a text.
FIFTH = 20


def why(finding: Finding) -> str:
    """The finding in a sentence: how sure the filter is, and of what."""
    told = ", ".join(f"{name(evidence)} {weight:+.2f}" for evidence, weight in _weighed(finding))
    return _("The spam filter: %(sure)s (%(told)s)", sure=percent(finding["score"]), told=told)


def remedy(finding: Finding) -> str:
    """What would have let the reply through: the fewest things that it could have done without."""
    above = _log_odds(finding["score"]) - _log_odds(finding["limit"])
    without = []
    for evidence, weight in sorted(_weighed(finding), key=lambda it: -it[1]):
        if weight > 0 and above >= 0:
            without.append(name(evidence))
            above -= weight
    limit = percent(finding["limit"])
    if above >= 0:
        return _("Less than %(limit)s. No few of these words make the difference.", limit=limit)
    return _(
        "Less than %(limit)s: about what it comes to without %(words)s.",
        limit=limit,
        words=", ".join(without),
    )


def percent(share: float) -> str:
    """How sure it is. Never quite sure."""
    return f"{min(99, int(100 * share))} %"


def _weighed(finding: Finding) -> Iterator[tuple[str, float]]:
    return zip(finding["words"], finding["weights"], strict=True)


def _log_odds(score: float) -> float:
    kept = min(max(score, 0.0001), 0.9999)  # as many places as a finding keeps
    return log(kept / (1 - kept))


def name(evidence: str) -> str:
    """A piece of evidence, as people would call it."""
    kind, _colon, value = evidence.partition(":")
    called = NAMES.get(kind)
    return called(value) if called else evidence


def _pair(value: str) -> str:
    """Two words side by side; or a word at the beginning of the text, or at its end."""
    one, _space, two = value.replace(A_LINK, _("[link]")).partition(" ")
    if one == "^":
        return _("“%(word)s” at the beginning", word=two)
    if two == "$":
        return _("“%(word)s” at the end", word=one)
    return f"“{one} {two}”"


def _piece(value: str) -> str:
    before = "" if value.startswith(" ") else "…"
    after = "" if value.endswith(" ") else "…"
    return f"“{before}{value.strip()}{after}”"


def _links(value: str) -> str:
    return {"0": _("no link"), "1": _("one link"), "2": _("two links")}.get(
        value, _("three links or more")
    )


def _hidden(value: str) -> str:
    return {
        "link": _("a link in disguise"),
        "address": _("an e-mail address in the text"),
        "handle": _("an @name or a #tag"),
        "phone": _("a telephone number"),
    }.get(value, value)


def _length(value: str) -> str:
    doublings = int(value)
    least = 2 ** (doublings - 1) if doublings else 0
    return _("%(least)d to %(most)d characters", least=least, most=2**doublings - 1)


def _capitals(value: str) -> str:
    least = FIFTH * int(value)
    return _("%(least)d to %(most)d %% capitals", least=least, most=least + FIFTH)


def _exclaims(value: str) -> str:
    return {"0": _("no “!”"), "1": _("one “!”"), "2": _("two “!”")}.get(
        value, _("three “!” or more")
    )


NAMES: dict[str, Callable[[str], str]] = {
    "pair": _pair,
    "word": lambda value: f"“{value}”",
    "piece": _piece,
    "whole": lambda value: _("the whole text"),
    "only": lambda value: _("nothing but links"),
    "links": _links,
    "hidden": _hidden,
    "host": lambda value: value,
    "domain": lambda value: f"*.{value}",
    "ending": lambda value: _("links to .%(ending)s", ending=value),
    "path": lambda value: _("links as long as this"),
    "in-path": lambda value: _("“%(word)s” in a link", word=value),
    "length": _length,
    "capitals": _capitals,
    "exclaims": _exclaims,
    "digits": lambda value: _("no digits") if value == "0" else _("digits"),
    "name": lambda value: _("the name “%(name)s”", name=value),
    "name-word": lambda value: _("“%(word)s” in the name", word=value),
    "name-shape": lambda value: _("a name like “%(shape)s”", shape=value),
    "mail": lambda value: f"@{value}",
    "mail-shape": lambda value: _("an e-mail address like “%(shape)s@”", shape=value),
    "site": lambda value: _("the website %(host)s", host=value),
    "site-ending": lambda value: _("a website in .%(ending)s", ending=value),
    "site-path": lambda value: _("a website’s address as long as this"),
}
