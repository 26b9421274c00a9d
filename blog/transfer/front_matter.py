"""Front matter: what a file says of its text before the text begins.

Written as YAML 1.2 between lines of `---`, as Hugo and Jekyll have it. Read are also Hugo's TOML 1.0 between
lines of `+++`, its JSON (RFC 8259), and Pelican's bare lines (`Title: On Bees`).

Values are texts or lists of texts, whatever they look like: a title may be `2024`, and a tag `no`. A leaf.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import yaml

Fields = dict[str, str | list[str]]

# The line that a block of YAML or TOML begins and ends with.
YAML, TOML = "---", "+++"
# YAML may also end with this (YAML 1.2.2, 9.1.2).
ENDS = {YAML: (YAML, "..."), TOML: (TOML,)}

# Pelican: a name and a value on each line; what is indented goes on.
BARE = re.compile(r"([A-Za-z][\w-]*):[ \t]*(.*)")

NULL = "tag:yaml.org,2002:null"


class BadFrontMatter(ValueError):
    """What stands before a text cannot be read. Its message says why."""


class Texts(yaml.BaseLoader):
    """Reads YAML as texts, lists and mappings: nothing but nothing is taken for anything else."""


# The core schema's (YAML 1.2.2, 10.3.2): in quotation marks it is a text.
Texts.add_implicit_resolver(NULL, re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Texts.add_constructor(NULL, lambda _loader, _node: None)


def write(fields: Mapping[str, Any], body: str) -> str:
    """A file with this front matter and this text: `read` gives both back."""
    head = yaml.safe_dump(dict(fields), allow_unicode=True, sort_keys=False, width=10_000)
    return f"{YAML}\n{head}{YAML}\n\n{body}\n"


def read(document: str) -> tuple[Fields, str]:
    """What a file says of its text, by names in small letters, and the text. Raises BadFrontMatter.

    `document` has line ends of one kind (text.normalise). A file without front matter is all text.
    """
    first, _end, rest = document.partition("\n")
    if first.rstrip() in ENDS:
        return _fenced(first.rstrip(), rest)
    if first.startswith("{"):
        return _json(document)
    if BARE.match(first):
        return _bare(document)
    return {}, _body(document)


def _fenced(fence: str, rest: str) -> tuple[Fields, str]:
    lines = rest.split("\n")
    end = next((n for n, line in enumerate(lines) if line.rstrip() in ENDS[fence]), None)
    if end is None:
        raise BadFrontMatter(f"the front matter has no end: a line with {fence} alone.")
    head = "\n".join(lines[:end])
    found = _toml(head) if fence == TOML else _yaml(head)
    return _fields(found), _body("\n".join(lines[end + 1 :]))


def _yaml(head: str) -> Any:
    try:
        return yaml.load(head, Loader=Texts) or {}  # noqa: S506  # it makes no objects
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 2}: " if mark else ""
        raise BadFrontMatter(f"{where}{getattr(error, 'problem', None) or 'no YAML'}.") from error


def _toml(head: str) -> Any:
    try:
        return tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFrontMatter(f"{error}.") from error


def _json(document: str) -> tuple[Fields, str]:
    try:
        found, end = json.JSONDecoder().raw_decode(document)
    except (ValueError, RecursionError):
        return {}, _body(document)  # a text may begin with a brace
    return _fields(found), _body(document[end:].removeprefix("\n"))


def _bare(document: str) -> tuple[Fields, str]:
    head, _blank, body = document.partition("\n\n")
    fields: Fields = {}
    name = ""
    for line in head.split("\n"):
        found = BARE.fullmatch(line)
        if found:
            name = found[1].lower()
            fields[name] = found[2].strip()
        elif line[:1].isspace():
            fields[name] = f"{fields[name]} {line.strip()}"
        else:
            return {}, _body(document)  # a text whose first line has a colon
    return fields, body.removesuffix("\n")


def _body(rest: str) -> str:
    """The text: a file has a blank line before it, and a line's end behind it, that are no part of it."""
    return rest.removeprefix("\n").removesuffix("\n")


def _fields(found: Any) -> Fields:
    if not isinstance(found, dict):
        raise BadFrontMatter("the front matter has no names and values.")
    # Deeper things are for the program that the file was written for.
    return {str(name).lower(): _value(value) for name, value in found.items() if _is_flat(value)}


def _is_flat(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(each, dict | list) for each in value)
    return not isinstance(value, dict)


def _value(value: Any) -> str | list[str]:
    return _texts(value) if isinstance(value, list) else _text(value)


def _texts(values: Iterable[Any]) -> list[str]:
    return [text for value in values if (text := _text(value))]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
