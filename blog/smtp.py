"""One mail to one person by SMTP: what it looks like on the wire, and what may go wrong."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from blog import clock
from blog.outbox import Letter
from blog.text import clean_line

# For each answer of the server. A healthy one answers at once; a busy one greylists instead.
TIMEOUT_SECONDS = 15

# RFC 5321, section 4.2.1: 5xx is the server's last word, 4xx is "not now".
LAST_WORD = 500

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Unreachable(Exception):
    """No mail can be handed over at present: the server is away, or does not let us in."""


class NotNow(Exception):
    """The server did not take this mail; it may take it later."""


class Refused(Exception):
    """This mail will never reach its recipient."""


class _AsItIs(UnstructuredHeader, BaseHeader):
    """A header that is one long address. Folded by the library, it would come out encoded."""

    def fold(self, *, policy: object) -> str:
        return f"{self.name}: {self}\r\n"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _AsItIs)

# 7bit: not every server takes 8-bit text, and nobody sees the difference.
POLICY = SMTP.clone(header_factory=_HEADERS, cte_type="7bit")


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, as BLOG_MAIL_URL says it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def at(cls, url: str) -> Self:
        """Read an address such as smtp+starttls://user:password@host:587."""
        parts = urlsplit(url)
        return cls(
            scheme=parts.scheme,
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def connect(self) -> smtplib.SMTP:
        """A connection that takes mail. Raises OSError (which smtplib's own errors are)."""
        if self.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=self._tls()
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            self._enter(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _enter(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        offered = self.scheme == "smtp" and connection.has_extn("starttls")
        if offered or self.scheme == "smtp+starttls":
            connection.starttls(context=self._tls())
        if self.user:
            connection.login(self.user, self.password)

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.scheme == "smtp" and not self.user:
            # Encryption was not asked for, and no password is at stake: a relay next door with a
            # certificate of its own making is still better than plain text.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def message(letter: Letter, *, sender: str, recipient: str, message_id: str) -> EmailMessage:
    """The letter as it goes over the wire. Raises Refused when the address is none."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = _line(sender)
    mail["To"] = _address(recipient)
    mail["Subject"] = _line(letter.subject)
    mail["Date"] = clock.now()
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notices do not answer it
    if letter.unsubscribe:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    mail.set_content(letter.text)
    return mail


def _line(value: str) -> str:
    """A header's value that is one line and stays one.

    The library reads what it is given as it would read a mail: it decodes words like =?utf-8?q?..?=
    and writes the line ends that were hidden in them.
    """
    return clean_line(value).replace("=?", "= ?")


def _address(email: str) -> Address:
    try:
        # A blog at home may write to people at `localhost` or in its own `.lan`.
        valid = validate_email(email, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise Refused(f"not an e-mail address: {error}") from error
    return Address(username=valid.local_part, domain=valid.ascii_domain)


def send(url: str, mail: EmailMessage) -> None:
    """Hand one mail over. Raises Unreachable, NotNow, Refused."""
    server = Server.at(url)
    try:
        connection = server.connect()
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{server.host}:{server.port}: {_words(error)}") from error
    try:
        _hand_over(connection, mail)
    finally:
        _say_goodbye(connection)


def _hand_over(connection: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        [(code, said)] = error.recipients.values()
        kind = Refused if code >= LAST_WORD else NotNow
        raise kind(f"{code} {said.decode('utf-8', 'replace')}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("the mail server takes no address with letters beyond ASCII") from error
    except OSError as error:
        raise NotNow(_words(error)) from error


def _say_goodbye(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except OSError:
        connection.close()


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"{error.smtp_code} {words}"
    return str(error) or type(error).__name__
