"""Mail leaves the house once it is true: never lost, never twice without need, never in the way."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from blog import outbox, postman
from blog.clock import now
from blog.database import write_tx
from blog.extensions import db
from blog.outbox import Letter, Outbox, Outcome
from tests.browser import Browser
from tests.postbox import Postbox, Server, running, words_of

RITA = "rita@example.org"
MO = "mo@example.org"

Stretch = tuple[object, object]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[Server]:
    with running(postbox) as server:
        yield server


@pytest.fixture
def mailing(app: Flask, server: Server) -> Flask:
    """A blog with mail set up."""
    app.config["MAIL_URL"] = server.url()
    return app


@pytest.fixture(autouse=True)
def letters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Stretch]:
    """Every kind of letter says hello. The list holds which stretch of time each one told of."""
    told: list[Stretch] = []

    def compose(row: Outbox) -> Letter:
        told.append((row.since, row.until))
        return Letter(f"{row.kind} {row.subject_id}", f"Hello {row.person}\n")

    for kind in ("held", "confirmation", "decision", "answer", "reset", "invitation"):
        monkeypatch.setitem(outbox.composers, kind, compose)
    return told


def want(app: Flask, kind: str, person: str = RITA, **more: int) -> None:
    with app.app_context(), write_tx():
        outbox.want(kind, person, **more)


def rows(app: Flask) -> list[Outbox]:
    with app.app_context():
        return list(db.session.scalars(select(Outbox).order_by(Outbox.id)))


def outcomes(app: Flask) -> list[str | None]:
    return [row.outcome for row in rows(app)]


def subjects(postbox: Postbox) -> list[str]:
    return [str(mail["Subject"]) for mail in postbox.mails]


# What is wanted


def test_a_mail_is_sent_once(mailing: Flask, postbox: Postbox) -> None:
    want(mailing, "answer")
    assert postman.deliver_due(mailing) == 1
    assert postman.deliver_due(mailing) == 0
    assert postbox.recipients == [RITA]
    assert words_of(postbox.mails[0]) == f"Hello {RITA}\n"
    assert outcomes(mailing) == ["sent"]


def test_what_did_not_happen_is_not_told(mailing: Flask) -> None:
    def told_too_soon() -> None:
        with mailing.app_context(), write_tx():
            outbox.want("answer", RITA)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        told_too_soon()
    assert rows(mailing) == []


def test_mail_is_only_wanted_in_the_transaction_that_causes_it(
    app: Flask, noted: list[str]
) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="outside write_tx"):
        outbox.want("answer", RITA)
    noted.clear()


def test_one_mail_waits_per_person_and_kind(app: Flask) -> None:
    for person in (RITA, "Rita@Example.org", MO):
        want(app, "answer", person)
        want(app, "decision", person)
    assert [(row.kind, row.person) for row in rows(app)] == [
        ("answer", RITA),
        ("decision", RITA),
        ("answer", MO),
        ("decision", MO),
    ]


def test_the_database_keeps_it_to_one(app: Flask) -> None:
    want(app, "answer")
    [row] = rows(app)
    twin = insert(Outbox).values(
        {c.key: getattr(row, c.key) for c in Outbox.__table__.c} | {"id": 2}
    )
    with app.app_context(), write_tx(), pytest.raises(IntegrityError):
        db.session.execute(twin)


def test_nobody_without_an_address_gets_mail(app: Flask) -> None:
    want(app, "answer", "")
    assert rows(app) == []


@pytest.mark.parametrize(("kind", "minutes"), [("held", 10), ("confirmation", 60)])
def test_some_mail_comes_only_so_often(
    kind: str,
    minutes: int,
    mailing: Flask,
    postbox: Postbox,
    clock: time_machine.Traveller,
) -> None:
    want(mailing, kind)
    postman.deliver_due(mailing)
    want(mailing, kind)
    want(mailing, kind, MO)
    clock.shift(timedelta(minutes=minutes - 1))
    want(mailing, kind)
    postman.deliver_due(mailing)
    assert postbox.recipients == [RITA, MO]
    clock.shift(timedelta(minutes=1, seconds=1))
    assert postman.deliver_due(mailing) == 1
    assert postbox.recipients == [RITA, MO, RITA]


def test_mail_that_was_dropped_does_not_count_as_sent(
    mailing: Flask, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(outbox.composers, "held", lambda row: None)
        want(mailing, "held")
        postman.deliver_due(mailing)
    want(mailing, "held")
    assert postman.deliver_due(mailing) == 1
    assert outcomes(mailing) == ["dropped", "sent"]


@pytest.mark.parametrize("kind", ["reset", "invitation"])
def test_of_two_links_the_newer_one_is_sent_and_at_once(
    kind: str, mailing: Flask, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    postbox.data_answer = "451 not now"
    want(mailing, kind, subject_id=1)
    postman.deliver_due(mailing)
    clock.shift(timedelta(seconds=5))
    postbox.data_answer = "250 kept"
    want(mailing, kind, subject_id=2)
    assert postman.deliver_due(mailing) == 1
    assert subjects(postbox) == [f"{kind} 1", f"{kind} 2"]


# What a letter tells of


def test_what_happens_while_a_mail_is_on_its_way_gets_the_next_one(
    mailing: Flask, postbox: Postbox, letters: list[Stretch], monkeypatch: pytest.MonkeyPatch
) -> None:
    happened = []

    def meanwhile() -> None:
        if not happened:
            with mailing.app_context(), write_tx():
                happened.append(now())
                outbox.want("answer", RITA)

    _when_data_comes(postbox, meanwhile, monkeypatch)
    want(mailing, "answer")
    postman.deliver_due(mailing)
    assert outcomes(mailing) == ["sent", None]
    postman.deliver_due(mailing)
    assert outcomes(mailing) == ["sent", "sent"]
    (_, first_end), (second_start, second_end) = letters
    assert first_end == second_start
    assert second_start < happened[0] <= second_end
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 2


def _when_data_comes(
    postbox: Postbox, deed: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = postbox.handle_DATA

    async def handle(server: SMTP, session: Session, envelope: Envelope) -> str:
        deed()
        return await keep(server, session, envelope)

    monkeypatch.setattr(postbox, "handle_DATA", handle)


def test_two_hosts_whose_clocks_differ_lose_nothing(
    mailing: Flask,
    postbox: Postbox,
    letters: list[Stretch],
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    happened = []

    def meanwhile() -> None:
        if not happened:
            clock.shift(timedelta(seconds=-20))
            with mailing.app_context(), write_tx():
                happened.append(now())
                outbox.want("answer", RITA)
            clock.shift(timedelta(seconds=20))

    _when_data_comes(postbox, meanwhile, monkeypatch)
    want(mailing, "answer")
    postman.deliver_due(mailing)
    postman.deliver_due(mailing)
    start, end = letters[1]
    assert start < happened[0] <= end


def test_a_decision_is_told_after_five_minutes_and_no_later_one_too_early(
    mailing: Flask, letters: list[Stretch], clock: time_machine.Traveller
) -> None:
    decided = []
    for minutes in (0, 3, 1):
        clock.shift(timedelta(minutes=minutes))
        decided.append(now())
        want(mailing, "decision")
    assert postman.deliver_due(mailing) == 0
    clock.shift(timedelta(minutes=1, seconds=1))
    assert postman.deliver_due(mailing) == 1
    assert _told(letters[0], decided) == decided[:1]
    clock.shift(timedelta(minutes=3, seconds=50))
    assert postman.deliver_due(mailing) == 0
    clock.shift(timedelta(seconds=10))
    assert postman.deliver_due(mailing) == 1
    assert _told(letters[1], decided) == decided[1:]
    clock.shift(timedelta(hours=1))
    assert postman.deliver_due(mailing) == 0


def _told(stretch: Stretch, instants: list[object]) -> list[object]:
    start, end = stretch
    return [at for at in instants if start < at <= end]  # type: ignore[operator]


def test_a_letter_that_failed_grows_until_it_is_sent(
    mailing: Flask, postbox: Postbox, letters: list[Stretch], clock: time_machine.Traveller
) -> None:
    postbox.data_answer = "451 not now"
    happened = []
    for _ in range(3):
        happened.append(now())
        want(mailing, "answer")
        postman.deliver_due(mailing)
        clock.shift(timedelta(minutes=5))
    postbox.data_answer = "250 kept"
    assert postman.deliver_due(mailing) == 1
    assert _told(letters[-1], happened) == happened
    assert outcomes(mailing) == ["sent"]


def test_nothing_to_say_any_more_is_not_said(
    mailing: Flask, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox.composers, "answer", lambda row: None)
    want(mailing, "answer")
    assert postman.deliver_due(mailing) == 1
    assert outcomes(mailing) == ["dropped"]
    assert postbox.mails == []


# What goes wrong


def test_a_mail_that_may_have_arrived_is_sent_again_as_the_same(
    mailing: Flask, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    """The server took it, and its answer was lost: mail programs show two of one id as one."""
    postbox.hangs_up = True
    want(mailing, "answer")
    assert postman.deliver_due(mailing) == 0
    postbox.hangs_up = False
    assert postman.deliver_due(mailing) == 0, "it waits a minute"
    clock.shift(timedelta(minutes=1))
    assert postman.deliver_due(mailing) == 1
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert rows(mailing)[0].tries == 2


def test_a_postman_killed_on_his_way_sends_it_again_as_the_same(
    mailing: Flask,
    postbox: Postbox,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def killed(*_args: object) -> bool:
        raise SystemExit

    want(mailing, "answer")
    with monkeypatch.context() as patch:
        patch.setattr(postman, "_settle", killed)
        with pytest.raises(SystemExit):
            postman.deliver_due(mailing, "the first")
    clock.shift(timedelta(minutes=1, seconds=1))
    assert postman.deliver_due(mailing, "the second") == 1
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_pauses_grow_for_three_days_and_then_it_has_failed(
    mailing: Flask, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    postbox.data_answer = "451 not now"
    want(mailing, "answer")
    pauses = []
    while rows(mailing)[0].outcome is None:
        clock.move_to(rows(mailing)[0].due_at + timedelta(milliseconds=1))
        started = now()
        postman.deliver_due(mailing)
        pauses.append(round((rows(mailing)[0].due_at - started).total_seconds() / 60))
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert max(pauses) == 6 * 60
    assert 3.0 < sum(pauses[:-1]) / (24 * 60) < 3.3
    assert rows(mailing)[0].outcome == Outcome.FAILED
    assert rows(mailing)[0].last_error == "451 not now"


def test_a_recipient_who_is_not_there_fails_at_once(mailing: Flask, postbox: Postbox) -> None:
    postbox.rcpt_answer = "550 no such person"
    want(mailing, "answer")
    assert postman.deliver_due(mailing) == 1
    [row] = rows(mailing)
    assert (row.outcome, row.last_error) == ("failed", "550 no such person")


def test_one_bad_mail_blocks_no_other(
    mailing: Flask,
    postbox: Postbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(row: Outbox) -> Letter:
        raise KeyError("a mistake of ours")

    monkeypatch.setitem(outbox.composers, "held", broken)
    want(mailing, "held", MO)
    want(mailing, "reset", "nobody at all")
    want(mailing, "unheard-of", MO)
    want(mailing, "answer")
    assert postman.deliver_due(mailing) == 2
    assert outcomes(mailing) == [None, "failed", None, "sent"]
    assert "a mistake of ours" in rows(mailing)[0].last_error
    assert "a mistake of ours" in caplog.text


def test_a_server_that_is_down_is_asked_once_in_a_round(
    app: Flask, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    with running(postbox) as server:
        app.config["MAIL_URL"] = server.url()
    for person in (RITA, MO, "third@example.org"):
        want(app, "answer", person)
    assert postman.deliver_due(app) == 0
    assert [row.tries for row in rows(app)] == [1, 1, 1]
    assert all("refused" in row.last_error for row in rows(app))
    with running(postbox) as server:
        app.config["MAIL_URL"] = server.url()
        assert postman.deliver_due(app) == 0, "it waits a minute"
        clock.shift(timedelta(minutes=1))
        assert postman.deliver_due(app) == 3
    assert len(postbox.mails) == 3


# Without mail


def test_what_was_wanted_without_mail_is_never_sent(
    app: Flask, server: Server, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    want(app, "answer")
    want(app, "decision")
    app.config["MAIL_URL"] = server.url()
    clock.shift(timedelta(days=1))
    postman.deliver_due(app)
    assert outcomes(app) == ["shown", "shown"]
    assert postbox.mails == []


def test_with_mail_set_up_afterwards_new_mail_is_sent(
    app: Flask,
    server: Server,
    postbox: Postbox,
    letters: list[Stretch],
    clock: time_machine.Traveller,
) -> None:
    before = now()
    want(app, "answer")
    app.config["MAIL_URL"] = server.url()
    clock.shift(timedelta(hours=1))
    want(app, "answer")
    postman.deliver_due(app)
    assert outcomes(app) == ["shown", "sent"]
    assert len(postbox.mails) == 1
    assert _told(letters[-1], [before]) == []


def test_mail_waits_while_the_server_is_not_named(
    mailing: Flask, server: Server, postbox: Postbox
) -> None:
    want(mailing, "answer")
    mailing.config["MAIL_URL"] = ""
    assert postman.deliver_due(mailing) == 0
    mailing.config["MAIL_URL"] = server.url()
    assert postman.deliver_due(mailing) == 1


# Who wants none


def test_who_refuses_gets_no_mail_for_readers(
    mailing: Flask, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    want(mailing, "answer")
    want(mailing, "decision")
    with mailing.app_context(), write_tx():
        outbox.refuse("Rita@example.org")
        outbox.refuse(RITA)
    for kind in ("answer", "decision", "confirmation"):
        want(mailing, kind)
    want(mailing, "reset")
    want(mailing, "answer", MO)
    clock.shift(timedelta(days=1))
    postman.deliver_due(mailing)
    assert sorted(subjects(postbox)) == ["answer None", "reset None"]
    assert postbox.recipients.count(MO) == 1


# One postman at a time


def statements(app: Flask, deed: Callable[[], object]) -> list[str]:
    said: list[str] = []
    with app.app_context():
        engine = db.engine

    def listen(_c: object, _u: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    deed()
    event.remove(engine, "before_cursor_execute", listen)
    return said


def test_a_round_with_nothing_to_do_is_one_question(mailing: Flask) -> None:
    want(mailing, "decision")
    said = statements(mailing, lambda: postman.deliver_due(mailing))
    assert [s for s in said if not s.startswith("BEGIN")] == [s for s in said if "outbox" in s]
    assert len([s for s in said if "outbox" in s]) == 1
    assert not any("IMMEDIATE" in s or "advisory" in s for s in said)


def test_another_process_leaves_the_mail_to_the_one_that_has_the_lease(
    mailing: Flask, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    want(mailing, "answer")
    assert postman.deliver_due(mailing, "one") == 1
    want(mailing, "answer")
    said = statements(mailing, lambda: postman.deliver_due(mailing, "two"))
    assert not any("IMMEDIATE" in s or "advisory" in s for s in said)
    assert len(postbox.mails) == 1
    clock.shift(postman.LEASE)
    assert postman.deliver_due(mailing, "two") == 1
    want(mailing, "answer")
    assert postman.deliver_due(mailing, "one") == 0
    with mailing.app_context(), write_tx():
        postman.Lease.give_back(postman.OUTBOX, "two")
    assert postman.deliver_due(mailing, "one") == 1


def test_many_postmen_at_once_send_each_mail_once(mailing: Flask, postbox: Postbox) -> None:
    people = [f"reader{number}@example.org" for number in range(12)]
    for person in people:
        want(mailing, "answer", person)
    postmen = [
        threading.Thread(target=postman.deliver_due, args=(mailing, f"postman {number}"))
        for number in range(6)
    ]
    for thread in postmen:
        thread.start()
    for thread in postmen:
        thread.join()
    assert sorted(postbox.recipients) == sorted(people)


def test_nobody_waits_for_the_mail_server(
    mailing: Flask, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    took = []

    def meanwhile() -> None:
        started = time.perf_counter()
        want(mailing, "reset", MO)
        took.append(time.perf_counter() - started)

    _when_data_comes(postbox, meanwhile, monkeypatch)
    want(mailing, "answer")
    postman.deliver_due(mailing)
    assert took[0] < 1


# The worker


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that hurries, so that the tests do not wait."""
    monkeypatch.setattr(postman, "WAKE_SECONDS", 0.02)
    monkeypatch.setattr(postman, "TROUBLE_SECONDS", 0.02)


@pytest.fixture
def worker(mailing: Flask, quick: None) -> Iterator[postman.Worker]:
    worker = postman.start_worker(mailing)
    yield worker
    worker.stop()


def _eventually(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen within ten seconds")


def test_the_worker_sends_what_is_wanted_and_stops(
    mailing: Flask, postbox: Postbox, worker: postman.Worker
) -> None:
    want(mailing, "answer")
    _eventually(lambda: outcomes(mailing) == ["sent"])
    worker.stop()
    assert "postman" not in {thread.name for thread in threading.enumerate()}
    want(mailing, "answer")
    assert postman.deliver_due(mailing, "the next worker") == 1, "the lease was given back"
    worker.stop()  # a second time does no harm


@pytest.mark.parametrize(
    "trouble", [OperationalError("SELECT", {}, Exception("away")), ValueError("a mistake")]
)
def test_no_trouble_kills_the_worker(
    trouble: Exception,
    mailing: Flask,
    postbox: Postbox,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, rounds = postman.deliver_due, []

    def troubled(*args: object) -> int:
        rounds.append(1)
        if len(rounds) <= 2:
            raise trouble
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(postman, "deliver_due", troubled)
    want(mailing, "answer")
    worker = postman.start_worker(mailing)
    _eventually(lambda: outcomes(mailing) == ["sent"])
    worker.stop()


def test_two_workers_send_each_mail_once(mailing: Flask, postbox: Postbox, quick: None) -> None:
    workers = [postman.start_worker(mailing) for _ in range(2)]
    people = [f"reader{number}@example.org" for number in range(10)]
    for person in people:
        want(mailing, "answer", person)
    _eventually(lambda: set(outcomes(mailing)) == {"sent"})
    for worker in workers:
        worker.stop()
    assert sorted(postbox.recipients) == sorted(people)


# Addresses


@pytest.mark.one_database
def test_addresses_come_from_the_settings(app: Flask) -> None:
    app.config["BASE_URL"] = "https://blog.example.org"
    with app.app_context():
        assert outbox.absolute("posts.home") == "https://blog.example.org/"
    with app.test_request_context("/", base_url="http://evil.example"):
        assert outbox.absolute("posts.home", page=2) == "https://blog.example.org/?page=2"


# /desk/outbox


@pytest.mark.one_database
def test_the_author_reads_what_would_have_been_sent(app: Flask, olga: Browser) -> None:
    want(app, "answer", "zoë@example.org")
    olga.get("/desk/outbox")
    assert "BLOG_MAIL_URL" in olga.page.get_text()
    assert "none of it will be sent later" in olga.page.get_text()
    [text] = olga.page.select(".outbox-text")
    assert text.get_text() == "Hello zoë@example.org\n"


@pytest.mark.one_database
def test_the_author_sees_what_failed_and_why(
    mailing: Flask, postbox: Postbox, olga: Browser
) -> None:
    postbox.rcpt_answer = "550 no <b>such</b> person"
    want(mailing, "answer")
    postman.deliver_due(mailing)
    olga.get("/desk/outbox")
    assert "550 no <b>such</b> person" in olga.page.get_text()
    assert "BLOG_MAIL_URL" not in olga.page.get_text()
    assert not olga.page.select(".outbox-text")


def test_looking_at_the_outbox_changes_nothing(app: Flask, olga: Browser) -> None:
    want(app, "answer")
    want(app, "decision", MO)
    before = [vars(row) | {"_sa_instance_state": None} for row in rows(app)]
    olga.get("/desk/outbox")
    assert [vars(row) | {"_sa_instance_state": None} for row in rows(app)] == before


@pytest.mark.one_database
def test_the_outbox_is_the_authors_alone(app: Flask, mo: Browser, stranger: Browser) -> None:
    assert mo.get("/desk/outbox").status_code == 403
    assert stranger.get("/desk/outbox", follow_redirects=False).status_code != 200
