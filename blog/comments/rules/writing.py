"""In which letters and which language a text is written: well enough to hold what nobody here reads. A leaf.

A language is known by its shortest words, which nobody can do without. It takes a sentence or two; of
less nothing is said.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

# The first word of a letter's name in the Unicode Character Database, and what people call its script.
SCRIPTS = {
    "ARABIC": "Arabic",
    "ARMENIAN": "Armenian",
    "BENGALI": "Bengali",
    "CJK": "Chinese",
    "CYRILLIC": "Cyrillic",
    "DEVANAGARI": "Devanagari",
    "ETHIOPIC": "Ethiopic",
    "GEORGIAN": "Georgian",
    "GREEK": "Greek",
    "HANGUL": "Korean",
    "HEBREW": "Hebrew",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "KHMER": "Khmer",
    "LATIN": "Latin",
    "TAMIL": "Tamil",
    "TELUGU": "Telugu",
    "THAI": "Thai",
}
OTHER = "other"

SHORT_WORDS = {
    "Dutch": "de het een en van niet dat ik op te met voor zijn maar ook",
    "English": "the and of to is that it for you with this are was have not",
    "French": "le la les des et est une pas que pour dans vous je qui sur",
    "German": "der die das und ist nicht ich ein eine mit für auf auch sie zu",
    "Italian": "il che di è una non per con sono del della gli anche questo ma",
    "Polish": "i w nie na się że to jest z do jak ale co tak dla",
    "Portuguese": "o os que e é uma não para com do da em um mais você",
    "Russian": "и в не на что я с как это он она но мы вы за",
    "Spanish": "el los las que y es una por para con no del como pero muy",
    "Turkish": "ve bir bu için çok da ne ama gibi değil ile var daha en mi",
    "Ukrainian": "і не що та це як але є від ще для до у ви ми",
}
_LANGUAGES = {name: frozenset(words.split()) for name, words in SHORT_WORDS.items()}

# Two may meet by chance, as "die" and "me" do.
ENOUGH_WORDS = 3
# More is not needed to tell, and a long text shall cost no more.
LOOKED_AT = 4_000

# Every name that a rule may give, as it is written in the end.
NAMES = {name.casefold(): name for name in (*SCRIPTS.values(), *SHORT_WORDS)}

_WORD = re.compile(r"[^\W\d_]+")


def writings(text: str) -> frozenset[str]:
    """What a text is written in: the script of most of its letters, and the language if one can tell.

    Han with some kana is Japanese. Nothing for a text without letters.
    """
    beginning = text[:LOOKED_AT]
    scripts = Counter(name for name in map(script, beginning) if name)
    if not scripts:
        return frozenset()
    most = scripts.most_common(1)[0][0]
    if most == "Chinese" and scripts["Japanese"]:
        most = "Japanese"
    return frozenset({most, language(beginning)}) - {""}


def language(text: str) -> str:
    """The language whose short words a text has most of; "" if there are too few, or as many of another."""
    words = [word.casefold() for word in _WORD.findall(text)]
    hits = Counter(
        {name: sum(word in short for word in words) for name, short in _LANGUAGES.items()}
    )
    (first, most), (_, second) = hits.most_common(2)
    return first if most >= ENOUGH_WORDS and most > second else ""


def runs(text: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where letters of these scripts stand in a text, from the first of a run to the last."""
    for word in _WORD.finditer(text):
        if any(script(letter) in names for letter in word[0]):
            yield word.span()


@lru_cache(maxsize=4_096)
def script(letter: str) -> str:
    """The script of a letter; "" for what is none."""
    if not letter.isalpha():
        return ""
    plain = unicodedata.normalize("NFKC", letter)[0]
    return SCRIPTS.get(unicodedata.name(plain, "").partition(" ")[0], OTHER)
