"""Fonts of our own making: the machine's are what they are, and another machine has others."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM = 1_000


def make_font(path: Path, letters: str) -> Path:
    """A font file in which each of these letters is a block as high as its place among them."""
    letters = "".join(dict.fromkeys(letters))
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in letters)]
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    font.setupGlyf({name: _block(100 + 10 * place) for place, name in enumerate(names)})
    font.setupHorizontalMetrics(dict.fromkeys(names, (EM // 2, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(path)
    return path


def _block(height: int) -> object:
    pen = TTGlyphPen(None)
    corners = [(50, 0), (50, height), (450, height), (450, 0)]
    pen.moveTo(corners[0])
    for corner in corners[1:]:
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
