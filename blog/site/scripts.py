"""The one script of a page: files written one per behaviour, joined and packed at start."""

from pathlib import Path

from blog.site.joined import Joined, pack

# What all the others may use.
COMMON = "kept.js"
# In this order: each takes the form as those before it have left it.
BEHAVIOURS = (
    "remember.js",
    "answer.js",
    "send.js",
    "identity.js",
    "drafts.js",
    "own.js",
    "news.js",
    "ago.js",
)

# A block keeps the names of a file to itself, and what goes wrong in one stops no other.
# (ECMAScript 2026, B.3.2 is for sloppy code alone: in a module functions belong to their block.)
BLOCK = "try {{\n{}\n}} catch (error) {{\nreportError(error);\n}}"


def join(folder: Path) -> Joined:
    """Join the files of a folder, as one module. Raises OSError."""
    common, *behaviours = (
        squeeze((folder / name).read_text(encoding="utf-8")) for name in (COMMON, *BEHAVIOURS)
    )
    return pack("\n".join((common, *map(BLOCK.format, behaviours))))


def squeeze(js: str) -> str:
    """The same statements without indentation and lines of comment. No template goes over a line's end."""
    lines = (line.strip() for line in js.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
