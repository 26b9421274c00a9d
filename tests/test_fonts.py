"""Fonts: the one that is found has every letter, and a letter that none has makes no box."""

from pathlib import Path

import pytest

from blog import fonts
from tests.typefaces import make_font


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder in which this machine has fonts."""
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    return tmp_path


@pytest.fixture(params=[True, False])
def can_shape(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether Pillow can set every script, or only those of one letter after the other."""
    monkeypatch.setattr(fonts, "can_shape", lambda: request.param)
    return bool(request.param)


def found(words: str, chosen: Path | None = None) -> str | None:
    """The name of the font that is found for words."""
    face = fonts.find(words, chosen)
    return Path(face.path).name if face else None


def test_a_font_is_found_that_has_every_letter(folder: Path) -> None:
    make_font(folder / "Aaa-Regular.ttf", "abc")
    make_font(folder / "Bbb-Regular.ttf", "abcdé ")
    assert found("abc") == "Aaa-Regular.ttf"
    assert found("abcd é") == "Bbb-Regular.ttf"
    assert found("abcx") is None
    assert found("\ue000") is None
    assert found("") is None


def test_the_chosen_font_comes_first_and_another_where_it_lacks_a_letter(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    make_font(folder / "NotoSans-Bold.ttf", "abcd")
    chosen = make_font(tmp_path_factory.mktemp("chosen") / "mine.ttf", "abc")
    assert found("abc", chosen) == "mine.ttf"
    assert found("abcd", chosen) == "NotoSans-Bold.ttf"


def test_the_best_weight_of_the_best_family_is_taken(folder: Path) -> None:
    for name in (
        "Zzz-Bold", "NotoSans-Regular", "NotoSans-Bold", "NotoSans-BoldItalic", "NotoSansMono-Bold",
        "NotoSans-ExtraLight", "NotoSerif-Bold", "NotoColorEmoji",
    ):  # fmt: skip
        make_font(folder / f"{name}.ttf", "abc")
    families = [Path(path).stem for path in fonts._files(fonts.FOLDERS)]
    assert families == ["NotoSans-Bold", "Zzz-Bold", "NotoSerif-Bold"]


def test_of_a_machine_full_of_fonts_the_best_are_looked_at_and_remembered(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Aaa-Bold", "Bbb-Bold", "NotoSans-Bold"):
        make_font(folder / f"{name}.ttf", "abc")
    monkeypatch.setattr(fonts, "MOST_FAMILIES", 2)
    families = [Path(path).stem for path in fonts._files(fonts.FOLDERS)]
    assert families == ["NotoSans-Bold", "Aaa-Bold"]
    assert fonts._read.cache_info().maxsize == 501


def test_what_is_no_font_is_passed_over(folder: Path) -> None:
    good = make_font(folder / "Zzz.ttf", "abc")
    (folder / "Aaa.ttf").write_bytes(b"no font at all")
    (folder / "Bbb.ttf").write_bytes(good.read_bytes()[:300])
    (folder / "Ccc.otf").symlink_to(folder / "nowhere")
    assert found("abc") == "Zzz.ttf"
    for bad in ("Aaa.ttf", "Bbb.ttf", "Ccc.otf", "nothing.ttf", ""):
        with pytest.raises(ValueError, match="no font"):
            fonts.check(folder / bad)
    fonts.check(good)


def test_a_machine_without_fonts_has_none(folder: Path) -> None:
    assert found("abc") is None


def test_what_is_never_seen_needs_no_glyph(folder: Path) -> None:
    make_font(folder / "Aaa.ttf", "abc")
    assert found("a\u200db\u00adc\ufe0f\u2067") is not None or not fonts.can_shape()


@pytest.mark.parametrize(
    ("words", "is_plain"),
    [
        ("Größe – “naïve” №1", True),
        ("Почему? Ὀρθογραφία", True),
        ("日本語の題名 한국어 注音", True),
        ("مدونة", False),
        ("שלום", False),
        ("हिन्दी", False),
        ("ภาษาไทย", False),
        ("x\u0323\u0307", False),
    ],
)
def test_a_script_that_needs_shaping_is_not_written_without_it(
    folder: Path, can_shape: bool, words: str, is_plain: bool
) -> None:
    make_font(folder / "Aaa.ttf", "".join(sorted(set(words))))
    assert (found(words) is not None) is (is_plain or can_shape)
