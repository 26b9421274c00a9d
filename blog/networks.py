"""Which network an address is in: a person's own, a household's, a provider's."""

import ipaddress
from typing import NamedTuple


class Size(NamedTuple):
    """How many bits of an address name the network."""

    ipv4: int
    ipv6: int


# What one person has for themselves: an IPv4 address, or all those of an IPv6 network. Whoever is
# counted by single IPv6 addresses has a new one for every try.
OWN = Size(32, 64)


def network(address: str, size: Size = OWN) -> str:
    """The network of this size around an address; "" for what is none, as with a socket file."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    length = size.ipv4 if isinstance(found, ipaddress.IPv4Address) else size.ipv6
    return str(ipaddress.ip_network((found, length), strict=False))
