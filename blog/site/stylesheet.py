"""The one stylesheet of a page: files written one per thing on screen, joined and packed at start.

What is coloured follows one colour, the site's accent, which is a setting: each accent has a
stylesheet of its own, made when a page first asks for it, in every process.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from blog.site.models import Site

# What readers need. Names, then what they mean, then one file for each thing on screen.
READERS = (
    "tokens.css",
    "base.css",
    "forms.css",
    "posts.css",
    "finding.css",
    "code.css",
    "comments.css",
)
# Who is signed in sees more.
STAFF = (*READERS, "desk.css")

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What is quoted stays as it is; around marks no space is needed, elsewhere one will do. (CSS Syntax 3, 4.3)
SPACE = re.compile(r'("[^"]*")|\s*([{},;])\s*|(:)\s+|\s+')
ACCENT = re.compile(r"#[0-9a-fA-F]{6}")

# Packed once and sent many times: as small as gzip can.
HARDEST = 9

# An author who tries colours out sees some; pages from before are forgotten in time.
MOST_KEPT = 16


@dataclass(frozen=True)
class Stylesheet:
    """A stylesheet as it is sent, as is and gzipped, with the mark of its content."""

    plain: bytes
    gzipped: bytes
    mark: str


class Stylesheets:
    """The stylesheets of a site, as its accent makes them."""

    def __init__(self, folder: Path) -> None:
        """Join the files of a folder. Raises OSError."""
        self._joined = {"readers": join(folder, READERS), "staff": join(folder, STAFF)}
        self._kept: dict[tuple[str, str], Stylesheet] = {}

    def of(self, whom: str, accent: str) -> Stylesheet:
        """The stylesheet of readers or staff in this accent, like #006b6b.

        What is no colour is not repeated, however it came into the database: it is the usual accent.
        """
        accent = accent if ACCENT.fullmatch(accent) else Site.accent
        sheet = self._kept.get((whom, accent))
        if sheet is None:
            sheet = pack(f":root{{--accent:{accent}}}\n{self._joined[whom]}")
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[whom, accent] = sheet
        return sheet

    def marked(self, whom: str, mark: str) -> Stylesheet | None:
        """The one with this mark, if this process has made it."""
        kept = list(self._kept.items())
        return next((s for (theirs, _), s in kept if (theirs, s.mark) == (whom, mark)), None)


def join(folder: Path, names: Iterable[str]) -> str:
    """Join files of a folder, without their comments and needless space. Raises OSError."""
    return squeeze("\n".join((folder / name).read_text(encoding="utf-8") for name in names))


def squeeze(css: str) -> str:
    """The same rules in fewer bytes. Quotation marks are double, and no comment mark is quoted."""
    squeezed = SPACE.sub(
        lambda found: found[1] or found[2] or found[3] or " ", COMMENT.sub("", css)
    )
    return squeezed.replace(";}", "}").strip()


def pack(css: str) -> Stylesheet:
    """A stylesheet ready to be sent."""
    plain = css.encode()
    # No time stamp: every host and every start makes the same bytes.
    gzipped = gzip.compress(plain, HARDEST, mtime=0)
    return Stylesheet(plain, gzipped, hashlib.sha256(plain).hexdigest()[:8])
