"""Where a request comes from, as keyed hashes of the networks that its address is in."""

from flask import request

from blog import keys
from blog.comments.models import Sender
from blog.networks import Size, network

# What one household, and one provider, usually has.
NEAR = Size(24, 64)
WIDE = Size(16, 48)


def sender_of_request() -> Sender:
    """Keyed hashes of the address that asks, and of the networks around it."""
    return sender_of(request.remote_addr or "")


def sender_of(address: str) -> Sender:
    """The same of any address; nothing for what is none."""
    if not network(address):
        return Sender()  # a unix socket has no address
    return Sender(
        address=keys.digest("address", network(address)),
        network=keys.digest("network", network(address, NEAR)),
        wide_network=keys.digest("network", network(address, WIDE)),
    )
