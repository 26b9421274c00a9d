"""What differs between two texts: nothing is left out, whatever is compared, and it never takes long."""

import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blog.posts.difference import Change, compare
from blog.posts.length import measure

LONGEST = 200_000
# Measured: less than half of one. Machines that test many things at once are slower.
SECONDS = 2.5

# Few letters, so that much is the same; with and without spaces between words, and signs.
TEXTS = st.text(st.sampled_from("ab \n\r,漢字กำ\u0301\u2028"), max_size=60)


def marked(old: str, new: str) -> str:
    """What differs, as [deleted] and {inserted}."""
    marks = {Change.KEPT: "%s", Change.DELETED: "[%s]", Change.INSERTED: "{%s}"}
    return "".join(marks[piece.kind] % piece.text for piece in compare(old, new))


def test_words_are_compared_and_not_their_letters() -> None:
    for old, new, said in (
        ("", "", ""),
        ("same", "same", "same"),
        ("A quick fox.", "A slow fox.", "A [quick]{slow} fox."),
        ("One, two.", "One two.", "One[,] two."),
        ("One\nTwo\nThree\n", "One\nThree\nFour\n", "One\n[Two\n]Three\n{Four\n}"),
        ("naïve café", "naïve cafés", "naïve [café]{cafés}"),
        # A space between two changes is part of the change.
        ("the red hen", "the blue cow", "the [red hen]{blue cow}"),
        # Where nobody writes spaces, letters are what differs; vowels stay with theirs.
        ("我喜欢蜜蜂", "我很喜欢黄蜂", "我{很}喜欢[蜜]{黄}蜂"),
        ("ฉันรักผึ้ง", "ฉันรักต่อ", "ฉันรัก[ผึ้ง]{ต่อ}"),
    ):
        assert marked(old, new) == said


@settings(max_examples=300, deadline=None)
@given(old=TEXTS, new=TEXTS)
@example(old="a\n" * 40, new="b\na\n" * 20)
def test_what_was_kept_and_deleted_is_the_old_text_and_kept_and_inserted_the_new(
    old: str, new: str
) -> None:
    pieces = compare(old, new)
    assert "".join(text for kind, text in pieces if kind is not Change.INSERTED) == old
    assert "".join(text for kind, text in pieces if kind is not Change.DELETED) == new
    assert all(text for _kind, text in pieces)


def test_texts_that_are_made_to_take_long_do_not() -> None:
    chance = random.Random(1)
    numbers = list(map(str, range(40_000)))
    shuffled = chance.sample(numbers, len(numbers))
    letters = [chance.choice("ab") for _ in range(2 * LONGEST)]
    for old, new in (
        ("a\n" * LONGEST, "b\na\n" * LONGEST),
        ("ab " * LONGEST, "ba ab " * LONGEST),
        ("漢字" * LONGEST, "字漢漢" * LONGEST),
        ("!?" * LONGEST, "?!!" * LONGEST),
        ("\n".join(numbers), "\n".join(shuffled)),
        (" ".join(numbers), " ".join(numbers[::-1])),
        ("\n".join(letters[:LONGEST]), "\n".join(letters[LONGEST:])),
        (" ".join(letters[:LONGEST]), " ".join(letters[LONGEST:])),
    ):
        begun = time.process_time()
        pieces = compare(old[:LONGEST], new[:LONGEST])
        assert time.process_time() - begun < SECONDS
        assert "".join(text for kind, text in pieces if kind is not Change.DELETED) == new[:LONGEST]


@pytest.mark.parametrize(
    ("text", "words", "minutes"),
    [
        ("", 0, 0),
        ("… — !", 0, 0),
        ("One", 1, 1),
        ("Don't split well-known words, or 3.5 of them.", 8, 1),
        ("蜜蜂很忙。", 4, 1),
        ("ミツバチ is a word of 日本", 10, 1),
        ("Пчёлы заняты", 2, 1),
        ("النحل مشغول", 2, 1),
        ("bee " * 2_400, 2_400, 10),
        ("蜂" * 5_000, 5_000, 10),
    ],
)
def test_length_is_counted_as_writers_count_it(text: str, words: int, minutes: int) -> None:
    assert measure(text) == (words, minutes)
