"""The README says what is true: every setting stands in its table, with what it is when unset."""

import re

from blog.config import ROOT, SETTINGS

ROW = re.compile(r"^\| *`(BLOG_\w+)` *\| *(.*?) *\| *(.*?) *\|$", re.MULTILINE)


def rows() -> dict[str, tuple[str, str]]:
    """The rows of the table: each variable with its default and its meaning."""
    found = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return {variable: (default.replace("`", ""), meaning) for variable, default, meaning in found}


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    assert set(rows()) == {setting.variable for setting in SETTINGS.values()}


def test_every_row_says_what_a_setting_is_when_unset() -> None:
    said = {variable: default for variable, (default, _) in rows().items()}
    assert said == {setting.variable: setting.default for setting in SETTINGS.values()}


def test_every_row_says_what_it_means() -> None:
    assert all(meaning for _, meaning in rows().values())


def test_no_setting_has_two_rows() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = [variable for variable, _, _ in ROW.findall(text)]
    assert len(named) == len(set(named))
