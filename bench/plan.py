"""How much is measured, and for how long: a whole run, or a quick one that only proves that it works."""

from dataclasses import dataclass
from typing import NamedTuple


class Size(NamedTuple):
    """How much there is in a blog: what `flask seed` is asked for."""

    posts: int
    comments: int
    pending: int

    def __str__(self) -> str:
        return f"{self.posts:,} posts, {self.comments:,} comments, {self.pending:,} pending"


@dataclass(frozen=True)
class Plan:
    """What a run does. Every number is an upper bound: nothing runs until something settles."""

    small: Size
    large: Size
    rounds: int  # how often each thing is measured; its median counts
    load_seconds: int  # of one run of wrk
    writing_seconds: int  # of eight clients who reply while a thousand requests a second are read
    renders: int  # requests of one round, one after the other
    searches: int
    approvals: int
    starts: int
    pages: tuple[str, ...]  # those that are asked for as stored pages


FULL = Plan(
    small=Size(100, 10_000, 1_000),
    large=Size(1_000, 1_000_000, 1_000_000),
    rounds=3,
    load_seconds=3,
    writing_seconds=10,
    renders=80,
    searches=20,
    approvals=200,
    starts=3,
    pages=("post", "home", "feed"),
)

QUICK = Plan(
    small=Size(10, 600, 30),
    large=Size(20, 1_500, 120),
    rounds=1,
    load_seconds=1,
    writing_seconds=2,
    renders=10,
    searches=5,
    approvals=20,
    starts=1,
    pages=("post",),
)

# Readers at a fixed rate, and how many reply meanwhile: as the aims say.
READERS_RATE = 1_000
WRITERS = 8

# One browser each, as many as a small server meets at once.
CONNECTIONS = 32
