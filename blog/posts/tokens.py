"""What a text is found by: its words as tokens, the same ones for every database. A leaf.

Upper and lower case are one, and so are letters with and without accents, wide and narrow forms, the
two kinds of kana (the Unicode Collation Algorithm, UTS 10, tells them apart on its third level, as it
does the cases) and the digits of all scripts. Vowels that are written as marks stay where a word is
another one without them (Thai, Devanagari), and go where most people leave them out (Arabic, Hebrew).

Where words are written without spaces, nobody can tell them apart without a dictionary. There, each
letter makes one token with the letter after it, and the last of a row stands alone. A word is then
found as its pairs in a row, wherever it begins. Korean has spaces, but hangs its particles on the word and
joins words with and without them, so it is read like this too.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain, groupby, pairwise
from typing import NamedTuple

# Raise it with any change of what comes out: every post is then indexed again.
VERSION: int = 1

# The longest words that people write have some 60 letters; a longer one is found by its beginning.
LONGEST = 64

# What a machine remembers of the words it has folded: those of a few hundred posts.
REMEMBERED = 20_000


class Token(NamedTuple):
    """A token, and where it stands in the text that it was made of.

    `first_end` is where its first letter ends, in a script without spaces; 0 in the others.
    """

    text: str
    start: int
    end: int
    first_end: int = 0

    @property
    def stands_alone(self) -> bool:
        """Whether it is one letter of a script without spaces, with none after it."""
        return self.end == self.first_end


def read(text: str) -> Iterator[Token]:
    """The tokens of a text, in their order. Takes any text, and never raises."""
    for found in _patterns().piece.finditer(text):
        if found.lastgroup == "row":
            yield from _pairs(found[0], found.start())
        elif folded := _fold(found[0]):
            yield Token(folded[:LONGEST], found.start(), found.end())


def sought(words: str) -> list[Token]:
    """The tokens by which somebody's words are looked for, one after another.

    The last letter of a row is part of the pair before it, and in the text it may go on.
    """
    tokens = list(read(words))
    if len(tokens) > 1 and tokens[-1].end == tokens[-2].end:
        tokens.pop()
    return tokens


def pieces(text: str) -> Iterator[str]:
    """The whole text in pieces: words, letters of scripts without spaces, white space, and signs."""
    return (found[0] for found in _patterns().any.finditer(text))


def words(text: str) -> list[str]:
    """The same without white space and signs."""
    found: list[str] = _patterns().word.findall(text)
    return found


def apart(text: str) -> tuple[str, int]:
    """The text without its letters that are written without spaces, and how many of those there are."""
    return _patterns().letter.subn(" ", text)


def _pairs(row: str, start: int) -> Iterator[Token]:
    letters = [
        (folded[:LONGEST], start + found.start(), start + found.end())
        for found in _patterns().letter.finditer(row)
        if (folded := _fold(found[0]))
    ]
    for (one, begin, end), (two, _begin, last) in pairwise(letters):
        yield Token(one + two, begin, last, end)
    for one, begin, end in letters[-1:]:
        yield Token(one, begin, end, end)


# How letters are made one. Each of these tables is asked after Unicode's compatibility forms (NFKC).

# Letters of their own, whatever they are composed of: in Cyrillic, stress marks and the dots of ё go.
_OWN = frozenset("йЙўЎїЇѓЃќЌ")

# Marks that people leave out: accents, Hebrew points, Arabic vowels and hamza; and the selectors of
# variants, which change how a letter looks and not which it is.
_LEFT_OUT = (
    (0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640),
    (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED), (0x0730, 0x074A), (0x180B, 0x180F),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)  # fmt: skip


@cache
def _left_out() -> frozenset[int]:
    return _all_of(_LEFT_OUT)


def _all_of(ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
    return frozenset(chain.from_iterable(range(first, last + 1) for first, last in ranges))


# Letters that are typed as others where a keyboard lacks them, and that Unicode does not decompose.
_TYPED_AS = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d",
    "æ": "ae", "œ": "oe", "þ": "th",
    "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
}  # fmt: skip
_KATAKANA, _HIRAGANA = range(0x30A1, 0x30F7), range(0x3041, 0x3097)
_SAME = str.maketrans(_TYPED_AS) | dict(zip(_KATAKANA, _HIRAGANA, strict=True))


def _fold(word: str) -> str:
    return word.lower() if word.isascii() else _fold_letters(word)


@lru_cache(REMEMBERED)
def _fold_letters(word: str) -> str:
    bare = "".join(map(_bare, unicodedata.normalize("NFKC", word))).casefold()
    return unicodedata.normalize("NFC", bare.translate(_SAME))


@cache
def _bare(letter: str) -> str:
    """A letter without the marks that people leave out; nothing for what is no letter and no number."""
    kind = unicodedata.category(letter)
    if kind[0] not in "LMN":
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    if letter in _OWN:
        return letter
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if ord(part) not in _left_out())


# Where the words are: what Python's own `\w` calls a letter has no marks, and Thai is full of them.

# Blocks of scripts that are written without spaces, and of those that are read as if they were:
# Thai and Lao, Burmese, Hangul, Khmer, Tai, Balinese and Javanese, Chinese and Japanese, Yi; half-width
# kana and Hangul; and in the planes above, kana, Tangut and Khitan.
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x1950, 0x19FF),
    (0x1A20, 0x1AAF), (0x1B00, 0x1B7F), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x303C),
    (0x3041, 0x30FF), (0x3105, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0xA4CF), (0xA960, 0xA97F),
    (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFF66, 0xFFDC),
    (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B2FF),
)  # fmt: skip
_IDEOGRAPHS = (0x20000, 0x3FFFF)  # two planes of nothing else

# What Unicode calls letters and what is part of the one before it: the vowels and the last consonants
# of Hangul in pieces, and the voiced marks of half-width kana.
_TIED = ((0x1160, 0x11FF), (0xD7B0, 0xD7FB), (0xFF9E, 0xFF9F))


class _Patterns(NamedTuple):
    piece: re.Pattern[str]
    letter: re.Pattern[str]
    word: re.Pattern[str]
    any: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Built when first asked for, out of what this Python knows of Unicode."""
    letter, mark, row_letter, row_mark = map(_class, ("letter", "mark", "row letter", "row mark"))
    row_letter += f"{chr(_IDEOGRAPHS[0])}-{chr(_IDEOGRAPHS[1])}"
    row = f"[{row_letter}{row_mark}][{row_letter}{row_mark}{mark}]*"
    word, one = f"[{letter}][{letter}{mark}]*", f"[{row_letter}{row_mark}][{row_mark}{mark}]*"
    return _Patterns(
        re.compile(f"(?P<word>{word})|(?P<row>{row})"),
        re.compile(one),
        re.compile(f"{word}|{one}"),
        re.compile(rf"{word}|{one}|\s+|\S"),
    )


def _class(kind: str) -> str:
    """The characters of a kind, as they stand between the brackets of a pattern."""
    ranges = []
    for _distance, codes in groupby(enumerate(_kinds()[kind]), lambda pair: pair[1] - pair[0]):
        found = [chr(code) for _place, code in codes]
        ranges.append(f"{re.escape(found[0])}-{re.escape(found[-1])}")
    return "".join(ranges)


@cache
def _kinds() -> dict[str, list[int]]:
    """The characters that words are made of, by the part that they play."""
    in_rows, tied = _all_of(_WITHOUT_SPACES), _all_of(_TIED)
    kinds: dict[str, list[int]] = {"letter": [], "mark": [], "row letter": [], "row mark": []}
    for code in (*range(_IDEOGRAPHS[0]), *_all_of(_LEFT_OUT[-1:])):
        category = unicodedata.category(chr(code))
        row = "row " if code in in_rows and category not in ("Nd", "Cf") else ""
        # Joiners and soft hyphens (Cf) are seen by nobody.
        if category[0] == "M" or category == "Cf" or code in tied:
            kinds[f"{row}mark"].append(code)
        elif category[0] in "LN":
            kinds[f"{row}letter"].append(code)
    return kinds
