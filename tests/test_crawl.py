"""Looking changes nothing: whoever follows whatever link, no row of any table is another one."""

import pytest
from flask import Flask

from blog import keys
from blog.auth import links
from tests.browser import Browser
from tests.lived_in import dump, live_in

# Wherever a moderator comes, the author comes too.
PEOPLE = ("stranger", pytest.param("mo", marks=pytest.mark.drill), "olga")


@pytest.fixture(params=PEOPLE)
def person(request: pytest.FixtureRequest, olga: Browser) -> Browser:
    """Each of the people in turn; there is an author in any case."""
    found: Browser = request.getfixturevalue(request.param)
    return found


def test_looking_at_everything_changes_no_row(app: Flask, person: Browser) -> None:
    lived_in = live_in(app)
    before = dump(app)
    walked = lived_in.walk(person)
    assert dump(app) == before
    assert len(walked) > 25
    assert not {
        path: answer.status for path, answer in walked.items() if is_bad(answer.status_code)
    }


# The same views answer, and leave their pages out.
@pytest.mark.one_database
def test_asking_about_everything_changes_no_row(app: Flask, person: Browser) -> None:
    lived_in = live_in(app)
    before = dump(app)
    for method in ("HEAD", "OPTIONS"):
        for address in lived_in.addresses(method):
            answer = person.open(method, address)
            assert not is_bad(answer.status_code), (method, address)
            assert method != "HEAD" or answer.data == b"", address
        assert dump(app) == before, method


def test_a_mail_scanner_that_follows_the_links_of_mails_changes_nothing(
    app: Flask, olga: Browser, stranger: Browser
) -> None:
    key = live_in(app).keys
    before = dump(app)
    for address in (
        f"/replies/{key['receipts']}",
        f"/confirmations/{key['confirmations']}",
        f"/unsubscribe/{key['confirmations.unsubscribe']}",
        f"/invitations/{key['joining.join']}",
        f"/resets/{key['resets']}",
    ):
        assert stranger.get(address).status_code == 200, address
        assert stranger.page.select_one("form[method=post] button"), address
    assert dump(app) == before


def test_opening_the_set_up_link_makes_no_author(app: Flask, stranger: Browser) -> None:
    with app.app_context():
        key = keys.setup(links.SETUP_NONCE)
    before = dump(app)
    assert stranger.get(f"/setup/{key}").status_code == 200
    assert stranger.page.select_one("form[method=post] button")
    assert dump(app) == before


def is_bad(status: int) -> bool:
    """Whether somebody who followed a link would be annoyed. Gone is said of a used set-up link."""
    return status >= 400 and status not in {403, 410}
