"""The picture that other sites show of a post: its title and the name of the site, on the site's colour.

Made when somebody first asks, and kept in the instance folder under the mark of what is on it.
"""

import hashlib
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blog import colours, fonts, lettering
from blog.lettering import Lettering

# Pillow is loaded with the first picture: every worker would keep it, and most blogs' are asked for rarely.
if TYPE_CHECKING:
    from PIL import Image, ImageDraw

# What every site that shows such pictures takes (1.91:1).
WIDTH, HEIGHT = 1200, 630

# Moves when a picture is drawn in another way: what was kept is made anew.
VERSION = 1

MARGIN = 80
FOOT = 130  # the darker band that the site's name stands on
RULE = 8  # the line above the title that the eye starts from
RULE_WIDTH = 96
TITLE_TOP = 140
TITLE_HEIGHT = 320
# From a word or two down to a title of 200 characters in Chinese.
TITLE_SIZES = (104, 92, 80, 70, 62, 54, 46, 40)
SITE_SIZES = (38, 30)
# White letters, flat grounds, and the steps between them.
COLOURS = 64

# Of pictures without words there is one for each accent, and the old ones of a site that tries some.
WORDLESS_KEPT = 4

log = logging.getLogger(__name__)

# A browser and its neighbours ask for one picture at the same moment; one of them makes it.
_one_at_a_time = threading.Lock()


class Drawn(NamedTuple):
    """A picture as PNG, and whether its words are on it."""

    png: bytes
    has_words: bool


@dataclass(frozen=True)
class Card:
    """What is on a picture. `font` is the file that the site's owner chose, if any."""

    title: str
    site: str
    accent: str
    language: str
    font: Path | None = None

    @property
    def mark(self) -> str:
        """The mark of its content: another content, another mark."""
        content = "\0".join(map(str, (VERSION, *astuple(self))))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def picture(card: Card, post_id: int, folder: Path) -> Drawn:
    """The picture of a post, made if it is not kept yet. Needs no database.

    Without a font for all its words it has none, and is not kept: the font may come. There is one
    file for each post, so nobody fills the disk by asking; a disk that takes none is no reason to
    show none.
    """
    path = folder / f"{post_id}-{card.mark}.png"
    kept = _kept(path)
    if kept is not None:
        return kept
    with _one_at_a_time:
        drawn = _kept(path) or draw(card)
        if drawn.has_words and not path.exists():
            try:
                _keep(drawn.png, path, older=folder.glob(f"{post_id}-*.png"))
            except OSError as error:
                log.warning("The picture of a post is drawn anew each time: %s", error)
    return drawn


def _kept(path: Path) -> Drawn | None:
    try:
        return Drawn(path.read_bytes(), has_words=True)
    except OSError:
        return None


def _keep(png: bytes, path: Path, older: Iterator[Path]) -> None:
    """Write a file that is whole whenever it is there, in place of those before it. Raises OSError."""
    path.parent.mkdir(exist_ok=True)
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        mine.write_bytes(png)
        mine.replace(path)
    except OSError:
        mine.unlink(missing_ok=True)  # a full disk took a part of it
        raise
    for old in older:
        if old != path:
            old.unlink(missing_ok=True)


def draw(card: Card) -> Drawn:
    """The picture, anew."""
    from PIL import ImageDraw

    title, site = lettering.drawable(card.title), lettering.drawable(card.site)
    face = fonts.find(title + site, card.font)
    if face is None:
        return Drawn(_wordless(card.accent), has_words=False)
    image = _grounds(card.accent)
    canvas = ImageDraw.Draw(image)
    fit = partial(lettering.fit, face=face, width=WIDTH - 2 * MARGIN, language=card.language)
    _headline(canvas, fit(title, height=TITLE_HEIGHT, sizes=TITLE_SIZES))
    name = fit(site, height=FOOT, sizes=SITE_SIZES)
    _write(canvas, name, HEIGHT - (FOOT + len(name.lines) * name.line_height) // 2)
    return Drawn(_png(image), has_words=True)


@lru_cache(WORDLESS_KEPT)
def _wordless(accent: str) -> bytes:
    return _png(_grounds(accent))


def _grounds(accent: str) -> "Image.Image":
    """The colours that the words stand on."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), colours.ground(accent))
    foot = (0, HEIGHT - FOOT, WIDTH, HEIGHT)
    ImageDraw.Draw(image).rectangle(foot, fill=colours.ground(accent, colours.SHADE))
    return image


def _png(image: "Image.Image") -> bytes:
    out = BytesIO()
    image.quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _headline(canvas: "ImageDraw.ImageDraw", words: Lettering) -> None:
    left = WIDTH - MARGIN - RULE_WIDTH if words.is_rtl else MARGIN
    canvas.rectangle((left, MARGIN, left + RULE_WIDTH, MARGIN + RULE), fill=colours.WHITE)
    _write(canvas, words, TITLE_TOP)


def _write(canvas: "ImageDraw.ImageDraw", words: Lettering, top: int) -> None:
    """Write lines from the edge that their script begins at."""
    left, anchor = (WIDTH - MARGIN, "ra") if words.is_rtl else (MARGIN, "la")
    for number, line in enumerate(words.lines):
        place = (left, top + number * words.line_height)
        canvas.text(place, line, colours.WHITE, words.font, anchor, **words.options)
