"""What holds for any text at all: hypothesis writes the posts and the replies.

The judge here is a grammar and no parser: what comes out is text without angle brackets and
tags of exactly these forms, so the two test files do not share a blind spot.
"""

import re
import string
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from blog.text import (
    absolute,
    clean_line,
    excerpt,
    links,
    normalise,
    picture,
    plain,
    render_comment,
    render_post,
)

Render = Callable[[str], str]

VALUE = r'[^"<>]*'
WEB = r"https?://[\w.-]+(?::\d+)?(?:[/?#][^\"<>\s\\]*)?"
MAIL = r"mailto:[\w.+'-]+@[\w.-]+"
LOCAL = r"(?![\w.+-]*:|//)[^\"<>\s\\]*"
REL = "nofollow ugc noopener"
COMMENT_TAG = re.compile(
    r'<(?:(?:p|li|blockquote|pre) dir="auto"|em|strong|s|ul|code|br|hr|ol(?: start="\d+")?'
    rf'|a href="(?:{WEB}|{MAIL})" rel="{REL}")>'
    r"|</(?:p|li|blockquote|pre|em|strong|s|ul|code|ol|a)>",
    re.ASCII | re.I,
)
HEADING = r'h[1-6] dir="auto" id="s-[^"<>\s]+"'
ID = r"[0-9a-f]{8}-\d+"
POST_TAG = re.compile(
    r'<(?:(?:p|li|blockquote) dir="auto"|em|strong|s|ul|br|hr|ol(?: start="\d+")?|pre dir="ltr"'
    rf'|code(?: class="language-[\w+#./-]+")?|span class="hl-[a-z]+"|{HEADING}'
    r'|table|thead|tbody|tr|t[hd] dir="auto"(?: class="align-(?:left|center|right)")?'
    rf'|a href="(?:{WEB}|{MAIL}|{LOCAL})"(?: title="{VALUE}")?'
    rf'|img(?: src="(?:{WEB}|{LOCAL})")? alt="{VALUE}"(?: title="{VALUE}")? loading="lazy"'
    r'|li class="task" dir="auto"|section class="footnotes"|ol class="footnotes-list"'
    rf'|sup class="footnote-ref"|a href="#fn-{ID}" id="fnref-{ID}(?::\d+)?"'
    rf'|a role="doc-backlink" aria-label="\[\d+(?::\d+)?\]" href="#fnref-{ID}(?::\d+)?"'
    r' class="footnote-backref"'
    rf'|li id="fn-{ID}" class="footnote-item"'
    r")>|</(?:p|li|blockquote|pre|em|strong|s|ul|code|ol|a|span|h[1-6]|table|thead|tbody|tr|th|td"
    r"|section|sup)>",
    re.ASCII | re.I,
)

# Letters alone would never form a link: pieces of markup, of HTML and of attacks, in any order.
PIECES = st.sampled_from(
    r"""
* ** _ ~~ ` ``` ~~~ # > - + 1. 2) | |- :-: [ ] ( ) [^1] [^1]: ! ![ \ & < </ /> <!-- --> ' "
[x]( ]( javascript: JAVASCRIPT&colon; data:text/html, http:// https://a.example/ //b user@
mailto:a@b.example www. <script> </script> <svg <style> <math> onerror= &lt; &#60; &#x202e; &amp;
&Tab; &NewLine; <a@b.example> <http:a> python __proto__ [x]: [x]
""".split()
    + " \t \n \n\n \r\n \x00 \u202e \u2067 \u0301 \ud800 \u2028 \u200b".split(" ")
    + [" ", "    ", "- [ ] ", "- [x] ", "\n> ", "\n- ", "\n```", "\n|a|b|\n|-|:-:|\n"]
)
ANY_TEXT = st.lists(st.one_of(PIECES, PIECES, st.text(max_size=8)), max_size=40).map("".join)
# Whatever hypothesis thinks a character is, halves of surrogate pairs included.
ANY_CHARACTERS = st.text(st.characters(codec=None, categories=None), max_size=200)

usual = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=80)


@pytest.mark.parametrize(
    ("render", "tag"),
    [(render_comment, COMMENT_TAG), (render_post, POST_TAG)],
    ids=["reply", "post"],
)
@usual
@given(source=st.one_of(ANY_TEXT, ANY_CHARACTERS))
def test_any_text_becomes_text_and_known_tags(
    render: Render, tag: re.Pattern[str], source: str
) -> None:
    html = render(source)
    left = tag.sub("", html)
    assert "<" not in left
    assert ">" not in left
    assert len(html) <= 20 * max(len(source), 64)
    html.encode()


@usual
@given(source=st.one_of(ANY_TEXT, ANY_CHARACTERS))
def test_any_text_comes_out_the_same_each_time(source: str) -> None:
    for render in (render_comment, render_post):
        html = render(source)
        assert render(source) == html
        assert render(normalise(source)) == html
        assert len(excerpt(html, 20)) <= 20
        assert all(re.match(r"https?:|mailto:|[^:]*$|[/?#]", link, re.I) for link in links(html))


BASE = "https://blog.example/posts/bees"
ADDRESS = re.compile(r'(href|src)="([^"]*)"')


@usual
@given(source=st.one_of(ANY_TEXT, ANY_CHARACTERS))
@example(
    "[a](/b?c=1&d=2 'e\"f<g') ![h](i/j.png) [k](#l) [m](?n) o[^1]\n\n[^1]: p &amp; &lt; &nbsp;"
)
def test_addresses_in_full_are_all_that_changes(source: str) -> None:
    html = render_post(source)
    full = absolute(html, BASE)
    assert unescape(ADDRESS.sub(r"\1", full)) == unescape(ADDRESS.sub(r"\1", html))
    assert all(re.match("https?:|mailto:", to, re.I) for _, to in ADDRESS.findall(full))
    assert [urljoin(BASE, to) for to in links(html)] == links(full)
    assert absolute(full, BASE) == full


@usual
@given(source=ANY_CHARACTERS)
def test_what_was_made_normal_stays_as_it_is(source: str) -> None:
    once = normalise(source)
    assert normalise(once) == once
    assert clean_line(clean_line(source)) == clean_line(source)
    assert "\n" not in clean_line(source)


# A number before a full stop starts a list; a word does not.
LETTER = st.characters(categories=["Ll", "Lu", "Lo"])
WORD = st.builds(str.__add__, LETTER, st.text(LETTER | st.sampled_from("0123456789"), max_size=9))
WORDS = st.lists(WORD, min_size=1, max_size=60)
GAPS = st.sampled_from([" ", ", ", ". ", "\n", "\n\n", "! ", "? ", " - ", " (", ") "])


@usual
@given(words=WORDS, data=st.data())
def test_every_word_that_a_reader_typed_is_shown(words: list[str], data: st.DataObject) -> None:
    typed = "".join(word + data.draw(GAPS) for word in words)
    assert re.findall(r"\w+", plain(render_comment(typed))) == re.findall(r"\w+", typed)


@usual
@given(source=ANY_TEXT)
def test_no_change_of_direction_is_left_open(source: str) -> None:
    for line in plain(render_comment(source)).split("\n"):
        assert len(re.findall("[\u2066-\u2068]", line)) == line.count("\u2069")
        assert len(re.findall("[\u202a\u202b]", line)) == line.count("\u202c")
        assert not set("\u202d\u202e") & set(line)


@usual
@given(st.text(st.sampled_from(string.printable + "é漢🐝")))
def test_the_markdown_of_a_picture_says_just_its_words(alt: str) -> None:
    html = render_post(picture(f"/media/{'be' * 16}-9x9.webp", alt))
    said = re.fullmatch(r'<p dir="auto"><img src="[^"]*" alt="([^"]*)"[^<>]*></p>\n', html)
    assert said, html
    assert unescape(said[1]) == clean_line(alt)
