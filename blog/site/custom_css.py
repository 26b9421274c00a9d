"""The author's own CSS, read as a browser reads it (CSS Syntax 3), before it is taken and when it is joined.

It may ask nobody but this site for anything: a reader's browser tells no other what it reads. The
content security policy says so too, but would say it to nobody who could mend it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import tinycss2
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from tinycss2.ast import Node

from blog.gate import is_local_path

# As much as nearly all of our own: every reader waits for it before there is anything to see.
MOST = 20_000
# Nobody nests so deep by hand, and to read it takes a stack.
DEEPEST = 30

# Functions whose strings are addresses (CSS Values 4, 4.5; CSS Images 4, 2.4 and 2.5).
ADDRESSED = frozenset(("url", "src", "image", "image-set", "-webkit-image-set"))
# Functions that stand for something said elsewhere, where nobody would look for an address.
STAND_INS = frozenset(("var", "env", "attr", "if", "inherit"))

# If it is not the last thing at the top of a sheet that it was put behind, something is still open.
END = "--end-of-the-sheet"


class Fault(NamedTuple):
    """What is wrong with a sheet, and in which line."""

    line: int
    message: LazyString


def fault(css: str) -> Fault | None:
    """The first thing that is wrong with a sheet; None where all is well."""
    nodes = tinycss2.parse_component_value_list(f"{css}\n{END}")
    found = next(_faults(nodes), None)
    if found is None and (nodes[-1].type, getattr(nodes[-1], "value", "")) != ("ident", END):
        return Fault(nodes[-1].source_line, _l("What begins here has no end."))
    return found


def closed(css: str) -> str:
    """The sheet without its comments, and with everything closed that is open."""
    return str(tinycss2.serialize(tinycss2.parse_component_value_list(css, skip_comments=True)))


def _faults(nodes: Iterable[Node], around: str = "", depth: int = 0) -> Iterator[Fault]:
    """`around` is the function, in small letters, that the nodes are arguments of."""
    for node in nodes:
        message = _fault_of(node, around)
        if message or depth > DEEPEST:
            yield Fault(node.source_line, message or _l("This is nested too deep to be read."))
            return
        inner = getattr(node, "arguments", None) or getattr(node, "content", None) or ()
        yield from _faults(inner, getattr(node, "lower_name", ""), depth + 1)


def _fault_of(node: Node, around: str) -> LazyString | None:
    match node.type:
        case "error":
            return _l("A browser cannot read this.")
        case "at-keyword" if node.lower_value == "import":
            return _l("@import would load another sheet. Copy what it says in here.")
        case "url":
            return _fault_of_address(node.value)
        case "string" if around in ADDRESSED:
            return _fault_of_address(node.value)
        case "function":
            return _fault_of_function(node.lower_name, around)
    return None


def _fault_of_address(address: str) -> LazyString | None:
    if address.startswith("#") or is_local_path(address):
        return None
    return _l("Only addresses of this site, from its root: url(/media/…).")


def _fault_of_function(name: str, around: str) -> LazyString | None:
    if name == "expression":
        return _l("expression() is a script, and no browser runs it any more.")
    if around in ADDRESSED and (name in STAND_INS or name.startswith("--")):
        return _l("Say the address itself here.")
    return None
