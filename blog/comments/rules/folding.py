"""Texts as rules see them: without case, typographic variants, invisible characters and needless space."""

import unicodedata
from collections.abc import Iterator

# What Markdown leaves out when it is read: "cas**in**o" says casino.
MARKS = frozenset("*_~`\\")


def fold(value: str) -> str:
    """A text as word lists see it (NFKC and case folding, Unicode Standard 5.18)."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    if not folded.isascii():
        folded = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return " ".join(folded.split())


class Folded:
    """A folded text that remembers where each of its characters stands in what was typed."""

    def __init__(self, typed: str, *, without: frozenset[str] = frozenset()) -> None:
        """Fold a text, `without` these characters. Takes a while: for texts in which something is."""
        letters: list[str] = []
        places: list[tuple[int, int]] = []
        for start, end in _clusters(typed):
            if typed[start] in without:
                continue
            for letter in _folded(typed[start:end]):
                if letter == " " and (not letters or letters[-1] == " "):
                    continue
                letters.append(letter)
                places.append((start, end))
        self.text = "".join(letters).rstrip(" ")
        self._places = places

    def typed(self, start: int, end: int) -> tuple[int, int]:
        """Where what stands from start to end was typed."""
        return self._places[start][0], self._places[end - 1][1]


def _clusters(typed: str) -> Iterator[tuple[int, int]]:
    """Each letter with the marks that stand on it: they fold together."""
    start = 0
    for here in range(1, len(typed) + 1):
        if here == len(typed) or not unicodedata.combining(typed[here]):
            yield start, here
            start = here


def _folded(cluster: str) -> str:
    return " " if cluster.isspace() else fold(cluster)
