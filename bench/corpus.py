"""Seeded blogs. Filling one takes a minute, so it is kept beside the repository for the next run.

What is kept is never served: a run gets a copy, and takes it away when it ends.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.plan import Size
from bench.processes import ROOT, end_with_parent
from blog import text

SEED = 1

# Who approves here.
MODERATOR = "mo@example.org"
PASSWORD = "seven quiet herons over the estuary"

# What a seeded blog is made of: when one of these changes, or how texts are rendered, it is made anew.
INGREDIENTS = ("migrations/versions/*.py", "blog/seeding/*.py")

# Settings of whoever runs this, and what would have every start compile all that it loads.
NOT_TOLD = ("BLOG_", "PYTHONDONTWRITEBYTECODE")

# What is in the database is read by us as well: which posts there are, what was kept.
DATABASE = "blog.sqlite3"


def folder() -> Path:
    """Where seeded blogs are kept: in the system's folder for such things, for this user alone."""
    kept = Path(tempfile.gettempdir()) / f"afterword-bench-{os.getuid()}"
    kept.mkdir(mode=0o700, exist_ok=True)
    if kept.stat().st_uid != os.getuid():
        raise SystemExit(f"{kept} belongs to somebody else. Name another folder with TMPDIR=.")
    return kept


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    """A folder for this run, which goes when it ends; and what killed runs left goes now."""
    for left in folder().glob("run-*"):
        if not Path("/proc", left.name.removeprefix("run-")).exists():
            shutil.rmtree(left, ignore_errors=True)
    mine = folder() / f"run-{os.getpid()}"
    mine.mkdir(mode=0o700)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def copy_of(size: Size, target: Path) -> Path:
    """A seeded blog of this size that may be changed: its instance folder."""
    shutil.copytree(_seeded(size), target)
    return target


def environment(instance: Path, **settings: str) -> dict[str, str]:
    """What a blog is told: where it is, and nothing that the shell happens to say."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(NOT_TOLD)}
    given = {f"BLOG_{name}": value for name, value in settings.items()}
    return {**ours, **given, "BLOG_INSTANCE": str(instance), "PYTHONUNBUFFERED": "1"}


def ask(instance: Path, query: str) -> list[tuple[str, ...]]:
    """Read something in a blog's database."""
    with contextlib.closing(sqlite3.connect(instance / DATABASE)) as database:
        return database.execute(query).fetchall()


def _seeded(size: Size) -> Path:
    mark = _mark()
    kept = folder() / f"{mark}-{'-'.join(map(str, size))}"
    if not kept.exists():
        _forget_others(mark)
        _fill(kept, size)
    return kept


def _mark() -> str:
    digest = hashlib.sha256(str(text.VERSION).encode())
    for pattern in INGREDIENTS:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _forget_others(mark: str) -> None:
    for old in folder().iterdir():
        if not old.name.startswith((mark, "run-")):
            shutil.rmtree(old, ignore_errors=True)


def _fill(kept: Path, size: Size) -> None:
    """Fill a blog under another name, so that half a blog is never taken for a whole one."""
    print(f"Filling a blog: {size}. It is kept in {kept} for the next run.", flush=True)
    half = kept.with_name(f"run-{os.getpid()}") / "filling"
    numbers = zip(("--posts", "--comments", "--pending", "--seed"), (*size, SEED), strict=True)
    _flask(half, "seed", *(str(word) for pair in numbers for word in pair))
    _flask(
        half, *f"user add --role moderator --name Mo --email {MODERATOR} --password-stdin".split()
    )
    half.rename(kept)


def _flask(instance: Path, *words: str) -> None:
    """Run a command of the blog's. What it says of its progress is shown."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env=environment(instance),
        input=f"{PASSWORD}\n",
        preexec_fn=end_with_parent,  # the bench has no threads
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"flask {' '.join(words)} ended with {done.returncode}.")
