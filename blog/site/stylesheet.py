"""The one stylesheet of a page: files written one per thing on screen, joined and packed at start.

What is coloured follows one colour, the site's accent, which is a setting: each accent has a
stylesheet of its own, made when a page first asks for it, in every process.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from blog.site.custom_css import closed
from blog.site.joined import Joined, pack

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
STAFF = (*READERS, "desk.css", "editor.css", "media.css", "revisions.css")

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What is quoted stays as it is; around marks no space is needed, elsewhere one will do, and a number
# may begin with its point. (CSS Syntax 3, 4.3)
SPACE = re.compile(r'("[^"]*")|\s*([{},;])\s*|(:)\s+|(?<![\w.])0(\.)|\s+')

# An author who tries colours out sees some; pages from before are forgotten in time.
MOST_KEPT = 16


class Stylesheets:
    """The stylesheets of a site, as its accent makes them."""

    def __init__(self, folder: Path) -> None:
        """Join the files of a folder. Raises OSError."""
        self._joined = {"readers": join(folder, READERS), "staff": join(folder, STAFF)}
        self._kept: dict[tuple[str, str, str], Joined] = {}

    def of(self, whom: str, accent: str, own: str = "") -> Joined:
        """The stylesheet of readers or staff in this accent, like #006b6b, with the author's own CSS.

        That comes last: it has the last word, and what it leaves open is nothing of ours.
        """
        sheet = self._kept.get((whom, accent, own))
        if sheet is None:
            ours = f":root{{--accent:{accent}}}\n{self._joined[whom]}"
            sheet = pack(f"{ours}\n{closed(own)}" if own else ours)
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[whom, accent, own] = sheet
        return sheet

    def marked(self, whom: str, mark: str) -> Joined | None:
        """The one with this mark, if this process has made it."""
        kept = list(self._kept.items())
        return next((s for (theirs, *_), s in kept if (theirs, s.mark) == (whom, mark)), None)


def join(folder: Path, names: Iterable[str]) -> str:
    """Join files of a folder, without their comments and needless space. Raises OSError."""
    return squeeze("\n".join((folder / name).read_text(encoding="utf-8") for name in names))


def squeeze(css: str) -> str:
    """The same rules in fewer bytes. Quotation marks are double, and no comment mark is quoted."""
    squeezed = SPACE.sub(
        lambda found: found[found.lastindex] if found.lastindex else " ", COMMENT.sub("", css)
    )
    return squeezed.replace(";}", "}").strip()
