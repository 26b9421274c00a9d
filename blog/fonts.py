"""Fonts for words in pictures: one that has every letter of them. A leaf.

A letter that a font does not have is drawn as a box. So words are drawn with a font that has all of
them, or not at all.
"""

import os
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

# What reads fonts takes memory that a blog does without until somebody asks for a picture.
if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

# Where Linux, BSD and macOS keep fonts.
FOLDERS: tuple[str, ...] = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
)
ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}

# What the files of faces are called that are not for a headline.
UNFIT = re.compile(
    "italic|oblique|mono|narrow|condensed|emoji|symbol|math|cursive|thin|hair", re.IGNORECASE
)
STYLE = re.compile(
    "[-_ ]?(bold|semibold|demi|medium|regular|book|black|heavy|extra.*|light.*)$", re.IGNORECASE
)
# What reads well in large letters, if the machine has it.
FAMILIES = ("inter", "sourcesans", "notosans", "opensans", "roboto", "helvetica", "liberationsans")
WEIGHTS = ("semibold", "bold", "medium", "regular")

# More families than all of Noto's. What no font has is looked for in each of them, every time, so all
# that are looked at are remembered.
MOST_FAMILIES = 500

# Tables that hold outlines: a font of bitmaps alone has one size, and not ours.
OUTLINES = ("glyf", "CFF ", "CFF2")
# A subtable that gives one glyph to thousands of characters (OpenType, cmap format 13): a box for each.
LAST_RESORT = 13

# Scripts that come out right one character after the other. All others need shaping: Arabic letters
# join, Devanagari ones change places, Hebrew runs from right to left.
PLAIN_SCRIPTS = (
    (0x0020, 0x058F),  # Latin, Greek, Cyrillic, Armenian
    (0x10A0, 0x10FF),  # Georgian
    (0x1E00, 0x2BFF),  # more Latin and Greek, punctuation, symbols
    (0x2E80, 0xA4CF),  # Han, kana, Bopomofo, Yi
    (0xAC00, 0xD7A3),  # Hangul
    (0xF900, 0xFAFF),  # more Han
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),  # full and half width
    (0x20000, 0x3FFFF),  # still more Han
)


@dataclass(frozen=True)
class Face:
    """A font file, and which characters it has, in order."""

    path: str
    codes: "array[int]"

    def has(self, words: str) -> bool:
        """Whether it has every character of these words."""
        return all(self._has(ord(letter)) for letter in set(words) if not is_silent(letter))

    def _has(self, code: int) -> bool:
        place = bisect_left(self.codes, code)
        return place < len(self.codes) and self.codes[place] == code


def find(words: str, chosen: Path | None = None) -> Face | None:
    """A face that has every letter of the words: of the chosen file, or else of the machine.

    None where there is none, where Pillow could not set the words, and for no words.
    """
    if not words or not (can_shape() or is_plain(words)):
        return None
    files = (*([str(chosen)] if chosen else ()), *_files(FOLDERS))
    return next((face for face in map(_read, files) if face and face.has(words)), None)


def check(path: Path) -> None:
    """Raise ValueError for a file that no word can be drawn with."""
    if _read(str(path)) is None:
        raise ValueError("that is no font. Name a TrueType or OpenType file that may be read.")


def can_shape() -> bool:
    """Whether every script comes out right: Pillow asks libraqm for that, where it is there."""
    from PIL import features

    return bool(features.check("raqm"))


def is_plain(words: str) -> bool:
    """Whether the words come out right without shaping."""
    return not any(is_mark(letter) for letter in words) and all(
        any(low <= ord(letter) <= high for low, high in PLAIN_SCRIPTS) for letter in words
    )


def is_mark(letter: str) -> bool:
    """Whether a character is part of the letter before it: an accent, a vowel sign."""
    return unicodedata.category(letter).startswith("M")


def is_silent(letter: str) -> bool:
    """Whether a character is never seen itself and needs no glyph: a joiner, a mark of direction."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"


@cache
def _files(folders: tuple[str, ...]) -> tuple[str, ...]:
    """One file of each family that is fit for a headline, the best families first."""
    best: dict[str, str] = {}
    for folder in folders:
        for path in sorted(_font_files(Path(folder).expanduser()), key=_weight):
            best.setdefault(STYLE.sub("", path.stem).casefold(), str(path))
    return tuple(best[name] for name in sorted(best, key=_liking)[:MOST_FAMILIES])


def _font_files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            if path.suffix.lower() in ENDINGS and not UNFIT.search(path.stem):
                yield path


def _weight(path: Path) -> tuple[int, str]:
    name = path.stem.casefold()
    found = (place for place, weight in enumerate(WEIGHTS) if name.endswith(weight))
    return next(found, len(WEIGHTS)), name


def _liking(family: str) -> tuple[int, bool, str]:
    name = re.sub("[^a-z]", "", family)
    found = (place for place, liked in enumerate(FAMILIES) if name == liked)
    return next(found, len(FAMILIES)), "serif" in name, name


@lru_cache(MOST_FAMILIES + 1)  # and the chosen one
def _read(path: str) -> Face | None:
    """The face of a file; None for what is damaged, has one size only, or has boxes for letters."""
    from fontTools.ttLib import TTFont
    from PIL import ImageFont

    try:
        ImageFont.truetype(path, 10)
        with TTFont(path, lazy=True, fontNumber=0) as font:
            return Face(path, array("I", sorted(_codes(font)))) if _has_outlines(font) else None
    # Fonts come from everywhere, and a damaged one raises whatever its reader stumbles over.
    except Exception:
        return None


def _has_outlines(font: "TTFont") -> bool:
    return any(table in font for table in OUTLINES)


def _codes(font: "TTFont") -> set[int]:
    """The characters that lead to a glyph of their own."""
    return {
        code
        for table in font["cmap"].tables
        if table.isUnicode() and table.format != LAST_RESORT
        for code, glyph in getattr(table, "cmap", {}).items()
        if glyph != ".notdef"
    }
