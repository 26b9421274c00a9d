"""Whom a page is about: one of their comments says so, by what is common to both; or it was typed."""

from ipaddress import ip_network

from flask import abort, request

from blog.comments.models import Comment
from blog.comments.people.persons import By, Person
from blog.comments.rules.sending import clean_network, hash_of
from blog.emails import fold_email


def person_of(comment: Comment) -> Person:
    """Who is meant (`?by=`). Aborts with 404 where that is not known, or not any more."""
    said = request.args.get("by", By.EMAIL)
    found = Person.of(comment, By(said)) if said in list(By) else None
    if found is None:
        abort(404)
    return found


# What a comment keeps of where it came from (senders.py), by IP version and size.
WAYS = {
    (4, 32): By.ADDRESS,
    (4, 24): By.NETWORK,
    (4, 16): By.WIDE,
    (6, 64): By.ADDRESS,
    (6, 48): By.WIDE,
}


def person_typed(typed: str) -> Person:
    """Whoever has this e-mail, or writes from this address or network.

    Raises BadPattern for what is neither, and for a network of a size that no comment keeps.
    """
    if "@" in typed:
        return Person(By.EMAIL, fold_email(typed))
    network = clean_network(typed)
    size = ip_network(network)
    return Person(WAYS[size.version, size.prefixlen], hash_of(network))
