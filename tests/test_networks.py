"""Networks: who is counted as one."""

import pytest
from flask import Flask

from blog.comments.senders import sender_of_request
from blog.extensions import who_asks
from blog.networks import Size, network


@pytest.mark.parametrize(
    ("address", "own", "near"),
    [
        ("198.51.100.7", "198.51.100.7/32", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("", "", ""),
        ("/run/blog.sock", "", ""),
    ],
)
def test_an_address_is_in_a_network(address: str, own: str, near: str) -> None:
    assert network(address) == own
    assert network(address, Size(24, 48)) == near


SAME = [
    ("198.51.100.7", "198.51.100.7", True),
    ("198.51.100.7", "198.51.100.8", False),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_requests_are_limited_by_what_one_person_has_for_themselves(
    app: Flask, one: str, other: str, same: bool
) -> None:
    asked = []
    for address in (one, other):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            asked.append(who_asks())
    assert (asked[0] == asked[1]) is same


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_replies_are_limited_by_what_one_person_has_for_themselves(
    app: Flask, one: str, other: str, same: bool
) -> None:
    senders = []
    for address in (one, other):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            senders.append(sender_of_request())
    assert (senders[0].address == senders[1].address) is same


@pytest.mark.parametrize("address", ["", "/run/blog.sock"])
def test_who_has_no_address_is_limited_all_the_same(app: Flask, address: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert who_asks() != ""
        assert sender_of_request().address == ""
