"""What may be a password."""

import pytest

from blog.auth import passwords
from blog.auth.passwords import TOO_COMMON, TOO_LONG, TOO_SHORT, hash_password, objection, verify

pytestmark = pytest.mark.dear_passwords

OLGAS_WORDS = ("Olga Petrova", "olga@example.org", "Notes on bees")


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", TOO_SHORT),
        ("elevenchars", TOO_SHORT),
        ("password1234", TOO_COMMON),
        ("123456789012", TOO_COMMON),
        ("qwertyuiop12", TOO_COMMON),
        ("aaaaaaaaaaaa", TOO_COMMON),
        ("iloveyou1234", TOO_COMMON),
        ("PASSWORDPASSWORD", TOO_COMMON),
        ("olga@example.org", TOO_COMMON),
        ("petrovapetrova", TOO_COMMON),
        ("Notes on bees", TOO_COMMON),
        ("afterword1234", TOO_COMMON),
        ("a" * 1025, TOO_LONG),
        ("correct horse battery staple", None),
        ("tall orange kettle", None),
        ("совсем не пароль", None),
        ("        spaces        are        fine  x9", None),
        ("tall orange kettle " * 53, None),
    ],
)
def test_what_may_be_a_password(password: str, expected: object) -> None:
    assert objection(password, OLGAS_WORDS) is expected


def test_the_words_of_one_person_are_not_held_against_the_next() -> None:
    assert objection("kolossalkettle", ["kolossalkettle"]) is TOO_COMMON
    assert objection("kolossalkettle", []) is None


def test_no_character_of_a_long_password_is_dropped() -> None:
    kept = hash_password("k" * 1023 + "a")
    assert verify(kept, "k" * 1023 + "a")
    assert not verify(kept, "k" * 1023 + "b")
    assert not verify(kept, "k" * 1023)


def test_one_keyboard_sends_an_accent_apart_and_another_does_not() -> None:
    assert verify(hash_password("caf\u00e9 at the corner"), "cafe\u0301 at the corner")


def test_what_looks_different_is_different() -> None:
    kept = hash_password("\ufb01ne words here")
    assert not verify(kept, "fine words here")


@pytest.mark.parametrize("password", ["nul\0inside it", "lone \ud800 surrogate", "🐝" * 300])
def test_strange_passwords_are_hashed_whole(password: str) -> None:
    kept = hash_password(password)
    assert verify(kept, password)
    assert not verify(kept, password + " ")


def test_nobody_has_no_password() -> None:
    assert not verify(None, "nobody has this password")
    assert not verify("no hash at all", "whatever it is")


def test_what_is_kept_costs_what_it_should() -> None:
    kept = hash_password("tall orange kettle")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.needs_rehash(kept)
