r"""Patterns with `*` and `?`: nobody's regular expression runs, and no pattern is slow.

`?` stands for one character, `*` for any number of them, none included; neither stands for white
space, so a pattern keeps to its words. `\*`, `\?` and `\\` stand for themselves.

A pattern is cut at its stars into pieces of a fixed length. Within a word each piece is looked for once,
behind the one before: the first place where it stands leaves the most room for the rest, so nothing is
ever tried twice. A word of n letters and a pattern of m cost at most n times m steps of the regex
engine, whatever they are. Source: Kirk J. Krauss, "Matching Wildcards", Dr. Dobb's Journal, 2008.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from blog.comments.rules.folding import fold

# A pattern of more is no phrase any more; and each word of a text begins so many comparisons.
MOST_WORDS = 5
LONGEST = 200

# As many as all rules of a blog may have: WordPress users bring lists of a thousand lines.
REMEMBERED = 8_192

_SIGN = re.compile(r"\\(?P<itself>[*?\\])|(?P<wild>[*?])|(?P<letter>.)", re.DOTALL)
_WITH_SIGNS = re.compile(r"\S+")
_LETTERS = re.compile(r"\w+")

Span = tuple[int, int]


class BadPattern(ValueError):
    """A pattern that is none. `remedy` says what is wrong, for whoever wrote it."""

    def __init__(self, remedy: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy


@dataclass(frozen=True)
class _Piece:
    """What stands between two stars: so many characters, of which some may be any."""

    regex: re.Pattern[str]  # without any quantifier, so it cannot go back
    length: int


@dataclass(frozen=True)
class _Word:
    """One word of a pattern: its pieces. There are stars between them, and nowhere else."""

    pieces: tuple[_Piece, ...]

    def find(self, text: str, start: int, end: int) -> Span | None:
        """Where it stands in a word of the text that it covers from start to end; None if it does not."""
        if len(self.pieces) == 1:
            found = self.pieces[0].regex.fullmatch(text, start, end)
            return found.span() if found else None
        *before, last = self.pieces
        here, spans = start, []
        for number, piece in enumerate(before):
            look = piece.regex.search if number else piece.regex.match
            found = look(text, here, end)
            if found is None:
                return None
            here = found.end()
            spans.append(found.span())
        if end - last.length < here or not last.regex.match(text, end - last.length, end):
            return None
        return _asked_for([*spans, (end - last.length, end)]) or (start, end)


def _asked_for(spans: Sequence[Span]) -> Span | None:
    """From the first letter that was asked for to the last; None if none was."""
    found = [span for span in spans if span[0] < span[1]]
    return (found[0][0], found[-1][1]) if found else None


class Glob:
    """A pattern, ready to be looked for in folded texts."""

    def __init__(self, pattern: str, *, inside: bool, whole: bool) -> None:
        """`inside`: it may stand anywhere in a word. `whole`: signs are no part of words.

        Raises BadPattern.
        """
        self._words_of_text = _LETTERS if whole else _WITH_SIGNS
        words = [_signs(word) for word in pattern.split()]
        if whole:
            words = [part for word in words for part in _without_signs(word)]
        if inside and words:
            words = [[(True, "*"), *words[0]], *words[1:]]
            words[-1] = [*words[-1], (True, "*")]
        self.letters = tuple(run for word in words for run in _runs(word))
        self.is_plain = inside and not whole and _is_plain(words)
        _refuse_unless_sound(self, words, pattern)
        self._words = tuple(_word(signs) for signs in words)
        self._phrase = " ".join(self.letters)

    def find(self, text: str) -> Iterator[Span]:
        """Where it stands in a folded text, once in each word at most."""
        if not all(run in text for run in self.letters):  # most texts end here
            return
        if self.is_plain:
            yield from _all(self._phrase, text)
            return
        words = [found.span() for found in self._words_of_text.finditer(text)]
        for here in range(len(words) - len(self._words) + 1):
            if span := self._at(text, words[here : here + len(self._words)]):
                yield span

    def is_in(self, text: str) -> bool:
        """Whether it stands in a folded text."""
        return next(self.find(text), None) is not None

    def covers(self, text: str) -> bool:
        """Whether it is the whole of a folded text."""
        words = [found.span() for found in self._words_of_text.finditer(text)]
        return len(words) == len(self._words) and self._at(text, words) is not None

    def _at(self, text: str, words: Sequence[Span]) -> Span | None:
        first: Span | None = None
        last: Span | None = None
        for word, (start, end) in zip(self._words, words, strict=True):
            last = word.find(text, start, end)
            if last is None:
                return None
            first = first or last
        return (first[0], last[1]) if first and last else None


@lru_cache(REMEMBERED)
def glob(pattern: str, *, inside: bool = False, whole: bool = False) -> Glob:
    """The pattern, made once in a process. Raises BadPattern."""
    return Glob(pattern, inside=inside, whole=whole)


def literal(value: str) -> str:
    """The pattern that stands for this text and for no other."""
    return re.sub(r"([*?\\])", r"\\\1", value)


# A sign of a pattern: whether it is wild, and which it is.
_Sign = tuple[bool, str]


def _signs(word: str) -> list[_Sign]:
    found = _SIGN.finditer(word)
    return [(bool(one["wild"]), one["wild"] or one["itself"] or one["letter"]) for one in found]


def _without_signs(word: list[_Sign]) -> Iterator[list[_Sign]]:
    """The words that are left of one when it is cut where a text is cut into letters."""
    part: list[_Sign] = []
    for wild, sign in word:
        if wild or _LETTERS.match(sign):
            part.append((wild, sign))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _runs(word: list[_Sign]) -> Iterator[str]:
    """The letters of a word that stand side by side, folded as texts are."""
    run = ""
    for wild, sign in [*word, (True, "")]:
        if not wild:
            run += sign
        elif run:
            yield fold(run)
            run = ""


def _is_plain(words: list[list[_Sign]]) -> bool:
    """Whether there is nothing wild in it but the stars at both ends."""
    signs = [sign for word in words for sign in word][1:-1]
    return not any(wild for wild, _ in signs)


def _all(phrase: str, text: str) -> Iterator[Span]:
    here = text.find(phrase)
    while here >= 0:
        yield here, here + len(phrase)
        here = text.find(phrase, here + len(phrase))


def _refuse_unless_sound(glob: Glob, words: list[list[_Sign]], pattern: str) -> None:
    if not any(glob.letters):
        raise BadPattern(f"“{pattern}” has no letter, and would be found everywhere.")
    if glob.is_plain:
        return  # as quick as any text, however long
    if len(pattern) > LONGEST:
        raise BadPattern(f"“{pattern[:20]}…” is longer than {LONGEST} characters.")
    if len(words) > MOST_WORDS:
        raise BadPattern(f"“{pattern[:20]}…” has more than {MOST_WORDS} words.")


def _word(signs: list[_Sign]) -> _Word:
    pieces: list[list[_Sign]] = [[]]
    for sign in signs:
        if sign == (True, "*"):
            pieces.append([])
        else:
            pieces[-1].append(sign)
    return _Word(tuple(_piece(piece) for piece in pieces))


def _piece(signs: list[_Sign]) -> _Piece:
    regex, length, run = "", 0, ""
    for wild, sign in [*signs, (True, "")]:
        if not wild:
            run += sign
            continue
        folded = fold(run)
        regex += re.escape(folded) + ("." if sign else "")
        length += len(folded) + len(sign)
        run = ""
    return _Piece(re.compile(regex, re.DOTALL), length)
