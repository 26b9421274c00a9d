"""A page of replies has one script: joined, packed, kept for ever under the mark of its content."""

import gzip

import pytest

from blog.config import ROOT
from blog.posts.models import Post
from blog.site.scripts import SCRIPTS, squeeze
from tests.browser import Browser

pytestmark = pytest.mark.one_database

FOLDER = ROOT / "static" / "js"


def addresses(person: Browser, path: str) -> list[str]:
    person.get(path)
    return [str(script["src"]) for script in person.page.select("script[src]")]


def test_a_page_that_has_a_use_for_it_asks_for_one_script(rita: Browser, post: Post) -> None:
    (path,) = addresses(rita, "/posts/on-bees")
    assert addresses(rita, "/") == []
    packed = rita.get(path, headers={"Accept-Encoding": "gzip"})
    plain = rita.get(path)
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert plain.mimetype == "text/javascript"


def test_the_queue_has_a_script_of_its_own(mo: Browser) -> None:
    (path,) = addresses(mo, "/moderation")
    assert path.startswith("/static/desk.")
    assert mo.get(path).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_page_from_before_an_upgrade_still_gets_one_but_not_for_ever(rita: Browser) -> None:
    answer = rita.get("/static/scripts.00000000.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_it_does_the_same_in_fewer_bytes() -> None:
    written = """// Why.

    function tell() {
      // How.
      return "// said"; // what
    }
    """
    assert squeeze(written) == 'function tell() {\nreturn "// said"; // what\n}'


def test_every_file_is_in_it_and_none_has_a_line_that_could_not_be_squeezed() -> None:
    paths = [*FOLDER.glob("*.js"), *FOLDER.glob("*/*.js")]
    files = {str(path.relative_to(FOLDER)): path.read_text() for path in paths}
    assert set(files) == {name for parts in SCRIPTS.values() for names in parts for name in names}
    for name, text in files.items():
        for line in text.splitlines():
            assert line.count("`") % 2 == 0, f"a template in {name} goes over a line's end: {line}"
        assert "/*" not in text, f"a comment in {name} may look like code: use //"
        assert not any(word in text for word in ("import ", "export ", "var ")), name
