"""Where a request comes from, as keyed hashes of its address and of the networks around it."""

import ipaddress

from flask import request

from blog import keys
from blog.comments.models import Sender

# The networks that one household, and one provider, usually has (IPv4, IPv6).
NEAR = {4: 24, 6: 64}
WIDE = {4: 16, 6: 48}


def sender_of_request() -> Sender:
    """Keyed hashes of the address that asks, and of the networks around it."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return Sender()  # a unix socket has no address
    return Sender(
        address=keys.digest("address", str(address)),
        network=keys.digest("network", _network(address, NEAR[address.version])),
        wide_network=keys.digest("network", _network(address, WIDE[address.version])),
    )


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, length: int) -> str:
    return str(ipaddress.ip_network((address, length), strict=False))
