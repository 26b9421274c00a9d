"""What rules ask about who sent a reply, from where, how, and to what."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from blog import keys
from blog.comments.lookalikes import look_alike
from blog.comments.rules import domains, spans
from blog.comments.rules.globs import BadPattern
from blog.comments.screening import SENDING, TRAP, CannotTell, Finding, Reply

if TYPE_CHECKING:
    from blog.comments.rules.kinds import Terms

# The networks of which a comment keeps a keyed hash (senders.py), by IP version: what one person, one
# household and one provider usually has. A rule about any other size would have nothing to compare.
ADDRESS_SIZES = {4: 32, 6: 64}
NETWORK_SIZES = {4: (24, 16), 6: (48,)}

SECONDS_A_DAY = 24 * 60 * 60


def always(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """Every reply."""
    yield terms.finding()


def unproven(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """Nobody has shown whose its address is."""
    if not reply.is_proven:
        yield terms.finding((reply.email,), spans=spans.whole(reply, "email"))


def first_timer(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """Its address has no approved reply yet that is proven."""
    if not reply.is_trusted:
        yield terms.finding((reply.email,), spans=spans.whole(reply, "email"))


def about_imitation(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """Its name looks like one of the staff's."""
    if imitated := look_alike(reply.name, list(reply.staff)):
        yield terms.finding((reply.name, imitated), spans=spans.whole(reply, "name"))


def about_emails(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """Its address is one of these."""
    if any(domains.is_address(reply.email, pattern) for pattern in terms.patterns):
        yield terms.finding((reply.email,), spans=spans.whole(reply, "email"))


def about_networks(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """It came from one of these. Raises CannotTell once that is forgotten."""
    if not reply.networks:
        raise CannotTell
    found = [network for network in terms.patterns if hash_of(network) in reply.networks]
    if found:
        yield terms.finding(found)


def hash_of(network: str) -> str:
    """A network as a comment keeps it that came from there."""
    size = ip_network(network)
    is_address = size.prefixlen == ADDRESS_SIZES[size.version]
    return keys.digest("address" if is_address else "network", network)


def about_old_post(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """Its post was so old. Raises CannotTell for a post that was never published."""
    if reply.post_age is None:
        raise CannotTell
    days = int(reply.post_age.total_seconds() // SECONDS_A_DAY)
    if days >= terms.number:
        yield terms.finding(score=days, limit=terms.number)


def about_speed(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """So many characters were typed in a second. Raises CannotTell where nobody knows."""
    if reply.took is None:
        raise CannotTell
    speed = len(reply.source) / max(reply.took.total_seconds(), 1)
    if speed > terms.number:
        yield terms.finding(score=round(speed, 1), limit=terms.number)


def about_trap(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """The field that people do not see was filled in."""
    if TRAP in reply.signs:
        yield terms.finding(reply.signs[TRAP])


def about_sending(terms: "Terms", reply: Reply) -> Iterator[Finding]:
    """It was sent in another doubtful way."""
    for sign, words in reply.signs.items():
        if sign in SENDING and sign != TRAP:
            yield terms.finding(words, rule=sign)


def clean_network(value: str) -> str:
    """The network as it is compared. Raises BadPattern for one of a size that no comment keeps."""
    try:
        found = ip_network(value if "/" in value else _own(value), strict=False)
    except ValueError as error:
        raise BadPattern(f"“{value}” is no network, such as 192.0.2.0/24.") from error
    sizes = (ADDRESS_SIZES[found.version], *NETWORK_SIZES[found.version])
    if found.prefixlen not in sizes:
        kept = ", ".join(f"/{size}" for size in sizes)
        raise BadPattern(f"“{value}”: of an IPv{found.version} address, {kept} can be compared.")
    return str(found)


def _own(address: str) -> str:
    network: IPv4Network | IPv6Network = ip_network(address)
    return f"{address}/{ADDRESS_SIZES[network.version]}"
