"""How long a text is: its words, and the minutes that reading takes."""

from typing import NamedTuple

from blog.posts import tokens

# What adults read in silence, of most languages (M. Brysbaert, 2019): words, and where words are
# written without spaces, letters.
WORDS_A_MINUTE = 240
LETTERS_A_MINUTE = 500


class Length(NamedTuple):
    """How long a text is. A letter of a script without spaces counts as a word: so writers count there."""

    words: int
    minutes: int


def measure(text: str) -> Length:
    """The length of a text without its markup. What has words takes a minute at least."""
    rest, letters = tokens.apart(text)
    words = sum(any(map(str.isalnum, word)) for word in rest.split())
    minutes = round(words / WORDS_A_MINUTE + letters / LETTERS_A_MINUTE)
    return Length(words + letters, max(minutes, min(words + letters, 1)))
