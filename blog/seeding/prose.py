"""Posts and replies in plain English, made up: the same seed says the same.

It only has to look like a blog: as long as posts are, with the headings, lists and quotations they have.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from blog.seeding import words

# At least; the last part goes beyond. On average it is 820 and 60.
POST_WORDS = 790
REPLY_WORDS = 50
SENTENCES_A_PARAGRAPH = (3, 6)
PARAGRAPHS_A_SECTION = (2, 4)
MOST_TAGS = 3

_PLACE = re.compile(r"{(\w+)}")
# An envelope, and not a envelope.
_BEFORE_A_VOWEL = re.compile(r"\b([Aa]) (?=[aeiou])")


class Written(NamedTuple):
    """A post as its author would type it."""

    title: str
    summary: str
    tags: list[str]
    source: str


def dice(*named: object) -> random.Random:
    """Chance that falls the same way each time for the same names, on every machine."""
    return random.Random(" ".join(map(str, named)))  # noqa: S311  # nothing secret comes of it


def post(seed: int, number: int) -> Written:
    """The post of this number."""
    chance = dice(seed, "post", number)
    tags = sorted(chance.sample(sorted(words.SUBJECTS), chance.randint(1, MOST_TAGS)))
    writer = Writer(chance, tags)
    return Written(
        title=writer.line(words.TITLES).rstrip("."),
        summary=writer.line(words.STATEMENTS).replace("*", ""),
        tags=tags,
        source="\n\n".join(_until(POST_WORDS, writer.sections())),
    )


def reply(seed: int, number: int) -> str:
    """What a reader says: about as much as people say below a post."""
    writer = _reader(seed, "reply", number)
    return "\n\n".join(_until(REPLY_WORDS, writer.remarks()))


def advertisement(seed: int, number: int) -> str:
    """What somebody says who has something to sell."""
    writer = _reader(seed, "advertisement", number)
    return f"{writer.line(words.ADVERTISEMENTS)} {writer.paragraph()}"


def _reader(seed: int, kind: str, number: int) -> "Writer":
    chance = dice(seed, kind, number)
    return Writer(chance, [chance.choice(sorted(words.SUBJECTS))])


def _until(enough: int, parts: Iterator[str]) -> Iterator[str]:
    """Parts of a text, until it is long enough."""
    said = 0
    while said < enough:
        part = next(parts)
        said += len(part.split())
        yield part


class Writer:
    """Somebody who writes about a few subjects."""

    def __init__(self, chance: random.Random, subjects: Sequence[str]) -> None:
        self.chance = chance
        self.things = [thing for subject in subjects for thing in words.SUBJECTS[subject]]

    def line(self, patterns: Sequence[str]) -> str:
        """One of these sentences, with words in its gaps."""
        # Each thing once: a gull does not have its gull.
        things = iter(self.chance.sample(self.things, len(self.things)))

        def word(place: re.Match[str]) -> str:
            kind = place[1]
            if kind in {"thing", "things"}:
                return next(things) + kind.removeprefix("thing")
            return self.chance.choice(words.CHOICES[kind]).replace("-", " ")

        said = _PLACE.sub(word, self.chance.choice(patterns))
        said = _BEFORE_A_VOWEL.sub(r"\1n ", said)
        return said[0].upper() + said[1:]

    def paragraph(self) -> str:
        """A few sentences."""
        number = self.chance.randint(*SENTENCES_A_PARAGRAPH)
        return " ".join(self.line(words.STATEMENTS) for _ in range(number))

    def sections(self) -> Iterator[str]:
        """What a post consists of, without end: an opening, then headings with what stands below."""
        yield self.paragraph()
        ornaments: tuple[Callable[[], str], ...] = (self._list, self._quotation, self.paragraph)
        while True:
            yield f"## {self.line(words.HEADINGS)}"
            for _ in range(self.chance.randint(*PARAGRAPHS_A_SECTION)):
                yield self.paragraph()
            yield self.chance.choice(ornaments)()

    def remarks(self) -> Iterator[str]:
        """What a reply consists of, without end."""
        yield f"{self.line(words.OPENINGS)} {self.line(words.STATEMENTS)} {self.line(words.STATEMENTS)}"
        while True:
            yield f"{self.line(words.STATEMENTS)} {self.line(words.ENDINGS)}"

    def _list(self) -> str:
        items = "\n".join(f"- {self.line(words.ITEMS)}" for _ in range(4))
        return f"{self.line(words.LISTS)}\n\n{items}"

    def _quotation(self) -> str:
        return f"> {self.line(words.STATEMENTS)} {self.line(words.STATEMENTS)}"
