"""Where in what was typed something stands that made a rule fire."""

from collections.abc import Iterable, Iterator

from blog.comments.rules.folding import MARKS, Folded
from blog.comments.rules.globs import Glob
from blog.comments.screening import Reply, Span


def of_patterns(reply: Reply, globs: list[Glob]) -> list[Span]:
    """Where these patterns stand, in every field."""
    found: list[Span] = []
    for name, typed in reply.typed.items():
        found += _marked(name, Folded(typed), globs)
    if not any(name == "source" for name, _, _ in found):
        # It may be read only once the marks of Markdown are gone.
        found += _marked("source", Folded(reply.source, without=MARKS), globs)
    return found


def _marked(name: str, folded: Folded, globs: list[Glob]) -> Iterator[Span]:
    for one in globs:
        for start, end in one.find(folded.text):
            yield name, *folded.typed(start, end)


def whole(reply: Reply, name: str) -> tuple[Span, ...]:
    """A field as a whole."""
    length = len(reply.typed[name])
    return ((name, 0, length),) if length else ()


def where(reply: Reply, values: Iterable[str], names: Iterable[str]) -> Iterator[Span]:
    """Where these stand in what was typed, whatever their case. What was encoded since is not found."""
    for name in names:
        typed, here = reply.typed[name].lower(), 0
        if len(typed) != len(reply.typed[name]):
            continue  # a few capitals have two small letters, and nothing stands where it stood
        for value in values:
            start = typed.find(value.lower(), here)
            if start >= 0:
                here = start + len(value)
                yield name, start, here
