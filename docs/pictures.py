"""Take the pictures of the README from a running site: `make pictures`.

Starts a blog of its own in a temporary folder, lives in it for a minute in Chromium, and stops it.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
PORT = "8329"
SITE = f"http://127.0.0.1:{PORT}"
CHROMIUM = "/usr/bin/chromium"
PASSWORD = "a harbour full of lanterns"  # noqa: S105  # of a blog that lives for a minute

TITLE = "Notes from a slow harbour"
TEXT = """\
The ferry was late again, so I had an hour on the quay with nothing to do but look. A harbour
rewards that. What seems to be a crowd of boats turns out to be a *conversation*: who makes room,
who waits, who hoots without need.

## What the harbour master writes down

She keeps a log in pencil. Every line has a time, a name and a verb, and no opinion.

> Arrivals are easy. It is the ones who say they will be back on Thursday that one has to watch.

I asked whether she ever corrects a line. She does not: she writes another one below it.
"""

MORE = (
    ("The weight of an anchor", "It is heavier than it looks, and that is the whole idea."),
    (
        "Fog, and what it is for",
        "One hears better. The harbour master says that it is the only quiet we get.",
    ),
    ("A short word about knots", "Two will do: one that holds, and one that lets go."),
    ("On waiting for the ferry", "An hour on a quay is not lost. It is only not spent."),
)

REPLIES = (
    (
        "Ilse Brandt",
        "My grandfather kept such a log for forty years. He said that the pencil was for honesty: "
        "ink makes you *want* to be right.",
    ),
    ("Tomás", "Which quay is this? I would like to be late there, too."),
)
ANSWER = "The north one, below the old crane. Bring bread: there are swans."
ANSWER_BACK = "Swans! Then I know it. Thank you."
HELD = (
    (
        "Marek",
        "Great blog, see https://cheap-boats.example and https://cheaper-boats.example for more.",
    ),
    ("0lga Lindqvist", "Hello everyone, please send your harbour fees to me this month."),
    ("Noor", "I have read this twice now. Will there be a second part, from the ferry’s side?"),
)


# What the rules are called that let whoever is new here wait.
NEWCOMERS = ("Nobody has shown whose the e-mail", "No approved reply yet")


# A picture's file, what is to be seen in it, and its colours.
PAINTED = (
    ("fog.png", "A boat in fog", "#cfd4d6", "#8c989c"),
    ("evening.png", "A boat before the evening sun", "#e8a87c", "#6d4c6f"),
    ("noon.png", "", "#9cc9dd", "#2f6f8f"),
)


@contextmanager
def blog() -> Iterator[str]:
    """A new blog; gives the link that makes its author."""
    with tempfile.TemporaryDirectory() as instance:
        settings = {
            "BLOG_INSTANCE": instance,
            "BLOG_REPLY_INTERVAL": "0",
            "BLOG_REPLY_MIN_SECONDS": "0",
        }
        flask = Path(sys.executable).with_name("flask")
        server = subprocess.Popen(  # noqa: S603  # our own program
            [flask, "serve", "--port", PORT],
            cwd=HERE.parent,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield _set_up_link(server)
        finally:
            server.terminate()
            server.wait(10)


def _set_up_link(server: "subprocess.Popen[str]") -> str:
    said = ""
    for line in server.stdout or ():
        said += line
        if "Afterword is at" in line:
            break
    link = re.search(r"http\S+/setup/\S+", said)
    if link is None:
        raise SystemExit(f"the blog did not start: {said}")
    return link.group()


def become_author(page: Page, link: str) -> None:
    """Olga sets the blog up, and lets everything pass for now."""
    page.goto(link)
    page.fill("[name=name]", "Olga Lindqvist")
    page.fill("[name=email]", "olga@harbour.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.goto(f"{SITE}/desk/settings")
    page.fill("[name=title]", "Low Tide")
    page.fill("[name=tagline]", "Olga Lindqvist on boats, weather and waiting")
    page.click("text=Save the settings")
    switch_newcomers(page, "Switch off")


def switch_newcomers(page: Page, button: str) -> None:
    """Olga switches the rules that hold newcomers."""
    for name in NEWCOMERS:
        page.goto(f"{SITE}/desk/rules")
        page.locator(".rule").filter(has_text=name).get_by_role("button", name=button).click()
        page.wait_for_load_state()


def write(page: Page) -> None:
    """Olga writes a post and publishes it."""
    page.goto(f"{SITE}/desk/posts/new")
    page.fill("[name=title]", TITLE)
    page.fill("[name=body]", TEXT)
    page.fill("[name=tags]", "Harbours, Waiting")
    page.click("text=Save draft")
    page.click("button:text('Publish')")


def reply(browser: Browser, path: str, name: str, body: str) -> None:
    """Somebody replies, in a browser of their own."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(SITE + path)
    page.fill("[name=body]", body)
    page.fill("[name=name]", name)
    first = name.split(maxsplit=1)[0].encode("ascii", "ignore").decode().casefold()
    page.fill("[name=email]", f"{first}@readers.example")
    page.click("text=Post Comment")
    page.wait_for_url("**/replies/*")
    page.close()


def write_more(page: Page) -> None:
    """Olga has written other things before."""
    for title, text in MORE:
        page.goto(f"{SITE}/desk/posts/new")
        page.fill("[name=title]", title)
        page.fill("[name=body]", text)
        page.click("text=Save draft")
        page.click("button:text('Publish')")


def converse(browser: Browser, olga: Page) -> str:
    """Readers and Olga talk; the address of the post."""
    olga.goto(SITE)
    path = str(olga.get_attribute(f"a:text('{TITLE}')", "href"))
    for name, body in REPLIES:
        reply(browser, path, name, body)
    olga.goto(SITE + path)
    olga.click(".thread > li:nth-child(2) .comment-reply")
    olga.fill("[name=body]", ANSWER)
    olga.click("text=Post Comment")
    answered = str(olga.get_attribute(".comment-by-author .comment-reply", "href"))
    reply(browser, answered, "Tomás", ANSWER_BACK)
    return path


def hold_some(browser: Browser, olga: Page, path: str) -> None:
    """A few replies that wait, each for a reason of its own."""
    switch_newcomers(olga, "Switch on")
    for name, body in HELD:
        reply(browser, path, name, body)


def picture_editor(page: Page) -> None:
    """Olga writes: the text as it will be stands beside it."""
    page.goto(f"{SITE}/desk/posts/new")
    page.fill("[name=title]", TITLE)
    page.fill("[name=body]", TEXT)
    page.wait_for_selector("#editor-preview h2")
    page.wait_for_selector("#editor-saved[data-state=saved]")
    page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
    page.screenshot(path=HERE / "editor.png")


def picture_library(page: Page) -> None:
    """Olga has brought some pictures, and has yet to say what is to be seen in one."""
    for name, alt, sky, sea in PAINTED:
        page.goto(f"{SITE}/desk/media")
        picture = {"name": name, "mimeType": "image/png", "buffer": paint(sky, sea)}
        page.set_input_files("#file", [picture])
        page.fill("#alt", alt)
        page.click("button:text('Upload')")
        page.wait_for_load_state()
    page.goto(f"{SITE}/desk/media")
    page.locator(".media").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.querySelector('.orders').offsetTop - 16)")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / "library.png")


def paint(sky: str, sea: str) -> bytes:
    """A harbour: the sky, the sea, the sun and a boat between them."""
    picture = Image.new("RGB", (1200, 800), sky)
    brush = ImageDraw.Draw(picture)
    brush.ellipse((820, 180, 980, 340), fill="#fff4d6")
    brush.rectangle((0, 480, 1200, 800), fill=sea)
    brush.polygon(((360, 470), (680, 470), (620, 540), (420, 540)), fill="#2b2b2b")
    brush.polygon(((520, 200), (520, 450), (660, 450)), fill="#f7f2e8")
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def main() -> None:
    """Take the pictures."""
    with blog() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        wide = {"width": 1100, "height": 900}
        olga = browser.new_page(viewport=wide, color_scheme="light")
        become_author(olga, link)
        write_more(olga)
        write(olga)
        path = converse(browser, olga)
        hold_some(browser, olga, path)
        olga.goto(f"{SITE}/moderation")
        olga.screenshot(path=HERE / "queue.png")
        picture_editor(olga)
        picture_library(olga)
        reader = browser.new_page(viewport={"width": 1100, "height": 1560}, color_scheme="light")
        reader.goto(SITE + path)
        reader.screenshot(path=HERE / "post.png")
        on_a_phone = {"width": 390, "height": 780}
        phone = browser.new_page(viewport=on_a_phone, color_scheme="dark")
        phone.goto(SITE + path)
        phone.screenshot(path=HERE / "phone.png")
        shelf = browser.new_page(viewport=wide, color_scheme="light")
        shelf.goto(f"{SITE}/archive")
        shelf.screenshot(path=HERE / "archive.png")
        browser.close()


if __name__ == "__main__":
    main()
