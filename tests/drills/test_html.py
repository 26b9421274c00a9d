"""The drill of the strict reader: the Nu Html Checker (vnu) finds no error in any page or stylesheet.

It needs Java, and the path of `vnu.jar` in VNU_JAR; `.ci/run` sees to both where it can.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.browser import Browser
from tests.lived_in import live_in

# A page is the same HTML whatever database stands behind it.
pytestmark = [
    pytest.mark.drill,
    pytest.mark.one_database,
]


# What the checker has not heard of yet: CSS Basic User Interface 4 (field-sizing).
TOO_NEW = "“field-sizing”"


@pytest.fixture
def jar() -> str:
    """The checker, or a word about why there is none."""
    path = os.environ.get("VNU_JAR")
    if not path or shutil.which("java") is None:
        pytest.skip("VNU_JAR names no vnu.jar, or there is no Java: nothing was checked")
    return path


def test_every_page_is_html_without_an_error(
    app: Flask, stranger: Browser, olga: Browser, tmp_path: Path, jar: str
) -> None:
    lived_in = live_in(app)
    pages = {f"stranger {path}": page for path, page in lived_in.pages(stranger).items()}
    pages |= {f"olga {path}": page for path, page in lived_in.pages(olga).items()}
    pages["not found"] = stranger.get("/posts/nothing")
    pages["refused"] = stranger.post("/posts/on-bees/comments", {})
    pages["preview"] = stranger.post(
        "/posts/on-bees/comments/preview", {"body": "> Bees?\n\n*Yes.*"}
    )
    assert len(pages) > 40
    texts = {name: page.data for name, page in pages.items()}
    texts["damaged"] = pages["not found"].data.replace(b"<main", b"<nain")
    errors = errors_in(jar, "--html", texts, tmp_path)
    assert errors.pop("damaged")
    assert errors == {}


def test_every_stylesheet_is_css_without_an_error(
    app: Flask, stranger: Browser, olga: Browser, tmp_path: Path, jar: str
) -> None:
    sheets = {"damaged": b"p { colour: red }"}
    for person in (stranger, olga):
        person.get("/")
        for link in person.page.select("link[rel=stylesheet]"):
            sheets[str(link["href"])] = person.get(str(link["href"])).data
    assert len(sheets) == 3
    errors = errors_in(jar, "--css", sheets, tmp_path)
    assert errors.pop("damaged")
    assert errors == {}


def errors_in(jar: str, kind: str, texts: dict[str, bytes], folder: Path) -> dict[str, list[str]]:
    """What the checker calls an error in these texts, by their names."""
    saved = {
        folder / f"{number}{kind.replace('--', '.')}": name for number, name in enumerate(texts)
    }
    for path, name in saved.items():
        path.write_bytes(texts[name])
    command = ["java", "-jar", jar, "--errors-only", "--exit-zero-always", "--stdout"]
    done = subprocess.run(
        [*command, "--format", "json", kind, *map(str, saved)],
        capture_output=True,
        check=True,
        text=True,
    )
    errors: dict[str, list[str]] = {}
    for said in json.loads(done.stdout)["messages"]:
        if TOO_NEW in said["message"]:
            continue
        name = saved[Path(said["url"].removeprefix("file:"))]
        errors.setdefault(name, []).append(f"{said['message']}: {said.get('extract')}")
    return errors
