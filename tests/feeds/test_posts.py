"""The feeds of posts: what rita's program reads is what olga wrote, and nothing else."""

import json
from calendar import timegm
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask, g
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.feeds import posts as post_feeds
from blog.feeds.answers import answer
from blog.feeds.posts import POSTS, Entry, Feed
from blog.posts.models import Kind, Post, Tag
from blog.site.models import Site
from blog.text import plain
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import leave
from tests.comments.growing import grow
from tests.comments.test_statements import cost
from tests.conftest import MakeBrowser, MakePost
from tests.feeds.reading import ATOM, SLASH, THR, WFW, read, read_json, titles, tree

FORMATS = ("/feed.xml", "/feed.rss", "/feed.json")
TAGGED = ("/tags/bees/feed.xml", "/tags/bees/feed.rss", "/tags/bees/feed.json")

TITLE = 'Bees & <wasps>: "1 < 2" ]]> 蜂 \U0001f41d'
SOURCE = """\
Bees are *busy*[^1]. See [the hive](/posts/hive?a=1&b=2), [elsewhere](https://bees.example/), [below](#s-b).

![A bee](/media/bee.png)

## B

```html
<b>&amp;]]></b>
```

[^1]: Most of them.
"""
MOST_STATEMENTS = (
    5  # the settings, the author, the posts, their tags; one more for the tag of a feed
)


def seconds(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def told(entry: Any) -> dict[str, Any]:
    """What feedparser understands of a post, whatever the format."""
    published = datetime.fromtimestamp(timegm(entry.published_parsed), UTC)
    return {
        "name": entry.id,
        "url": entry.link,
        "title": entry.title,
        "html": entry.content[0].value,
        "author": entry.author,
        "tags": [tag.get("label") or tag.term for tag in entry.get("tags", [])],
        "published": seconds(published),
    }


def told_in_json(feed: Any, item: Any) -> dict[str, Any]:
    return {
        "name": item["id"],
        "url": item["url"],
        "title": item["title"],
        "html": item["content_html"],
        "author": feed["authors"][0]["name"],
        "tags": item.get("tags", []),
        "published": item["date_published"],
    }


def everything_told(browser: Browser, suffix: str = "") -> list[list[dict[str, Any]]]:
    """What each of the three formats tells of the posts."""
    feed = read_json(browser, f"{suffix}/feed.json")
    return [
        *(
            [told(entry) for entry in read(browser, f"{suffix}/feed.{kind}").entries]
            for kind in ("xml", "rss")
        ),
        [told_in_json(feed, item) for item in feed["items"]],
    ]


def addresses(html: str) -> list[str]:
    found = BeautifulSoup(html, "html.parser").select("[href], [src]")
    return [str(tag.get("href") or tag.get("src")) for tag in found]


# What is in them


def test_a_program_that_knows_nothing_of_us_reads_every_post_in_full(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    first = make_post("Hives", tags=["Bees"])
    second = make_post(TITLE, slug="bees", source=SOURCE, tags=["Bees", "Big & small"])
    for entries in everything_told(rita):
        assert [entry["name"] for entry in entries] == [second.uid.urn, first.uid.urn]
        assert [entry["title"] for entry in entries] == [TITLE, "Hives"]
        assert entries[0]["url"] == f"{BASE_URL}/posts/bees"
        assert entries[0]["author"] == "Olga"
        assert entries[0]["tags"] == ["Bees", "Big & small"]
        assert entries[0]["published"] == seconds(second.published_at)
        assert plain(entries[0]["html"]) == plain(second.html)
        assert entries[1]["html"].strip() == first.html.strip()


@pytest.mark.one_database
def test_links_lead_to_the_same_places_as_on_the_page(
    rita: Browser, make_post: MakePost, olga: Browser
) -> None:
    make_post("Bees", source=SOURCE)
    page = f"{BASE_URL}/posts/bees"
    for entries in everything_told(rita):
        found = addresses(entries[0]["html"])
        assert found[1:5] == [
            f"{BASE_URL}/posts/hive?a=1&b=2",
            "https://bees.example/",
            f"{page}#s-b",
            f"{BASE_URL}/media/bee.png",
        ]
        assert found[0].startswith(f"{page}#fn-")
        assert found[5].startswith(f"{page}#fnref-")
        rita.get(page)
        for address in (found[0], found[3], found[5]):
            assert rita.page.find(id=address.partition("#")[2]), address


@pytest.mark.one_database
def test_a_feed_says_what_it_is_and_where(app: Flask, olga: Browser, rita: Browser) -> None:
    with app.app_context(), write_tx():
        Site(title="Bees & co", tagline="On <bees>", language="de").save()
    for path in ("/feed.xml", "/feed.rss"):
        feed = read(rita, path).feed
        said = (feed.title, feed.subtitle, feed.link, feed.language)
        assert said == ("Bees & co", "On <bees>", f"{BASE_URL}/", "de")
        found = [link.href for link in feed.links if link.rel == "self"]
        assert found == [BASE_URL + path]
    assert {**read_json(rita, "/feed.json"), "version": None} == {
        "version": None,
        "title": "Bees & co",
        "description": "On <bees>",
        "home_page_url": f"{BASE_URL}/",
        "feed_url": f"{BASE_URL}/feed.json",
        "language": "de",
        "authors": [{"name": "Olga", "url": f"{BASE_URL}/"}],
        "items": [],
    }


@pytest.mark.one_database
def test_a_post_says_when_it_was_changed_and_in_which_language_it_is(
    app: Flask, olga: Browser, rita: Browser, post: Post, clock: time_machine.Traveller
) -> None:
    first = read(rita, "/feed.xml").entries[0]
    assert first.updated == first.published
    clock.shift(3600)
    change(app, post, title="Über Bienen", language="de", summary="1 < 2 & mehr")
    second = read(rita, "/feed.xml").entries[0]
    assert (second.published, second.id) == (first.published, first.id)
    assert second.updated > first.updated
    assert (second.title, second.title_detail.language) == ("Über Bienen", "de")
    assert second.summary == "1 < 2 & mehr"
    (item,) = read_json(rita, "/feed.json")["items"]
    assert (item["language"], item["summary"]) == ("de", "1 < 2 & mehr")
    assert item["date_modified"] == second.updated
    # In RSS a description is HTML.
    description = tree(rita, "/feed.rss").findtext("channel/item/description")
    assert description == "1 &lt; 2 &amp; mehr"


def test_a_post_says_how_many_answers_it_has_and_where(
    app: Flask, olga: Browser, rita: Browser, post: Post
) -> None:
    number = leave(app, post)
    leave(app, post, under=number)
    entry = tree(rita, "/feed.xml").find(f"{ATOM}entry")
    assert entry is not None
    replies = entry.find(f"{ATOM}link[@rel='replies']")
    assert replies is not None
    assert replies.get(f"{THR}count") == entry.findtext(f"{THR}total") == "2"
    item = tree(rita, "/feed.rss").find("channel/item")
    assert item is not None
    assert item.findtext(f"{SLASH}comments") == "2"
    assert item.findtext("comments") == f"{BASE_URL}/posts/on-bees#comments"
    assert item.findtext(f"{WFW}commentRss") == replies.get("href")
    feed = read(rita, str(replies.get("href")).removeprefix(BASE_URL))
    assert replies.get(f"{THR}updated") == feed.entries[0].updated


# What is not


def test_only_what_everyone_may_read_is_told(
    app: Flask, olga: Browser, rita: Browser, make_post: MakePost, clock: time_machine.Traveller
) -> None:
    about = make_post("About", kind=Kind.PAGE, tags=["Bees"])
    withdrawn = make_post("Withdrawn", tags=["Bees"])
    to_come = make_post("To come", tags=["Bees"], published=False)
    make_post("Draft", tags=["Bees", "Secret"], published=False)
    make_post("On bees", tags=["Bees"])
    make_post("On wasps", tags=["Wasps"])
    with app.app_context(), write_tx():
        db.session.get_one(Post, withdrawn.id).withdraw(now())
        db.session.get_one(Post, to_come.id).publish(now() + timedelta(hours=1))
    assert about.is_page
    for path in FORMATS:
        assert titles(rita, path) == ["On wasps", "On bees"], path
    for path in TAGGED:
        assert titles(rita, path) == ["On bees"], path
    clock.shift(3601)
    for path in (*FORMATS, *TAGGED):
        assert titles(rita, path)[0] == "To come", path
    for kind in ("xml", "rss", "json"):
        for tag in ("secret", "nothing"):
            assert rita.get(f"/tags/{tag}/feed.{kind}").status_code == 404
    assert "staff.example" not in "".join(rita.get(path).text for path in FORMATS)


def test_a_blog_without_posts_and_without_an_author_has_feeds(rita: Browser) -> None:
    for path in FORMATS:
        assert titles(rita, path) == []
    assert tree(rita, "/feed.xml").findtext(f"{ATOM}author/{ATOM}name") == "Your Website"


def test_a_feed_is_as_long_as_it_says_and_costs_the_same_however_much_there_is(
    app: Flask, olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    posts = [make_post(f"Post {n}", tags=["Bees", f"Tag {n}"]) for n in range(2)]
    paths = (*FORMATS, *TAGGED)
    few = [cost(app, rita, path) for path in paths]
    posts += [make_post(f"Post {n}", tags=["Bees", f"Tag {n}"]) for n in range(2, POSTS + 3)]
    for post in posts[-3:]:
        grow(app, post, [None, 0, 1])
    assert [cost(app, rita, path) for path in paths] == few
    assert max(few) <= MOST_STATEMENTS
    for path in paths:
        assert titles(rita, path) == [f"Post {n}" for n in range(POSTS + 2, 2, -1)]


# Names, and where feeds are found


@pytest.mark.one_database
def test_names_stay_when_the_address_the_host_and_the_title_change(
    app: Flask, olga: Browser, rita: Browser, make_post: MakePost, browser: MakeBrowser
) -> None:
    post = make_post("On bees", tags=["Bees"])
    leave(app, post)
    paths = ("/feed.xml", "/tags/bees/feed.xml", "/comments.xml", "/posts/on-bees/comments.xml")
    before = [names(rita, path) for path in paths]
    assert len({name for found in before for name in found}) == 6  # four feeds, a post, a comment
    change(app, post, title="Bees!", slug="bees", tags=["Bees"])
    app.config["BASE_URL"] = "https://blog.example"
    with app.app_context(), write_tx():
        Site(title="Another title").save()
    elsewhere = browser(base_url="https://blog.example")
    assert [names(elsewhere, path) for path in paths] == before
    entry = read(elsewhere, "/feed.xml").entries[0]
    assert entry.link == "https://blog.example/posts/bees"


@pytest.mark.one_database
def test_two_sites_have_feeds_of_two_names(app: Flask, rita: Browser) -> None:
    found = set()
    for uid in ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"):
        with app.app_context(), write_tx():
            Site(uid=uid).save()
        found |= {names(rita, path)[0] for path in ("/feed.xml", "/comments.xml")}
    assert len(found) == 4


@pytest.mark.one_database
def test_every_page_says_where_its_feeds_are(
    rita: Browser, make_post: MakePost, olga: Browser
) -> None:
    make_post("On bees", tags=["Bees"])
    make_post("About", kind=Kind.PAGE)
    of_site = ["/feed.xml", "/feed.rss", "/feed.json", "/comments.xml"]
    for page, own in {
        "/": [],
        "/login": [],
        "/nothing": [],
        "/tags/bees": ["/tags/bees/feed.xml"],
        "/posts/on-bees": ["/posts/on-bees/comments.xml"],
        "/about": ["/about/comments.xml"],
    }.items():
        rita.get(page)
        found = {
            str(link["href"]): str(link["type"])
            for link in rita.page.select("head link[rel=alternate][type][title]")
            if "oembed" not in str(link["type"])
        }
        assert list(found) == of_site + own, page
        for address, kind in found.items():
            assert rita.get(address).mimetype == kind


@pytest.mark.one_database
def test_who_follows_a_feed_of_wordpress_is_led_to_ours(
    rita: Browser, make_post: MakePost, olga: Browser
) -> None:
    make_post("On bees", tags=["Bees"])
    make_post("About", kind=Kind.PAGE)
    for old, new in {
        "/feed/": "/feed.rss",
        "/feed": "/feed.rss",
        "/feed/rss2/": "/feed.rss",
        "/feed/atom/": "/feed.xml",
        "/comments/feed/": "/comments.xml",
        "/tag/bees/feed/": "/tags/bees/feed.rss",
        "/tag/bees/feed/atom/": "/tags/bees/feed.xml",
        "/on-bees/feed/": "/posts/on-bees/comments.xml",
        "/posts/on-bees/feed/": "/posts/on-bees/comments.xml",
        "/about/feed/": "/about/comments.xml",
    }.items():
        answer = rita.get(old, follow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (301, new), old
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert rita.get(new).status_code == 200
    assert rita.get("/nothing/feed/").status_code == 404


# Whatever people type

# Everything that Python calls a character, the halves of pairs included.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


def kept(text: str) -> str:
    """A text as XML 1.0 can hold it: without what it has no way to write, with one kind of line end."""
    allowed = (
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )  # fmt: skip
    return "".join(allowed).replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.one_database
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(title=ANY_TEXT, name=ANY_TEXT, html=ANY_TEXT)
@example("]]></title>", "\x00\ud800\uffff\x1b", "<script>alert(1)</script>&nbsp;")
@example('"/><entry>', "&#0;&lt;", "\r\n\r\x85\u2028")
def test_whatever_is_typed_can_be_read_and_comes_out_again(
    app: Flask, title: str, name: str, html: str
) -> None:
    with app.test_request_context(base_url=BASE_URL):
        g.site = Site(title=title)
        feed = feed_of(title, name, html)
        for write in (post_feeds.as_atom, post_feeds.as_rss):
            root = ElementTree.fromstring(answer(write(feed, BASE_URL), "").data)
            texts = {found.text or "" for found in root.iter()}
            assert texts >= {kept(title), kept(name), kept(html)}
            titles = {found.text or "" for found in root.iter() if found.tag.endswith("title")}
            assert titles == {kept(title)}
        written = json.loads(answer(post_feeds.as_json(feed, BASE_URL), "").data)
        assert kept(written["items"][0]["content_html"]) == kept(html)


def feed_of(title: str, name: str, html: str) -> Feed:
    """A feed of one post, all of it as somebody typed it."""
    entry = Entry(
        name="urn:x",
        url=BASE_URL,
        title=title,
        summary=html,
        html=html,
        language="",
        tags=[Tag(slug="x", name=name)],
        published=now(),
        updated=now(),
        comment_count=0,
        comments_url=BASE_URL,
        comments_feed=BASE_URL,
        answered=None,
    )
    return Feed(name="urn:y", title=title, home=BASE_URL, about="", author=name, entries=[entry])


def names(browser: Browser, path: str) -> list[str]:
    """What a feed and all that is in it are called."""
    browser.get(path)
    return [found.text or "" for found in tree(browser, path).iter(f"{ATOM}id")]


def change(app: Flask, post: Post, **words: Any) -> None:
    """Write a post anew, with these words instead of its own."""
    with app.app_context(), write_tx():
        found = db.session.get_one(Post, post.id)
        same = ("title", "slug", "summary", "source", "html", "kind", "language", "takes_comments")
        found.revise(**{"tags": [], **{name: getattr(found, name) for name in same}, **words})
