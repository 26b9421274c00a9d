"""Rita searches: what she finds in which script, what comes first, and what nobody finds."""

from collections.abc import Iterator
from datetime import timedelta
from runpy import run_path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from alembic.command import stamp
from flask import Flask
from time_machine import Traveller

from blog import rerender, upgrades, welcome
from blog.clock import now
from blog.config import ROOT
from blog.database import write_tx
from blog.extensions import db, limiter
from blog.posts import excerpts, index, reindex, search, tokens
from blog.posts.index import MOST_BYTES, Entry
from blog.posts.models import Kind, Post
from blog.text import plain
from tests.browser import Browser, path_of
from tests.comments.test_statements import recorded
from tests.conftest import MakePost

# A text in each script, what is typed to find it, and what is not in it.
SCRIPTS = {
    "Latin": (
        "Ein Brötchen im Café von São Tomé",
        ["brotchen", "CAFÉ", "sao tome", "café* SÃO"],
        "Broth",
    ),
    "Greek": (
        "Ο Σίσυφος σπρώχνει τον βράχο",
        ["σισυφος", "ΒΡΆΧ*", "σπρωχν"],
        "θάλασσα",
    ),
    "Cyrillic": ("Ёлка стоит в лесу за рекой", ["елка", "ЛЕСУ", "за рек"], "море"),
    "Arabic": ("كِتَابٌ جميل عن النحل", ["كتاب", "کتاب", "النح"], "بيت"),
    "Hebrew": ("שָׁלוֹם לכל הדבורים", ["שלום", "הדבור"], "בית"),
    "Devanagari": ("मधुमक्खी फूलों पर बैठी है", ["मधुमक्खी", "फूल", "पर बैठी"], "घर"),
    "Chinese": (
        "北京的蜜蜂在花园里工作。",
        ["蜜蜂", "花园", "工作", "北京 蜜蜂", "在花园里", "蜂", "作"],
        "蜂蜜",
    ),
    "Japanese": (
        "東京の大学でミツバチを研究する。",
        ["東京", "大学", "研究", "みつばち", "ﾐﾂﾊﾞﾁ", "ミツ", "究", "する"],
        "京都",
    ),
    "Korean": ("꿀벌은 꽃에서 꿀을 모은다", ["꿀벌", "꽃에서", "모은", "꿀"], "나비"),
    "Thai": ("ผึ้งทำงานในสวนดอกไม้", ["ผึ้ง", "ทำงาน", "สวน", "ดอกไม้", "ใน"], "แมว"),
    "Lao": ("ເຜິ້ງຢູ່ໃນສວນ", ["ເຜິ້ງ", "ສວນ"], "ແມວ"),
    "Khmer": ("ឃ្មុំនៅក្នុងសួនច្បារ", ["ឃ្មុំ", "សួន"], "ឆ្មា"),
    "Burmese": ("ပျားများသည်ပန်းခြံတွင်ရှိသည်", ["ပျား", "ပန်းခြံ"], "ကြောင်"),
}


def find(person: Browser, words: str, page: str = "") -> list[str]:
    """Search; the titles that are found, in their order."""
    answer = person.get(f"/search?q={quote(words, errors='surrogatepass')}{page}")
    assert answer.status_code == 200, words
    return [found.text for found in person.page.select("article h2")]


def marked(person: Browser) -> list[str]:
    return [found.text for found in person.page.select("main mark")]


def test_words_are_found_in_every_script(rita: Browser, make_post: MakePost) -> None:
    for script, (text, _typed, _other) in SCRIPTS.items():
        make_post(f"In {script} letters", source=text)
    for script, (text, typed, other) in SCRIPTS.items():
        for words in typed:
            assert find(rita, words) == [f"In {script} letters"], words
            assert rita.text.count("1 result") == 1
            assert marked(rita), words
            assert all(found in text for found in marked(rita)), words
        assert find(rita, other) == []
        assert "Nothing found" in rita.text


def test_all_words_must_occur_and_quoted_ones_follow_each_other(
    rita: Browser, make_post: MakePost
) -> None:
    make_post("One", source="The quick brown fox. 東京都の大学")
    make_post("Two", source="A brown bear is quick. 大学の東京")
    assert find(rita, "quick brown ") == ["Two", "One"]
    assert find(rita, '"quick brown"') == ["One"]
    assert marked(rita) == ["quick brown"]
    assert find(rita, '"quick bro') == ["One"]
    assert find(rita, "quick bear ") == ["Two"]
    assert find(rita, "bro ") == []
    assert find(rita, "bro") == find(rita, "bro* ") == ["Two", "One"]
    assert find(rita, "「東京都の大」") == ["One"]
    assert find(rita, "東京 大学 ") == ["Two", "One"]


def test_title_and_tags_come_before_summary_and_that_before_text(
    rita: Browser, make_post: MakePost, app: Flask, clock: Traveller
) -> None:
    make_post("Bees", source="Honey.")
    make_post("Insects", source="Honey.", tags=["Bees"])
    make_post("Summer", source="Honey.")
    make_post("Often", source="Bees and bees and bees.")
    make_post("Once", source="Bees, that is all." + " Words." * 50)
    clock.shift(60)
    make_post("Beesting", source="Cake.")
    make_post("Once again", source="All about bees.")
    make_post("Beeswax", slug="wax", source="Made by beesomething.", kind=Kind.PAGE)
    with app.app_context(), write_tx() as session:
        post = session.scalars(sa.select(Post).where(Post.title == "Summer")).one()
        revise(post, summary="What bees do in summer.")
    expected = ["Beeswax", "Beesting", "Insects", "Bees", "Summer", "Often", "Once again", "Once"]
    assert sorted(find(rita, "bees")) == sorted(expected)
    assert find(rita, "bees ") == ["Insects", "Bees", "Summer", "Often", "Once again", "Once"]
    # What was typed as it was typed comes before longer words at an equal place.
    assert find(rita, "bees").index("Bees") < find(rita, "bees").index("Beesting")


def revise(post: Post, **words: object) -> None:
    """Save a post with some words changed."""
    kept = ("title", "slug", "summary", "source", "html", "kind", "language", "takes_comments")
    now_there = {name: getattr(post, name) for name in kept}
    post.revise(**{**now_there, "tags": [tag.name for tag in post.tags], **words})


def test_nothing_is_found_that_is_not_public(
    rita: Browser, olga: Browser, make_post: MakePost, app: Flask, clock: Traveller
) -> None:
    make_post("Draft", source="The password is xyzzy.", tags=["xyzzy"], published=False)
    to_come = make_post("To come", source="xyzzy")
    withdrawn = make_post("Withdrawn", source="xyzzy")
    make_post("About", source="xyzzy", kind=Kind.PAGE, published=False)
    with app.app_context(), write_tx() as session:
        session.get_one(Post, to_come.id).published_at = now() + timedelta(hours=1)
        session.get_one(Post, withdrawn.id).withdraw(now())
    for person in (rita, olga):
        for words in ("xyzzy", "xyz", '"xyzzy"', '"is xyzzy"', "draft", "to come"):
            assert find(person, words) == []
            assert "result" not in person.text
    clock.shift(3601)
    assert find(rita, "xyzzy") == ["To come"]


def test_a_change_is_found_at_once_and_what_was_there_before_no_longer(
    rita: Browser, olga: Browser, make_post: MakePost, app: Flask
) -> None:
    post = make_post("On bees", source="Honey.", tags=["Insects"])
    words = {"title": "On wasps", "body": "Jam.", "tags": "Stings"}
    olga.submit(f"/desk/posts/{post.id}", words, button="Publish the changes")
    for gone in ("bees", "honey", "insects"):
        assert find(rita, gone) == [], gone
    for there in ("wasps", "jam", "stings"):
        assert find(rita, there) == ["On wasps"], there
    with app.app_context():
        with write_tx() as session:
            session.delete(session.get_one(Post, post.id))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 0
    assert find(rita, "wasps") == []


ODD = (
    "", " ", '"', '""', '"""', "'", "*", "**", "a*b*", "-", "--", "bees -honey", "AND", "OR NOT",
    "NEAR(bees honey)", "bees:honey", "title:bees", "^bees", "{title summary}: bees", "(bees", "bees)",
    "bees & !honey", "bees | <-> 'x':*", "\\", "\0", "be\0es", "%", "_", "%' OR 1=1 --", "\ud800", "😀",
    "😀 bees", "bees" * 2_500, "蜂" * 10_000, "a " * 5_000, "\u0300", "\u200b", "e" + "\u0300" * 5_000,
    "١٢٣", "<b>bees</b>", "\ufffd",
)  # fmt: skip


def test_whatever_is_typed_there_is_an_answer(rita: Browser, make_post: MakePost) -> None:
    make_post("On bees", source="Bees & <b>honey</b>, <mark>.")
    for words in ODD:
        find(rita, words)
        assert not rita.page.select("main b")
        assert rita.page.select_one("meta[name=robots]")["content"] == "noindex"
    assert find(rita, "bees: (honey)") == ["On bees"]
    assert find(rita, "NOT bees") == []
    find(rita, "?!")
    assert "no word in it" in rita.text
    find(rita, "bees " * 300 + "end")
    assert "That was long" in rita.text
    find(rita, "<script>")
    assert rita.page.select_one("#q")["value"] == "<script>"


def test_an_excerpt_shows_the_best_place_between_words(rita: Browser, make_post: MakePost) -> None:
    before = "Much is said of honey in these words before the place. " * 20
    source = f'{before}\n\nHere the *drones* make "honey" & wax. {"Then nothing comes. " * 30}'
    make_post("Long", source=source)
    assert find(rita, "honey drones ") == ["Long"]
    excerpt = rita.page.select_one("article p:last-child")
    assert excerpt.text.startswith('…Here the drones make "honey" & wax. Then nothing comes.')
    assert excerpt.text.endswith(" comes.")
    assert marked(rita) == ["drones", "honey"]
    assert len(excerpt.text) < 230
    make_post("中文", source="前面的话很多。" * 60 + "这里有蜜蜂。" + "后面的话也很多。" * 60)
    assert find(rita, "蜜蜂") == ["中文"]
    assert marked(rita) == ["蜜蜂"]
    make_post("Tagged", source="Nothing of it here.", tags=["Apiary"])
    find(rita, "apiary")
    assert rita.page.select_one("article p:last-child").text == "Nothing of it here."


@pytest.mark.drill
def test_of_a_very_long_post_the_beginning_is_looked_through(
    rita: Browser, make_post: MakePost, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_through = []

    def read(text: str) -> Iterator[tokens.Token]:
        looked_through.append(len(text))
        return tokens_of(text)

    tokens_of = tokens.read
    source = f"It begins. {'*Bees* & wasps. ' * 12_000} Then a hornet comes."
    post = make_post("Long", source=source)
    monkeypatch.setattr(tokens, "read", read)
    with recorded(app) as statements:
        assert find(rita, "hornet") == ["Long"]
    assert sum(looked_through) < excerpts.LOOKED_THROUGH
    assert not any("post.source" in one or "post_tag" in one for one, _values in statements)
    assert rita.page.select_one("article p:last-child").text.startswith("It begins. Bees & wasps.")
    # Wherever it is cut, no half of a tag or of an entity is shown.
    for length in range(excerpts.LOOKED_THROUGH, excerpts.LOOKED_THROUGH + 30):
        monkeypatch.setattr(excerpts, "LOOKED_THROUGH", length)
        first = excerpts._first(post.html)
        assert set(plain(first)[-30:]) <= set(" Beswandp.&"), length
        assert length - len(first) < len("&amp;")


def test_results_come_in_pages_with_their_number(
    rita: Browser, make_post: MakePost, clock: Traveller
) -> None:
    for number in range(search.RESULTS + 2):
        make_post(f"Bees {number}")
        clock.shift(1)
    newest = [f"Bees {number}" for number in range(search.RESULTS + 1, -1, -1)]
    assert find(rita, "bees") == newest[: search.RESULTS]
    assert "12 results · page 1 of 2" in rita.text
    rita.get(str(rita.page.select_one("a[rel=next]")["href"]))
    assert [found.text for found in rita.page.select("article h2")] == newest[search.RESULTS :]
    rita.get(str(rita.page.select_one("a[rel=prev]")["href"]))
    assert rita.path == "/search?q=bees"
    # With a space behind it the word is whole; it still is on the next page, and when sent again.
    make_post("Beeswax", source="Wax.")
    find(rita, "bees")
    assert "13 results" in rita.text
    assert find(rita, "bees ") == newest[: search.RESULTS]
    assert rita.page.select_one("#q")["value"] == "bees "
    rita.get(str(rita.page.select_one("a[rel=next]")["href"]))
    assert [found.text for found in rita.page.select("article h2")] == newest[search.RESULTS :]
    rita.get(str(rita.page.select_one("a[rel=prev]")["href"]))
    assert "12 results" in rita.text
    for page in ("3", "0", "x", "99999"):
        assert rita.get(f"/search?q=bees&page={page}").status_code == 404


def test_searching_costs_few_statements_and_looks_the_same_to_all(
    rita: Browser, stranger: Browser, make_post: MakePost, app: Flask
) -> None:
    for number in range(5):
        make_post(f"Bees {number}", tags=["Bees"])
    with recorded(app) as statements:
        find(rita, '"busy bees" be* bees')
    assert len([one for one, _values in statements if "search" in one]) <= 1
    assert rita.get("/search?q=bees").data == stranger.get("/search?q=bees").data
    assert rita.answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.one_database
def test_whoever_searches_all_the_time_is_asked_to_wait_and_keeps_the_words(
    rita: Browser, stranger: Browser, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    statuses = [rita.get("/search?q=bees").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert rita.answer.headers["Retry-After"] == "60"
    assert "no-store" in rita.answer.headers["Cache-Control"]
    assert rita.page.select_one("#q")["value"] == "bees"
    assert "wait a minute" in rita.page.select_one("[role=alert]").text
    assert rita.get("/search").status_code == 200
    assert find(stranger, "bees") == ["On bees"]
    limiter.reset()


@pytest.mark.drill
def test_a_text_with_more_words_than_a_database_has_room_for_is_saved(
    rita: Browser, make_post: MakePost
) -> None:
    rare = "".join(
        chr(code)
        for step in range(1, 5)
        for first in range(step)
        for code in range(0x20000 + first, 0x2A6D0, step)
    )
    assert len(rare.encode()) * 2 > MOST_BYTES
    make_post("Rare", source=rare)
    assert find(rita, rare[:2]) == ["Rare"]
    assert find(rita, rare[100_000:100_050]) == ["Rare"]


def test_another_version_of_the_tokeniser_indexes_everything_again(
    app: Flask, rita: Browser, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(reindex.POSTS_AT_ONCE + 2):
        make_post(f"Bees {number}")
    with app.app_context():
        stamp(upgrades.configuration(), "head")
        with write_tx() as session:
            session.execute(sa.delete(Entry).where(Entry.post_id == 1))
    runner = app.test_cli_runner()
    assert "Indexed 1 posts." in runner.invoke(args=["search", "reindex"]).output
    assert "Indexed 0 posts." in runner.invoke(args=["search", "reindex"]).output
    assert "Indexed 12 posts." in runner.invoke(args=["search", "reindex", "--all"]).output
    monkeypatch.setattr(tokens, "VERSION", tokens.VERSION + 1)
    with app.app_context(), write_tx() as session:
        session.execute(sa.update(Entry).values(title=" old "))
    assert len(find(rita, "old ")) == 10
    assert "Indexed 12 posts." in runner.invoke(args=["search", "reindex"]).output
    assert find(rita, "old ") == []
    assert len(find(rita, "bees ")) == 10
    for wrong in (["search"], ["search", "nothing"], ["search", "reindex", "--never"]):
        assert runner.invoke(args=wrong).exit_code == 1


def test_what_is_saved_or_rendered_while_it_is_indexed_stays(
    app: Flask, rita: Browser, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, rendered, deleted = (make_post(f"On {one}", source="Old.") for one in ("bees", "x", "y"))

    def save() -> None:
        with write_tx() as session:
            revise(session.get_one(Post, saved.id), title="On wasps", html="<p>New.</p>")

    def render() -> None:
        """As `flask text rerender` does: the source is the same, and so is its date."""
        with write_tx() as session:
            post = session.get_one(Post, rendered.id)
            post.html = "<p>Anew.</p>"
            post.index(in_text(post.html))

    def delete() -> None:
        with write_tx() as session:
            session.delete(session.get_one(Post, deleted.id))

    def meanwhile(html: str) -> index.Parts:
        if acts:
            acts.pop()()  # what somebody else does
        return in_text(html)

    in_text, acts = index.in_text, [save, render, delete]
    monkeypatch.setattr(reindex, "in_text", meanwhile)
    with app.app_context():
        assert sum(reindex.run(everything=True)) == 3
    assert not acts
    assert find(rita, "old ") == []
    for words, title in (("wasps ", "On wasps"), ("new ", "On wasps"), ("anew ", "On x")):
        assert find(rita, words) == [title]


def test_a_long_text_is_read_before_anybody_has_to_wait(
    app: Flask, olga: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []  # whether others had to wait, each time a text was read

    def read(words: list[str]) -> list[str]:
        held.append(bool(db.session().info.get("writing")))
        return words

    monkeypatch.setattr(index, "_fitting", read)
    sheet = path_of(olga.submit("/desk/posts/new", {"title": "On bees", "body": "Long."}))
    olga.submit(sheet, {"body": "Longer."}, button="Publish")
    assert len(held) == 2
    with app.app_context():
        with write_tx() as session:
            session.execute(sa.update(Post).values(html="<p>Other.</p>"))
        assert sum(step.changed for step in rerender.run(everything=True)) == 1
        assert sum(reindex.run(everything=True)) == 1
        monkeypatch.setattr(welcome, "is_new", lambda: True)
        welcome.open_new_blog()
    assert held == [False] * 5


def test_the_databases_keep_no_other_index_than_the_migration_makes() -> None:
    migration = run_path(str(ROOT / "migrations" / "versions" / "0003_search.py"))
    assert migration["ON_SQLITE"] == index.ON_SQLITE
    assert migration["ON_POSTGRESQL"] == index.ON_POSTGRESQL
