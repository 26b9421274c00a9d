"""Names that a reader would take for olga's, and names that nobody would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.comments.lookalikes import LOOK_ALIKES, look_alike, skeleton

STAFF = ["Olga", "Mo", "Dan", "Maria Neumann", "Żaneta", "Павел"]


@pytest.mark.parametrize(
    ("name", "imitated"),
    [
        ("Olga", "Olga"),
        ("oLGA", "Olga"),
        ("  Olga  ", "Olga"),
        ("Olga.", "Olga"),
        ("Olga!", "Olga"),
        ("O l g a", "Olga"),
        ("О\u043bga", None),  # Л is no l
        ("Оlga", "Olga"),  # Cyrillic О
        ("Οlgа", "Olga"),  # Greek Ο, Cyrillic а
        ("0lga", "Olga"),
        ("OIga", "Olga"),  # a capital i
        ("O1ga", "Olga"),
        ("O|ga", "Olga"),
        ("Olg@", "Olga"),
        ("Ｏｌｇａ", "Olga"),  # full width
        ("𝐎𝐥𝐠𝐚", "Olga"),  # mathematical bold
        ("Ⓞⓛⓖⓐ", "Olga"),
        ("Ólgå", "Olga"),
        ("O\u0301lga", "Olga"),
        ("Ol\u200bga", "Olga"),  # zero width space
        ("Ol\u00adga", "Olga"),  # soft hyphen
        ("Ol\u2066ga\u2069", "Olga"),  # isolates
        ("\u202eOlga", "Olga"),  # turned around
        ("Μο", "Mo"),  # Greek capital and small
        ("ΜΟ", "Mo"),  # both capitals
        ("Мо", "Mo"),  # Cyrillic
        ("Rno", "Mo"),
        ("r\u200bno", "Mo"),
        ("гno", "Mo"),
        ("Clan", "Dan"),
        ("Cian", None),  # an Irish name
        ("ΜΑRΙΑ ΝΕUΜΑΝΝ", "Maria Neumann"),
        ("Rnaria-Neurnann", "Maria Neumann"),
        ("Maria", None),
        ("Zaneta", "Żaneta"),
        ("Пaвeл", "Павел"),  # Latin letters in a Cyrillic name
    ],
)
def test_who_would_be_taken_for_whom(name: str, imitated: str | None) -> None:
    assert look_alike(name, STAFF) == imitated


@pytest.mark.parametrize(
    "name",
    [
        "Rita",
        "Helga",
        "Olga's mother",
        "Mona",
        "Tom",
        "Daniel",
        "Иван",
        "Γιώργος",
        "李小龙",
        "محمد",
        "אולגה",
        "José",
        "Z",
        "42",
        "…",
        "🐝",
        "!",
        "",
    ],
)
def test_ordinary_names_are_nobody_elses(name: str) -> None:
    assert look_alike(name, STAFF) is None


def test_without_staff_nobody_is_imitated() -> None:
    assert look_alike("Olga", []) is None


def test_a_name_of_signs_alone_is_not_taken_for_another() -> None:
    assert look_alike("…", ["---"]) is None


@given(st.text(max_size=40))
def test_a_name_is_taken_for_itself(name: str) -> None:
    assert look_alike(name, [name]) == (name if skeleton(name) else None)


@given(st.sampled_from(STAFF), st.data())
def test_one_letter_for_another_deceives_nobody(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    letter = name[at].casefold()
    other = data.draw(st.sampled_from(LOOK_ALIKES.get(letter, letter)))
    assert look_alike(name[:at] + other + name[at + 1 :], STAFF) == name
