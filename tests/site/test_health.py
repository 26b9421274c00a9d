"""What machines ask: whether the process answers, and whether its database does."""

import pytest

from tests.browser import Browser


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_healthy_blog_says_ok_and_nobody_keeps_the_answer(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"ok\n", "text/plain")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert stranger.open("HEAD", path).status_code == 200


def test_staff_learn_from_it_what_the_page_cache_does(stranger: Browser, mo: Browser) -> None:
    for _time in range(3):
        stranger.get("/")
    said = mo.read("/readyz")
    assert said.startswith("ok 2 hits, 1 misses, ")
    assert said.endswith(" bytes in 1 pages")
