"""A small ornament for everyone who replies, so that an eye finds them again in a long thread.

It is a printer's flower: a few shapes, each turned four times about the centre, as typefounders cast
them to be set in rows. Which shapes and which hue comes from a keyed hash of the e-mail and the name
together: whoever writes under another name wears another flower. Nothing is asked of another site, and
the page holds no hash, only the drawing. There are a few thousand of them, each blog deals them out in
its own way, and no list of addresses can be tried against them without the blog's secret.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from flask import current_app

from blog import keys

# As many as there are classes .hue-0, .hue-1 ... in static/css/comments.css.
HUES = 10

# How many people's are kept by a process.
MOST_KEPT = 2_048

PAIR = re.compile(r"(-?\d+) (-?\d+)")

# One of each row makes a flower. The ground is a square from -12 to 12; what two shapes share is left out.
SHAPES = (
    # the heart
    (
        "M0 -2Q2 -2 2 0L0 0",
        "M0 -4Q4 -4 4 0L2 0Q2 -2 0 -2",
        "M0 -4L4 0L0 0",
        "M0 -5Q0 0 5 0L0 0",
    ),
    # petals into the corners
    (
        "M2 2Q9 2 9 9Q2 9 2 2",
        "M2 2L9 2Q9 9 2 9",
        "M6 4Q8 4 8 6Q8 8 6 8Q4 8 4 6Q4 4 6 4",
        "M9 9L3 9Q3 3 9 3",
        "M2 2L10 6L6 10",
    ),
    # leaves along the cross
    (
        "M0 -3Q4 -7 0 -11Q-4 -7 0 -3",
        "M0 -10Q2 -10 2 -8Q2 -6 0 -6Q-2 -6 -2 -8Q-2 -10 0 -10",
        "M0 -4L3 -11L-3 -11",
        "M0 -5Q5 -6 3 -11L0 -9L-3 -11Q-5 -6 0 -5",
        "M-1 -11L1 -11L1 -4L-1 -4",
    ),
    # the corners
    (
        "",
        "M11 11L6 11L11 6",
        "M11 11L8 11Q8 8 11 8",
        "M11 11L9 11L9 9L11 9",
    ),
)


class Avatar(NamedTuple):
    """A drawing: the path of an SVG, and the number of its hue."""

    path: str
    hue: int


def of(email: str, name: str) -> Avatar:
    """The avatar of whoever gives this e-mail (empty for staff) and this name: always the same."""
    return _drawn(f"{email}\n{name}".casefold(), current_app.config["SECRET_KEY"])


# Who replies often stands on many pages.
@lru_cache(maxsize=MOST_KEPT)
def _drawn(person: str, _secret: str) -> Avatar:
    number = int(keys.digest("avatar", person), 16)
    number, hue = divmod(number, HUES)
    path = ""
    for row in FLOWERS:
        number, chosen = divmod(number, len(row))
        path += row[chosen]
    return Avatar(path, hue)


def _turned_four_times(shape: str) -> str:
    """A shape and its three quarter turns, in as few bytes as a path takes."""
    turns = [shape]
    for _quarter in range(3):
        turns.append(PAIR.sub(lambda pair: f"{-int(pair[2])} {pair[1]}", turns[-1]))
    return "".join(turns).replace(" -", "-")


FLOWERS = tuple(tuple(_turned_four_times(shape) for shape in row) for row in SHAPES)
