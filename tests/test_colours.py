"""Colours of pictures: white can be read on what is made of any accent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.colours import GROUND, SHADE, WHITE, as_hex, contrast, ground


@given(accent=st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))
def test_white_can_be_read_on_the_ground_of_any_accent(accent: str) -> None:
    assert contrast(WHITE, ground(accent)) >= 4.5
    assert contrast(WHITE, ground(accent, SHADE)) > contrast(WHITE, ground(accent, GROUND))


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


def test_contrast_is_as_wcag_says() -> None:
    assert contrast(WHITE, (0, 0, 0)) == pytest.approx(21)
    assert contrast((0x77, 0x77, 0x77), WHITE) == pytest.approx(4.48, abs=0.005)
