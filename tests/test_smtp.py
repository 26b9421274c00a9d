"""One mail on the wire: its headers cannot be bent, and each way of failing has its name."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from blog import smtp
from blog.outbox import Letter
from tests.postbox import Postbox, Server, running, words_of

UNSUBSCRIBE = "http://127.0.0.1:8000/unsubscribe/" + "k" * 150


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[Server]:
    with running(postbox) as server:
        yield server


def letter(
    subject: str = "Hello", text: str = "Words\n", unsubscribe: str | None = None
) -> EmailMessage:
    return mail_to("rita@example.org", Letter(subject, text, unsubscribe))


def mail_to(recipient: str, what: Letter) -> EmailMessage:
    return smtp.message(
        what, sender="blog@example.org", recipient=recipient, message_id="<outbox.1@example.org>"
    )


def test_a_mail_arrives_with_its_headers(postbox: Postbox, server: Server) -> None:
    smtp.send(server.url(), letter(unsubscribe=UNSUBSCRIBE))
    [mail] = postbox.mails
    assert mail["From"] == "blog@example.org"
    assert mail["To"] == "rita@example.org"
    assert mail["Message-ID"] == "<outbox.1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert words_of(mail) == "Words\n"


def test_the_way_out_is_one_line_as_it_is(postbox: Postbox, server: Server) -> None:
    """Mail programs look for it with simple means; encoded or broken, they miss it."""
    smtp.send(server.url(), letter(unsubscribe=UNSUBSCRIBE))
    assert f"\r\nList-Unsubscribe: <{UNSUBSCRIBE}>\r\n".encode() in postbox.raw[0]


def test_mail_for_staff_has_no_way_out() -> None:
    assert "List-Unsubscribe" not in letter()
    assert "List-Unsubscribe-Post" not in letter()


def test_every_script_arrives(postbox: Postbox, server: Server) -> None:
    subject = "[Привет, 世界] Zoë hat geantwortet 🎉 " + "я" * 100
    text = "Grüße, مرحبا, 你好 — " + "🎉" * 300 + "\n.\n..\nend\n"
    smtp.send(server.url(), letter(subject, text))
    assert postbox.mails[0]["Subject"] == subject
    assert words_of(postbox.mails[0]) == text
    assert postbox.raw[0].isascii()  # no server has to know more than RFC 5321


@pytest.mark.parametrize(
    "evil",
    [
        "Hi\r\nBcc: all@example.org",
        "Hi\nBcc: all@example.org",
        "Hi\rBcc: all@example.org",
        "Hi\r\n\r\nA body of mine",
        "Hi\x0bBcc: all@example.org",
        "Hi\x0cBcc: all@example.org",
        "Hi\x1cBcc: all@example.org",
        "Hi\x85Bcc: all@example.org",
        "Hi\u2028Bcc: all@example.org",
        "Hi\u2029Bcc: all@example.org",
        "Hi\x00Bcc: all@example.org",
        "Hi\ud83d\r\nBcc: all@example.org",
        "Hi\r\n Bcc: all@example.org",
        "=?utf-8?q?Hi=0D=0ABcc=3A_all=40example.org?=",
        "=\x00?utf-8?q?Hi=0D=0ABcc=3A_all=40example.org?=",
        "=?utf-8?b?SGkNCkJjYzogYWxsQGV4YW1wbGUub3Jn?=",
        "é =?utf-8?q?Hi=0D=0ABcc=3A_all=40example.org?= =?utf-8?q?=0D=0A?=",
        "Zoë\r\nBcc: all@example.org " + "é" * 80,
        "x" * 2000 + "\nBcc: all@example.org",
    ],
)
def test_no_subject_becomes_a_header(evil: str, postbox: Postbox, server: Server) -> None:
    smtp.send(server.url(), letter(subject=evil))
    head, _, body = postbox.raw[0].partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1].strip()]
    assert b"Bcc" not in names
    assert postbox.recipients == ["rita@example.org"]
    assert body == b"Words\r\n"
    assert len(postbox.mails) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "rita",
        "rita@example.org, all@example.org",
        "rita@example.org\nBcc: all@example.org",
        "rita@example.org\r\n\r\nWords",
        "rita@example.org>\r\nDATA",
        "Rita <rita@example.org>",
        "rita@exa mple.org",
        "rita@[127.0.0.1]",
        "@example.org",
        "x" * 300 + "@example.org",
    ],
)
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    with pytest.raises(smtp.Refused, match="not an e-mail address"):
        mail_to(address, Letter("Hello", "Words"))


def test_a_sender_is_one_line() -> None:
    mail = smtp.message(
        Letter("Hello", "Words"),
        sender="The blog\r\nBcc: all@example.org <blog@example.org>",
        recipient="rita@example.org",
        message_id="<1@example.org>",
    )
    assert "Bcc" not in mail


def test_a_domain_in_any_script_is_sent_in_ascii(postbox: Postbox, server: Server) -> None:
    smtp.send(server.url(), mail_to("rita@bücher.example", Letter("Hello", "Words")))
    assert postbox.recipients == ["rita@xn--bcher-kva.example"]


def test_a_name_beyond_ascii_needs_a_server_that_takes_it(postbox: Postbox) -> None:
    mail = mail_to("jürgen@example.org", Letter("Hello", "Words"))
    with (
        running(postbox, enable_SMTPUTF8=False) as server,
        pytest.raises(smtp.Refused, match="beyond ASCII"),
    ):
        smtp.send(server.url(), mail)
    with running(postbox, enable_SMTPUTF8=True) as server:
        smtp.send(server.url(), mail)
    assert postbox.recipients == ["jürgen@example.org"]


def test_a_recipient_who_is_not_there_is_refused_for_good(postbox: Postbox, server: Server) -> None:
    postbox.rcpt_answer = "550 no such person"
    with pytest.raises(smtp.Refused, match="550 no such person"):
        smtp.send(server.url(), letter())


@pytest.mark.parametrize("answer", ["450 come back later", "452 mailbox full"])
def test_a_recipient_may_be_taken_later(answer: str, postbox: Postbox, server: Server) -> None:
    postbox.rcpt_answer = answer
    with pytest.raises(smtp.NotNow, match=answer):
        smtp.send(server.url(), letter())


@pytest.mark.parametrize("answer", ["451 local error", "554 looks like spam"])
def test_a_text_that_is_not_taken_is_tried_again(
    answer: str, postbox: Postbox, server: Server
) -> None:
    postbox.data_answer = answer
    with pytest.raises(smtp.NotNow, match=answer):
        smtp.send(server.url(), letter())


def test_a_server_that_hangs_up_is_tried_again(postbox: Postbox, server: Server) -> None:
    postbox.hangs_up = True
    with pytest.raises(smtp.NotNow):
        smtp.send(server.url(), letter())


def test_a_server_that_is_down_is_unreachable(postbox: Postbox) -> None:
    with running(postbox) as server:
        url = server.url()
    with pytest.raises(smtp.Unreachable, match=r"127\.0\.0\.1:\d+: .*refused"):
        smtp.send(url, letter())


def test_a_host_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(smtp.Unreachable):
        smtp.send("smtp://nowhere.invalid:25", letter())


def test_starttls_can_be_insisted_on(postbox: Postbox, server: Server) -> None:
    with pytest.raises(smtp.Unreachable, match="STARTTLS"):
        smtp.send(server.url("smtp+starttls"), letter())
    assert postbox.mails == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, and nothing else here makes certificates")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    wanted = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext"
    named = ["subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]
    subprocess.run([openssl, *wanted.split(), *named], check=True, capture_output=True)
    return cert, key


@pytest.fixture
def tls(certificate: tuple[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def starttls_server(postbox: Postbox, tls: ssl.SSLContext) -> Iterator[Server]:
    options = {"authenticator": postbox.let_in, "auth_require_tls": True}
    with running(postbox, tls_context=tls, **options) as server:
        yield server


@pytest.fixture
def trusting(certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's certificate is one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])


def test_starttls_is_taken_where_it_is_offered(postbox: Postbox, starttls_server: Server) -> None:
    smtp.send(starttls_server.url(), letter())
    assert postbox.encrypted == [True]


@pytest.mark.usefixtures("trusting")
def test_a_password_with_signs_in_it_arrives(postbox: Postbox, starttls_server: Server) -> None:
    smtp.send(starttls_server.url("smtp+starttls", "ri%40ta:p%3Ass%40word@"), letter())
    assert postbox.logins == [(b"ri@ta", b"p:ss@word")]
    assert len(postbox.mails) == 1


@pytest.mark.usefixtures("trusting")
def test_a_wrong_password_keeps_all_mail_back(postbox: Postbox, starttls_server: Server) -> None:
    with pytest.raises(smtp.Unreachable, match="535"):
        smtp.send(starttls_server.url(login="rita:wrong@"), letter())


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls"])
def test_no_password_goes_to_a_server_that_nobody_vouches_for(
    scheme: str, postbox: Postbox, starttls_server: Server
) -> None:
    with pytest.raises(smtp.Unreachable, match="certificate"):
        smtp.send(starttls_server.url(scheme, "rita:p%3Ass%40word@"), letter())
    assert postbox.logins == []


@pytest.mark.usefixtures("trusting")
def test_smtps_is_encrypted_from_the_start(postbox: Postbox, tls: ssl.SSLContext) -> None:
    with running(postbox, ssl_context=tls) as server:
        smtp.send(server.url("smtps"), letter())
    assert len(postbox.mails) == 1
