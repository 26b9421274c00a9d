"""Patterns: what they find, and that none of them is slow, whatever it is looked for in."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from blog.comments.rules.folding import Folded, fold
from blog.comments.rules.globs import BadPattern, Glob, glob, literal
from blog.comments.rules.kinds import MOST_WILD

# The longest text that anybody may send, and four times what the slowest pattern takes in it: where time
# grows with the square, or worse, it is seconds.
LONGEST_TEXT = 10_000
MILLISECONDS = 200

SMALL = st.text("ab *?", min_size=1, max_size=12)
PIECES = st.text("abc *?\\.é", min_size=1, max_size=30)


def is_quick(pattern: Glob, text: str) -> bool:
    """Whether it is looked for in no time. A machine that was busy elsewhere is asked again."""

    def seconds() -> float:
        before = time.process_time()
        for _ in pattern.find(text):
            pass
        return time.process_time() - before

    return any(seconds() < MILLISECONDS / 1000 for _ in range(3))


def plain(pattern: str, *, inside: bool) -> re.Pattern[str]:
    """What a pattern means, as an expression that may take for ever."""
    words = [
        "".join({"*": r"\S*", "?": r"\S"}.get(sign, re.escape(sign)) for sign in word)
        for word in pattern.split()
    ]
    body = r"\s+".join(words)
    return re.compile(body if inside else rf"(?<!\S){body}(?!\S)")


@given(SMALL, st.text("ab ", max_size=14), st.booleans())
@examples(max_examples=400, deadline=None)
def test_a_pattern_finds_what_the_plain_expression_finds(
    pattern: str, text: str, inside: bool
) -> None:
    try:
        found = glob(pattern, inside=inside)
    except BadPattern:
        assert not re.search("[ab]", pattern)
        return
    folded = fold(text)
    assert found.is_in(folded) == bool(plain(pattern, inside=inside).search(folded))


@given(PIECES, st.text("abc .é", min_size=1, max_size=8), st.booleans(), st.booleans())
@examples(max_examples=150, deadline=None)
def test_no_pattern_is_slow_in_any_text(
    pattern: str, piece: str, inside: bool, whole: bool
) -> None:
    try:
        found = glob(pattern, inside=inside, whole=whole)
    except BadPattern:
        return
    for text in (piece * LONGEST_TEXT, piece.replace(" ", "") * LONGEST_TEXT):
        assert is_quick(found, fold(text[:LONGEST_TEXT]))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a*a*a*a*a*a*a*a*b", "a" * LONGEST_TEXT),
        ("a?a?a?a?a?a?a?b", "a" * LONGEST_TEXT),
        ("*a*b*c*d", "abc" * (LONGEST_TEXT // 3)),
        ("a* a* a* a* b*", "a " * (LONGEST_TEXT // 2) + "b"),
        ("?" * 100 + "a", "b" * (LONGEST_TEXT - 1) + "a"),
        ("a" * 190 + "*b", "a" * (LONGEST_TEXT - 1) + "b"),
    ],
)
def test_what_takes_other_matchers_for_ever_takes_this_one_no_time(pattern: str, text: str) -> None:
    for inside in (False, True):
        assert is_quick(glob(pattern, inside=inside), text)


def test_as_many_wild_patterns_as_a_rule_may_have_are_looked_for_in_a_moment() -> None:
    patterns = [f"a*b{number}?" for number in range(MOST_WILD)]
    text = " ".join(f"acb{number}x" for number in range(2_000))[:LONGEST_TEXT]
    before = time.process_time()
    assert all(glob(pattern, inside=True).is_in(text) for pattern in patterns)
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize("pattern", ["", " ", "*", "? *", "a" * 201 + "*", "a* " * 6])
def test_what_is_found_everywhere_or_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        glob(pattern)


@given(st.text(min_size=1, max_size=30), st.text(max_size=20), st.text(max_size=20))
@examples(max_examples=200, deadline=None)
def test_what_is_literal_finds_itself_and_says_where_it_was_typed(
    said: str, before: str, behind: str
) -> None:
    try:
        found = glob(literal(said), inside=True)
    except BadPattern:
        assert not fold(said)
        return
    folded = Folded(f"{before} {said} {behind}")
    for start, end in found.find(folded.text):
        begin, stop = folded.typed(start, end)
        assert fold(said) in fold(folded.text[start:end])
        assert 0 <= begin < stop <= len(f"{before} {said} {behind}")
