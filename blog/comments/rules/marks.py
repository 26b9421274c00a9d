"""What was typed, cut where a finding begins and ends: so that a page can mark what made a rule fire.

Nothing here is HTML. A page shows each piece as text, and puts those that are marked into <mark>.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

FIELDS = ("source", "name", "email", "website")

# Around what is marked so much is shown, and of what is marked so much: a line or two.
AROUND = 60
LONGEST_MARK = 200


@dataclass(frozen=True)
class Piece:
    """A part of what was typed, and whether something fired on it."""

    text: str
    is_marked: bool = False


def cut(typed: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """A text in pieces. Spans may overlap; what lies outside of the text is no part of it."""
    within = [(max(start, 0), min(end, len(typed))) for start, end in spans]
    marked = [(start, end) for start, end in within if start < end]
    edges = sorted({0, len(typed), *(edge for span in marked for edge in span)})
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        is_marked = any(begin <= start and end <= stop for begin, stop in marked)
        if pieces and pieces[-1].is_marked == is_marked:
            pieces[-1] = Piece(pieces[-1].text + typed[start:end], is_marked)
        else:
            pieces.append(Piece(typed[start:end], is_marked))
    return pieces


def shortened(pieces: list[Piece]) -> list[Piece]:
    """The same with little around what is marked."""
    short = []
    for number, piece in enumerate(pieces):
        if piece.is_marked:
            short.append(Piece(_middle_out(piece.text, LONGEST_MARK), True))
        else:
            before, after = number > 0, number < len(pieces) - 1
            short.append(Piece(_sides(piece.text, before, after)))
    return short


def _sides(text: str, before: bool, after: bool) -> str:
    """What stands beside a mark: behind one, before one, or between two; or all, where there is none."""
    if not before and not after:
        return _middle_out(text, LONGEST_MARK)
    if len(text) <= AROUND * (before + after):
        return text
    behind = text[:AROUND] if before else ""
    ahead = text[-AROUND:] if after else ""
    return f"{behind} … {ahead}" if before and after else f"{behind}…{ahead}"


def _middle_out(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length // 2]} … {text[-length // 2 :]}"


def of_findings(
    typed: Mapping[str, str], findings: Iterable[Mapping[str, Any]]
) -> dict[str, list[Piece]]:
    """Each field on which something fired, in pieces."""
    spans = [span for finding in findings for span in finding.get("spans", ())]
    found = {}
    for name in FIELDS:
        mine = [(start, end) for field, start, end in spans if field == name]
        pieces = cut(typed.get(name, ""), mine)
        if any(piece.is_marked for piece in pieces):
            found[name] = pieces
    return found
