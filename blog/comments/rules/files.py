"""Rules in a file: JSON Lines (jsonlines.org), one rule on each line, in the order in which they are asked.

    {"kind": "words", "verdict": "hold", "patterns": ["casino", "v?agra"], "note": "Since June."}
    {"kind": "links", "verdict": "hold", "number": 2}

`kind` is needed; `verdict` is hold where it is missing, `on` is true. Empty lines and lines that begin with
# are skipped.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from blog.comments.rules.kinds import BadTerms, Terms, refined
from blog.comments.screening import HOLD

# What a line may say, and of which type.
TYPES: dict[str, type] = {
    "kind": str,
    "verdict": str,
    "patterns": list,
    "number": int,
    "note": str,
    "on": bool,
}
LONGEST_NOTE = 200


class BadLine(Exception):
    """A line that is no rule. `number` says which, `remedy` what is wrong with it."""

    def __init__(self, number: int, remedy: str) -> None:
        super().__init__(f"line {number}: {remedy}")
        self.number = number
        self.remedy = remedy


def line(terms: Terms) -> str:
    """One rule as a line of a file, without its end. What is as usual is left out."""
    said: dict[str, Any] = {"kind": terms.kind, "verdict": terms.verdict}
    more = {"patterns": list(terms.patterns), "number": terms.number, "note": terms.note}
    said |= {name: value for name, value in more.items() if value}
    if not terms.is_on:
        said["on"] = False
    return json.dumps(said, ensure_ascii=False)


def read(lines: Iterable[str]) -> Iterator[tuple[int, Terms]]:
    """The rules of a file, each with the number of its line. Raises BadLine."""
    for number, written in enumerate(lines, start=1):
        if written.strip() and not written.lstrip().startswith("#"):
            yield number, _terms(number, written)


def _terms(number: int, written: str) -> Terms:
    try:
        said = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise BadLine(number, f"this is no JSON: {error}") from error
    _refuse_what_is_no_rule(number, said)
    try:
        return refined(
            Terms(
                said["kind"],
                said.get("verdict", HOLD),
                tuple(said.get("patterns", ())),
                said.get("number", 0),
                said.get("note", ""),
                said.get("on", True),
            )
        )
    except BadTerms as error:
        raise BadLine(number, f"{error.field}: {error.remedy}") from error


def _refuse_what_is_no_rule(number: int, said: Any) -> None:
    if not isinstance(said, dict) or "kind" not in said:
        raise BadLine(number, 'a rule is an object with a "kind".')
    for name, value in said.items():
        if name not in TYPES:
            raise BadLine(number, f"“{name}” means nothing. Known are: {', '.join(TYPES)}.")
        if type(value) is not TYPES[name]:
            raise BadLine(number, f"“{name}” has to be of the type {TYPES[name].__name__}.")
    if not all(isinstance(pattern, str) for pattern in said.get("patterns", ())):
        raise BadLine(number, "“patterns” are texts.")
    if len(said.get("note", "")) > LONGEST_NOTE:
        raise BadLine(number, f"a note has at most {LONGEST_NOTE} characters.")
