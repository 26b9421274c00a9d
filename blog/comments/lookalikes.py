"""Names that look like another name: "Оlga" with a Cyrillic letter, "01ga" with digits.

The idea is the skeleton of Unicode TS #39: two names look alike when their skeletons are equal. Our
table is small on purpose: it folds what stands for a Latin letter in the fonts people read with.
"""

import unicodedata

# One line for each Latin letter: what is easily taken for it, once case and accents are gone.
LOOK_ALIKES = {
    "a": "аαɑ@4ⲁ",
    "b": "ьвЬβ8ƅ",
    "c": "сϲⅽᴄ¢ⲥ",
    "d": "ԁɗⅾ",
    "e": "еєεҽ℮3ё€",
    "f": "ғƒϝ",
    "g": "ɡցɢ9ԍ",
    "h": "һհнʜ",
    "i": "іıɩιӏl1|!ⅰїןⵏ",
    "j": "јϳʝ",
    "k": "кκᴋҝⲕ",
    "m": "мᴍⅿ",
    "n": "пηոռɴ",
    "o": "оοօ0ø๐ⲟಠ",
    "p": "рρᴘϸⲣ",
    "q": "ԛգ",
    "r": "гᴦɾʀ",
    "s": "ѕꜱ5$ʂ",
    "t": "тτᴛ7†",
    "u": "υսʋᴜцμ",
    "v": "ѵνᴠⅴ",
    "w": "ѡωԝաᴡ",
    "x": "хχⅹ×",
    "y": "уүγʏ¥",
    "z": "ᴢʐ2",
}
LETTERS = str.maketrans(
    {letter: latin for latin, letters in LOOK_ALIKES.items() for letter in letters.casefold()}
)
# Capitals that look like a Latin one, while their small letters do not.
CAPITALS = str.maketrans("ΗΜΝΥΖ", "HMNYZ")
# Pairs that run together into one letter at reading size.
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def skeleton(name: str) -> str:
    """What remains of a name when everything that a reader overlooks is taken away."""
    spelt_out = unicodedata.normalize("NFKD", name).translate(CAPITALS)
    folded = unicodedata.normalize("NFKD", spelt_out.casefold())
    seen = "".join(letter for letter in folded if letter.isalnum() or ord(letter) in LETTERS)
    # Before and after: only then is "cl" still there, only now is "гn" an "rn".
    return _join_pairs(_join_pairs(seen).translate(LETTERS))


def _join_pairs(letters: str) -> str:
    for pair, letter in PAIRS:
        letters = letters.replace(pair, letter)
    return letters


def look_alike(name: str, names: list[str]) -> str | None:
    """The first of the names that this one could be taken for, or None."""
    # With its signs as letters ("$am"), and without them ("Sam!").
    plain = "".join(letter for letter in name if letter.isalnum())
    bones = {skeleton(name), skeleton(plain)} - {""}
    return next((other for other in names if skeleton(other) in bones), None)
