"""The one stylesheet of a page: files written one per thing on screen, joined and packed at start."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# What readers need. Names, then what they mean, then one file for each thing on screen.
READERS = ("tokens.css", "base.css", "forms.css", "posts.css", "code.css", "comments.css")
# Who is signed in sees more.
STAFF = (*READERS, "desk.css")

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"\n\s*")

# Packed once at start and sent many times: as small as gzip can.
HARDEST = 9


@dataclass(frozen=True)
class Stylesheet:
    """A stylesheet as it is sent, as is and gzipped, with the mark of its content."""

    plain: bytes
    gzipped: bytes
    mark: str


def join(folder: Path, names: Iterable[str]) -> Stylesheet:
    """Join files of a folder, without their comments and indents. Raises OSError."""
    written = "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
    plain = INDENT.sub("\n", COMMENT.sub("", written)).strip().encode()
    # No time stamp: every host and every start makes the same bytes.
    gzipped = gzip.compress(plain, HARDEST, mtime=0)
    return Stylesheet(plain, gzipped, hashlib.sha256(plain).hexdigest()[:8])
