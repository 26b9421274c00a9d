"""The site's sign: the first letter of its title, on its colour."""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app
from markupsafe import escape

from blog import colours, fonts
from blog.fonts import is_mark
from blog.site.models import Site

if TYPE_CHECKING:  # Pillow is loaded for who draws a picture
    from PIL import Image, ImageDraw, ImageFont

# Moves when it is drawn in another way.
VERSION = 1

# As parts of its side.
ROUND = 0.2
LETTER = 0.62
# What is cut to any shape keeps a circle of 80 % (https://w3c.github.io/manifest/#icon-masks).
MASKED_LETTER = 0.48

# Corners are drawn so much larger, and made smaller: Pillow draws no soft edges.
FINER = 4

ICO_SIZES = [(16, 16), (32, 32), (48, 48)]

# One of each kind, and the old ones of a title that is being changed.
KEPT = 16

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
    '<rect width="100" height="100" rx="{round:g}" fill="{ground}"/>'
    '<text x="50" y="50" dy=".36em" text-anchor="middle" font-family="system-ui,sans-serif" '
    'font-weight="700" font-size="{size:g}" fill="#fff">{letter}</text></svg>\n'
)


@dataclass(frozen=True)
class Emblem:
    """What it is made of. `font` is the file that the site's owner chose, if any."""

    title: str
    accent: str
    font: Path | None = None

    @property
    def mark(self) -> str:
        """The mark of its content: another content, another mark."""
        content = "\0".join(map(str, (VERSION, *astuple(self))))
        return hashlib.sha256(content.encode()).hexdigest()[:8]

    def svg(self) -> str:
        """The sign for browsers: they have fonts of their own."""
        return SVG.format(
            round=100 * ROUND,
            ground=colours.as_hex(colours.ground(self.accent)),
            size=100 * LETTER,
            letter=escape(next(letters(self.title), "")),
        )


def emblem_of(site: Site) -> Emblem:
    """The sign of the site as it is set now."""
    return Emblem(site.title, site.accent, current_app.config["SOCIAL_FONT"])


def letters(title: str) -> Iterator[str]:
    """The letters and digits of a title, each with the marks that belong to it, as capitals."""
    composed = unicodedata.normalize("NFC", title)
    for place, sign in enumerate(composed):
        if sign.isalnum():
            end = place + 1
            while end < len(composed) and is_mark(composed[end]):
                end += 1
            letter = composed[place:end]
            # Of ß the capital would be two letters.
            yield letter.upper() if len(letter.upper()) == len(letter) else letter


@lru_cache(KEPT)
def png(emblem: Emblem, size: int, *, is_square: bool = False, is_masked: bool = False) -> bytes:
    """The sign as PNG. Square, its ground goes into the corners; masked, its letter keeps away from them."""
    out = BytesIO()
    _draw(emblem, size, is_square=is_square, is_masked=is_masked).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(KEPT)
def ico(emblem: Emblem) -> bytes:
    """The sign as ICO, for who asks for /favicon.ico without having read a page."""
    out = BytesIO()
    _draw(emblem, ICO_SIZES[-1][0]).save(out, "ICO", sizes=ICO_SIZES)
    return out.getvalue()


def _draw(
    emblem: Emblem, size: int, *, is_square: bool = False, is_masked: bool = False
) -> "Image.Image":
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGBA", (size, size), colours.ground(emblem.accent))
    if not is_square:
        image.putalpha(_rounded(size))
    for letter in letters(emblem.title):
        face = fonts.find(letter, emblem.font)
        if face is not None:
            part = MASKED_LETTER if is_masked else LETTER
            font = ImageFont.truetype(face.path, size * part)
            _centre(ImageDraw.Draw(image), letter, font)
            break
    return image


def _rounded(size: int) -> "Image.Image":
    from PIL import Image, ImageDraw

    side = size * FINER
    shape = Image.new("L", (side, side))
    corners = (0, 0, side - 1, side - 1)
    ImageDraw.Draw(shape).rounded_rectangle(corners, side * ROUND, fill=255)
    return shape.resize((size, size), Image.Resampling.LANCZOS)


def _centre(canvas: "ImageDraw.ImageDraw", letter: str, font: "ImageFont.FreeTypeFont") -> None:
    """Write a letter so that what is seen of it is in the middle."""
    left, top, right, bottom = canvas.textbbox((0, 0), letter, font)
    width, height = canvas.im.size
    place = ((width - left - right) / 2, (height - top - bottom) / 2)
    canvas.text(place, letter, colours.WHITE, font)
