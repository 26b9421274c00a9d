"""Whom an address is about: one of their comments says so, and by what they have in common with it."""

from flask import abort, request

from blog.comments.models import Comment
from blog.comments.people.persons import By, Person


def person_of(comment: Comment) -> Person:
    """Who is meant (`?by=`). Aborts with 404 where that is not known, or not any more."""
    said = request.args.get("by", By.EMAIL)
    found = Person.of(comment, By(said)) if said in list(By) else None
    if found is None:
        abort(404)
    return found
