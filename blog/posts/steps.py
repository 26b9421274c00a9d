"""What a revision changed, in words and numbers."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from flask_babel import gettext as _

from blog.posts.difference import Change, Piece, compare, words_of
from blog.posts.models import Kind
from blog.posts.revisions import Revision, Words


class Step(NamedTuple):
    """A revision, and how many words came and went with it."""

    revision: Revision
    added: int
    removed: int

    @property
    def minutes(self) -> int:
        """How long its sitting was."""
        return (self.revision.saved_at - self.revision.began_at) // timedelta(minutes=1)


class Difference(NamedTuple):
    """One field of a post that differs."""

    name: str
    label: str
    pieces: list[Piece]

    @property
    def old(self) -> list[Piece]:
        """The pieces of the old words."""
        return [piece for piece in self.pieces if piece.kind is not Change.INSERTED]

    @property
    def new(self) -> list[Piece]:
        """The pieces of the new words."""
        return [piece for piece in self.pieces if piece.kind is not Change.DELETED]


def steps(revisions: Sequence[Revision], number: int) -> list[Step]:
    """The first of these revisions, which are newest first, each beside the one that it followed.

    What was set aside is measured by the one before it, too, and nothing is measured by it.
    """
    said = [words_of(revision.source) for revision in revisions]
    found = []
    for place, revision in enumerate(revisions[:number]):
        earlier = range(place + 1, len(revisions))
        before = next((at for at in earlier if not revisions[at].is_set_aside), None)
        then = said[before] if before is not None else Counter[str]()
        added, removed = (said[place] - then).total(), (then - said[place]).total()
        found.append(Step(revision, added, removed))
    return found


def differences(old: Words, new: Words) -> list[Difference]:
    """The fields that differ, each with its pieces. The text comes last: it is the longest."""
    pairs = zip(_shown(old), _shown(new), strict=True)
    return [
        Difference(name, label, compare(ours, theirs))
        for (name, label, ours), (_name, _label, theirs) in pairs
        if ours != theirs
    ]


def _shown(words: Words) -> list[tuple[str, str, str]]:
    kinds = {Kind.POST.value: _("Post"), Kind.PAGE.value: _("Page")}
    return [
        ("title", _("Title"), words.title),
        ("summary", _("Summary"), words.summary),
        ("tags", _("Tags"), ", ".join(words.tags)),
        ("series", _("Series"), words.series),
        ("series_number", _("Number in the series"), words.series_number),
        ("slug", _("Address"), words.slug),
        ("kind", _("Kind"), kinds[words.kind]),
        ("language", _("Language"), words.language),
        ("source", _("Text"), words.source),
    ]
