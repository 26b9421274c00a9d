"""Olga's own CSS: it says how her site looks, asks no other site for anything, and breaks nothing of ours."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blog.config import ROOT
from blog.site.custom_css import closed, fault
from blog.site.stylesheet import Stylesheets
from tests.browser import Browser

GOOD = (
    "",
    "p { color: red }",
    "/* why */ .prose a:hover > b::before { content: 'https://example.org' / \"\"; }",
    "@media (width >= 40rem) { main { & p { margin: calc(1rem + 2px) } } }",
    'body { background: url(/media/1.webp) no-repeat, url( "/media/2.webp" ) }',
    'body { background: image-set(url(/a.webp) 1x, "/b.webp" type("image/webp") 2x) }',
    "svg { filter: url(#blur) } :root { --x: { a: b } }",
    "@font-face { font-family: Own; src: url(/media/own.woff2) }",
)

# What is wrong, and in which line.
WRONG = (
    ("p {\n color: red", 1),
    ("p { }\n/* never closed", 2),
    ("p { }\n}", 2),
    ('p { content: "a\nb" }', 1),
    ("\n@import url(/other.css);", 2),
    ('\n@\\69mport "//evil.example/x.css";', 2),
    ("p { background: url(https://evil.example/a.png) }", 1),
    ('p { background: URL("HTTPS://evil.example/a.png") }', 1),
    ("p { background: u\\72l(//evil.example) }", 1),
    ("p { background: url(\\2f/evil.example) }", 1),
    ('p { background: url("/\\5c evil.example") }', 1),
    ("p { background: url(relative.png) }", 1),
    ("p {\n background:\n url(data:image/svg+xml;base64,AAAA) }", 3),
    ("p { background: url(javascript:alert(1)) }", 1),
    ('p { background: image-set("https://evil.example/a" 1x) }', 1),
    ("p { background: -webkit-image-set(url(//evil.example/a) 1x) }", 1),
    ('p { --a: "//evil.example"; background: image-set(var(--a) 1x) }', 1),
    ("p { background: src(--own(1)) }", 1),
    ("@media print { p { cursor: url(http://evil.example/a.cur), auto } }", 1),
    ("p { width: expression(alert(1)) }", 1),
    ("p { a: url(/a b) }", 1),
    ("(" * 40 + ")" * 40, 1),
    ("(" * 19_000, 1),
)


def test_what_asks_nobody_else_is_taken_and_what_does_not_is_told_with_its_line() -> None:
    for css in GOOD:
        assert fault(css) is None, css
    for css, line in WRONG:
        found = fault(css)
        assert found is not None, css
        assert found.line == line, (css, found)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_readers_see_it_at_once_and_the_desk_and_sign_in_never_do(
    app: Flask, olga: Browser, rita: Browser
) -> None:
    def sheet(person: Browser, path: str) -> str:
        person.get(path)
        return str(person.page.select_one("link[rel=stylesheet]")["href"])

    usual = sheet(rita, "/")
    olga.submit("/desk/settings", {"custom_css": "/* mine */ body { display: none }"})
    own = sheet(rita, "/")
    assert own != usual
    app.extensions["stylesheets"] = Stylesheets(ROOT / "static" / "css")  # of another process
    answer = rita.get(own)
    assert answer.text.endswith("body { display: none }")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "mine" not in answer.text
    # Who is signed in sees the site as readers do, and can always get at the settings.
    assert "display: none" in olga.get(sheet(olga, "/")).text
    assert sheet(rita, "/login") == usual
    assert "body { display: none }" not in olga.get(sheet(olga, "/desk/settings")).text
    olga.submit("/desk/settings", {"custom_css": ""})
    assert sheet(rita, "/") == usual


@given(st.text(alphabet="ab{}()[];:,/*\\\"'@#-\n urlimpot.", max_size=60))
@hypothesis_settings(max_examples=200, deadline=None)
def test_what_is_taken_says_the_same_when_it_is_joined(css: str) -> None:
    if fault(css) is None:
        joined = closed(css)
        assert fault(joined) is None
        assert closed(joined) == joined
