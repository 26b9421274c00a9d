"""Olga looks into the outbox: what was sent, what waits, what failed, and what was only shown."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from time_machine import Traveller

from blog import outbox
from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Outbox, Outcome
from tests.browser import Browser
from tests.lived_in import live_in


@pytest.mark.one_database
def test_an_empty_outbox_says_so_and_how_to_set_up_mail(olga: Browser) -> None:
    olga.get("/desk/outbox")
    assert "There was no mail yet." in olga.text
    assert "BLOG_MAIL_URL=smtp://" in olga.text


@pytest.mark.one_database
def test_without_mail_each_letter_can_be_read_there_with_its_links(
    app: Flask, olga: Browser, stranger: Browser
) -> None:
    live_in(app)
    olga.get("/desk/outbox")
    letters = [found.text for found in olga.page.select("pre")]
    [link] = re.findall(r"http://127.0.0.1:8000(/invitations/\S+)", "".join(letters))
    assert "shown here, not sent" in olga.text
    assert stranger.get(link).status_code == 200


@pytest.mark.one_database
def test_each_state_of_a_mail_has_its_words(app: Flask, olga: Browser, clock: Traveller) -> None:
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    with app.app_context(), write_tx():
        for name in ("sent", "dropped", "failed", "tried", "waiting"):
            outbox.want("held", f"{name}@example.org")
    with app.app_context(), write_tx():
        rows = {row.person.partition("@")[0]: row for row in db.session.query(Outbox)}
        for name in ("sent", "dropped", "failed"):
            rows[name].settle(Outcome(name))
        rows["tried"].begin_try(now() + timedelta(minutes=1))
        rows["tried"].last_error = "550 <b>no such person</b>"
    olga.get("/desk/outbox")
    said = [found.dd.find_next("dd").text for found in olga.page.select("ol.outbox > li")]
    assert said == [
        "waits",
        "will be tried again",
        "failed",
        "dropped: there was nothing to say any more",
        "sent",
    ]
    assert "550 <b>no such person</b>" in olga.text
    assert "No mail is set up" not in olga.text
