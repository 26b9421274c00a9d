"""The README says what is true: every setting stands in its table, and what it leads to is there."""

import re
import subprocess

from blog.config import ROOT, SETTINGS

ROW = re.compile(r"^\| *`(BLOG_\w+)` *\| *(.*?) *\| *(.*?) *\|$", re.MULTILINE)
# A link or a picture of this repository: its address begins with no scheme and is no place on the page.
NEAR = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


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


def test_every_link_and_picture_is_a_file_that_comes_along() -> None:
    near = set(NEAR.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"LICENSE", "docs/post.png"} <= near
    listed = subprocess.run(
        ["git", "ls-files", *near], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert near == set(listed.stdout.split())
