"""Colours of pictures: white can be read on what is made of any accent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.colours import GROUND, SHADE, WHITE, as_hex, ground, is_accent
from tests.site.test_accent import contrast, hex_of


@given(accent=st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))
def test_white_can_be_read_on_the_ground_of_any_accent(accent: str) -> None:
    white, usual, shade = (
        hex_of(as_hex(colour)) for colour in (WHITE, ground(accent, GROUND), ground(accent, SHADE))
    )
    assert contrast(white, usual) >= 4.5
    assert contrast(white, shade) > contrast(white, usual)


@pytest.mark.parametrize(
    ("accent", "expected"),
    [
        ("#000000", "#555555"),
        ("#ffffff", "#555555"),
        ("#006b6b", "#006363"),
        ("#ff0000", "#843d33"),
    ],
)
def test_the_ground_has_the_hue_of_the_accent(accent: str, expected: str) -> None:
    assert as_hex(ground(accent)) == expected


def test_an_accent_is_six_hexadecimal_digits_and_nothing_else() -> None:
    assert all(map(is_accent, ("#006b6b", "#ABCDEF")))
    for other in ("red", "#12345", "#1234567", "#006b6b}*{display:none", "#006b6b\n", "", None, 7):
        assert not is_accent(other), other
