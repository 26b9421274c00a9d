"""Settings from BLOG_* variables of the environment. A bad value is refused before anything listens."""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from click import ClickException
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from blog import fonts

PACKAGE = Path(__file__).resolve().parent
# A wheel carries templates, static files and migrations inside the package; a checkout beside it.
CHECKOUT = not (PACKAGE / "templates").is_dir()
ROOT = PACKAGE.parent if CHECKOUT else PACKAGE
INSTANCE = ROOT / "instance" if CHECKOUT else Path.cwd() / "instance"

LOCAL_ADDRESS = "http://127.0.0.1:8000"

# Below this the cookies of a person who is signed in could be guessed (NIST SP 800-107: 128 bits).
SHORTEST_SECRET = 16

# A day: whoever wants a longer pause wants to close the comments.
LONGEST_SECONDS = 86_400

# More than a large blog has pages; a typing error is not to take the whole machine.
MOST_MEGABYTES = 16_384

# A secret made by each host would be another one on each: nobody's sign-in or link would hold on the next.
WITHOUT_COMMON_KEY = (
    "BLOG_REDIS_URL is set, and BLOG_SECRET_KEY is not: hosts that share a Redis need the same secret. "
    "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))' "
    "and set it on every host."
)

PASSWORD_IN_URL = re.compile(r"(://[^/:@]*:).*@")
HOST = re.compile(r"[a-z0-9._:-]+")  # names, IPv4, IPv6
POSTGRESQL = "postgresql+psycopg"
USUAL_PORTS = {"http": ":80", "https": ":443"}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadSetting(ClickException):
    """A setting that cannot be used. Its message names the setting, the value and the remedy.

    `flask` shows it as one line and exits with 1.
    """


@dataclass(frozen=True)
class Setting:
    """One BLOG_* variable: its name, what it is when unset (as the README says it), and its reader."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], Any]

    @property
    def variable(self) -> str:
        """The name of the variable of the environment."""
        return f"BLOG_{self.name}"

    def value(self, environ: Mapping[str, str], fallback: str) -> Any:
        """The setting's value. Raises BadSetting."""
        given = environ.get(self.variable, "").strip() or fallback
        try:
            return self.read(given)
        except ValueError as error:
            raise BadSetting(f"{self.variable} is {self._shown(given)}: {error}") from None

    def _shown(self, value: str) -> str:
        """The value as a log may show it: without what nobody is to read there."""
        if self.read is _secret:
            return "set"
        return repr(PASSWORD_IN_URL.sub(r"\1***@", value))


def _folder(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("that is a file. Name a folder; it is made if it is missing.")
    return path


def _database_url(value: str) -> str:
    # A bare postgresql:// meant another driver before SQLAlchemy 2.1.
    url = re.sub("^postgres(ql)?://", f"{POSTGRESQL}://", value)
    try:
        parts = make_url(url)
        is_file = not parts.host and parts.database not in {None, "", ":memory:"}
        good = is_file if parts.drivername == "sqlite" else parts.drivername == POSTGRESQL
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        good = False
    if not good or url.endswith("://"):
        raise ValueError(
            "write sqlite:////folder/blog.sqlite3 or postgresql://user:password@host/database."
        )
    return url


def _split(value: str, *schemes: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError for a port that is no number
        good = parts.scheme in schemes and HOST.fullmatch(parts.hostname or "")
    except ValueError:
        good = None
    if not good:
        raise ValueError(
            f"write it with {' or '.join(f'{each}://' for each in schemes)} and a host."
        )
    return parts


def _base_url(value: str) -> str:
    parts = _split(value, "http", "https")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("write the address alone, without a path: https://blog.example.org")
    # Browsers leave the usual port out of Origin.
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(USUAL_PORTS[parts.scheme])}"


def _secret(value: str) -> str:
    if value and len(value) < SHORTEST_SECRET:
        raise ValueError(f"too short. Use {SHORTEST_SECRET} characters or more, or leave it unset.")
    return value


def _redis_url(value: str) -> str:
    if not value:
        return ""
    _split(value, "redis", "rediss")
    try:
        from redis.connection import parse_url
    except ImportError as error:
        raise ValueError(f"{error}. Install afterword-blog[redis].") from error
    parse_url(value)  # raises ValueError for an option that it does not know how to read
    return value


def _mail_url(value: str) -> str:
    if value:
        _split(value, "smtp", "smtp+starttls", "smtps")
    return value


def _sender(value: str) -> str:
    name, _, host = parseaddr(value)[1].partition("@")
    if not (name and host and value.isprintable()):
        raise ValueError("write name@example.org or Name <name@example.org>.")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise ValueError(f"write a number of seconds from 0 (off) to {LONGEST_SECONDS}.")
    return seconds


def _megabytes(value: str) -> int:
    if not value.isdecimal() or int(value) > MOST_MEGABYTES:
        raise ValueError(f"write a whole number from 0 (off) to {MOST_MEGABYTES}.")
    return int(value)


def _font(value: str) -> Path | None:
    if not value:
        return None
    path = Path(value).expanduser().absolute()
    fonts.check(path)
    return path


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part) for part in value.replace(",", " ").split())
    except ValueError as error:
        raise ValueError(
            f"{error}. Write addresses or networks with commas between them: 127.0.0.1, 10.0.0.0/8"
        ) from error


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("INSTANCE", "instance", "Folder of everything that is written.", _folder),
        Setting(
            "DATABASE_URL",
            "blog.sqlite3 in the instance folder",
            "The database: sqlite:// or postgresql://.",
            _database_url,
        ),
        Setting(
            "BASE_URL",
            "the address that flask serve listens on",
            "The site's public address, without a path. https here makes cookies secure.",
            _base_url,
        ),
        Setting(
            "SECRET_KEY",
            "made once, in the file secret_key of the instance folder",
            "What links and cookies are signed with. Several hosts need the same one.",
            _secret,
        ),
        Setting(
            "REDIS_URL",
            "each process counts for itself",
            "Where all hosts count requests together, for limits: redis:// or rediss://.",
            _redis_url,
        ),
        Setting(
            "MAIL_URL",
            "no mail is sent",
            "Where mail goes: smtp://user:password@host:587 (STARTTLS where offered), "
            "smtp+starttls:// (insisted on) or smtps://.",
            _mail_url,
        ),
        Setting(
            "MAIL_FROM",
            "blog@ the host of BLOG_BASE_URL",
            "The sender of the blog's mail.",
            _sender,
        ),
        Setting(
            "REPLY_INTERVAL",
            "15",
            "Seconds between two replies from one address or e-mail; 0 is off.",
            _seconds,
        ),
        Setting(
            "REPLY_MIN_SECONDS",
            "3",
            "Seconds that typing a reply takes at least; 0 is off.",
            _seconds,
        ),
        Setting(
            "PAGE_CACHE_MB",
            "64",
            "Megabytes of memory for finished pages, all workers together; 0 is off.",
            _megabytes,
        ),
        Setting(
            "TRUSTED_PROXIES",
            "nobody",
            "Addresses or networks whose X-Forwarded-For counts.",
            _networks,
        ),
        Setting(
            "SOCIAL_FONT",
            "a font of the machine that has every letter",
            "A TrueType or OpenType file for the pictures that other sites show of a post.",
            _font,
        ),
    )
}


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Read every setting. Raises BadSetting for the first that cannot be used."""

    def read(name: str, fallback: str) -> Any:
        return SETTINGS[name].value(environ, fallback)

    instance = read("INSTANCE", str(INSTANCE))
    base_url = read("BASE_URL", LOCAL_ADDRESS)
    secret, redis = read("SECRET_KEY", ""), read("REDIS_URL", "")
    if redis and not secret:
        raise BadSetting(WITHOUT_COMMON_KEY)
    _make_folder(instance)
    host = urlsplit(base_url).hostname or ""
    return {
        "INSTANCE": instance,
        "DATABASE_URL": read("DATABASE_URL", f"sqlite:///{instance / 'blog.sqlite3'}"),
        "BASE_URL": base_url,
        "BASE_URL_IS_GIVEN": bool(environ.get("BLOG_BASE_URL", "").strip()),
        "SECRET_KEY": secret or _kept_secret(instance),
        "REDIS_URL": redis,
        "MAIL_URL": read("MAIL_URL", ""),
        "MAIL_FROM": read("MAIL_FROM", "blog@localhost" if ":" in host else f"blog@{host}"),
        "REPLY_INTERVAL": read("REPLY_INTERVAL", "15"),
        "REPLY_MIN_SECONDS": read("REPLY_MIN_SECONDS", "3"),
        "PAGE_CACHE_MB": read("PAGE_CACHE_MB", "64"),
        "TRUSTED_PROXIES": read("TRUSTED_PROXIES", ""),
        "SOCIAL_FONT": read("SOCIAL_FONT", ""),
    }


def unknown(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The BLOG_* variables that mean nothing to us: most likely misspelt."""
    known = {setting.variable for setting in SETTINGS.values()}
    return sorted(name for name in environ if name.startswith("BLOG_") and name not in known)


def _make_folder(instance: Path) -> None:
    """The instance folder, for its owner alone. Raises BadSetting."""
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"BLOG_INSTANCE is {str(instance)!r}: the folder cannot be made ({error}). "
            "Name a folder that may be written to."
        ) from error


def _kept_secret(instance: Path) -> str:
    """The secret of this instance, made at the first start. Raises BadSetting."""
    path = instance / "secret_key"
    try:
        _make_secret(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"BLOG_INSTANCE is {str(instance)!r}: the secret key cannot be kept there ({error}). "
            "Name a folder that may be written to, or set BLOG_SECRET_KEY."
        ) from error
    if len(secret) < SHORTEST_SECRET:
        raise BadSetting(f"{path} is damaged. Delete it: everybody then signs in anew.")
    return secret


def _make_secret(path: Path) -> None:
    """Write a new secret, unless there is one. Two starting at once agree: linking is atomic."""
    if path.exists():
        return
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
