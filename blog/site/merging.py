"""Two tabs with the settings open: each saves what was changed in it, and neither undoes the other's.

A page of settings carries a mark of every value that it shows. What comes back with another value was
changed there; what is another value by now was changed elsewhere.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

# To tell a value from another one, not to keep it secret.
MARK_LENGTH = 8


class Merged(NamedTuple):
    """The values to save, and the names of those that were changed in both places, differently."""

    values: dict[str, Any]
    conflicts: list[str]


def marks(values: Mapping[str, Any]) -> str:
    """The marks of these values, as a page carries them."""
    return json.dumps({name: _mark(value) for name, value in values.items()})


def merge(shown: str, typed: Mapping[str, Any], stored: Mapping[str, Any]) -> Merged:
    """Take what was typed where it was changed, and what is stored elsewhere.

    `shown` are the marks of what the page showed. Without them, or with others than ours, all that was
    typed is taken: somebody wrote a program that knows nothing of pages.
    """
    before = _read(shown)
    changed = {name for name, value in typed.items() if before.get(name) != _mark(value)}
    conflicts = [
        name
        for name in typed
        if name in changed
        and name in before
        and before[name] != _mark(stored[name])
        and typed[name] != stored[name]
    ]
    return Merged({name: (typed if name in changed else stored)[name] for name in typed}, conflicts)


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:MARK_LENGTH]


def _read(shown: str) -> dict[str, Any]:
    try:
        found = json.loads(shown)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
