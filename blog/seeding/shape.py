"""Where the comments of a made-up blog stand: how many below each post, when, and what each answers.

All of it is settled before a row is written: what a comment knows about those below it is a column of
its row, and those below it come later.
"""

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from random import Random

# The first post has a long conversation, the ones after it have one that fills a page or two.
FIRST = 500
NEXT = 50
NEXT_POSTS = 99

DEEPEST = 5
# Of ten comments, four answer another one: so it is where people do talk to each other.
ANSWERS = 0.4
# People answer what was said lately, and seldom what stands at the top.
RECENT = 20

# The blog is ten years old whatever its size, so that lists by month are as long as they would be. A
# comment comes at a random point to this power of the time since its post: half of them within two
# weeks when that is ten years, and some for ever.
MINUTES = 10 * 365 * 24 * 60
HASTE = 8
# What waits came in the two weeks after that: whoever moderates was away.
WAITING_MINUTES = 14 * 24 * 60

NOBODY = -1


def spread(posts: int, comments: int) -> list[int]:
    """How many of the comments each post has: 500, 99 times 50, and the rest evenly over what is left.

    Where no post is left, the rest is spread over all but the first. Where the comments are too few,
    each post has its part of them.
    """
    wanted = [FIRST, *[NEXT] * min(posts - 1, NEXT_POSTS)]
    rest = comments - sum(wanted)
    if rest < 0:
        return _parts(comments, wanted) + [0] * (posts - len(wanted))
    left = posts - len(wanted)
    if left:
        return wanted + _parts(rest, [1] * left)
    more = _parts(rest, [0] + [1] * (posts - 1) if posts > 1 else [1])
    return [one + another for one, another in zip(wanted, more, strict=True)]


def _parts(whole: int, weights: Sequence[int]) -> list[int]:
    """The whole in parts of these proportions, none lost to rounding."""
    total = sum(weights)
    marks = [whole * sum_so_far // total for sum_so_far in accumulate(weights, initial=0)]
    return [end - begin for begin, end in pairwise(marks)]


def post_minute(number: int, posts: int) -> int:
    """When the post of this number was published, in minutes since the blog began."""
    return number * MINUTES // posts


def _numbers() -> "array[int]":
    return array("i")


@dataclass
class Threads:
    """Every comment of the blog, oldest first, each by its place in this order: a column a list.

    A million comments are 28 MB. `parent` and `root` are NOBODY for what answers the post.
    """

    post: "array[int]" = field(default_factory=_numbers)
    minute: "array[int]" = field(default_factory=_numbers)
    parent: "array[int]" = field(default_factory=_numbers)
    root: "array[int]" = field(default_factory=_numbers)
    depth: "array[int]" = field(default_factory=_numbers)
    # How many everybody can read anywhere below it, and right below it.
    below: "array[int]" = field(default_factory=_numbers)
    answers: "array[int]" = field(default_factory=_numbers)
    # From here on, they wait.
    approved: int = 0

    def __len__(self) -> int:
        return len(self.post)

    def add(self, post: int, minute: int, parent: int) -> int:
        """One more comment. Returns its place."""
        self.post.append(post)
        self.minute.append(minute)
        self.parent.append(parent)
        is_top = parent == NOBODY
        self.root.append(NOBODY if is_top else self._root_of(parent))
        self.depth.append(0 if is_top else self.depth[parent] + 1)
        self.below.append(0)
        self.answers.append(0)
        return len(self.post) - 1

    def _root_of(self, place: int) -> int:
        return place if self.root[place] == NOBODY else self.root[place]

    def answerable(self, place: int) -> int:
        """The comment, or what it answers where threads are deep enough."""
        return place if self.depth[place] < DEEPEST else self.parent[place]

    def count(self) -> None:
        """Tell each comment what is below it: from the newest to the oldest, as answers are younger."""
        for place in range(self.approved - 1, -1, -1):
            parent = self.parent[place]
            if parent != NOBODY:
                self.below[parent] += 1 + self.below[place]
                self.answers[parent] += 1


def grow(shares: Sequence[int], pending: int, chance: Random) -> Threads:
    """The threads of a blog whose posts have so many comments each, and of so many that wait besides."""
    threads = Threads()
    recent: list[deque[int]] = [deque(maxlen=RECENT) for _ in shares]
    for minute, post in _arrivals(shares, chance):
        recent[post].append(threads.add(post, minute, _answered(threads, recent[post], chance)))
    threads.approved = len(threads)
    for number in range(pending):
        post = number % len(shares)
        minute = MINUTES + number * WAITING_MINUTES // pending
        threads.add(post, minute, _answered(threads, recent[post], chance))
    threads.count()
    return threads


def _arrivals(shares: Sequence[int], chance: Random) -> Iterator[tuple[int, int]]:
    """When the comments come, and below which post, oldest first."""
    posts = len(shares)
    # One number for both: a million pairs would take four times the room while they are sorted.
    marks: list[int] = []
    for post, share in enumerate(shares):
        begin = post_minute(post, posts)
        age = MINUTES - begin
        marks += [
            (begin + int(age * chance.random() ** HASTE)) * posts + post for _ in range(share)
        ]
    for mark in sorted(marks):
        yield divmod(mark, posts)


def _answered(threads: Threads, recent: deque[int], chance: Random) -> int:
    """What a comment answers: one of the last below its post, or the post."""
    if not recent or chance.random() >= ANSWERS:
        return NOBODY
    return threads.answerable(recent[int(chance.random() * len(recent))])
