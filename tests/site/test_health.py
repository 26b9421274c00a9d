"""What machines ask: whether the process answers, and whether its database does."""

import pytest

from tests.browser import Browser


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_healthy_blog_says_ok_and_nobody_keeps_the_answer(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"ok\n", "text/plain")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert stranger.open("HEAD", path).status_code == 200
