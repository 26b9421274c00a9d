"""Text that people typed becomes HTML that is safe to show, here and nowhere else.

Two walls stand one behind the other. Markdown is read with raw HTML switched off, so tags that
somebody typed are text; what comes out is cleaned by bleach, which knows only the tags and the
attribute values of the policy. A text that would cost too much is shown as it was typed: no text
raises, and no word is lost to a limit.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2s
from html import escape, unescape
from html.parser import HTMLParser
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import urljoin

from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import render_footnote_anchor, render_footnote_caption

from blog.media.names import FOLDER, PATTERN, Name

# Stored beside each rendered text. Raise it with any change of what comes out: texts made by an
# older version are rendered again.
VERSION: int = 3

# A page may not grow out of hand: the HTML is at most this many times as long as the source.
# Honest texts stay under 3; short ones (a lone list mark) are measured as if this long.
GROWTH = 20
SHORT = 64

# Quotes or lists inside each other, counted as the parser does: a list is two levels, its item
# one of them. Mail threads rarely pass six. Beyond it cleaning gets slow, and reading impossible.
DEEPEST = 16
# The parser drops in silence what is nested deeper than this, so ours has to come first.
_PARSER_NESTING = DEEPEST + 4

# Longer addresses are cut or refused by servers, mail programs and databases on the way.
MAX_ADDRESS = 2000

# Arabic, Hebrew, Thai and Vietnamese need up to four marks on a letter; more are there to
# smear over the lines above and below.
MARKS = 4

# Lexers are written for code, not against people: past this a block is shown without colour.
COLOURED = 20_000

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Halves of surrogate pairs cannot be stored as UTF-8; XML 1.0 (and so every feed) has no U+FFFE/F.
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")


def normalise(source: str) -> str:
    """Return `source` with one kind of line end and without what is no text; all else is kept.

    CRLF and CR become LF, so a limit counts a line end once. Other C0 and C1 controls go, except
    tab. What cannot be written as UTF-8 or XML 1.0 (section 2.2) becomes U+FFFD. Never raises.
    """
    lines = source.replace("\r\n", "\n").replace("\r", "\n")
    return _BROKEN.sub("\ufffd", _NOT_TEXT.sub("", lines))


# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt) and the blanks that are
# classed as letters or symbols, without variation selectors (emoji, rare Japanese names) and
# without the two joiners, which are looked at one by one.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_EMOJI_STYLE = "\ufe0f"
_VIRAMA = 9  # canonical combining class of the marks that join Indic consonants


def clean_line(value: str) -> str:
    """Return a name or a title as one visible line; it may come out empty.

    Controls, line ends, bidi controls and other invisible characters go, white space is folded
    and stripped, at most four combining marks follow each other. Joiners stay where a script or
    an emoji needs them (RFC 5892, appendix A.1 and A.2). Never raises.
    """
    visible = _INVISIBLE.sub("", normalise(value))
    return " ".join(_fewer_marks(_needed_joiners(visible)).split())


def _needed_joiners(text: str) -> str:
    if _ZWNJ not in text and _ZWJ not in text:
        return text
    kept: list[str] = []
    for here, char in enumerate(text):
        if char not in (_ZWNJ, _ZWJ) or _joins("".join(kept[-1:]), char, text[here + 1 : here + 2]):
            kept.append(char)
    return "".join(kept)


def _joins(before: str, joiner: str, after: str) -> bool:
    if not before or not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after).startswith("L")
    if unicodedata.bidirectional(after) == "AL":
        return unicodedata.bidirectional(before) in ("AL", "NSM")
    pictures = before == _EMOJI_STYLE or unicodedata.category(before) in ("So", "Sk")
    return joiner == _ZWJ and pictures and unicodedata.category(after) == "So"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me")


def _fewer_marks(text: str) -> str:
    """Cap marks in a row; a text starts with none, or pieces of it would pile up on one letter."""
    if text.isascii():
        return text
    kept: list[str] = []
    row = MARKS
    for char in text:
        row = row + 1 if _is_mark(char) else 0
        if row <= MARKS:
            kept.append(char)
    return "".join(kept)


_OVERRIDES = re.compile("[\u202d\u202e]")
_BIDI = re.compile("[\u202a\u202b\u202c\u2066-\u2069]")
_POP, _POP_ISOLATE = "\u202c", "\u2069"
_CLOSED_BY = dict.fromkeys("\u202a\u202b", _POP) | dict.fromkeys("\u2066\u2067\u2068", _POP_ISOLATE)


def _close_bidi(line: str) -> str:
    """Drop overrides (they show another order than was typed); close what else is left open."""
    line = _OVERRIDES.sub("", line)
    awaited: list[str] = []

    def balanced(found: re.Match[str]) -> str:
        char = found[0]
        if char in _CLOSED_BY:
            awaited.append(_CLOSED_BY[char])
            return char
        return awaited.pop() if awaited and awaited[-1] == char else ""

    line = _BIDI.sub(balanced, line)
    return line + "".join(reversed(awaited))


def _tame(text: str) -> str:
    """Make text harmless to what stands around it, after its entities were decoded."""
    text = normalise(text)
    if text.isascii():
        return text
    return "\n".join(_close_bidi(_fewer_marks(line)) for line in text.split("\n"))


# Addresses. They are judged after the parser has encoded them, so they are ASCII; nobody needs a
# backslash, white space or a name before the host (`https://good.example@evil.example`), and
# `//host` looks like a path of ours without being one.
_SHORT_ENOUGH = rf"(?!.{{{MAX_ADDRESS + 1}}})"
_WEB = r"https?://[\w.-]+(?::\d{1,5})?(?:[/?#][^\s\\<>\"]*)?"
_MAIL = r"mailto:[\w.+'-]+@[\w.-]+"
_LOCAL = r"/(?![/\\])[^\s\\]*|/|[?#][^\s\\]*|[\w.%~+,=()!-]+(?:/[^\s\\:@]*)?(?:[?#][^\s\\]*)?"


def _pattern(*kinds: str) -> re.Pattern[str]:
    return re.compile(_SHORT_ENOUGH + "(?:" + "|".join(kinds) + ")", re.ASCII | re.I | re.S)


_ANYTHING = re.compile(r".*", re.S)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_AUTO = re.compile("auto")

# What the colours of code are called in static/css/code.css, by kind of token; a kind that is
# not here takes the colour of its parent, or none.
COLOURS: Mapping[tuple[str, ...], str] = {
    ("Comment",): "hl-c",
    ("Keyword",): "hl-k",
    ("Operator", "Word"): "hl-k",
    ("Literal", "String"): "hl-s",
    ("Literal", "Number"): "hl-m",
    ("Name", "Attribute"): "hl-na",
    ("Name", "Builtin"): "hl-nb",
    ("Name", "Exception"): "hl-nb",
    ("Name", "Class"): "hl-nc",
    ("Name", "Decorator"): "hl-nd",
    ("Name", "Function"): "hl-nf",
    ("Name", "Tag"): "hl-nt",
    ("Generic", "Deleted"): "hl-gd",
    ("Generic", "Inserted"): "hl-gi",
    ("Generic", "Heading"): "hl-gh",
    ("Generic", "Subheading"): "hl-gh",
}


@dataclass(frozen=True)
class _Policy:
    """What one kind of text may become: the second wall as data."""

    name: str
    tags: frozenset[str]
    values: Mapping[tuple[str, str], re.Pattern[str]]  # (tag, attribute): the whole value
    added: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by tag
    # Cleaning costs some 40 microseconds a tag, and grows with the square of those side by side.
    max_tags: int = 0
    # Looking for the other end of a bracket costs some 20 microseconds, found or not.
    max_brackets: int = 0

    def allows(self, tag: str, name: str, value: str) -> bool:
        """Say whether bleach keeps an attribute, whose `value` has its entities still."""
        pattern = self.values.get((tag, name))
        return pattern is not None and pattern.fullmatch(unescape(value)) is not None


_REL = "nofollow ugc noopener"
_COMMENT_BLOCKS = ("p", "li", "blockquote", "pre")
_COMMENT = _Policy(
    name="comment",
    tags=frozenset((*_COMMENT_BLOCKS, *"a em strong s ul ol code br hr".split())),
    values={
        ("a", "href"): _pattern(_WEB, _MAIL),
        ("a", "rel"): re.compile(_REL),
        ("ol", "start"): _NUMBER,
        **{(tag, "dir"): _AUTO for tag in _COMMENT_BLOCKS},
    },
    added={**{tag: {"dir": "auto"} for tag in _COMMENT_BLOCKS}, "a": {"rel": _REL}},
    max_tags=3_000,
    max_brackets=1_000,
)

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_POST_BLOCKS = ("p", "li", "blockquote", "th", "td", *_HEADINGS)
_ALIGNED = re.compile("align-(?:left|center|right)")
_POST_ADDRESS = _pattern(_WEB, _MAIL, _LOCAL)
_OF_THIS_SITE = _pattern(_LOCAL)
_CANDIDATE = r"/media/[\w.-]+ \d{1,5}w"
# How wide a picture is shown: as the column of static/css/posts.css, which has 580 pixels at most, or the
# whole of a telephone.
SIZES = "(min-width: 42rem) 37rem, 100vw"
_POST = _Policy(
    name="post",
    tags=_COMMENT.tags
    | frozenset(
        (*_POST_BLOCKS, *"table thead tbody tr img span sup section figure figcaption".split())
    ),
    values={
        ("a", "href"): _POST_ADDRESS,
        ("a", "title"): _ANYTHING,
        ("a", "id"): re.compile(r"fnref-[0-9a-f]{8}-\d+(?::\d+)?"),
        ("a", "class"): re.compile("footnote-backref"),
        ("a", "role"): re.compile("doc-backlink"),
        ("a", "aria-label"): re.compile(r"\[\d+(?::\d+)?\]"),
        ("code", "class"): re.compile(r"language-[\w+#./-]+", re.ASCII),
        ("img", "src"): _OF_THIS_SITE,
        ("img", "alt"): _ANYTHING,
        ("img", "title"): _ANYTHING,
        ("img", "loading"): re.compile("lazy"),
        ("img", "decoding"): re.compile("async"),
        ("img", "width"): _NUMBER,
        ("img", "height"): _NUMBER,
        ("img", "srcset"): re.compile(rf"{_CANDIDATE}(?:, {_CANDIDATE})*", re.ASCII),
        ("img", "sizes"): re.compile(re.escape(SIZES)),
        ("figcaption", "dir"): _AUTO,
        ("li", "class"): re.compile("task|footnote-item"),
        ("li", "id"): re.compile(r"fn-[0-9a-f]{8}-\d+"),
        ("ol", "class"): re.compile("footnotes-list"),
        ("ol", "start"): _NUMBER,
        ("pre", "dir"): re.compile("ltr"),
        ("section", "class"): re.compile("footnotes"),
        ("span", "class"): re.compile("|".join(sorted(set(COLOURS.values())))),
        ("sup", "class"): re.compile("footnote-ref"),
        ("td", "class"): _ALIGNED,
        ("th", "class"): _ALIGNED,
        **{(tag, "dir"): _AUTO for tag in _POST_BLOCKS},
        **{(tag, "id"): re.compile(r"s-[\w-]+") for tag in _HEADINGS},
    },
    # Code runs from left to right whatever language its comments are in.
    added={
        **{tag: {"dir": "auto"} for tag in _POST_BLOCKS},
        "pre": {"dir": "ltr"},
        "img": {"loading": "lazy"},
    },
    max_tags=30_000,
    max_brackets=20_000,
)


def render_post(source: str) -> str:
    """Return the author's Markdown as HTML: CommonMark, tables, footnotes, tasks, coloured code.

    Headings get ids that start with `s-`, footnotes ids that start with `fn`, a part for this
    text and a number: neither can stand for anything of the page. Raw HTML is shown as text.
    `[words](post:42)` leads to /p/42, where the post of that number is today. The marks
    mean what CommonMark 0.31.2 says; tables, tasks and struck text are those of GFM 0.29.
    Never raises.
    """
    return _render(source, _POST)


def render_comment(source: str) -> str:
    """Return a reader's Markdown as HTML with a small set of tags; never raises.

    Emphasis, links, quotes, lists, code and rules; Return breaks the line. Headings, images,
    tables, indented code, link definitions and raw HTML stay the text that was typed. A link
    that shows another host than its own is followed by the real one.
    """
    return _render(source, _COMMENT)


class _TooMuch(Exception):
    """This text is shown as typed: its HTML would be too long, too deep or too slow."""


class _Kit(NamedTuple):
    markdown: MarkdownIt
    cleaner: Cleaner


# A Cleaner keeps the text it works on, and a parser compiles its rules on first use: shared
# between threads, the first mixes people's texts and the second loses rules.
_kits = threading.local()


def _kit(policy: _Policy) -> _Kit:
    mine: dict[str, _Kit] = _kits.__dict__
    if policy.name not in mine:
        markdown = _post_markdown() if policy is _POST else _comment_markdown()
        cleaner = Cleaner(tags=policy.tags, attributes=policy.allows)
        mine[policy.name] = _Kit(markdown, cleaner)
    return mine[policy.name]


def _render(source: str, policy: _Policy) -> str:
    source = normalise(source)
    kit = _kit(policy)
    try:
        html = _marked_up(source, kit.markdown, policy)
    except _TooMuch:
        return _as_typed(source, kit.cleaner)
    return kit.cleaner.clean(html)


def _marked_up(source: str, markdown: MarkdownIt, policy: _Policy) -> str:
    if source.count("[") > policy.max_brackets:
        raise _TooMuch
    # The name keeps the footnotes of two posts apart when both stand on one page.
    html: str = markdown.render(source, {"docId": blake2s(source.encode()).hexdigest()[:8]})
    if len(html) > GROWTH * max(len(source), SHORT) or html.count("<") > policy.max_tags:
        raise _TooMuch
    return html


_BLANK_LINES = re.compile(r"\n\s*\n")


def _as_typed(source: str, cleaner: Cleaner) -> str:
    """Return plain paragraphs; our tags come after cleaning, whose cost is in the tags."""
    text = cleaner.clean(escape(_tame(source.strip()), quote=False))
    blocks = (block.replace("\n", "<br>\n") for block in _BLANK_LINES.split(text) if block)
    return "".join(f'<p dir="auto">{block}</p>\n' for block in blocks)


def _markdown(policy: _Policy, **options: Any) -> MarkdownIt:
    options |= {"html": False, "xhtmlOut": False, "maxNesting": _PARSER_NESTING}
    md = MarkdownIt("commonmark", options).enable("strikethrough")
    # The parser asks its own list of bad schemes; an attribute of the instance answers before it.
    # What is refused here stays the text that was typed.
    address = policy.values["a", "href"]
    vars(md)["validateLink"] = lambda url: address.fullmatch(url) is not None
    md.block.ruler.before("table", "depth", _refuse_depth)
    md.inline.ruler.push("bare_address", _bare_address)
    md.core.ruler.push("dress", lambda state: _dress(state, policy))
    md.add_render_rule("fence", _code_rule(policy))
    md.add_render_rule("code_block", _code_rule(policy))
    return md


def _comment_markdown() -> MarkdownIt:
    md = _markdown(_COMMENT, breaks=True)
    # A definition (`[edit]: mended`) would swallow the line of a person who never heard of
    # Markdown, an indented line would become code, and `# 1` a heading.
    md.disable(["heading", "lheading", "image", "reference", "code", "html_block", "html_inline"])
    md.core.ruler.push("honest", _make_links_honest)
    return md


def _post_markdown() -> MarkdownIt:
    md = _markdown(_POST, tasklists=True).enable("table")
    # As with the list of bad schemes, an attribute of the instance answers before the parser does.
    vars(md)["normalizeLink"] = lambda url: _by_number(url) or MarkdownIt.normalizeLink(md, url)
    footnote_plugin(md, inline=False)  # `^[...]` recurses as deep as somebody nests it
    md.core.ruler.push("headings", _name_headings)
    md.core.ruler.push("title", _leave_room_for_the_title)
    md.core.ruler.push("tables", _align_by_class)
    md.core.ruler.push("tasks", _tick_tasks)
    md.core.ruler.push("pictures", _hang_pictures)
    md.add_render_rule("list_item_open", _open_item)
    md.add_render_rule("footnote_anchor", _way_back)
    md.add_render_rule("image", _picture)
    return md


_POST_BY_NUMBER = re.compile(r"post:([1-9]\d{0,9})(#[\w-]*)?", re.ASCII)


def _by_number(url: str) -> str:
    """Return where `post:42` leads, or nothing for any other address: /p/42 knows where it is by then."""
    found = _POST_BY_NUMBER.fullmatch(url)
    return f"/p/{found[1]}{found[2] or ''}" if found else ""


def _picture(
    self: RendererHTML, tokens: list[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    """Show a picture of this site; a picture elsewhere is a link, for whoever wants to be seen there."""
    address = str(tokens[idx].attrs["src"])
    if _OF_THIS_SITE.fullmatch(address):
        return self.image(tokens, idx, options, env)
    words = self.renderInlineAsText(tokens[idx].children or [], options, env) or address
    return f'<a href="{escape(address)}">{escape(words)}</a>'


def foreign_images(source: str) -> list[str]:
    """Return the addresses of the author's pictures that lead elsewhere, each once; never raises.

    render_post makes links of them.
    """
    if "![" not in source or source.count("[") > _POST.max_brackets:
        return []
    try:
        tokens = _kit(_POST).markdown.parse(normalise(source))
    except _TooMuch:
        return []
    pieces = (piece for token in tokens for piece in token.children or ())
    found = (str(piece.attrs["src"]) for piece in pieces if piece.type == "image")
    return list(dict.fromkeys(src for src in found if not _OF_THIS_SITE.fullmatch(src)))


# A page begins with its title, and then with so many paragraphs, lists or pictures at most: a picture among
# them is seen at once. What is further down is loaded when somebody comes near it.
_ABOVE_THE_FOLD = 2


def _hang_pictures(state: StateCore) -> None:
    """Core rule: pictures of the library come with their size, smaller ones to choose from, and captions.

    All of it is in the address (media/names.py). So nothing jumps when they come (HTML, 4.8.4).
    """
    blocks = [here for here, token in enumerate(state.tokens) if token.type == "inline"]
    for number, here in enumerate(blocks):
        hung = [image for image in _images(state.tokens[here]) if _hang(image)]
        if hung and number < _ABOVE_THE_FOLD:
            hung[0].attrs.pop("loading", None)
        if hung:
            _caption(state.tokens, here)


def _images(block: Token) -> Iterator[Token]:
    return (child for child in block.children or () if child.type == "image")


def _hang(image: Token) -> bool:
    """Say how large a picture is; whether it is one of the library."""
    name = Name.at(str(image.attrs.get("src", "")))
    if name is None:
        return False
    width, height = name.size
    image.attrs |= {"width": width, "height": height, "decoding": "async"}
    if name.srcset and not name.rung:
        image.attrs |= {"srcset": name.srcset, "sizes": SIZES}
    return True


def _caption(tokens: list[Token], here: int) -> None:
    """Write the title of a picture that stands alone below it: on a telephone nobody would see it else."""
    hung = tokens[here].children or []
    image, opening, closing = hung[0], tokens[here - 1], tokens[here + 1]
    title = str(image.attrs.get("title", ""))
    if len(hung) > 1 or not title or opening.type != "paragraph_open" or opening.hidden:
        return
    opening.tag = closing.tag = "figure"
    opening.attrs.pop("dir", None)
    image.attrs.pop("title")
    start = Token("caption_open", "figcaption", 1, attrs={"dir": "auto"})
    words = Token("text", "", 0, content=title)
    tokens[here].children = [image, start, words, Token("caption_close", "figcaption", -1)]


# What means something in Markdown, wherever in a line it stands.
_MEANS_SOMETHING = re.compile(r"[\\`*_\[\]<>&~|]")


def picture(address: str, alt: str) -> str:
    """Return the Markdown that shows a picture and says just these words of it."""
    return (
        f"![{_MEANS_SOMETHING.sub(lambda found: chr(92) + found[0], clean_line(alt))}]({address})"
    )


def _refuse_depth(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level >= DEEPEST:
        raise _TooMuch
    return False


# A bare address ends where prose goes on: at white space, quotes and brackets, at Chinese and
# Japanese punctuation, at invisible characters.
_ADDRESS_ENDS = (
    '\\s<>"`\\\\\\[\\]{}|‘’“”«»„\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3000-\u303f\uff00-\uffef'
)
_BARE = re.compile(
    # Possessive, so that a name and its `@` are not read as a shorter host and some text.
    rf"https?://[^{_ADDRESS_ENDS}/?#:@]++(?::\d{{1,5}}+)?+(?!@|:[^{_ADDRESS_ENDS}/]{{0,100}}@)"
    rf"(?:[/?#][^{_ADDRESS_ENDS}]{{0,{MAX_ADDRESS}}})?",
    re.I,
)
_NOT_LAST = "?!.,:;*_~'"
_SCHEME = re.compile(r"(?<![a-z0-9])https?\Z", re.I)  # a Chinese letter may stand before it
_LONGEST_SCHEME = len("https")


def _bare_address(state: StateInline, silent: bool) -> bool:
    """Inline rule: an http(s) address in plain text becomes a link (GFM 0.29, section 6.9)."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    before = state.src[max(0, state.pos - _LONGEST_SCHEME - 1) : state.pos]
    scheme = _SCHEME.search(before)
    if scheme is None or not state.pending.endswith(scheme[0]):
        return False
    found = _BARE.match(state.src, state.pos - len(scheme[0]), state.posMax)
    if found is None:
        return False
    _push_address(state, _without_tail(found[0]), len(scheme[0]))
    return True


def _without_tail(url: str) -> str:
    while url[-1] in _NOT_LAST or (url[-1] == ")" and url.count(")") > url.count("(")):
        url = url[:-1]
    return url


def _push_address(state: StateInline, url: str, seen: int) -> None:
    """Add a link, or the words alone: trying again at each `://` inside would be quadratic."""
    href = state.md.normalizeLink(url) if len(url) <= MAX_ADDRESS else url
    if state.md.validateLink(href):
        state.pending = state.pending[:-seen]
        opening = state.push("link_open", "a", 1)
        opening.attrs, opening.info = {"href": href}, "auto"
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
        state.pos += len(url) - seen
    else:
        step = max(len(url) - seen, len("://"))
        state.append_pending(state.src[state.pos : state.pos + step])
        state.pos += step


def _dress(state: StateCore, policy: _Policy) -> None:
    """Core rule: tame every text, add what the policy adds, refuse markup nested too deep."""
    for token in state.tokens:
        _dress_one(token, policy)
        depth = 0
        for child in _inside(token):
            _dress_one(child, policy)
            depth += child.nesting
            if depth > DEEPEST:
                raise _TooMuch


def _inside(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        yield child
        yield from _inside(child)  # the words of an image


def _dress_one(token: Token, policy: _Policy) -> None:
    token.content = _tame(token.content)
    if token.nesting >= 0:
        for name, value in policy.added.get(token.tag, {}).items():
            token.attrSet(name, value)
    if "title" in token.attrs:
        token.attrSet("title", _tame(str(token.attrs["title"])))


_HREF_HOST = re.compile(r"(?:https?://|mailto:[^@]*@)(?:www\.)?([^/?#:]*)", re.I)
_AFTER_HOST = re.compile(r"[/?#]\S*")
_WORD = re.compile(r"[\w.-]+")
_TOP_LEVEL = re.compile(r"[^\W\d_][\w-]+")  # the shortest has two letters; `3.5` is a number
_DOTS = str.maketrans("\u3002\uff61", "..")  # browsers take them for dots, NFKC does not


def _make_links_honest(state: StateCore) -> None:
    """Core rule: a link whose words name another host than it leads to is followed by its own."""
    for token in state.tokens:
        children: list[Token] = []
        opened = 0
        for child in token.children or ():
            children.append(child)
            if child.type == "link_open":
                opened = len(children)
            elif child.type == "link_close" and children[opened - 1].info != "auto":
                words = "".join(_said(piece) for piece in children[opened:])
                children.extend(_own_host(state, str(children[opened - 1].attrs["href"]), words))
        if token.children:
            token.children = children


def _said(piece: Token) -> str:
    return " " if piece.type in ("softbreak", "hardbreak") else piece.content


def _own_host(state: StateCore, href: str, words: str) -> list[Token]:
    ways = (_HREF_HOST.match(way) for way in (href, state.md.normalizeLinkText(href)))
    hosts = [way[1].casefold() for way in ways if way is not None]
    if _hosts_named(words) <= set(hosts):
        return []
    return [Token("text", "", 0, content=f" ({hosts[0]})")]


def _hosts_named(words: str) -> set[str]:
    """Return what a person would take for a host in the words of a link."""
    seen = unicodedata.normalize("NFKC", _INVISIBLE.sub("", words)).translate(_DOTS).casefold()
    marked = {host for after in seen.split("://")[1:] if (host := _first_word(after))}
    plain_words = _WORD.findall(_AFTER_HOST.sub(" ", seen.replace("://", " ")))
    dotted = {word.strip(".-") for word in plain_words if _looks_like_host(word.strip(".-"))}
    return {host.removeprefix("www.") for host in marked | dotted}


def _first_word(text: str) -> str:
    found = _WORD.match(text)
    return found[0].strip(".-") if found else ""


def _looks_like_host(word: str) -> bool:
    name, dot, top = word.rpartition(".")
    return bool(name and dot) and _TOP_LEVEL.fullmatch(top) is not None


_NOT_SLUG = re.compile(r"[\W_]+")
_SLUG_LENGTH = 60  # an address that can still be read aloud


def _name_headings(state: StateCore) -> None:
    """Core rule: ids for headings, to link to; `s-` keeps them off the names of the page."""
    taken: dict[str, int] = {}
    for heading, title in zip(state.tokens, state.tokens[1:], strict=False):
        if heading.type == "heading_open":
            words = "".join(child.content for child in _inside(title)).casefold()
            slug = _NOT_SLUG.sub("-", words)[:_SLUG_LENGTH].strip("-") or "part"
            heading.attrSet("id", f"s-{_unused(slug, taken)}")


def _unused(slug: str, taken: dict[str, int]) -> str:
    name = slug
    while name in taken:
        taken[slug] += 1
        name = f"{slug}-{taken[slug]}"
    taken[name] = 1
    return name


def _leave_room_for_the_title(state: StateCore) -> None:
    """Core rule: the only h1 of a page is its title, so a text that has one moves down by a level."""
    headings = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    if any(heading.tag == "h1" for heading in headings):
        for heading in headings:
            level = _HEADINGS.index(heading.tag)
            heading.tag = _HEADINGS[min(level + 1, len(_HEADINGS) - 1)]


def _align_by_class(state: StateCore) -> None:
    """Core rule: the content security policy allows no style attribute, so a class aligns."""
    for token in state.tokens:
        style = str(token.attrs.pop("style", "")) if token.tag in ("th", "td") else ""
        if style:
            token.attrSet("class", style.replace("text-align:", "align-"))


_BOXES = {True: "\u2611 ", False: "\u2610 "}  # ballot boxes: read aloud, and no form control


def _tick_tasks(state: StateCore) -> None:
    """Core rule: the box of a task is a character before its first word."""
    for here, item in enumerate(state.tokens):
        if item.type == "list_item_open" and "checked" in item.meta:
            item.attrSet("class", "task")
            text = state.tokens[here + 2]  # at least the end of the item and of its list follow
            if text.type == "inline":
                box = Token("text", "", 0, content=_BOXES[item.meta.pop("checked")])
                text.children = [box, *(text.children or ())]


def _open_item(
    self: RendererHTML, tokens: list[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    """Renderer rule: the box of a task that does not start with words (code, a list, nothing)."""
    box = _BOXES[tokens[idx].meta["checked"]] if "checked" in tokens[idx].meta else ""
    return self.renderToken(tokens, idx, options, env) + box


def _way_back(
    self: RendererHTML, tokens: list[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    """Renderer rule: for who listens, the way back is named after where it leads (DPUB-ARIA 1.1)."""
    link: str = render_footnote_anchor(self, tokens, idx, options, env)
    caption: str = render_footnote_caption(self, tokens, idx, options, env)
    return link.replace("<a ", f'<a role="doc-backlink" aria-label="{caption}" ')


def _code_rule(policy: _Policy) -> Callable[..., str]:
    """Make the renderer rule for a block of code, coloured in posts alone."""
    direction = policy.added["pre"]["dir"]

    def code(
        self: RendererHTML, tokens: list[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[idx]
        language = _language(token.info) if policy is _POST else ""
        colour = language and len(token.content) <= COLOURED
        html = _coloured(token.content, language) if colour else escape(token.content, quote=False)
        attribute = f' class="language-{language}"' if language else ""
        return f'<pre dir="{direction}"><code{attribute}>{html}</code></pre>\n'

    return code


@cache
def _languages() -> dict[str, str]:
    from pygments.lexers import get_all_lexers  # most processes never colour anything

    known = [aliases for _, aliases, _, _ in get_all_lexers(plugins=False) if aliases]
    return {alias: aliases[0] for aliases in known for alias in aliases}


def _language(info: str) -> str:
    """Return the name Pygments has for the first word after the fence, or nothing."""
    first = info.split(maxsplit=1)[:1]
    return _languages().get(first[0].lower(), "") if first else ""


def _coloured(code: str, language: str) -> str:
    from pygments.lexers import get_lexer_by_name

    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    pieces = ((_colour(kind), text) for kind, text in lexer.get_tokens(code))
    runs = groupby(pieces, key=itemgetter(0))
    return "".join(_span(colour, "".join(text for _, text in run)) for colour, run in runs)


def _colour(kind: tuple[str, ...]) -> str:
    ways = (COLOURS.get(kind[:end], "") for end in range(len(kind), 0, -1))
    return next(filter(None, ways), "")


def _span(colour: str, text: str) -> str:
    shown = escape(text, quote=False)
    return f'<span class="{colour}">{shown}</span>' if colour else shown


# A guess that costs little: a text of which this finds nothing has no address of this site in it.
_MAYBE_LOCAL = re.compile(r"""(?:href|src)=["'](?!https?://|mailto:)""", re.I)


# Feeds show the same few posts all day long: those of the site, and of the tags that somebody follows.
_FEED_POSTS = 40
# The HTML of some 4,000 words. So the posts that are remembered, as they were and as they became, take
# a few megabytes at most; a novella is written anew for each feed.
_LONGEST_REMEMBERED = 30_000


def absolute(html: str, base: str) -> str:
    """Return HTML that this file made with every address written in full; never raises.

    For where it is read on its own: in a feed, in a mail. `base` is the address of the page that it
    stands on, so that `#fn-1` becomes a place on that page (RFC 3986, section 5).
    """
    if _MAYBE_LOCAL.search(html) is None:
        return html
    write = _remembered if len(html) <= _LONGEST_REMEMBERED else _written_out
    return write(html, base)


def _written_out(html: str, base: str) -> str:
    writer = _AbsoluteWriter(base)
    writer.feed(html)
    writer.close()
    return "".join(writer.pieces)


_remembered = lru_cache(maxsize=_FEED_POSTS)(_written_out)


class _AbsoluteWriter(HTMLParser):
    """Writes what it reads, with absolute addresses."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self._base = base

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(_is_local(name, value) for name, value in attrs):
            written = "".join(
                f' {name}="{escape(self._full(name, value))}"' for name, value in attrs
            )
            self.pieces.append(f"<{tag}{written}>")
        else:
            self.pieces.append(self.get_starttag_text() or "")

    def _full(self, name: str, value: str | None) -> str:
        if not value or not _is_local(name, value):
            return value or ""
        if name == "srcset":
            return ", ".join(urljoin(self._base, candidate) for candidate in value.split(", "))
        return urljoin(self._base, value)

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.pieces.append(f"&#{name};")


def _is_local(name: str, value: str | None) -> bool:
    if name == "srcset":
        return value is not None  # it has pictures of the library alone
    return name in ("href", "src") and _OF_THIS_SITE.fullmatch(value or "") is not None


_PICTURE_TAG = re.compile(r"<(?:img|a) [^<>]*>")
_PICTURE_ADDRESS = re.compile(rf"{FOLDER}{PATTERN}")


def with_parameter(html: str, parameter: str) -> str:
    """Return HTML that this file made with a parameter at each address of a picture of the library.

    For who may see a text before the public may. `parameter` is a name and a value that need no escaping.
    """

    def with_it(tag: re.Match[str]) -> str:
        return _PICTURE_ADDRESS.sub(lambda address: f"{address[0]}?{parameter}", tag[0])

    return _PICTURE_TAG.sub(with_it, html)


_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_xml(document: str) -> str:
    """Return a document without the characters that XML 1.0 (section 2.2) cannot hold, however written."""
    return _NOT_XML.sub("", document)


def plain(html: str) -> str:
    """Return the words of HTML that this file made, for excerpts and mails; never raises.

    Each block and each broken line is a line, entities are characters again, an image is its
    description, code keeps its lines, items of a list keep their mark or number. The marks that
    lead to footnotes and back are left out.
    """
    return "\n".join(_read(html).lines)


def excerpt(html: str, length: int = 200) -> str:
    """Return the start of HTML that this file made as one line, without tags.

    It is made of sentences: paragraphs and quotations. Where there are none, of whatever words
    there are. It has at most `length` characters (at least 1) and is cut between words where
    there are any.
    """
    text = _beginning(html, length)
    if len(text) <= length:
        return text
    cut = text.rfind(" ", length // 2, length)  # Chinese has few spaces: not the first of them
    kept = text[:cut] if cut > 0 else text[: length - 1]
    return ellipsed(kept.rstrip())


_SENTENCE_ENDS = tuple(
    ".!?\u2026\u3002\uff01\uff1f\u061f\u06d4"
)  # in Latin, Chinese and Arabic letters


def ellipsed(kept: str) -> str:
    """Return the beginning of a text with an ellipsis, which none needs that ends with a sentence."""
    return kept if kept.endswith(_SENTENCE_ENDS) else kept + "\u2026"


def _beginning(html: str, length: int) -> str:
    """Return the sentences of HTML as one line: all, or the first that are longer together than this."""
    reader = _Reader()
    for start in range(0, len(html), _PIECE):
        reader.feed(html[start : start + _PIECE])
        if len(text := _one_line(reader.sentences)) > length:
            return text
    reader.close()
    reader.end_line()
    return _one_line(reader.sentences or reader.lines)


# Most texts have said enough for an excerpt within this; the rest of a long one need not be read.
_PIECE = 1_000


def _one_line(lines: list[str]) -> str:
    return " ".join(_BIDI.sub("", "\n".join(lines)).split())  # a cut would leave one of a pair


def links(html: str) -> list[str]:
    """Return where the links of HTML that this file made lead to, in their order; never raises."""
    return _read(html).hrefs


def _read(html: str) -> "_Reader":
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return reader


_CELLS = ("th", "td")
_IN_LINE = frozenset((*_CELLS, *"a em strong s code span sup img".split()))
_FOOTNOTE_MARKS = frozenset(("footnote-ref", "footnote-backref"))
_SPACE = re.compile(r"[ \t\n]+")


class _Reader(HTMLParser):
    """Collects lines of words, which of them are sentences, and link targets."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.sentences: list[str] = []  # of paragraphs that stand in no list (footnotes are one)
        self.hrefs: list[str] = []
        self._line: list[str] = []
        self._code = False
        self._paragraph = False
        self._unread = ""  # the tag of a footnote mark that is open
        self._numbers: list[int | None] = []  # of the next item in each open list
        self._mark = ""  # of the item whose first line is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        having = {name: value or "" for name, value in attrs}
        if tag not in _IN_LINE:
            self.end_line()
        if tag in ("ol", "ul"):
            self._numbers.append(int(having.get("start", "1")) if tag == "ol" else None)
        elif tag == "li":
            self._mark_item()
        elif tag == "a" and "href" in having:
            self.hrefs.append(having["href"])
        if having.get("class") in _FOOTNOTE_MARKS:
            self._unread = tag
        self._code = self._code or tag == "pre"
        self._paragraph = self._paragraph or (tag == "p" and not self._numbers)
        self._line.append(" " if tag in _CELLS else having.get("alt", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _IN_LINE:
            self.end_line()
        if tag == "pre":
            self._code = False
        elif tag == "p":
            self._paragraph = False
        elif tag in ("ol", "ul"):
            self._numbers.pop()
        elif tag == "li" and self._mark:  # an item without words
            self.lines.append(self._mark.strip())
            self._mark = ""
        if tag == self._unread:
            self._unread = ""

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._line.append(data if self._code else _SPACE.sub(" ", data))

    def end_line(self) -> None:
        text = "".join(self._line)
        text = text.strip("\n") if self._code else _SPACE.sub(" ", text).strip(" ")
        self._line.clear()
        if text:
            self.lines.append(self._mark + text)
            self._mark = ""
            if self._paragraph:
                self.sentences.append(text)

    def _mark_item(self) -> None:
        number = self._numbers[-1]
        if number is None:
            self._mark += "- "
        else:
            self._mark += f"{number}. "
            self._numbers[-1] = number + 1
