"""The catalogues: what readers are told, in each language (translations/*/LC_MESSAGES/messages.po).

A blog reads a catalogue as its translators wrote it, when its language is first spoken, and keeps it:
there is nothing to compile, and nothing to forget to compile. `make messages` brings the catalogues up
to date with the code. Which files hold what readers are told is written in translations/babel.cfg.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

from blog.config import ROOT
from blog.languages import ENGLISH, LANGUAGES

if TYPE_CHECKING:  # what reads catalogues is loaded for a blog that has to: an English one has none
    from babel.messages import Catalog

FOLDER = Path(__file__).parent / "translations"
MAPPING = FOLDER / "babel.cfg"

# The code says everything in English.
TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)

OUR_KEYWORDS = {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
# A comment that begins like this and stands above a string is for those who translate it.
FOR_TRANSLATORS = "translators:"

WIDTH = 100

# Whatever a plural depends on shows below this: every language here asks for the last two digits at most.
NUMBERS = 201
SHOWN = 8

# No dates and no names: a catalogue that says the same is the same file.
HEADER = """\
# What readers are told, in {name}.
#
{forms}
#
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """Flask-Babel's way to the catalogues."""

    def get_translations(self) -> NullTranslations:
        """Those of the language that is spoken now; outside of an application, none."""
        locale = get_locale()
        return translations(locale.language if locale else ENGLISH)


@cache
def translations(language: str) -> NullTranslations:
    """What a language says, ready to be asked. Read once in a process."""
    if language not in TRANSLATED:
        return NullTranslations()
    return _compiled(read(language))


def _compiled(catalog: "Catalog") -> Translations:
    from babel.messages.mofile import write_mo

    file = BytesIO()
    write_mo(file, catalog)
    file.seek(0)
    return Translations(file)


def path(language: str) -> Path:
    """The file of a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> "Catalog":
    """The catalogue of a language; an empty one if it has none yet."""
    from babel.messages import Catalog
    from babel.messages.pofile import read_po

    if not path(language).exists():
        return Catalog(locale=language)
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def extract() -> "Catalog":
    """What readers are told, as the code has it now: a catalogue without translations."""
    from babel.messages import Catalog
    from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
    from babel.messages.frontend import parse_mapping_cfg

    with MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, str(MAPPING))
    keywords = {**DEFAULT_KEYWORDS, **OUR_KEYWORDS}
    found = Catalog()
    for where, line, message, comments, context in extract_from_dir(
        ROOT, methods, options, keywords, (FOR_TRANSLATORS,), strip_comment_tags=True
    ):
        found.add(message, None, [(where, line)], auto_comments=comments, context=context)
    return found


def update_all() -> None:
    """Bring every catalogue up to date with the code. What `make messages` calls."""
    found = extract()
    for language in TRANSLATED:
        file = path(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text(language, found))


def text(language: str, found: "Catalog") -> bytes:
    """The catalogue of a language, brought up to date with what was extracted.

    A string that is much like an old one keeps its translation, marked fuzzy: it is not spoken before
    somebody has looked at it. What the code does not say any more goes.
    """
    from babel.messages.pofile import write_po

    catalog = read(language)
    catalog.update(found)
    for message in catalog:
        if not any(message.string or ()):  # much like an old one that had no translation either
            message.flags.discard("fuzzy")
            message.previous_id = []
        # What Babel writes as the previous words ("#| msgid"), it reads as somebody's comment.
        message.user_comments = [said for said in message.user_comments if said[:1] != "|"]
    written = BytesIO()
    write_po(
        written,
        catalog,
        width=WIDTH,
        omit_header=True,
        sort_by_file=True,
        ignore_obsolete=True,
        include_previous=True,
        include_lineno=False,
    )
    return _header(catalog).encode() + written.getvalue()


def _header(catalog: "Catalog") -> str:
    language = str(catalog.locale)
    return HEADER.format(
        name=LANGUAGES[language],
        language=language,
        forms="\n".join(_forms(catalog)),
        plurals=catalog.plural_forms,
    )


def _forms(catalog: "Catalog") -> Iterator[str]:
    """Which numbers each plural form is for: the order of the forms differs from program to program."""
    for form, numbers in numbers_of_forms(catalog).items():
        shown = ", ".join(str(number) for number in numbers[:SHOWN])
        yield f"# msgstr[{form}] is for {shown}{' ...' if len(numbers) > SHOWN else ''}"


def numbers_of_forms(catalog: "Catalog") -> dict[int, list[int]]:
    """The numbers that each plural form of a language is for, among the first two hundred."""
    form_of = _compiled(catalog).plural
    numbers = sorted(range(NUMBERS), key=form_of)
    return {form: list(group) for form, group in groupby(numbers, form_of)}
