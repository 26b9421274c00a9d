"""What a text is found by: which spellings are one word, and where its words stand."""

import sqlite3
import unicodedata
from contextlib import closing
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.posts import tokens
from blog.posts.excerpts import mark
from blog.posts.index import ON_SQLITE
from blog.posts.search import MOST_CHARACTERS, MOST_WORDS, Query

TEXTS = st.text(st.characters(), max_size=60)


def words(text: str) -> list[str]:
    return [token.text for token in tokens.read(text)]


# Spellings of the same words, whoever types them wherever.
ONE_WORD = [
    "Crème crème CRÈME Cre\u0300me creme ｃｒｅｍｅ",
    "Straße STRASSE strasse STRAẞE",
    "Søren soren SØREN",
    "İstanbul istanbul ıstanbul ISTANBUL",
    "Tiếng tieng",
    "ﬁnd find",
    "soft\u00adhyphen softhyphen",
    "Σίσυφος ΣΊΣΥΦΟΣ σισυφοσ",
    "τῷ τω",
    "Ёлка ёлка елка",
    "за\u0301мок замок",
    "كِتَابٌ كتاب کتاب كـــتاب",
    "أحمد احمد",
    "שָׁלוֹם שלום",
    "ネコ ﾈｺ ねこ",
    "ガラス ｶﾞﾗｽ がらす か\u3099らす",
    "각 \u1100\u1161\u11a8",
    "٢٠٢٦ 2026 ２０２６ २०२६",
    "葛 葛\U000e0100",
]
OTHER_WORDS = ["мой мои", "їжак іжак", "กา กี", "हिन्दी हन्द", "か が", "cat cut"]


def test_spellings_of_one_word_are_one_and_other_words_are_others() -> None:
    for spellings in ONE_WORD:
        assert len({tuple(words(spelling)) for spelling in spellings.split()}) == 1, spellings
    for pair in OTHER_WORDS:
        assert len({tuple(words(word)) for word in pair.split()}) == 2, pair


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bees' dance, in 3.5 m", "the bees dance in 3 5 m"),
        ("l'école e-mail snake_case", "l ecole e mail snake case"),
        ("東京大学。猫", "東京 京大 大学 学 猫"),
        ("日本語v2は2026年", "日本 本語 語 v2 は 2026 年"),
        ("한국어", "한국 국어 어"),
        ("ภาษาไทย", "ภา าษ ษา าไ ไท ทย ย"),
        ("ພາສາ", "ພາ າສ ສາ າ"),
        ("ភាសា", "ភាសា សា"),
        ("မြန်မာ", "မြန် န်မာ မာ"),
        ("हिन्दी में", "हिन्दी में"),
        ("¿? … 😀 \0 \ud800", ""),
    ],
)
def test_words_are_told_apart_by_spaces_or_taken_in_pairs(text: str, expected: str) -> None:
    assert words(text) == expected.split()


def test_a_letter_and_its_marks_are_not_parted() -> None:
    assert [token.text for token in tokens.sought("น้ำใจ")] == ["น้ํา", "ําใ", "ใจ"]


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_tokens_stand_where_they_say(text: str) -> None:
    before = 0
    for token in tokens.read(text):
        assert before <= token.start < token.end <= len(text)
        assert token.start < (token.first_end or token.end) <= token.end
        assert words(text[token.start : token.end])[0] == token.text
        assert all(unicodedata.category(letter)[0] in "LMN" for letter in token.text)
        before = token.start


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_every_word_of_a_text_is_found_in_it(text: str) -> None:
    """Whatever words are cut out of a text and typed: they are marked, and no letter is lost."""
    for token in tokens.read(text):
        query = Query.read(text[token.start : token.end])
        pieces = list(mark(text, query))
        assert "".join(piece.text for piece in pieces) == text
        assert any(piece.is_found for piece in pieces)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_whatever_is_typed_is_understood(text: str) -> None:
    query = Query.read(text)
    assert len(query.terms) <= MOST_WORDS
    assert all(token and " " not in token for term in query.terms for token in term.tokens)


@pytest.mark.drill
def test_sqlite_takes_every_token_as_it_is() -> None:
    """Of the letters of all scripts, none is dropped, parted, or taken for another."""
    # Of ideographs and Hangul some: there are 100,000, and they are all of a kind. The last is U+3134F.
    many = (range(0x3400, 0xA000, 50), range(0xAC00, 0xD7A4, 50), range(0x20000, 0x3134F, 50))
    rest = (range(0x3400), range(0xA000, 0xAC00), range(0xD7A4, 0x20000))
    known = "".join(map(chr, chain(*many, *rest)))
    letters = set(words(" ".join(f"x{letter}y {letter}" for letter in known)))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE TABLE search_entry (post_id INTEGER PRIMARY KEY, title, summary, text)"
        )
        for statement in ON_SQLITE:
            database.execute(statement)
        database.execute(
            "INSERT INTO search_entry VALUES (1, ?, '', '')", (" ".join(sorted(letters)),)
        )
        database.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(search_index, row)")
        assert {term for (term,) in database.execute("SELECT term FROM terms")} == letters


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("busy bees", [("busy",), ("bees", "*")]),
        ("busy bees ", [("busy",), ("bees",)]),
        ("gard* bees ", [("gard", "*"), ("bees",)]),
        ('"busy bees" hum ', [("busy", "bees"), ("hum",)]),
        ("„busy bees“ «hum»", [("busy", "bees"), ("hum",)]),
        ('"busy be', [("busy", "be", "*")]),
        ("e-mail ", [("e", "mail")]),
        ("bees bees bees ", [("bees",)]),
        ("東京大学 ", [("東京", "京大", "大学")]),
        ("猫 ", [("猫", "*")]),
        ('" " * - AND ', [("and",)]),
        ('"()^:*- ', []),
    ],
)
def test_what_is_typed_is_words_quotations_and_beginnings(
    typed: str, terms: list[tuple[str, ...]]
) -> None:
    found = [term.tokens + ("*",) * term.is_open for term in Query.read(typed).terms]
    assert found == terms


def test_what_is_long_is_cut_and_says_so() -> None:
    assert not Query.read("one two three").is_cut
    assert Query.read(" ".join(str(number) for number in range(MOST_WORDS + 1))).is_cut
    long = Query.read("猫犬" * 5_000)
    assert long.is_cut
    assert len(long.terms[0].tokens) == MOST_CHARACTERS - 1
