"""What the ways to know somebody are called, for moderators."""

from flask_babel import gettext as _

from blog.comments.people.persons import By

# Of a mark, enough to tell two apart.
SHOWN = 6


def way_name(by: By) -> str:
    """By what somebody is known."""
    return {
        By.EMAIL: _("E-mail"),
        By.ADDRESS: _("Address"),
        By.NETWORK: _("Household"),
        By.WIDE: _("Provider"),
    }[by]


def whom(by: By, value: str) -> str:
    """Whoever is meant. Of an address or network only a mark is known, and the address is not."""
    mark = value[:SHOWN]
    return {
        By.EMAIL: value,
        By.ADDRESS: _("the address %(mark)s", mark=mark),
        By.NETWORK: _("the household %(mark)s (/24, of IPv6 /64)", mark=mark),
        By.WIDE: _("the provider %(mark)s (/16, of IPv6 /48)", mark=mark),
    }[by]
