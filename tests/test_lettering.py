"""Lettering: a title stays within its box, whatever it is, and its lines are of about one length."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog import fonts, lettering
from blog.fonts import Face
from tests.typefaces import make_font

# Letters of scripts that break lines in different ways, and the marks between them.
LETTERS = "abcdefgäβЖ -.,!?()„“日本語。、（）ーっ한글😀\u0301"
BOX = {"width": 600, "height": 300, "sizes": (80, 60, 40)}


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Face:
    """A face in which every letter is half as wide as it is high."""
    path = make_font(tmp_path_factory.mktemp("fonts") / "Even.ttf", LETTERS + "…")
    found = fonts.find("abc", path)
    assert found
    return found


def lines(words: str, face: Face, **box: object) -> list[str]:
    """The lines of words."""
    return lettering.fit(words, face, **{**BOX, **box}).lines


@settings(max_examples=60, deadline=None)
@given(words=st.text(LETTERS, min_size=1, max_size=200))
def test_whatever_the_words_they_stay_within_the_box(face: Face, words: str) -> None:
    words = lettering.drawable(words)
    if not words:
        return
    fitted = lettering.fit(words, face, **BOX)
    assert len(fitted.lines) * fitted.line_height <= BOX["height"]
    assert all(fitted.font.getlength(line, **fitted.options) <= 600 for line in fitted.lines)
    said = "".join(fitted.lines).replace(" ", "")
    assert words.replace(" ", "").startswith(said.removesuffix("…"))
    assert said.endswith("…") or said == words.replace(" ", "")


def test_few_words_are_large_and_many_are_small(face: Face) -> None:
    sizes = [lettering.fit("ab " * n, face, **BOX).font.size for n in (1, 18, 60)]
    assert sizes == [80, 60, 40]


def test_lines_are_of_about_one_length(face: Face) -> None:
    # One word more would fit on the first line, and leave the last one alone.
    assert lines("abc abc abc abc abc", face, sizes=(80,)) == ["abc abc abc", "abc abc"]
    assert lines("abc " * 6 + "abc", face, sizes=(80,)) == ["abc abc abc abc", "abc abc abc"]


def test_japanese_breaks_anywhere_but_before_what_closes(face: Face) -> None:
    one_size = {"sizes": (100,), "width": 200}
    assert lines("日本語日本", face, **one_size) == ["日本語", "日本"]
    assert lines("日本語日。本", face, **one_size) == ["日本語", "日。本"]
    assert lines("日本語日（本）", face, **one_size) == ["日本語日", "（本）"]
    assert lines("日本日ー本", face, **one_size) == ["日本", "日ー本"]


def test_korean_and_long_words_are_not_broken_while_a_smaller_size_has_room(face: Face) -> None:
    assert lines("한글한글 한글한글", face, width=160, sizes=(100, 60)) == ["한글한글", "한글한글"]
    assert lines("a" * 12, face, width=200, sizes=(80, 30)) == ["a" * 12]
    assert lines("a" * 12, face, width=200, sizes=(80, 40)) == ["a" * 10, "aa"]


def test_without_a_glyph_for_the_ellipsis_there_is_none(tmp_path: Path) -> None:
    bare = fonts.find("abc", make_font(tmp_path / "Bare.ttf", "abc "))
    assert bare
    assert lines("abc " * 100, bare)[-1].strip("abc ") == ""


@pytest.mark.skipif(not fonts.can_shape(), reason="Pillow has no libraqm here")
def test_a_title_begins_at_the_side_of_its_first_letter(tmp_path: Path) -> None:
    words = {"שלום abc": True, "abc שלום": False, "1. שלום": True, "…": False}
    face = fonts.find("a", make_font(tmp_path / "Both.ttf", "abc םושל1.… "))
    assert face
    for said, is_rtl in words.items():
        assert lettering.fit(said, face, **BOX).is_rtl is is_rtl
