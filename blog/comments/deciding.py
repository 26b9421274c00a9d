"""What a decision does to comments: each moves to where it belongs, or is left as somebody else has it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from blog.auth.models import User
from blog.comments.acts import PUT_AWAY, Deed, Moderation, Status
from blog.comments.models import Comment, Overtaken
from blog.comments.screening import BY_HAND, Finding

# Where each decision puts a comment. A restored one goes back to where it was, if that is known.
TARGETS = {
    Deed.APPROVAL: Status.APPROVED,
    Deed.SPAM: Status.SPAM,
    Deed.TRASH: Status.TRASHED,
    Deed.HOLD: Status.PENDING,
    Deed.RESTORATION: Status.PENDING,
}
DECISIONS = tuple(TARGETS)


@dataclass(frozen=True)
class Decision:
    """What a moderator decided, having seen which status and which texts, and the reason given."""

    deed: Deed
    by: User
    seen: Status | None = None
    marks: Mapping[int, str] = field(default_factory=dict)
    why: str = ""


@dataclass
class Result:
    """What became of a decision: the batch that was recorded, and what others had changed before."""

    batch: int | None = None
    overtaken: list[Overtaken] = field(default_factory=list)


def decide(comments: Iterable[Comment], decision: Decision, batch: int | None = None) -> Result:
    """Decide about comments: one batch, this one if it has begun. What somebody else changed stays.

    Call within write_tx().
    """
    result = Result(batch)
    for comment in comments:
        try:
            result.batch = _move(comment, decision, result.batch).batch
        except Overtaken as overtaken:
            result.overtaken.append(overtaken)
    return result


def refuse_unseen_text(comment: Comment, marks: Mapping[int, str]) -> None:
    """Nobody publishes a text they have not seen: its writer may have changed it meanwhile.

    `marks` say which text of which comment was seen, as far as that is known. Raises Overtaken.
    """
    seen = marks.get(comment.id)
    if seen and seen != comment.text_mark:
        raise Overtaken(comment, Moderation.latest(comment))


def _move(comment: Comment, decision: Decision, batch: int | None) -> Moderation:
    """Raises Overtaken."""
    deed = decision.deed
    put_away = comment.put_away_by() if deed is Deed.RESTORATION else None
    to = put_away.from_status if put_away else TARGETS[deed]
    from_ = decision.seen or comment.status
    if comment.is_gone or _is_done_already(comment, deed, from_, to):
        raise Overtaken(comment, Moderation.latest(comment))
    if to is Status.APPROVED:
        refuse_unseen_text(comment, decision.marks)
    changes = _changes(comment, decision, to, put_away)
    return comment.move(
        to, from_=from_, by=decision.by, deed=deed, why=decision.why, batch=batch, changes=changes
    )


def _is_done_already(comment: Comment, deed: Deed, from_: Status, to: Status) -> bool:
    if deed is Deed.HOLD and comment.is_pending and comment.is_public:
        return False  # what it said before its writer changed it is taken off the page
    return from_ is to or (deed is Deed.RESTORATION and from_ not in PUT_AWAY)


def _changes(
    comment: Comment, decision: Decision, to: Status, put_away: Moderation | None
) -> dict[str, Any]:
    """What changes along: the text that stood in comes back, and who holds a comment is a finding."""
    changes: dict[str, Any] = {}
    if put_away is not None:
        changes["standing_html"] = put_away.kept.get("standing_html")
    if decision.deed is Deed.HOLD:
        changes["standing_html"] = None
    if to is Status.PENDING:
        changes |= _by_hand(comment, decision.by)
    return changes


def _by_hand(comment: Comment, by: User) -> dict[str, Sequence[Any]]:
    """Who holds a comment is one more finding: it waits for a person, whatever is proven later."""
    finding = Finding(BY_HAND, (by.name,))
    return {"findings": [*comment.findings, finding.as_data()]}
