"""The languages that the site speaks to its readers, and which way each is written. A leaf."""

# Each in its own words: whoever looks for it can read it.
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ru": "Русский",
    "ar": "العربية",
    "he": "עברית",
    "ja": "日本語",
    "zh": "中文",
}

# Written from right to left (CLDR). A post may be in a language that the site does not speak.
RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ku nqo ps sd syr ug ur yi".split())


def direction(language: str) -> str:
    """Which way a language is written, as HTML says it: `ltr` or `rtl`. Takes a BCP 47 tag."""
    primary, _, rest = language.partition("-")
    return "rtl" if primary.lower() in RIGHT_TO_LEFT and "latn" not in rest.lower() else "ltr"
