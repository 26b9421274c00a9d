"""What in a comment speaks for or against it: the pieces of evidence that the spam filter counts. A leaf.

A piece of evidence is a kind and a value, "word:free" or "host:example.com". Nothing here knows which
of them are bad: that is what the decisions of this blog teach (`learning.py`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import NamedTuple

from blog.comments.lookalikes import LETTERS

# Words are taken from the beginning and from the end of a long comment: reading it stays cheap, and
# nothing is hidden behind a long beginning. Links are looked for in all of it.
LONGEST_END = 2_000

# The longest words that people write have some 30 letters; a longer one is kept by its beginning.
LONGEST_WORD = 30

# Of how many words a process remembers the pieces: people use the same ones again and again.
REMEMBERED = 10_000

# Letters in a piece of a word, with the spaces around it: enough to know "subscrible". A word that is no
# longer than its piece would be is kept as a word.
PIECE = 5
# Where a letter is a syllable or a word, two of them say as much.
SHORT_PIECE = 2

# What is kept of a whole text, of a name and of the shape of one.
LONGEST_WHOLE = 200
LONGEST_SHAPE = 12

# Pairs of words and links say more than words, pieces of words and shapes, of which there are many that
# say the same. Two or three times as much is about right: within that, public comments hardly differ.
LOUD, QUIET = 1.0, 0.4

# How many words of a link's path, and how many links, are looked at.
PATH_WORDS = 6
MOST_LINKS = 10

TAG = re.compile(r"<[^<>]{1,1000}>")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()\[\]]+"
    r"|(?<![@\w.-])(?:[a-z0-9-]{1,63}\.){1,4}(?:[a-z]{2,4})(?![\w@])(?:/[^\s<>\"'()\[\]]*)?",
    re.IGNORECASE,
)
AFTER_HOST = re.compile(r"[/?#:\s]")
PATH_WORD = re.compile(r"[a-z]{3,}")
# "example . com", "example (dot) com": whoever writes like this hides a link from a filter.
HIDDEN_LINK = re.compile(
    r"(?: [.*]|[.*] |\*|\bdot\b\)?) ?(?:com|net|org|info|biz|co|tk|ru|me|ly|tv)\b"
)
ADDRESS = re.compile(r"[\w.+-] ?@ ?\w[\w-]*\.\w")
PHONE = re.compile(r"\d(?:[ ().-]?\d){8,}")
HANDLE = re.compile(r"(?<!\w)[@#]\w{2,}")
# "f r e e": a word whose letters stand apart.
SPREAD = re.compile(r"(?<![^\W_])(?:[^\W_][ .*_-]){3,}[^\W_](?![^\W_])")
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|\x01")
SYLLABLES = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff]")
DIGIT = re.compile(r"\d")
A_LINK = "\x01"


class Written(NamedTuple):
    """What somebody wrote: a comment as the filter sees it."""

    text: str
    name: str = ""
    email: str = ""
    website: str = ""


def found_in(comment: Written) -> dict[str, float]:
    """The evidence in a comment, and how loud each piece of it is beside the others.

    It has an order that is always the same. Takes any text, and never raises.
    """
    spelt = unicodedata.normalize("NFKC", unescape(comment.text))
    # Neither a link nor a hint of one does without a full stop, and most comments have none.
    links = LINK.findall(spelt)[:MOST_LINKS] if "." in spelt else []
    seen = TAG.sub(" ", spelt) if "<" in spelt else spelt
    folded = seen.casefold()
    words = _words(folded)
    loud = [*_in_links(links, folded), *_pairs(words)]
    quiet = [*_in_words(words), *_in_shape(seen.strip(), words), *_in_person(comment)]
    return {**dict.fromkeys(loud, LOUD), **dict.fromkeys(quiet, QUIET)}


def _words(folded: str) -> list[str]:
    if len(folded) > 2 * LONGEST_END:
        folded = f"{folded[:LONGEST_END]} {folded[-LONGEST_END:]}"
    if "." in folded:
        folded = LINK.sub(f" {A_LINK} ", folded)
    joined = SPREAD.sub(lambda spread: re.sub(r"[\W_]", "", spread[0]), folded)
    return WORD.findall(STRETCHED.sub(r"\1", joined))


def _pairs(words: list[str]) -> list[str]:
    marked = ["^", *words, "$"]
    return [f"pair:{one} {two}" for one, two in pairwise(marked)]


def _in_words(words: list[str]) -> list[str]:
    evidence: list[str] = []
    for word in dict.fromkeys(words):
        if word != A_LINK:
            evidence += _pieces(word[:LONGEST_WORD])
    return evidence


@lru_cache(maxsize=REMEMBERED)
def _pieces(word: str) -> tuple[str, ...]:
    size = PIECE
    if not (word.isascii() and word.isalpha()):
        word = _plain(word)
        size = SHORT_PIECE if SYLLABLES.search(word) else PIECE
    padded = f" {word} "
    if len(padded) <= size:
        return (f"word:{word}",)
    starts = range(len(padded) - size + 1)
    return tuple([f"piece:{padded[start : start + size]}" for start in starts])


def _plain(word: str) -> str:
    """A word that mixes Latin letters with others, with the letters that these stand for."""
    mixed = any("a" <= letter <= "z" for letter in word)
    return word.translate(LETTERS) if mixed else word


def _in_links(links: list[str], folded: str) -> Iterator[str]:
    yield f"links:{min(len(links), 3)}"
    for link in links:
        yield from _in_link(link.casefold())
    if HIDDEN_LINK.search(folded):
        yield "hidden:link"
    if "@" in folded and ADDRESS.search(folded):
        yield "hidden:address"
    if ("@" in folded or "#" in folded) and HANDLE.search(folded):
        yield "hidden:handle"
    if PHONE.search(folded):
        yield "hidden:phone"


def _in_link(link: str) -> Iterator[str]:
    host, path = _host_and_path(link)
    yield f"host:{host}"
    if host.count(".") > 1:
        yield f"domain:{'.'.join(host.split('.')[-2:])}"
    yield f"ending:{host.rpartition('.')[2]}"
    yield f"path:{len(path).bit_length()}"
    for word in PATH_WORD.findall(path)[:PATH_WORDS]:
        yield f"in-path:{word}"


def _in_shape(text: str, words: list[str]) -> Iterator[str]:
    yield f"length:{len(text).bit_length()}"
    yield f"whole:{' '.join(words)[:LONGEST_WHOLE]}"
    yield f"capitals:{5 * sum(map(str.isupper, text)) // (len(text) + 1)}"
    yield f"exclaims:{min(3, text.count('!'))}"
    yield f"digits:{min(3, len(DIGIT.findall(text)) // 3)}"
    if all(word == A_LINK for word in words):
        yield "only:links"


def _in_person(comment: Written) -> Iterator[str]:
    name = unicodedata.normalize("NFKC", comment.name)
    if name:
        yield f"name:{name.casefold()[:LONGEST_WHOLE]}"
        for word in WORD.findall(name.casefold()):
            yield f"name-word:{word[:LONGEST_WORD]}"
        yield f"name-shape:{_shape(name)}"
    if comment.email:
        local, _, domain = comment.email.casefold().rpartition("@")
        yield f"mail:{domain[:LONGEST_WHOLE]}"
        yield f"mail-shape:{_shape(local)}"
    if comment.website:
        host, path = _host_and_path(comment.website.casefold())
        yield f"site:{host[:LONGEST_WHOLE]}"
        yield f"site-ending:{host.rpartition('.')[2][:LONGEST_WORD]}"
        yield f"site-path:{len(path).bit_length()}"


def _host_and_path(link: str) -> tuple[str, str]:
    rest = link.partition("://")[2] or link
    host = AFTER_HOST.split(rest, maxsplit=1)[0]
    return host.removeprefix("www."), rest[len(host) :]


def _shape(name: str) -> str:
    """A name whose letters are told apart by nothing but their kind: "Rita99" is "Aa9"."""
    small = re.sub(r"[^\W\dA-Z_]+", "a", re.sub(r"[A-Z]+", "A", name[:LONGEST_WHOLE]))
    return re.sub(r"\d+", "9", small)[:LONGEST_SHAPE]
