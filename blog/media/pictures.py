"""Pictures as they were sent become pictures as they are shown: read whole, and written anew as WebP.

Nothing of the file that was sent is kept but its pixels: what a camera notes of the place (EXIF, XMP),
comments, and whatever else hid in it are gone. It is turned the right way up first, and its colours are
brought to sRGB. What it is decides its content, never its name. Of what moves the first picture is kept:
here nothing moves unless a reader asks for it.

Decoders are written in C and are handed files by whoever sends them. So what a file claims to be is
asked of its first bytes, before anything is decoded, and one file is decoded at a time in a process.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from blog.media.names import HIGHEST, MARK_LENGTH, WIDEST, Name
from blog.turns import NoTurn, Turns

# Pillow is loaded with the first picture: most workers never see one.
if TYPE_CHECKING:
    from PIL import Image

# The largest pictures of today's telephones have 12 MB, and 50 megapixels only if asked for.
MOST_BYTES = 20_000_000
MOST_PIXELS = 40_000_000

# What is read. Pillow knows forty formats, and each is a decoder more that could go wrong.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
# For an input's `accept`, and for who fetches.
TYPES = "image/jpeg,image/png,image/webp,image/avif,image/gif"

# Photographs at 82 can hardly be told from what was sent; 4 is where more effort gains little (libwebp).
QUALITY = 82
EFFORT = 4
# Reducing to twice the size first is as good, and takes a third of the time (Pillow's documentation).
REDUCING_GAP = 2.0

# Drawings and screenshots have few colours, and their edges suffer from being compressed like photographs.
# In a sample of so many pixels a side, a photograph has a different colour at nearly each of them.
SAMPLE = 128
FEW_COLOURS = 2_000

# One decodes; so many in all may be at it. A thread that waits answers nobody else (serving.py has 8).
MOST_AT_ONCE = 3
PATIENCE_SECONDS = 30

# What a camera held otherwise says of it (EXIF 2.32, 4.6.5.1 F: Orientation), as Pillow turns it back.
ORIENTATION = 0x0112
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
ON_ITS_SIDE = 5  # from here on width and height are exchanged

# What else people send, by what its first bytes have in them.
BEGINNING = 1_024
DISGUISED = (
    (
        (b"<svg", b"<?xml"),
        _l("This is SVG, whatever its name says. It may hold scripts, so it is not taken."),
    ),
    (
        (b"<html", b"<!doctype", b"<script", b"<body"),
        _l("This is a web page, whatever its name says, and no picture."),
    ),
    (
        (b"ftyphei", b"ftypmif1", b"ftypmsf1", b"ftyphev"),
        _l("This is HEIC, which few browsers show. Have your phone send it as JPEG."),
    ),
)
UNKNOWN = _l("This is no picture of a kind that is known here: JPEG, PNG, WebP, AVIF or GIF.")
EMPTY = _l("This file is empty.")
TOO_LONG = _l("This file has more than 20 MB. Send a smaller one.")
TOO_LARGE = _l("This picture has more than 40 megapixels. Make it smaller, and send it again.")
DAMAGED = _l("This picture is damaged, or a part of it is missing.")
TOO_MANY = _l("Other pictures are being read. Send this one again in a moment.")

_turns = Turns()
_room = threading.BoundedSemaphore(MOST_AT_ONCE)


class Refused(Exception):
    """A file that is not taken: why, in words for who sent it, and the status of the answer."""

    def __init__(
        self, words: LazyString, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


@dataclass(frozen=True)
class Made:
    """A picture as it is shown: its name, its files by theirs, and whether more than one picture came."""

    name: Name
    files: Mapping[Name, bytes]
    was_moving: bool = False

    @property
    def size(self) -> int:
        """How many bytes all its files have."""
        return sum(map(len, self.files.values()))


def make(file: IO[bytes]) -> Made:
    """Read what was sent, and write it anew. Takes seconds: call it outside any transaction.

    Raises Refused for what is no picture, is too large or too long, damaged, or one too many right now.
    """
    _refuse_length(file)
    with _a_turn():
        image, was_moving = _decoded(file)
        is_drawn = _is_drawn(image)
        whole = _webp(image, is_drawn)
        mark = hashlib.sha256(whole).hexdigest()[:MARK_LENGTH]
        name = Name(mark, *image.size)
        files = {
            smaller: _webp(_resized(image, smaller.size), is_drawn) for smaller in name.all()[:-1]
        }
    return Made(name, {**files, name: whole}, was_moving)


def _refuse_length(file: IO[bytes]) -> None:
    length = file.seek(0, 2)
    file.seek(0)
    if length > MOST_BYTES:
        raise Refused(TOO_LONG, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if length == 0:
        raise Refused(EMPTY)


@contextmanager
def _a_turn() -> Iterator[None]:
    """One at a time, and few who wait for it: others need the threads."""
    if not _room.acquire(blocking=False):
        raise Refused(TOO_MANY, HTTPStatus.SERVICE_UNAVAILABLE)
    try:
        with _turns.one(PATIENCE_SECONDS):
            yield
    except NoTurn as error:
        raise Refused(TOO_MANY, HTTPStatus.SERVICE_UNAVAILABLE) from error
    finally:
        _room.release()


def _decoded(file: IO[bytes]) -> tuple["Image.Image", bool]:
    """The pixels as they are to be seen, no more of them than are kept, and whether it moved."""
    with _opened(file) as source:
        try:
            # A JPEG with another behind it (MPO: a preview, a second eye) does not move.
            was_moving = source.format != "MPO" and getattr(source, "is_animated", False)
            return _upright(source), was_moving
        except Refused:
            raise
        except Exception as error:  # a decoder that reads what is broken may raise anything
            raise Refused(DAMAGED) from error


def _opened(file: IO[bytes]) -> "Image.Image":
    """The file with its header read, and nothing else."""
    from PIL import Image

    try:
        source = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(TOO_LARGE) from error
    except Exception as error:
        raise Refused(_disguise(file)) from error
    if source.width * source.height > MOST_PIXELS:
        source.close()
        raise Refused(TOO_LARGE)
    return source


def _disguise(file: IO[bytes]) -> LazyString:
    """What a file is that is no picture, as far as its beginning shows."""
    file.seek(0)
    beginning = file.read(BEGINNING).lower()
    for signs, words in DISGUISED:
        if any(sign in beginning for sign in signs):
            return words
    return UNKNOWN


def _upright(source: "Image.Image") -> "Image.Image":
    """Decode, make smaller, turn, and only then bring the colours to sRGB: so there are few to bring."""
    from PIL import Image

    orientation = source.getexif().get(ORIENTATION, 1)
    on_its_side = orientation in TURNS and orientation >= ON_ITS_SIDE
    seen = source.size[::-1] if on_its_side else source.size
    size = _fitting(*seen)
    stored = size[::-1] if on_its_side else size
    profile = source.info.get("icc_profile")
    source.draft(None, stored)  # a JPEG can be decoded at half its size, in a quarter of the memory
    source.load()
    image = _resized(_plain(source), stored)
    if orientation in TURNS:
        image = image.transpose(Image.Transpose[TURNS[orientation]])
    image = _in_srgb(image, profile)
    image.info = {}
    return image


def _fitting(width: int, height: int) -> tuple[int, int]:
    """The size in which a picture is kept: its own, unless that is too wide or too high."""
    scale = min(1, WIDEST / width, HIGHEST / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _plain(source: "Image.Image") -> "Image.Image":
    """The same pixels in a mode that can be made smaller, with what shows through, if anything does."""
    if source.mode.startswith("I;16"):
        # Pillow would make white of all that is brighter than the darkest 256th.
        return source.point(lambda value: value * (1 / 256)).convert("L")
    if source.has_transparency_data:
        return source if source.mode == "RGBA" else source.convert("RGBA")
    return source if source.mode in {"RGB", "L", "CMYK"} else source.convert("RGB")


def _resized(image: "Image.Image", size: tuple[int, int]) -> "Image.Image":
    from PIL import Image

    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)


def _in_srgb(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """The colours as every browser takes them. A profile that cannot be used is passed over."""
    from PIL import ImageCms

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            ours = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, theirs, ours, outputMode=mode)
            return converted or image.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile for another kind of pixels, or none at all
    return image if image.mode == mode else image.convert(mode)


def _is_drawn(image: "Image.Image") -> bool:
    """Whether it has few colours: a drawing or a screenshot, and no photograph."""
    from PIL import Image

    sample = image.resize((SAMPLE, SAMPLE), Image.Resampling.NEAREST)
    return sample.getcolors(FEW_COLOURS) is not None


def _webp(image: "Image.Image", is_drawn: bool) -> bytes:
    options: dict[str, Any] = {"lossless": True} if is_drawn else {"quality": QUALITY}
    out = BytesIO()
    image.save(out, "WEBP", method=EFFORT, **options)
    return out.getvalue()
