"""Proxies: whose word counts about where a request comes from."""

import logging
from ipaddress import ip_network

import pytest
from flask import Flask, request

from blog.gate import public
from blog.proxies import MOST_REMEMBERED, TrustedProxies
from tests.browser import Browser
from tests.conftest import MakeBrowser

pytestmark = pytest.mark.one_database

PROXY = "10.0.0.1"
TRUSTED = "10.0.0.0/8, 192.168.7.7, fd00::/8"


def client_of(peer: str, *forwarded_for: str, trusted: str = TRUSTED) -> str:
    """Where the application thinks that a request came from."""
    seen = []

    def application(environ: dict[str, str], _start_response: object) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    networks = [ip_network(part) for part in trusted.replace(",", " ").split()]
    environ = {"REMOTE_ADDR": peer}
    if forwarded_for:
        environ["HTTP_X_FORWARDED_FOR"] = ",".join(forwarded_for)
    TrustedProxies(application, networks)(environ, None)
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        # Nobody stands in between.
        ("203.0.113.5", (), "203.0.113.5"),
        (PROXY, (), PROXY),
        # One proxy, and several in a row.
        (PROXY, ("203.0.113.5",), "203.0.113.5"),
        (PROXY, (" 203.0.113.5 ",), "203.0.113.5"),
        (PROXY, ("203.0.113.5", "192.168.7.7"), "203.0.113.5"),
        (PROXY, ("203.0.113.5", "10.2.3.4", "192.168.7.7"), "203.0.113.5"),
        # Whoever asks may write what they like at the left.
        (PROXY, ("1.1.1.1", "203.0.113.5"), "203.0.113.5"),
        (PROXY, ("10.0.0.9", "203.0.113.5"), "203.0.113.5"),
        (PROXY, ("127.0.0.1", "203.0.113.5", "10.2.3.4"), "203.0.113.5"),
        # A neighbour on the inner network is somebody, even if we trust its network.
        (PROXY, ("10.9.9.9",), "10.9.9.9"),
        # IPv6, also where IPv4 is written in it.
        ("fd00::1", ("2001:db8::5",), "2001:db8::5"),
        (PROXY, ("2001:db8::5", "fd00::2"), "2001:db8::5"),
        (PROXY, ("[2001:db8::5]",), "2001:db8::5"),
        ("::ffff:10.0.0.1", ("203.0.113.5",), "203.0.113.5"),
        (PROXY, ("203.0.113.5", "::ffff:10.2.3.4"), "203.0.113.5"),
        (PROXY, ("::ffff:203.0.113.5",), "203.0.113.5"),
        ("::ffff:198.51.100.7", (), "198.51.100.7"),
        ("::ffff:198.51.100.7", ("127.0.0.1",), "198.51.100.7"),
        # Some proxies add the port.
        (PROXY, ("203.0.113.5:4711",), "203.0.113.5"),
        (PROXY, ("[2001:db8::5]:4711",), "2001:db8::5"),
        # Garbage is not believed, nor what stands before it.
        (PROXY, ("203.0.113.5", "unknown"), PROXY),
        (PROXY, ("203.0.113.5", "evil", "10.2.3.4"), "10.2.3.4"),
        (PROXY, ("",), PROXY),
        (PROXY, ("", "203.0.113.5", ""), "203.0.113.5"),
        (PROXY, ("203.0.113.999",), PROXY),
        (PROXY, ("203.0.113.5\r\nX: y",), PROXY),
        (PROXY, ("x" * 10_000,), PROXY),
        # Nobody else's word counts.
        ("203.0.113.5", ("127.0.0.1",), "203.0.113.5"),
        ("11.0.0.1", ("127.0.0.1",), "11.0.0.1"),
        ("", ("127.0.0.1",), ""),
    ],
)
def test_a_request_comes_from_the_last_peer_that_is_no_proxy_of_ours(
    peer: str, forwarded_for: tuple[str, ...], client: str
) -> None:
    assert client_of(peer, *forwarded_for) == client


def test_nobody_is_trusted_by_default() -> None:
    assert client_of("127.0.0.1", "203.0.113.5", trusted="") == "127.0.0.1"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"BLOG_TRUSTED_PROXIES": TRUSTED}


def test_a_proxy_does_not_say_where_the_blog_is(
    app_of_its_own: None, app: Flask, browser: MakeBrowser
) -> None:
    """Absolute addresses come from BLOG_BASE_URL; a header of a host would poison them."""

    @public
    def where() -> dict[str, str]:
        return {"address": request.remote_addr or "", "host": request.host, "to": request.scheme}

    app.add_url_rule("/where", view_func=where)
    headers = {
        "X-Forwarded-For": "203.0.113.5",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=1.1.1.1;host=evil.example;proto=https",
    }
    answer = browser(address=PROXY).get("/where", headers=headers)
    assert answer.json == {"address": "203.0.113.5", "host": "127.0.0.1:8000", "to": "http"}


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded"]
)
def test_a_proxy_that_is_not_trusted_is_told_of_once_with_the_line_to_set(
    browser: MakeBrowser, olga: Browser, caplog: pytest.LogCaptureFixture, header: str
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            browser(address="172.16.0.9").get("/", headers={header: "203.0.113.5"})
    told = [record.getMessage() for record in caplog.records if record.name == "blog.proxies"]
    assert len(told) == 1
    # Those that are trusted already stay so.
    line = "BLOG_TRUSTED_PROXIES=10.0.0.0/8,192.168.7.7/32,fd00::/8,172.16.0.9"
    assert line in told[0]
    olga.get("/desk/settings")
    assert line in olga.text


def test_a_proxy_that_is_not_trusted_is_told_of_by_its_plain_address(
    browser: MakeBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    browser(address="::ffff:172.16.0.9").get("/", headers={"X-Forwarded-For": "203.0.113.5"})
    assert ",172.16.0.9" in caplog.text


def test_the_settings_page_says_nothing_while_all_proxies_are_trusted(
    browser: MakeBrowser, olga: Browser
) -> None:
    browser(address=PROXY).get("/", headers={"X-Forwarded-For": "203.0.113.5"})
    browser(address="203.0.113.5").get("/")
    olga.get("/desk/settings")
    assert "BLOG_TRUSTED_PROXIES" not in olga.text


def test_a_crawl_with_forged_headers_fills_neither_log_nor_memory(
    app: Flask, browser: MakeBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(MOST_REMEMBERED * 3):
        browser(address=f"203.0.113.{number}").get("/healthz", headers={"X-Real-IP": "1.1.1.1"})
    assert len(app.extensions["proxies"].ignored) == MOST_REMEMBERED
    assert caplog.text.count("not trusted") == MOST_REMEMBERED
