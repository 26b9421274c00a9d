"""Pictures for tests: made here, with whatever a camera or a villain would put into them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

# In the EXIF standard: which way up, the camera, and where it was (GPS: a block of its own).
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
SECRET = "Secret garden"


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> BytesIO:
    """A file with this image."""
    out = BytesIO()
    image.save(out, kind, **options)
    out.seek(0)
    return out


def photograph(width: int = 640, height: int = 480) -> Image.Image:
    """Something with a great many colours."""
    noise = [Image.effect_noise((width, height), 80) for _ in "RGB"]
    return Image.merge("RGB", noise)


def flag(width: int = 60, height: int = 40) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), (200, 0, 0))
    image.paste((0, 0, 200), (width // 2, 0, width, height))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """What a telephone writes into a picture."""
    said = Image.Exif()
    said[ORIENTATION] = orientation
    said[MAKE] = SECRET
    said.get_ifd(GPS)[2] = (48.0, 8.0, 14.0)
    return said


def claims(width: int, height: int) -> BytesIO:
    """A PNG whose header claims this size, and that has next to nothing in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(packed))


def opened(data: bytes) -> Image.Image:
    """The image in a file."""
    image = Image.open(BytesIO(data))
    image.load()
    return image
