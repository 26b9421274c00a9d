"""Words in pictures: as large as they fit, in lines of about one length. A leaf."""

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from blog.fonts import Face, can_shape, is_mark, is_silent

if TYPE_CHECKING:  # Pillow is loaded for who draws a picture
    from PIL.ImageFont import FreeTypeFont

LEADING = 1.18  # a headline stands closer than running text

# Hangul is as wide as Han, but has spaces between its words.
HANGUL = range(0xAC00, 0xD7A4)
OPENING = {"Ps", "Pi"}
CLOSING = {"Pe", "Pf", "Po"}
# Neither do these begin a line of Japanese (JIS X 4051).
NEVER_FIRST = frozenset("ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ")

Ruler = Callable[[str], float]


@dataclass(frozen=True)
class Lettering:
    """Words that fit: their lines, the font that they fit in, and what Pillow is told of them."""

    lines: list[str]
    font: "FreeTypeFont"
    options: dict[str, Any]

    @property
    def line_height(self) -> int:
        """From one line to the next."""
        return round(self.font.size * LEADING)

    @property
    def is_rtl(self) -> bool:
        """Whether it begins at the right."""
        return bool(self.options.get("direction") == "rtl")


def drawable(words: str) -> str:
    """The words on one line, composed, and without what shaping alone would know not to show."""
    line = " ".join(unicodedata.normalize("NFC", words).split())
    return line if can_shape() else "".join(sign for sign in line if not is_silent(sign))


def fit(
    words: str, face: Face, *, width: int, height: int, sizes: Sequence[int], language: str = ""
) -> Lettering:
    """Set drawable words in the first of these sizes that they fit in.

    At the last size a word that is longer than a line is cut, and what does not fit ends in an
    ellipsis. `language` is a BCP 47 tag: Chinese and Japanese share characters, not their shapes.
    """
    from PIL import ImageFont

    options = _options(words, language)
    pieces = list(_pieces(words))
    for size in sizes:
        font = ImageFont.truetype(face.path, size)
        lettering = Lettering(_lines(pieces, _ruler(font, options), width), font, options)
        if _fits(lettering, width, height):
            return lettering
    ruler = _ruler(font, options)
    lines = _lines([part for piece in pieces for part in _cut(piece, ruler, width)], ruler, width)
    most = max(1, height // lettering.line_height)
    if len(lines) > most:
        lines[most - 1 :] = [_shortened(lines[most - 1], face, ruler, width)]
    return Lettering(lines, font, options)


def _options(words: str, language: str) -> dict[str, Any]:
    """What Pillow is told of the words, on every line: one of an Arabic title may begin with Latin."""
    if not can_shape():
        return {}
    kinds = (unicodedata.bidirectional(letter) for letter in words)
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    direction = {"direction": "ltr" if first == "L" else "rtl"}
    return {**direction, "language": language} if language else direction


def _ruler(font: "FreeTypeFont", options: dict[str, Any]) -> Ruler:
    return cache(lambda piece: font.getlength(piece, **options))


def _fits(lettering: Lettering, width: int, height: int) -> bool:
    ruler = _ruler(lettering.font, lettering.options)
    is_low = len(lettering.lines) * lettering.line_height <= height
    return is_low and all(ruler(line) <= width for line in lettering.lines)


def _pieces(words: str) -> Iterator[str]:
    """The words in pieces between which a line may end (the least of UAX #14)."""
    piece = ""
    for letter in words:
        if piece and _may_break(piece[-1], letter):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if " " in {before, after}:
        return before == " "
    if is_mark(after) or is_silent(after) or after in NEVER_FIRST:
        return False
    if unicodedata.category(before) in OPENING or unicodedata.category(after) in CLOSING:
        return False
    return _stands_alone(before) or _stands_alone(after)


def _stands_alone(letter: str) -> bool:
    """Whether a line may end at it without a space: Chinese, Japanese, emoji."""
    return unicodedata.east_asian_width(letter) in {"W", "F"} and ord(letter) not in HANGUL


def _cut(piece: str, ruler: Ruler, width: int) -> Iterator[str]:
    """A piece cut where lines are full, never before a mark that belongs to a letter."""
    while ruler(piece.rstrip()) > width:
        end = bisect_left(range(1, len(piece)), True, key=lambda n: ruler(piece[:n]) > width)
        while end > 1 and is_mark(piece[end]):
            end -= 1
        yield piece[: max(end, 1)]
        piece = piece[max(end, 1) :]
    yield piece


def _lines(pieces: list[str], ruler: Ruler, width: int) -> list[str]:
    """As few lines as the width allows, and no wider than that takes: no last line of one word."""
    fewest = len(_wrapped(pieces, ruler, width))

    def is_enough(narrower: int) -> bool:
        return len(_wrapped(pieces, ruler, narrower)) <= fewest

    return _wrapped(pieces, ruler, bisect_left(range(width), True, key=is_enough))


def _wrapped(pieces: list[str], ruler: Ruler, width: int) -> list[str]:
    lines: list[str] = []
    left = 0.0
    for piece in pieces:
        if not lines or ruler(piece.rstrip()) > left:
            lines.append("")
            left = width
        lines[-1] += piece
        left -= ruler(piece)
    return [line.rstrip() for line in lines]


def _shortened(line: str, face: Face, ruler: Ruler, width: int) -> str:
    ellipsis = next((sign for sign in ("…", "...") if face.has(sign)), "")
    while line and ruler(line + ellipsis) > width:
        line = line[:-1].rstrip()
    return line + ellipsis
