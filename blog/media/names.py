"""What a picture is called, which says its size: `<mark>-<width>x<height>[-<width of a rendition>].webp`.

So whoever writes a page needs no database to know how much room a picture takes, and which smaller ones
there are of it. A leaf: text.py asks it, too.
"""

import re
from typing import NamedTuple, Self

FOLDER = "/media/"

# The beginning of a SHA-256: 128 bits are neither met by chance nor guessed.
MARK_LENGTH = 32

# The widest that is kept: a column of text is 580 pixels wide, and a screen has up to three for each.
WIDEST = 2400
# WebP has no more (RFC 9649, 2.6: 14 bits).
HIGHEST = 16_383

# The widths of renditions, as far as they are smaller than the picture. A telephone's column has 360 to
# 1,290 pixels of its screen, that of a laptop 580 or 1,160.
LADDER = (480, 800, 1200)

_MARK = rf"[0-9a-f]{{{MARK_LENGTH}}}"
_NUMBER = r"[1-9][0-9]{0,4}"
PATTERN = rf"{_MARK}-{_NUMBER}x{_NUMBER}(?:-{_NUMBER})?\.webp"

_NAME = re.compile(rf"({_MARK})-({_NUMBER})x({_NUMBER})(?:-({_NUMBER}))?\.webp")
# With whatever follows it: a rendition, or nothing that is a picture.
_MENTION = re.compile(rf"{FOLDER}({_MARK})-")


class Name(NamedTuple):
    """The name of a file: the mark and the size of its picture, and how wide this rendition is."""

    mark: str
    width: int
    height: int
    rung: int = 0  # 0: the picture itself

    @classmethod
    def read(cls, name: str) -> Self | None:
        """The name that this is; None for what is none, and for a rendition that is never made."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        mark, *numbers = found.groups(default="0")
        read = cls(mark, *map(int, numbers))
        return read if read in read.all() else None

    @classmethod
    def at(cls, address: str) -> Self | None:
        """The name at the end of an address of this site; None where no picture has its place."""
        return cls.read(address.removeprefix(FOLDER)) if address.startswith(FOLDER) else None

    def __str__(self) -> str:
        rung = f"-{self.rung}" if self.rung else ""
        return f"{self.mark}-{self.width}x{self.height}{rung}.webp"

    @property
    def address(self) -> str:
        """Where it is found on this site."""
        return f"{FOLDER}{self}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of this file in pixels."""
        if not self.rung:
            return self.width, self.height
        return self.rung, max(1, round(self.height * self.rung / self.width))

    def all(self) -> list[Self]:
        """All files of the picture, the smallest first; the picture itself is the last."""
        rungs = [rung for rung in LADDER if rung < self.width]
        return [self._replace(rung=rung) for rung in (*rungs, 0)]

    @property
    def srcset(self) -> str:
        """All of them with their widths, for a browser to choose from (HTML, 4.8.4.2); "" for one alone."""
        if self.width <= LADDER[0]:
            return ""
        return ", ".join(f"{name.address} {name.size[0]}w" for name in self.all())


def mentioned(words: str) -> set[str]:
    """The marks of all pictures whose address stands in a text, as a picture, a link or otherwise."""
    return set(_MENTION.findall(words))
