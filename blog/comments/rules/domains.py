"""Hosts and addresses as rules see them: in small letters, as the network asks for them."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from blog.comments.rules.globs import BadPattern, Glob, glob
from blog.emails import fold_email

# Schemes of addresses that lead to a host; that of a mail leads to a person.
WEB = {"http", "https"}


def host(address: str) -> str:
    """The host that a link leads to; "" if it leads to none."""
    try:
        parts = urlsplit(address)
        return _folded(parts.hostname or "") if parts.scheme in WEB else ""
    except ValueError:
        return ""


def _folded(domain: str) -> str:
    return fold_email(f"@{domain}")[1:]


@dataclass(frozen=True)
class Domain:
    """A domain with all that is below it; or, with `*` or `?` in it, the hosts that look like that."""

    name: str
    looks_like: Glob | None

    def is_of(self, host: str) -> bool:
        """Whether a host is meant."""
        if self.looks_like is not None:
            return self.looks_like.covers(host)
        return host == self.name or host.endswith(f".{self.name}")


@lru_cache(4_096)
def pattern(value: str) -> Domain:
    """The pattern, made once in a process."""
    is_wild = "*" in value or "?" in value
    return Domain(_folded(value), glob(value) if is_wild else None)


def clean(value: str) -> str:
    """A pattern for hosts as it is kept. Raises BadPattern."""
    name = host(value) if "://" in value else value.strip().strip(".").lower()
    if not name or any(sign in name for sign in "/@: \t"):
        raise BadPattern(f"“{value}” is no domain, such as example.org or *.example.")
    glob(name)
    return name


def is_address(email: str, value: str) -> bool:
    """Whether a pattern for addresses means this one. Without an @ it means all of a domain."""
    asked = value if "@" in value else f"*@{value}"
    return bool(email) and glob(asked).covers(fold_email(email))


def clean_address(value: str) -> str:
    """A pattern for e-mail addresses as it is kept. Raises BadPattern."""
    if any(sign.isspace() for sign in value.strip()) or value.count("@") > 1:
        raise BadPattern(f"“{value}” is no address, such as *@example.org.")
    folded = fold_email(value) if "@" in value else _folded(value)
    glob(folded)
    return folded
