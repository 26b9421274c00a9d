"""What differs between two texts, word by word. A leaf but for the tokens.

Lines first, then the words of those that differ. Two texts can be made such that no method compares
them fast: the work is counted, and what is left when it is used up is shown as written anew. Whatever
happens, what was kept and deleted is the old text, and what was kept and inserted the new one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby, islice, pairwise
from typing import NamedTuple

from blog.posts import tokens

# Steps of the loops below: a fifth of a second. Two versions of a long essay need some ten thousand.
MOST_STEPS = 80_000
# Words and signs that are looked at: those of two texts of 200,000 characters, whatever is said in them.
# Of letters without spaces there may be more; then lines are compared, and not what is in them.
MOST_PIECES = 120_000
# A part with more changes than this is compared by what is in it once, before it is compared in full.
MOST_CHANGES = 100


class Change(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


class Piece(NamedTuple):
    """A piece of text, and what became of it."""

    kind: Change
    text: str


Match = tuple[
    int, int, int
]  # a place in the old text, one in the new, and how much is the same there


class Span(NamedTuple):
    """A part of both texts: where it begins and ends in the old one and in the new one."""

    old: int
    old_end: int
    new: int
    new_end: int

    @property
    def width(self) -> int:
        """How much of the old text it has."""
        return self.old_end - self.old

    @property
    def height(self) -> int:
        """How much of the new text it has."""
        return self.new_end - self.new


def compare(old: str, new: str) -> list[Piece]:
    """The pieces that both texts are made of, in their order; what was deleted comes before what came."""
    work = _Work()
    lines = _joined(_compared(old.splitlines(keepends=True), new.splitlines(keepends=True), work))
    words = _joined(_word_by_word(list(lines), work))
    return list(_joined(_without_crumbs(list(words))))


def words_of(text: str) -> Counter[str]:
    """How often each word stands in a text; for saying how many came and went."""
    return Counter(tokens.words(text))


class _Work:
    """How much may still be done."""

    def __init__(self) -> None:
        self.steps = MOST_STEPS
        self.pieces = MOST_PIECES

    def takes(self, steps: int) -> bool:
        """Take so many steps; says whether they were left."""
        self.steps -= steps
        return self.steps >= 0

    def read(self, text: str) -> list[str]:
        """The pieces of a text; none where there are too many."""
        pieces = list(islice(tokens.pieces(text), self.pieces + 1))
        self.pieces -= len(pieces)
        return pieces if self.pieces >= 0 else []


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same with fewer pieces: what was deleted and came at one place is one piece of each kind."""
    there = (piece for piece in pieces if piece.text)
    for is_kept, group in groupby(there, lambda piece: piece.kind is Change.KEPT):
        same = list(group)
        for kind in (Change.KEPT,) if is_kept else (Change.DELETED, Change.INSERTED):
            text = "".join(piece.text for piece in same if piece.kind is kind)
            if text:
                yield Piece(kind, text)


def _word_by_word(lines: list[Piece], work: _Work) -> Iterator[Piece]:
    """The same pieces, with the words compared where lines came in the place of others."""
    for before, piece, after in zip([None, *lines], lines, [*lines[1:], None], strict=False):
        if piece.kind is Change.DELETED and after and after.kind is Change.INSERTED:
            old, new = work.read(piece.text), work.read(after.text)
            yield from _compared(old, new, work) if old and new else (piece, after)
        elif not (piece.kind is Change.INSERTED and before and before.kind is Change.DELETED):
            yield piece


def _without_crumbs(pieces: list[Piece]) -> Iterator[Piece]:
    """The same, where a space or a comma between two changes is part of the change."""
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        is_between = piece.kind is Change.KEPT and 0 < place < last and "\n" not in piece.text
        if is_between and not any(map(str.isalnum, piece.text)):
            yield Piece(Change.DELETED, piece.text)
            yield Piece(Change.INSERTED, piece.text)
        else:
            yield piece


def _compared(old: Sequence[str], new: Sequence[str], work: _Work) -> Iterator[Piece]:
    """What became of these parts, in order."""
    numbers: dict[str, int] = {}  # two numbers are compared faster than two long lines
    ours = [numbers.setdefault(part, len(numbers)) for part in old]
    theirs = [numbers.setdefault(part, len(numbers)) for part in new]
    at_old = at_new = 0
    for i, j, length in [*_matches(ours, theirs, work), (len(old), len(new), 0)]:
        yield Piece(Change.DELETED, "".join(old[at_old:i]))
        yield Piece(Change.INSERTED, "".join(new[at_new:j]))
        yield Piece(Change.KEPT, "".join(old[i : i + length]))
        at_old, at_new = i + length, j + length


def _matches(old: list[int], new: list[int], work: _Work) -> list[Match]:
    """Where both are the same, in order."""
    found: list[Match] = []
    spans = [Span(0, len(old), 0, len(new))]
    while spans:
        first, span, last = _trimmed(old, new, spans.pop())
        found += [first, last]
        if span.width and span.height and work.takes(span.width + span.height):
            matches = _fewest_changes(old, new, span, work)
            if matches is None:
                spans += _between_anchors(old, new, span)
            else:
                found += matches
    return sorted(match for match in found if match[2])


def _trimmed(old: list[int], new: list[int], span: Span) -> tuple[Match, Span, Match]:
    """What a span has in common at its beginning and its end, and what is between."""
    begin, old_end, at, new_end = span
    while begin < old_end and at < new_end and old[begin] == new[at]:
        begin, at = begin + 1, at + 1
    first = (span.old, span.new, begin - span.old)
    while begin < old_end and at < new_end and old[old_end - 1] == new[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    last = (old_end, new_end, span.old_end - old_end)
    return first, Span(begin, old_end, at, new_end), last


def _fewest_changes(old: list[int], new: list[int], span: Span, work: _Work) -> list[Match] | None:
    """The shortest way from one to the other (E. W. Myers, An O(ND) Difference Algorithm, 1986).

    None where it would be too long. Its names: x and y are places, a diagonal is x - y, and `reached`
    is how far one comes on each diagonal with so many changes.
    """
    reached = {1: 0}
    trace = []
    for changes in range(min(MOST_CHANGES, span.width + span.height) + 1):
        trace.append(reached.copy())
        for diagonal in range(-changes, changes + 1, 2):
            start = x = _stepped(reached, diagonal, changes)[1]
            y = x - diagonal
            while x < span.width and y < span.height and old[span.old + x] == new[span.new + y]:
                x, y = x + 1, y + 1
            reached[diagonal] = x
            if not work.takes(1 + x - start):
                return None
            if x >= span.width and y >= span.height:
                return list(_way_back(trace, span))
    return None


def _stepped(reached: dict[int, int], diagonal: int, changes: int) -> tuple[bool, int]:
    """How one comes to a diagonal with one change more: whether by an insertion, and to which x."""
    is_insertion = diagonal == -changes or (
        diagonal != changes and reached[diagonal - 1] < reached[diagonal + 1]
    )
    return is_insertion, reached[diagonal + 1] if is_insertion else reached[diagonal - 1] + 1


def _way_back(trace: list[dict[int, int]], span: Span) -> Iterator[Match]:
    """What stayed the same on the way that was found."""
    x, y = span.width, span.height
    for changes in range(len(trace) - 1, -1, -1):
        diagonal = x - y
        is_insertion, start = _stepped(trace[changes], diagonal, changes)
        yield span.old + start, span.new + start - diagonal, x - start
        x, y = (start, start - diagonal - 1) if is_insertion else (start - 1, start - diagonal)


def _between_anchors(old: list[int], new: list[int], span: Span) -> list[Span]:
    """The spans between what stands once in both and in the same order; none if nothing does.

    That is the longest row of them (Bram Cohen's patience diff). An anchor begins the span after it.
    """
    row = _longest_row(_once_in_both(old, new, span))
    if not row:
        return []
    corners = [(span.old, span.new), *row, (span.old_end, span.new_end)]
    return [Span(begin, end, at, at_end) for (begin, at), (end, at_end) in pairwise(corners)]


def _once_in_both(old: list[int], new: list[int], span: Span) -> list[tuple[int, int]]:
    ours, theirs = old[span.old : span.old_end], new[span.new : span.new_end]
    often, often_there = Counter(ours), Counter(theirs)
    places = {part: place for place, part in enumerate(theirs, span.new)}
    return [
        (place, places[part])
        for place, part in enumerate(ours, span.old)
        if often[part] == often_there[part] == 1
    ]


def _longest_row(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of these pairs that rise on both sides. They rise on the first side already."""
    ends: list[int] = []  # the lowest end of a row of each length
    last: list[tuple[tuple[int, int], int | None]] = []
    by_length: list[int] = []
    for pair in pairs:
        length = bisect_left(ends, pair[1])
        last.append((pair, by_length[length - 1] if length else None))
        ends[length : length + 1] = [pair[1]]
        by_length[length : length + 1] = [len(last) - 1]
    row = []
    at = by_length[-1] if by_length else None
    while at is not None:
        pair, at = last[at]
        row.append(pair)
    return row[::-1]
