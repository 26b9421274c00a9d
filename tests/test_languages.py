"""Readers are spoken to in the site's language, a post in its own, the staff in English."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from babel.support import NullTranslations
from bs4 import BeautifulSoup
from bs4.element import Comment as HiddenRemark
from bs4.element import Doctype, NavigableString, Tag
from flask import Flask
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException

from blog import catalogues, languages, locales, outbox
from blog.auth.models import User
from blog.comments.models import Comment
from blog.database import write_tx
from blog.extensions import db
from blog.gate import is_for_staff
from blog.languages import LANGUAGES, direction, speaking
from blog.outbox import READERS_KINDS, Outbox
from blog.posts.models import Post
from blog.posts.models import Tag as PostTag
from blog.posts.revisions import Revision
from blog.posts.series import Series
from blog.site.models import Site
from blog.site.navigation import NavigationEntry
from tests.browser import Browser, fields_of
from tests.conftest import MakePost
from tests.lived_in import LivedIn, live_in, rules

pytestmark = pytest.mark.one_database

MOMENT = datetime(2026, 11, 8, 14, 3, tzinfo=UTC)

DATES = {
    "en": ("8 November 2026", "8 November 2026, 14:03 UTC"),
    "de": ("8. November 2026", "8. November 2026, 14:03 UTC"),
    "fr": ("8 novembre 2026", "8 novembre 2026, 14:03 UTC"),
    "es": ("8 de noviembre de 2026", "8 de noviembre de 2026, 14:03 UTC"),
    "pt": ("8 de novembro de 2026", "8 de novembro de 2026 14:03 UTC"),
    "ru": ("8 ноября 2026\u202fг.", "8 ноября 2026\u202fг., 14:03 UTC"),
    "ar": ("8 نوفمبر 2026", "8 نوفمبر 2026، 14:03 UTC"),
    "he": ("8 בנובמבר 2026", "8 בנובמבר 2026, 14:03 UTC"),
    "ja": ("2026年11月8日", "2026年11月8日 14:03 UTC"),
    "zh": ("2026年11月8日", "2026年11月8日 14:03 UTC"),
}


def speak(app: Flask, language: str) -> None:
    """Choose the language of the site."""
    with app.app_context(), write_tx():
        Site(language=language).save()


def tongue(page: Tag | None) -> tuple[Any, Any]:
    """What an element says about its language and direction."""
    assert page is not None
    return page.get("lang"), page.get("dir")


def test_every_language_writes_dates_in_its_own_way(app: Flask) -> None:
    with app.app_context():
        found = {}
        for language in LANGUAGES:
            with speaking(language):
                found[language] = languages.date(MOMENT), languages.date_and_time(MOMENT)
    assert found == DATES


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", {1: 0, 2: 1, 5: 2, 11: 2, 21: 0, 100: 2, 101: 0}),
        ("ar", {0: 0, 1: 1, 2: 2, 5: 3, 11: 5, 21: 5, 100: 4}),
        ("fr", {0: 0, 1: 0, 2: 1, 5: 1}),
        ("ja", {1: 0, 2: 0, 100: 0}),
    ],
)
def test_every_number_has_the_plural_form_of_its_language(
    language: str, forms: dict[int, int]
) -> None:
    plural = catalogues.translations(language).plural
    assert {number: plural(number) for number in forms} == forms


def test_a_page_speaks_the_sites_language_and_a_post_its_own(
    app: Flask, make_post: MakePost, rita: Browser
) -> None:
    speak(app, "de")
    make_post("דבורים", slug="bees", language="he", source="הדבורים *עסוקות*.")
    make_post("Wespen", slug="wasps", source="Wespen *auch*.")
    rita.get("/posts/bees")
    assert tongue(rita.page.html) == ("de", "ltr")
    assert tongue(rita.page.select_one("h1")) == ("he", "rtl")
    assert tongue(rita.page.select_one("article.post .prose")) == ("he", "rtl")
    assert rita.page.select_one("#reply-title").get_text() == "Antwort schreiben"
    rita.get("/")
    title, other = rita.page.select(".post-summary-title")[::-1]
    assert (tongue(title), tongue(other)) == (("he", "rtl"), (None, "auto"))
    speak(app, "ar")
    rita.get("/posts/wasps")
    assert tongue(rita.page.html) == ("ar", "rtl")


def test_who_signs_in_and_who_errs_is_spoken_to_as_readers_are(
    app: Flask, olga: Browser, rita: Browser
) -> None:
    speak(app, "de")
    for address in ("/login", "/nothing/here", "/resets", "/unsubscribe/forged"):
        rita.get(address)
        assert tongue(rita.page.html) == ("de", "ltr"), address
    rita.post("/desk/posts", {"title": "Bees"})
    assert rita.page.h1.get_text() == "Anmelden"
    olga.get("/desk/posts/999")
    assert olga.page.h1.get_text() == "Nicht gefunden"


def test_the_desk_speaks_english(app: Flask, olga: Browser) -> None:
    speak(app, "ar")
    for address in ("/desk/posts", "/desk/settings", "/moderation", "/account"):
        olga.get(address)
        assert tongue(olga.page.html) == ("en", "ltr"), address
        assert "Moderation" in olga.text
    olga.get("/")
    assert tongue(olga.page.html) == ("ar", "rtl")


def test_a_language_that_is_no_more_is_english(app: Flask, rita: Browser) -> None:
    speak(app, "tlh")
    rita.get("/")
    assert tongue(rita.page.html) == ("en", "ltr")


def test_mail_is_in_the_language_of_whoever_gets_it(app: Flask, olga: Browser) -> None:
    live_in(app)
    speak(app, "de")
    with app.app_context():
        subjects = {
            row.kind: outbox.compose(row).subject for row in db.session.scalars(select(Outbox))
        }
    assert subjects["invitation"] == "Olga invites you to Your Website"
    assert subjects["confirmation"] == "[Your Website] Sind Sie das?"


@pytest.mark.parametrize(
    ("tag", "way"),
    [("de", "ltr"), ("he", "rtl"), ("AR-EG", "rtl"), ("ku-Latn", "ltr"), ("", "ltr")],
)
def test_a_language_has_a_direction(tag: str, way: str) -> None:
    assert direction(tag) == way


# What follows walks the pages of readers while every string that is translated stands in brackets.
# People there write Greek. So a Latin word outside of brackets is one that nobody can translate.

OPEN, CLOSE = "⟦", "⟧"
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
# Addresses are nobody's language, nor are the names of a time zone and of formats.
NO_WORDS = re.compile(r"[^\s⟦⟧]*[@/][^\s⟦⟧]*|(?<![A-Za-z])(UTC|RSS|JSON|Atom)(?![A-Za-z])")
# Names and values that machines read, and code.
NOT_READ = ("script", "style", "code", "pre", "textarea")
READ_ALOUD = ("aria-label", "aria-description", "alt", "placeholder", "title")
NAMES_OF_FIELDS = ".kept dt"


class Bracketed(NullTranslations):
    """Translations that put what the catalogues have into brackets, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        found = (message.id for message in catalogues.extract() if message.id)
        self.known = {one for ids in found for one in ([ids] if isinstance(ids, str) else ids)}

    def _bracketed(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}" if message in self.known else message

    def gettext(self, message: str) -> str:
        return self._bracketed(message)

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        return self._bracketed(singular if num == 1 else plural)

    ugettext, ungettext = gettext, ngettext


@pytest.fixture(scope="session")
def brackets() -> Bracketed:
    """The code is searched for strings once."""
    return Bracketed()


@pytest.fixture
def pages_of_greeks(
    app: Flask, olga: Browser, brackets: Bracketed, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LivedIn]:
    """A blog that somebody has lived in, where all that people typed is Greek."""
    lived_in = live_in(app)
    html = "<p>Οι μέλισσες <em>βουίζουν</em>.</p>"
    comment = {"name": "Ρίτα", "source": "Βουίζουν.", "html": html}
    with app.app_context(), write_tx() as session:
        session.execute(update(Post).values(title="Μέλισσες", source="Βουίζουν.", html=html))
        session.execute(
            update(Revision).values(title="Μέλισσες", source="Βουίζουν.", tags=["Ζώα"], summary="")
        )
        session.execute(update(PostTag).values(name="Ζώα", description="Μικρά ζώα."))
        session.execute(update(Series).values(name="Κήπος", description="Τι φυτρώνει."))
        session.execute(
            update(NavigationEntry).where(NavigationEntry.label != "").values(label="Ζώα")
        )
        session.execute(update(Comment).values(**comment, edited_by="Όλγα", reason="Γιατί όχι;"))
        session.execute(update(User).values(name="Όλγα"))
        words = {"title": "Κήπος", "tagline": "Και άλλα", "author_card": "Γράφω."}
        Site(**words, language="ja").save()
    monkeypatch.setattr(catalogues.Catalogues, "get_translations", lambda self: brackets)
    # Templates keep what they say.
    monkeypatch.setattr(locales, "translations", lambda language: brackets)
    locales.said_in.cache_clear()
    yield lived_in
    locales.said_in.cache_clear()


# Words are the same whatever database stands behind them.
def test_whatever_readers_are_told_can_be_translated(
    app: Flask, pages_of_greeks: LivedIn, stranger: Browser, olga: Browser
) -> None:
    public = [
        rule for rule in rules(app) if "GET" in rule.methods and is_public(app, rule.endpoint)
    ]
    addresses = [pages_of_greeks.address(rule) for rule in public]
    untranslated: dict[str, list[str]] = {}
    seen = 0
    for person in (stranger, olga):
        for address in [*addresses, "/nothing/here", "/posts/withdrawn"]:
            person.get(address)
            forms = filled_in(person) if is_page(person) else []
            seen += len(forms)
            untranslated[address] = left_over(app, person)
            for action, fields in forms:
                person.post(action, fields, follow=True)
                untranslated[action] = left_over(app, person)
    assert not {address: words for address, words in untranslated.items() if words}
    assert seen > 20


def test_whatever_mails_tell_readers_can_be_translated(
    app: Flask, pages_of_greeks: LivedIn
) -> None:
    with app.app_context():
        with write_tx():
            for kind in READERS_KINDS:
                outbox.want(kind, "rita@example.org")
        rows = db.session.scalars(select(Outbox).where(Outbox.kind.in_(READERS_KINDS)))
        letters = [letter for row in rows if (letter := outbox.compose(row))]
    assert letters
    for letter in letters:
        assert not LATIN_WORD.findall(outside(f"{letter.subject}\n{letter.text}"))


def is_public(app: Flask, endpoint: str | None) -> bool:
    """Whether this is the readers'. (An unknown address is.)"""
    return endpoint is None or not is_for_staff(app.view_functions[endpoint])


def is_page(person: Browser) -> bool:
    """Whether this person got a page, and not a feed or a file."""
    assert person.answer is not None
    return "text/html" in person.answer.content_type and bool(person.answer.data)


def shown_by(app: Flask, person: Browser) -> str | None:
    """The endpoint of the page on which this person has ended."""
    assert person.answer is not None
    try:
        return app.create_url_adapter(person.answer.request).match()[0]
    except HTTPException:
        return None


def filled_in(person: Browser) -> list[tuple[str, dict[str, Any]]]:
    """Every button of every form on the page: with nothing typed, and with nonsense."""
    found = []
    for form in person.page.select("form[method=post]"):
        hidden = {str(one["name"]) for one in form.select("input[type=hidden][name]")}
        fields = fields_of(form)
        buttons = {
            button.get("formaction") or form.get("action") for button in form.select("button")
        }
        for action in sorted(str(action or person.path) for action in buttons):
            if action == "/logout":
                continue
            for typed in ("", "ψ" * 300):
                kept = {name: value if name in hidden else typed for name, value in fields.items()}
                found.append((action, kept))
    return found


def left_over(app: Flask, person: Browser) -> list[str]:
    """The words on a page of readers that nobody can translate."""
    if not is_page(person) or not is_public(app, shown_by(app, person)):
        return []
    page = person.page
    texts = ["".join(text for text in visible(page)), *spoken_values(page)]
    return [word for text in texts for word in LATIN_WORD.findall(outside(text))]


def visible(page: BeautifulSoup) -> Iterator[str]:
    """All text that is shown, in its order."""
    names = {id(text) for tag in page.select(NAMES_OF_FIELDS) for text in tag.strings}
    for text in page.descendants:
        if not isinstance(text, NavigableString) or isinstance(text, HiddenRemark | Doctype):
            continue
        if not any(parent.name in NOT_READ for parent in text.parents) and id(text) not in names:
            yield f"{text} "


def spoken_values(page: BeautifulSoup) -> Iterator[str]:
    """What attributes say to people, or hand to scripts that say it."""
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            sentence = name.startswith("data-") and " " in str(value)
            button = name == "value" and tag.get("type") in {"submit", "button", "reset"}
            if name in READ_ALOUD or sentence or button:
                yield str(value)


def outside(text: str) -> str:
    """What stands outside of all brackets."""
    depth, kept = 0, []
    for sign in NO_WORDS.sub("", text):
        depth += (sign == OPEN) - (sign == CLOSE)
        kept.append(sign if depth == 0 else " ")
    assert depth == 0, text
    return "".join(kept)
