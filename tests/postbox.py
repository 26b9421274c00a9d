"""A mail server for the tests: a real one, on a port of its own, that keeps what it gets."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class Postbox:
    """A mail server that keeps what it gets, and refuses what the test tells it to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.encrypted: list[bool] = []
        self.rcpt_answer = ""
        self.data_answer = "250 kept"
        self.hangs_up = False

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.extend(envelope.rcpt_tos)
        self.encrypted.append(session.ssl is not None)
        if self.hangs_up and server.transport is not None:
            server.transport.close()
        return self.data_answer

    def let_in(
        self, _server: object, _session: object, _envelope: object, how: str, who: Any
    ) -> AuthResult:
        self.logins.append((who.login, who.password))
        return AuthResult(success=who.password == b"p:ss@word", handled=False)


def words_of(mail: EmailMessage) -> str:
    """A mail's text, with the line ends of a text."""
    return str(mail.get_content()).replace("\r\n", "\n")


class Server(Controller):
    """aiosmtpd's server on whatever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def url(self, scheme: str = "smtp", login: str = "") -> str:
        """BLOG_MAIL_URL for this server."""
        return f"{scheme}://{login}127.0.0.1:{self.port}"


@contextmanager
def running(postbox: Postbox, **options: Any) -> Iterator[Server]:
    """A server that puts its mail into the postbox."""
    server = Server(postbox, hostname="127.0.0.1", port=0, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop()
