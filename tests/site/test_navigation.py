"""Olga arranges what stands at the top of her site."""

from typing import Any

from flask import Flask

from blog.posts.models import Kind
from blog.site.navigation import MOST_LINKS
from tests.browser import Browser
from tests.conftest import MakePost
from tests.lived_in import dump


def shown(rita: Browser, path: str = "/") -> list[str]:
    """What readers see, before the archive and search."""
    rita.get(path)
    return [link.text for link in rita.page.select(".site-nav a[dir]")]


def press(olga: Browser, what: str, button: str) -> None:
    """Press a button beside an entry."""
    olga.get("/desk/navigation")
    [entry] = [
        found for found in olga.page.select(".rule") if what in found.select_one("h2 a").get_text()
    ]
    answer = olga.submit(None, form=f"#{entry['id']} form", button=button)
    assert answer.status_code == 303


def test_pages_and_links_stand_where_olga_puts_them(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    for title in ("Now", "About", "Contact"):
        make_post(title, kind=Kind.PAGE)
    make_post("On bees", tags=["Bees"])
    assert shown(rita) == ["About", "Contact", "Now"]
    press(olga, "Now", "Earlier")
    press(olga, "Now", "Earlier")
    assert shown(rita) == ["Now", "About", "Contact"]
    olga.submit("/desk/navigation", {"label": "Bees", "address": "/tags/bees"})
    olga.submit(
        "/desk/navigation", {"label": "Elsewhere", "address": "https://social.example/@olga"}
    )
    press(olga, "Bees", "Earlier")
    assert shown(rita, "/tags/bees") == ["Now", "About", "Bees", "Contact", "Elsewhere"]
    [here] = rita.page.select(".site-nav [aria-current=page]")
    assert here["href"] == "/tags/bees"
    shown(rita, "/about")
    assert [link.text for link in rita.page.select("[aria-current=page]")] == ["About"]
    press(olga, "About", "Leave out")
    assert shown(rita, "/about") == ["Now", "Bees", "Contact", "Elsewhere"]
    press(olga, "About", "Show")
    olga.submit("/desk/navigation/links/" + link_id(olga, "Elsewhere"), {"label": "Social"})
    press(olga, "Bees", "Delete")
    assert shown(rita) == ["Now", "About", "Contact", "Social"]


def test_a_page_comes_back_to_its_place_and_a_new_one_comes_last(
    olga: Browser, rita: Browser, make_post: MakePost
) -> None:
    about = make_post("About", kind=Kind.PAGE)
    make_post("Contact", kind=Kind.PAGE)
    make_post("Draft", kind=Kind.PAGE, published=False)
    press(olga, "About", "Later")
    press(olga, "About", "Earlier")
    olga.submit(f"/desk/posts/{about.id}", button="Withdraw")
    assert shown(rita) == ["Contact"]
    olga.get("/desk/navigation")
    assert "Page, not public" in olga.text
    assert "Draft" not in olga.text
    make_post("A new one", kind=Kind.PAGE)
    olga.submit(f"/desk/posts/{about.id}", button="Publish")
    assert shown(rita) == ["About", "Contact", "A new one"]


def test_a_link_leads_somewhere_and_there_are_not_too_many(olga: Browser, app: Flask) -> None:
    before = dump(app)
    for wrong in (
        {"label": ""},
        {"label": "x" * 51},
        {"address": ""},
        {"address": "bees"},
        {"address": "//evil.example"},
        {"address": "javascript:alert(1)"},
        {"address": "mailto:olga@example.org"},
        {"address": "https://" + "x" * 500 + ".example"},
    ):
        link = {"label": "Bees", "address": "/tags/bees", **wrong}
        assert olga.submit("/desk/navigation", link).status_code == 422, wrong
        assert list(olga.errors) == list(wrong)
    assert dump(app) == before
    for number in range(MOST_LINKS):
        assert add(olga, f"Link {number}").status_code == 303
    assert add(olga, "One too many").status_code == 422
    assert "There are 20 links already" in olga.text


def add(olga: Browser, label: str) -> Any:
    return olga.submit("/desk/navigation", {"label": label, "address": "/"})


def link_id(olga: Browser, label: str) -> str:
    olga.get("/desk/navigation")
    found = olga.page.find("a", string=label)
    return str(found["href"]).rpartition("/")[2]
