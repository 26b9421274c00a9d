"""How decisions become weights: the arithmetic of the spam filter. A leaf: it knows no database.

What is known of a piece of evidence is four sums (`Known`), to which each decision adds and from which it
can be taken again, in any order. Two of them count the decisions that had it; from these a weight
follows as in naive Bayes. The others count how wrong the filter was about those decisions, in
percent; from these follows the weight of a logistic regression that saw each decision once (dual
averaging, with a step of its own for each piece of evidence: Duchi, Hazan and Singer, "Adaptive
Subgradient Methods", JMLR 12, 2011). Pieces that always come together share the blame in the second way,
and rare ones are heard in the first; both are added.
"""

from collections.abc import Mapping
from math import exp, fsum, log, sqrt
from typing import NamedTuple
from zlib import crc32

# The filter keeps its opinion to itself before it has seen this many decisions, and some of each kind.
LEAST_DECISIONS = 50
LEAST_OF_EACH = 5

# From here on the filter holds a comment, and from there on it marks it as spam. On public comments it is
# wrong about one good comment in a hundred or two at the first, and one in some thousands at the second.
HOLDS = 0.85
MARKS = 0.97

# Evidence is counted in so many buckets, and the table has no more rows than that. Of the 60,000 pieces in a
# thousand comments one in a hundred shares its bucket with another.
BUCKETS = 2**22
# The bucket of no evidence: it counts the decisions themselves.
ALL = 0

# How wrong the filter was is kept in whole percent: sums of whole numbers can be taken back exactly.
PERCENT = 100

# How loud naive Bayes is beside the regression, and what it takes for granted of evidence seen once.
# Both were chosen on public comments, where a half more or less of them changes little.
BAYES = 0.3
PRIOR = 0.05

# How many reasons are told.
MOST_REASONS = 12

# Beyond this the exponential function says 0 or 1 all the same.
FAR = 30.0


# Pieces of evidence by the bucket that counts them, with how loud each is beside the others. When two meet
# in a bucket, they are one.
Sorted = dict[int, tuple[str, float]]


class Known(NamedTuple):
    """What decisions have said of a piece of evidence, or of all comments together."""

    spam: int = 0  # decisions "spam" about comments that have it
    ham: int = 0  # decisions "not spam" about others that have it
    for_spam: int = 0  # by how many percent in all the filter had doubted the first
    for_ham: int = 0  # and the others

    def plus(self, other: "Known", times: int = 1) -> "Known":
        """The sum of both; with `times=-1`, what remains without the other."""
        return Known(*(mine + times * its for mine, its in zip(self, other, strict=True)))


NOTHING = Known()

# The same four, as a database hands them out: thousands are looked at, and few need their names.
Sums = tuple[int, int, int, int]


class Lesson(NamedTuple):
    """What one decision adds to each piece of evidence in its comment, and to ALL."""

    is_spam: bool
    surprise: int  # how far the filter was from it, in percent

    def adds(self) -> Known:
        """The sums that it adds to."""
        if self.is_spam:
            return Known(spam=1, for_spam=self.surprise)
        return Known(ham=1, for_ham=self.surprise)


class Reason(NamedTuple):
    """A piece of evidence, and how much it says for spam (above 0) or against it (below)."""

    evidence: str
    weight: float


class Opinion(NamedTuple):
    """How likely a comment is spam, from 0 to 1, and what each piece of evidence says."""

    score: float
    weighed: tuple[tuple[str, float], ...]

    def reasons(self, most: int = MOST_REASONS) -> list[Reason]:
        """The weightiest pieces of evidence, for and against."""
        weightiest = sorted(self.weighed, key=lambda it: (-abs(it[1]), it[0]))[:most]
        return [Reason(*it) for it in weightiest]


def sort(evidence: Mapping[str, float]) -> Sorted:
    """Where each piece of evidence is counted, with what it is and how loud."""
    return {
        crc32(piece.encode("utf-8", "surrogatepass")) % BUCKETS + 1: (piece, loudness)
        for piece, loudness in evidence.items()
    }


def speaks(all_: Sums) -> bool:
    """Whether there are decisions enough for an opinion."""
    spam, ham, _, _ = all_
    return spam + ham >= LEAST_DECISIONS and min(spam, ham) >= LEAST_OF_EACH


def opinion(evidence: Sorted, known: Mapping[int, Sums]) -> Opinion | None:
    """What decisions say of a comment with this evidence, or None: too few of them, or all is new.

    `known` is what is known of ALL and of the evidence, and of nothing else; what is not known may lack.
    """
    if not speaks(known.get(ALL, NOTHING)):
        return None
    weighed = weigh(evidence, known)
    return weighed if weighed.weighed else None


def weigh(evidence: Sorted, known: Mapping[int, Sums]) -> Opinion:
    """The same however little is known: 0.5 and no reasons when it is nothing."""
    decided_spam, decided_ham, _, _ = known.get(ALL, NOTHING)
    common = log((decided_ham + 2 * PRIOR) / (decided_spam + 2 * PRIOR))
    length = _length(evidence)
    weighed = []
    for bucket, (spam, ham, for_spam, for_ham) in known.items():
        if bucket != ALL:
            piece, loudness = evidence[bucket]
            bayes = common + log((spam + PRIOR) / (ham + PRIOR))
            weight = _regression(for_spam, for_ham) + BAYES * bayes
            weighed.append((piece, loudness * weight / length))
    return Opinion(_likelihood(fsum([weight for _, weight in weighed])), tuple(weighed))


def lesson(evidence: Sorted, known: Mapping[int, Sums], is_spam: bool) -> Lesson:
    """What a decision about a comment with this evidence teaches, given what is known before it."""
    total = fsum(
        evidence[bucket][1] * _regression(for_spam, for_ham)
        for bucket, (_, _, for_spam, for_ham) in known.items()
        if bucket != ALL
    )
    thought = _likelihood(total / _length(evidence))
    return Lesson(is_spam, round(PERCENT * abs(is_spam - thought)))


def _length(evidence: Sorted) -> float:
    """What a comment's evidence is divided by: a long comment is not spam for being long."""
    return sqrt(fsum(loudness * loudness for _, loudness in evidence.values())) or 1.0


def _regression(for_spam: int, for_ham: int) -> float:
    return (for_spam - for_ham) / PERCENT / (1 + sqrt((for_spam + for_ham) / PERCENT))


def _likelihood(total: float) -> float:
    return 1 / (1 + exp(-max(-FAR, min(FAR, total))))
