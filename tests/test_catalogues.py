"""Every string that readers see is in every catalogue, translated, and fits where it is to stand."""

import re
from collections.abc import Iterator

import pytest
from babel.messages import Catalog, Message

from blog import catalogues
from blog.catalogues import TRANSLATED, numbers_of_forms

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# A catalogue brings words, no markup: what stands in the English may stand in the others.
SPECIAL = ("<", "&", "%", "\n")

# Not translated yet. Whoever completes one takes it out: what is complete and stands here fails as well.
TO_COME: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def in_the_code() -> set[object]:
    """What the code says to readers."""
    return said(catalogues.extract())


def said(catalog: Catalog) -> set[object]:
    """The strings of a catalogue, each with its plural and context."""
    return {(message.id, message.context) for message in catalog if message.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_what_the_code_says(language: str, in_the_code: set[object]) -> None:
    in_the_catalogue = said(catalogues.read(language))
    missing = sorted(map(str, in_the_code - in_the_catalogue))
    stale = sorted(map(str, in_the_catalogue - in_the_code))
    assert (missing, stale) == ([], []), "run `make messages`, and translate what is new"


@pytest.mark.parametrize(
    "language",
    [pytest.param(one, marks=[pytest.mark.xfail] if one in TO_COME else []) for one in TRANSLATED],
)
def test_a_catalogue_is_translated_and_fits(language: str) -> None:
    catalog = catalogues.read(language)
    wrong = {message.id: found for message in catalog if (found := list(faults(message, catalog)))}
    assert not wrong


def faults(message: Message, catalog: Catalog) -> Iterator[str]:
    """What is wrong with a translation."""
    if not message.id:
        return
    forms = message.string if message.pluralizable else (message.string,)
    if message.fuzzy:
        yield "is fuzzy: somebody has to look at it"
    if len(forms) != (catalog.num_plurals if message.pluralizable else 1) or not all(forms):
        yield "is not translated"
        return
    english = message.id[-1] if message.pluralizable else message.id
    for number, form in enumerate(forms):
        if names(form) not in allowed(names(english), number, message, catalog):
            yield f"has other placeholders than the English: {form}"
        if odd(form) != odd(english):
            yield f"has other signs than the English: {form}"


def allowed(
    expected: set[str], number: int, message: Message, catalog: Catalog
) -> tuple[set[str], ...]:
    """The placeholders that a form may have. One that is for one number alone need not say it."""
    if message.pluralizable and len(numbers_of_forms(catalog)[number]) == 1:
        return expected, expected - {"num"}
    return (expected,)


def names(text: str) -> set[str]:
    """The names of the placeholders."""
    return set(PLACEHOLDER.findall(text))


def odd(text: str) -> list[str]:
    """The signs that would be read as markup or as a placeholder."""
    rest = PLACEHOLDER.sub("", text)
    return [sign for sign in SPECIAL if sign in rest]
