"""The spam filter as one more rule: it may hold a reply or mark it as spam, and never approves any."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from blog.comments.screening import HOLD, SPAM, SPAM_FILTER, Finding, Reply, Span
from blog.comments.spam import memory
from blog.comments.spam.evidence import A_LINK, Written
from blog.comments.spam.learning import HOLDS, MARKS, Opinion, Reason
from blog.site.models import Site

# Kinds of evidence that are said as they were typed: these can be marked in the text.
TYPED = frozenset({"pair", "word", "host"})


@dataclass(frozen=True)
class Weighed(Finding):
    """What the spam filter found: its words are pieces of evidence, each with its weight."""

    weights: tuple[float, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The finding as it is kept with the comment."""
        return {**super().as_data(), "weights": list(self.weights)}


@dataclass(frozen=True)
class SpamFilter:
    """What the filter thinks of a reply, ready to be asked for with the rules."""

    opinion: Opinion | None
    verdict: str = field(default=HOLD, init=False)
    trusts_a_person: bool = field(default=False, init=False)

    @classmethod
    def on(cls, said: Any) -> Self:
        """What it thinks of these words: one query for most, and better made outside write_tx()."""
        opinion = memory.opinion(Written(said.source, said.name, said.email, said.website))
        suspects = opinion is not None and opinion.score >= HOLDS
        return cls(opinion if suspects and Site.load().spam_filter else None)

    def ask(self, reply: Reply) -> Sequence[Finding]:
        """What it holds against a reply: nothing, unless it would rather have somebody look at it."""
        if self.opinion is None:
            return ()
        reasons = self.opinion.reasons()
        found = Weighed(
            SPAM_FILTER,
            tuple(reason.evidence for reason in reasons),
            SPAM if self.opinion.score >= MARKS else HOLD,
            spans=tuple(_spans(reply.source, reasons)),
            score=round(self.opinion.score, 4),
            limit=HOLDS,
            weights=tuple(round(reason.weight, 2) for reason in reasons),
        )
        return (found,)


def _spans(source: str, reasons: Sequence[Reason]) -> Iterator[Span]:
    """Where that stands which speaks for spam, as far as it stands there as it was counted."""
    for evidence, weight in reasons:
        kind, _, value = evidence.partition(":")
        words = value.strip("^$ ").split()
        if weight > 0 and kind in TYPED and words and A_LINK not in words:
            found = re.search(r"[\W_]+".join(map(re.escape, words)), source, re.IGNORECASE)
            if found:
                yield "source", *found.span()
