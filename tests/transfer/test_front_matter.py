"""What a file says of its text, in the words of several programs."""

from datetime import UTC, datetime
from pathlib import PurePath
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.posts.models import Kind, Status
from blog.text import clean_line, normalise
from blog.transfer.documents import Document
from blog.transfer.front_matter import BadFrontMatter

BERLIN = ZoneInfo("Europe/Berlin")


def read(document: str, file: str = "on-bees.md") -> Document:
    return Document.read(PurePath(file), document, BERLIN)


def test_hugo_writes_yaml() -> None:
    bees = read(
        """---
title: "On bees: a *start*"
date: 2024-05-01T09:30:00+02:00
lastmod: 2024-05-02
draft: false
tags: [bees, "no", 2024]
categories:
  - Garden
description: What they do all day.
aliases: [/2023/05/old-bees/]
params: {toc: true}
---

They fly.
"""
    )
    assert bees == Document(
        title="On bees: a *start*",
        slug="on-bees",
        source="They fly.",
        status=Status.PUBLISHED,
        published_at=datetime(2024, 5, 1, 7, 30, tzinfo=UTC),
        updated_at=datetime(2024, 5, 1, 22, tzinfo=UTC),
        summary="What they do all day.",
        tags=("bees", "no", "2024", "Garden"),
        aliases=("old-bees",),
    )


def test_hugo_writes_toml_in_a_folder_of_the_posts_own() -> None:
    bees = read(
        "+++\ntitle = '1984'\ndate = 2024-05-01\ndraft = true\ntags = ['a b']\n+++\nThey fly.\n",
        "content/posts/on-bees/index.md",
    )
    assert (bees.title, bees.slug, bees.status) == ("1984", "on-bees", Status.DRAFT)
    assert (bees.tags, bees.source) == (("a b",), "They fly.")


def test_hugo_writes_json() -> None:
    bees = read('{"title": "Bees", "tags": ["a"], "date": "2024-05-01"}\n\nThey fly.\n')
    assert (bees.title, bees.tags, bees.source) == ("Bees", ("a",), "They fly.")


def test_jekyll_has_the_day_in_the_name_and_blanks_between_tags() -> None:
    bees = read(
        "---\nlayout: post\ntitle: Bees\ntags: garden bees\npermalink: /:year/:title/\n---\nFly.",
        "_posts/2015-11-17-on-bees.markdown",
    )
    assert (bees.slug, bees.tags) == ("on-bees", ("garden", "bees"))
    assert bees.published_at == datetime(2015, 11, 16, 23, tzinfo=UTC)  # midnight in Berlin
    dated = read("---\nlayout: post\ndate: 2015-11-17 16:16:01 -0600\npublished: true\n---\n")
    assert dated.published_at == datetime(2015, 11, 17, 22, 16, 1, tzinfo=UTC)
    hidden = read("---\nlayout: post\ndate: 2015-11-17\npublished: false\n---\n")
    assert (hidden.status, hidden.published_at) == (Status.DRAFT, None)


def test_pelican_has_bare_lines() -> None:
    bees = read(
        "Title: Bees\nDate: 2010-12-03 10:20\nTags: garden,\n  wild bees\nSlug: the-bees\n"
        "Summary: What they do.\nStatus: hidden\n\nThey: fly.\n\nAway.\n"
    )
    assert (bees.title, bees.slug, bees.status) == ("Bees", "the-bees", Status.DRAFT)
    assert (bees.tags, bees.summary) == (("garden", "wild bees"), "What they do.")
    assert bees.source == "They: fly.\n\nAway."


def test_a_file_that_says_nothing_of_itself_is_a_draft_called_by_its_heading() -> None:
    about = read("# About us\n\nNote: we fly.\n", "pages/who_we_are.md")
    assert (about.title, about.slug, about.kind) == ("About us", "who-we-are", Kind.PAGE)
    assert (about.status, about.published_at) == (Status.DRAFT, None)
    assert read("They fly.", "on_bees.md").title == "On bees"
    assert read("Note: they fly.\nFar.").source == "Note: they fly.\nFar."
    assert read("{% raw %}\n").source == "{% raw %}"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("---\ntitle: [a\n---\n", "line 2: "),
        ("---\ntitle: a\n", "no end"),
        ("---\njust words\n---\n", "no names"),
        ("+++\ntitle = a\n+++\n", "Invalid value"),
        ("---\ndate: tomorrow\n---\n", "“tomorrow” is no date"),
        ("---\ndate: 0001-01-01T00:00:00Z\n---\n", "a year from 1000 to 2999"),
        ("---\nuid: mine\n---\n", "uid"),
        (f"---\na: {'[' * 5000}\n---\n", "."),
    ],
)
def test_what_cannot_be_read_says_why(document: str, words: str) -> None:
    with pytest.raises(BadFrontMatter, match=words):
        read(document)


lines = st.text(max_size=40).map(clean_line)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
moments = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the zone is said beside them


@st.composite
def documents(draw: st.DrawFn) -> Document:
    status = draw(st.sampled_from([Status.DRAFT, Status.PUBLISHED, Status.WITHDRAWN]))
    published_at = draw(moments) if status != Status.DRAFT else None
    return Document(
        title=draw(lines.filter(bool)),
        slug=draw(names),
        source=normalise(draw(st.text(max_size=200))),
        uid=uuid4(),
        kind=draw(st.sampled_from(Kind)),
        status=status,
        published_at=published_at,
        updated_at=draw(moments),
        summary=draw(lines),
        tags=tuple(draw(st.lists(names, max_size=4, unique=True))),
        language=draw(st.sampled_from(["", "de", "pt-BR"])),
        takes_comments=draw(st.booleans()),
        aliases=tuple(draw(st.lists(names, max_size=3, unique=True))),
        series=draw(lines),
        series_number=draw(st.none() | st.integers(1, 99)),
    )


@settings(max_examples=200, deadline=None)
@given(documents())
def test_what_is_written_is_read_as_it_was(document: Document) -> None:
    again = read(str(document), "another-name.md")
    assert again == document
    assert str(again) == str(document)
