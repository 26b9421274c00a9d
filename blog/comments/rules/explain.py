"""Why a comment stands where it stands, in full: for its page, and for `flask comments explain`."""

from collections.abc import Mapping
from typing import Any

from blog.comments.models import Comment
from blog.comments.rules import marks
from blog.comments.rules.wording import remedy, why


def typed(comment: Comment) -> dict[str, str]:
    """What its writer typed, by field, as long as that is what the rules looked at.

    What a moderator has changed since, the places in it mean something else; what its writer took back
    nobody reads.
    """
    fields = {"name": comment.name, "email": comment.email, "website": comment.website}
    if comment.is_withdrawn:
        return {}
    if comment.edited_by:
        return {"email": comment.email}
    return {"source": comment.source, **fields}


def marked(comment: Comment) -> dict[str, list[marks.Piece]]:
    """Each field on which something fired, with what made it fire marked."""
    return marks.of_findings(typed(comment), comment.findings)


def explanation(comment: Comment) -> dict[str, Any]:
    """All of it, as data."""
    return {
        "id": comment.id,
        "status": comment.status.value,
        "submitted_at": comment.submitted_at.isoformat(),
        "edited_by": comment.edited_by,
        "typed": typed(comment),
        "findings": [_finding(comment, finding) for finding in comment.findings],
    }


def _finding(comment: Comment, finding: Mapping[str, Any]) -> dict[str, Any]:
    said = typed(comment)
    spans = [
        {"field": name, "start": start, "end": end, "text": said[name][start:end]}
        for name, start, end in finding.get("spans", ())
        if name in said
    ]
    return {
        "rule": finding["rule"],
        "rule_id": finding.get("rule_id"),
        "note": finding.get("note", ""),
        "verdict": finding["verdict"],
        "words": finding["words"],
        "why": why(finding),
        "spans": spans,
        "score": finding.get("score"),
        "limit": finding.get("limit"),
        "remedy": remedy(finding),
    }
