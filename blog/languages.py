"""The languages that the site speaks: which way each is written, and how it writes a date. A leaf.

Readers are spoken to in the site's language, the staff in English.
"""

from contextlib import AbstractContextManager
from datetime import date as Date  # noqa: N812  # `date` says one in words
from datetime import datetime, time, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, get_datetime_format
from flask_babel import force_locale, get_locale

ENGLISH = "en"

# Each in its own words: whoever looks for it can read it.
LANGUAGES = {
    ENGLISH: "English",
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

# CLDR's names. The English of the world, not of one country: 8 November 2026, as everybody can read it.
LOCALES = {**{language: language for language in LANGUAGES}, ENGLISH: "en_001"}

# Written from right to left (CLDR). A post may be in a language that the site does not speak.
RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ku nqo ps sd syr ug ur yi".split())


def direction(language: str) -> str:
    """Which way a language is written, as HTML says it: `ltr` or `rtl`. Takes a BCP 47 tag."""
    primary, _, rest = language.partition("-")
    return "rtl" if primary.lower() in RIGHT_TO_LEFT and "latn" not in rest.lower() else "ltr"


def locale_of(language: str) -> str:
    """The locale of a language. One that the site does not speak (any more) is English."""
    return LOCALES.get(language, LOCALES[ENGLISH])


def speaking(language: str) -> AbstractContextManager[None]:
    """Speak this language, whoever asks, for as long as this lasts."""
    spoken: AbstractContextManager[None] = force_locale(locale_of(language))
    return spoken


def spoken() -> str:
    """The language that is spoken now, as HTML names it."""
    return str(get_locale().language)


def date(moment: datetime) -> str:
    """The day that it is at a time, in words of the language that is spoken."""
    return _day(moment.date(), get_locale())


def year(moment: Date) -> str:
    """The year of a day."""
    return str(format_skeleton("y", moment, locale=get_locale()))


def month(moment: Date) -> str:
    """The month of a day, with its year."""
    return str(format_skeleton("yMMMM", moment, locale=get_locale()))


def day_of_month(moment: Date) -> str:
    """The day and the month of a day, where the year is said beside it."""
    return str(format_skeleton("MMMMd", moment, locale=get_locale()))


def date_and_time(moment: datetime) -> str:
    """The day and the minute of a time. A page cannot know where its reader is, so it says how far that
    is from UTC: what clocks show twice, when they are put back, is told apart as well.
    """
    locale = get_locale()
    minute = _around_day(moment.hour, moment.minute, _offset(moment.utcoffset()), locale)
    return minute.format(_day(moment.date(), locale))


def _offset(ahead: timedelta | None) -> str:
    """How far clocks are from UTC, in words that are the same everywhere: UTC+5:30."""
    if not ahead:
        return "UTC"
    hours, minutes = divmod(round(abs(ahead) / timedelta(minutes=1)), 60)
    sign = "+" if ahead > timedelta() else "\N{MINUS SIGN}"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


# Babel takes a while for each, and a page says those of two hundred replies: the days of some years and
# the minutes of a day are soon known.


@lru_cache(maxsize=4_096)
def _day(day: Date, locale: Locale) -> str:
    return str(format_date(day, "long", locale))


@lru_cache(maxsize=2 * 24 * 60)
def _around_day(hour: int, minute: int, offset: str, locale: Locale) -> str:
    """What stands around a day to say a minute of it: `{}, 14:05 UTC`. In winter it is another."""
    at = format_skeleton("Hm", time(hour, minute), locale=locale)
    return str(get_datetime_format("long", locale)).format(f"{at} {offset}", "{}")
