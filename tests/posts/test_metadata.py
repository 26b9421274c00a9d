"""What machines read of a post: where it stands, what it is, who said what. Readers see nothing of it."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import mf2py
import pytest
from flask import Flask
from time_machine import Traveller

from blog.posts.models import Kind, Post
from tests.browser import BASE_URL, Browser
from tests.comments.conversation import leave
from tests.comments.growing import grow
from tests.conftest import MakePost

pytestmark = pytest.mark.one_database

TITLE = "On <bees> & “wasps” </script>"


def head(person: Browser) -> dict[str, list[str]]:
    """What stands in the head of the last page, by name."""
    found: dict[str, list[str]] = {}
    for tag in person.page.select("head meta[name], head meta[property]"):
        found.setdefault(str(tag.get("name") or tag["property"]), []).append(str(tag["content"]))
    return found


def link(person: Browser, rel: str) -> list[str]:
    """Where the links of a kind lead."""
    return [str(tag["href"]) for tag in person.page.select(f"link[rel={rel}]")]


def linked_data(person: Browser) -> dict[str, Any]:
    """The JSON-LD of the last page."""
    (block,) = person.page.select("script[type='application/ld+json']")
    data: dict[str, Any] = json.loads(block.get_text())
    return data


def test_a_page_has_one_address_whatever_it_was_asked_for_with(
    app: Flask, make_post: MakePost, rita: Browser
) -> None:
    post = make_post(tags=["Bees"])
    make_post("About", kind=Kind.PAGE)
    for number in range(11):
        make_post(f"Post {number}")
    grow(app, post, [None] * 51)
    for path, expected in {
        "/": "/",
        "/?utm_source=x": "/",
        "/?page=1": "/",
        "/?page=2&utm_source=x": "/?page=2",
        "/tags/bees?x=1": "/tags/bees",
        "/about?utm_source=x": "/about",
        "/posts/on-bees?utm_source=x&comments=1": "/posts/on-bees",
        "/posts/on-bees?comments=2&fbclid=x": "/posts/on-bees?comments=2",
    }.items():
        rita.get(path)
        assert link(rita, "canonical") == [BASE_URL + expected], path
        assert head(rita)["og:url"] == [BASE_URL + expected.removesuffix("?comments=2")], path
    rita.get("/posts/nothing")
    assert link(rita, "canonical") == []


def test_a_post_says_what_other_sites_show_of_it(
    make_post: MakePost, olga: Browser, rita: Browser, clock: Traveller
) -> None:
    post = make_post(TITLE, slug="on-bees", tags=["Bees", "A & B"])
    clock.shift(timedelta(hours=1))
    olga.submit(
        f"/desk/posts/{post.id}", {"summary": 'All of "it" & more'}, button="Publish the changes"
    )
    rita.get("/posts/on-bees")
    said = head(rita)
    assert post.published_at
    assert said["og:title"] == [TITLE]
    assert said["og:type"] == ["article"]
    assert said["og:site_name"] == ["Your Website"]
    assert said["description"] == said["og:description"] == ['All of "it" & more']
    assert said["article:tag"] == ["A & B", "Bees"]
    assert said["article:published_time"] == [post.published_at.isoformat(timespec="seconds")]
    assert said["article:modified_time"] > said["article:published_time"]
    assert said["twitter:card"] == ["summary_large_image"]
    assert said["og:image"][0].startswith(f"{BASE_URL}/social/")
    assert (said["og:image:width"], said["og:image:height"]) == (["1200"], ["630"])


def test_linked_data_counts_the_comments_and_cannot_end_its_block(
    app: Flask, make_post: MakePost, olga: Browser, rita: Browser
) -> None:
    post = make_post(TITLE, slug="on-bees")
    leave(app, post)
    rita.get("/posts/on-bees")
    data = linked_data(rita)
    assert (data["@context"], data["@type"]) == ("https://schema.org", "BlogPosting")
    assert (data["headline"], data["commentCount"]) == (TITLE, 1)
    assert data["author"] == {"@type": "Person", "name": "Olga", "url": f"{BASE_URL}/"}
    assert data["url"] == f"{BASE_URL}/posts/on-bees"
    assert data["datePublished"] <= data["dateModified"]
    assert [data["image"]] == head(rita)["og:image"]
    assert "\\u003c/script" in rita.answer.get_data(as_text=True)


def test_without_an_author_the_site_signs(post: Post, rita: Browser) -> None:
    rita.get("/posts/on-bees")
    assert linked_data(rita)["author"]["name"] == "Your Website"


def test_a_page_beside_the_posts_is_no_article(make_post: MakePost, rita: Browser) -> None:
    make_post("About", kind=Kind.PAGE)
    rita.get("/about")
    assert head(rita)["og:type"] == ["website"]
    assert "article:published_time" not in head(rita)
    assert linked_data(rita)["@type"] == "WebPage"


def test_a_post_that_was_to_come_changed_when_it_came(
    app: Flask, make_post: MakePost, rita: Browser, clock: Traveller
) -> None:
    post = make_post()
    rita.get("/posts/on-bees")
    assert post.published_at
    assert linked_data(rita)["dateModified"] >= linked_data(rita)["datePublished"]


def test_the_first_page_names_the_authors_other_profiles(olga: Browser, rita: Browser) -> None:
    olga.submit(
        "/desk/settings", {"rel_me": "https://social.example/@olga\n\nhttps://code.example"}
    )
    rita.get("/")
    assert link(rita, "me") == ["https://social.example/@olga", "https://code.example"]
    rita.get("/login")
    assert link(rita, "me") == []


def test_microformats_say_who_wrote_what(
    app: Flask, make_post: MakePost, olga: Browser, rita: Browser
) -> None:
    """As a program reads them that knows nothing of us."""
    post = make_post(tags=["Bees"])
    first = leave(app, post)
    leave(app, post, under=first)
    (entry,) = microformats(rita, "/posts/on-bees")
    said = entry["properties"]
    assert post.published_at
    assert entry["type"] == ["h-entry"]
    assert (said["name"], said["category"]) == (["On bees"], ["Bees"])
    assert said["url"] == [f"{BASE_URL}/posts/on-bees"]
    assert datetime.fromisoformat(said["published"][0]) == post.published_at.replace(microsecond=0)
    assert said["content"][0]["value"].strip() == "Bees are busy."
    assert [card["properties"] for card in said["author"]] == [
        {"name": ["Olga"], "url": [f"{BASE_URL}/"]}
    ]
    assert len(said["comment"]) == 2
    for number, comment in enumerate(said["comment"], 1):
        assert comment["type"] == ["h-cite"]
        of_comment = comment["properties"]
        assert of_comment["url"] == [f"{BASE_URL}/comments/{number}"]
        assert of_comment["author"][0]["properties"]["name"] == ["Rita"]
        assert of_comment["content"][0]["value"] == "Bees hum."
        assert len(of_comment["published"]) == 1
    (feed,) = microformats(rita, "/")
    assert feed["type"] == ["h-feed"]
    assert feed["children"][0]["properties"]["url"] == said["url"]


def microformats(person: Browser, path: str) -> list[dict[str, Any]]:
    """The microformats of a page."""
    items: list[dict[str, Any]] = mf2py.parse(doc=person.get(path).data, url=BASE_URL + path)[
        "items"
    ]
    return items


# oEmbed


@pytest.fixture
def card(rita: Browser) -> Any:
    """What oEmbed says of an address; its status where it says nothing."""

    def ask(url: str | None, **more: str) -> Any:
        answer = rita.open("GET", "/oembed", query_string={**({"url": url} if url else {}), **more})
        return answer.json if answer.status_code == 200 else answer.status_code

    return ask


def test_a_post_has_a_card_for_other_sites(
    make_post: MakePost, olga: Browser, rita: Browser, card: Any
) -> None:
    make_post(TITLE, slug="on-bees")
    rita.get("/posts/on-bees")
    (found,) = rita.page.select("link[type='application/json+oembed']")
    parts = urlsplit(str(found["href"]))
    answer = rita.get(f"{parts.path}?{parts.query}")
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json == {
        "type": "link",
        "version": "1.0",
        "title": TITLE,
        "author_name": "Olga",
        "provider_name": "Your Website",
        "provider_url": f"{BASE_URL}/",
        "thumbnail_url": answer.json["thumbnail_url"],
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
    assert rita.get(answer.json["thumbnail_url"].removeprefix(BASE_URL)).mimetype == "image/png"
    assert card(f"{BASE_URL}/posts/on-bees?utm_source=x#comments", format="json") == answer.json


def test_no_picture_is_larger_than_who_asks_has_room_for(post: Post, card: Any) -> None:
    url = f"{BASE_URL}/posts/on-bees"
    for more, has_picture in (
        ({"maxwidth": "1200", "maxheight": "630"}, True),
        ({"maxwidth": "1199"}, False),
        ({"maxheight": "629"}, False),
        ({"maxwidth": "wide", "maxheight": "9" * 5_000}, True),
    ):
        assert ("thumbnail_url" in card(url, **more)) is has_picture, more


def test_what_is_not_ours_or_not_public_has_no_card(
    app: Flask, make_post: MakePost, olga: Browser, card: Any
) -> None:
    make_post("About", kind=Kind.PAGE)
    make_post("Not yet", published=False)
    post = make_post()
    assert card(f"{BASE_URL}/about")["title"] == "About"
    assert card(f"{BASE_URL}/posts/on-bees", format="xml") == 501
    olga.submit(f"/desk/posts/{post.id}", button="Withdraw")
    for url in (
        None, "on-bees", "/about", f"{BASE_URL}/", f"{BASE_URL}/posts/nothing", f"{BASE_URL}/posts/not-yet",
        f"{BASE_URL}/posts/on-bees", f"{BASE_URL}/desk", f"{BASE_URL}/tags/bees", "https://evil.example/about",
        f"{BASE_URL}.evil.example/about", "http://[/about", "ftp://127.0.0.1:8000/about", "http://127.0.0.1:8000",
        f"{BASE_URL}//evil.example/about", f"{BASE_URL}/about\0", "x" * 9_000,
    ):  # fmt: skip
        assert card(url) == 404, url


def test_an_old_address_still_has_its_card(post: Post, olga: Browser, card: Any) -> None:
    olga.submit(f"/desk/posts/{post.id}", {"slug": "on-wasps"}, button="Publish the changes")
    assert card(f"{BASE_URL}/posts/on-bees")["title"] == "On bees"
