"""The one script of a page, of readers, desk or editor: files, one a behaviour, joined and packed."""

from pathlib import Path
from typing import NamedTuple

from blog.site.joined import Joined, pack


class Parts(NamedTuple):
    """What a script is made of."""

    common: tuple[str, ...]  # what all the others may use
    behaviours: tuple[
        str, ...
    ]  # in this order: each takes the page as those before it have left it


READERS = Parts(
    common=("kept.js",),
    behaviours=(
        "remember.js",
        "answer.js",
        "send.js",
        "identity.js",
        "drafts.js",
        "own.js",
        "news.js",
        "ago.js",
    ),
)
DESK = Parts(
    common=("kept.js", "desk/rows.js", "desk/server.js", "desk/undo.js"),
    behaviours=("desk/decide.js", "desk/write.js", "desk/tick.js", "desk/keys.js"),
)
EDITOR = Parts(
    common=(
        "kept.js",
        "editor/sheet.js",
        "editor/state.js",
        "editor/writing.js",
        "editor/marks.js",
        "editor/copies.js",
    ),
    behaviours=(
        "editor/toolbar.js",
        "editor/lists.js",
        "editor/preview.js",
        "editor/pictures.js",
        "editor/foreign.js",
        "editor/room.js",
        "editor/saving.js",
        "editor/recovery.js",
    ),
)
# By the names that stand in their addresses.
SCRIPTS = {"scripts": READERS, "desk": DESK, "editor": EDITOR}

# A block keeps the names of a file to itself, and what goes wrong in one stops no other.
# (ECMAScript 2026, B.3.2 is for sloppy code alone: in a module functions belong to their block.)
BLOCK = "try {{\n{}\n}} catch (error) {{\nreportError(error);\n}}"


def join_all(folder: Path) -> dict[str, Joined]:
    """Every script, by name, from the files of a folder. Raises OSError."""
    return {name: join(folder, parts) for name, parts in SCRIPTS.items()}


def join(folder: Path, parts: Parts) -> Joined:
    """Join files of a folder, as one module. Raises OSError."""
    common, behaviours = (
        [squeeze((folder / name).read_text(encoding="utf-8")) for name in names] for names in parts
    )
    return pack("\n".join((*common, *map(BLOCK.format, behaviours))))


def squeeze(js: str) -> str:
    """The same statements without indentation and lines of comment. No template goes over a line's end."""
    lines = (line.strip() for line in js.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
