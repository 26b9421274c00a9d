"""How good the spam filter is on comments that somebody has judged: trained on some, asked about others."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blog.comments.spam import evidence, learning
from blog.comments.spam.evidence import Written
from blog.comments.spam.learning import ALL, NOTHING, Known, Sorted

LABELS = {"spam": True, "ham": False}
FIELDS = ("text", "name", "email", "website")

# At most this share of good comments is taken for spam when recall is told.
FEW_FALSE = 0.005


class BadFile(Exception):
    """What is wrong with a file of judged comments, and in which line."""


@dataclass(frozen=True)
class Judged:
    """A comment, and what somebody said of it."""

    comment: Written
    is_spam: bool


@dataclass
class Trained:
    """A filter in memory, apart from the blog's own. Each decision is seen once, in order."""

    sums: dict[int, Known]

    @classmethod
    def by(cls, decisions: Iterable[Judged]) -> "Trained":
        """The filter that these decisions make."""
        trained = cls({})
        for judged in decisions:
            trained.learn(judged)
        return trained

    def learn(self, judged: Judged) -> None:
        """Learn a decision."""
        sorted_ = learning.sort(evidence.found_in(judged.comment))
        adds = learning.lesson(sorted_, self._known(sorted_), judged.is_spam).adds()
        for bucket in (ALL, *sorted_):
            self.sums[bucket] = self.sums.get(bucket, NOTHING).plus(adds)

    def score(self, comment: Written) -> float:
        """How likely a comment is spam, however few the decisions were."""
        sorted_ = learning.sort(evidence.found_in(comment))
        return learning.weigh(sorted_, self._known(sorted_)).score

    @property
    def speaks(self) -> bool:
        """Whether the decisions would be enough for an opinion."""
        return learning.speaks(self.sums.get(ALL, NOTHING))

    def _known(self, sorted_: Sorted) -> dict[int, Known]:
        return {bucket: self.sums[bucket] for bucket in (ALL, *sorted_) if bucket in self.sums}


def evaluate(train: Sequence[Judged], test: Sequence[Judged]) -> dict[str, Any]:
    """The measures of a filter trained by the first on the second; None where there is no such figure."""
    trained = Trained.by(train)
    spam = [trained.score(judged.comment) for judged in test if judged.is_spam]
    ham = [trained.score(judged.comment) for judged in test if not judged.is_spam]
    caught, wronged = _above(learning.HOLDS, spam), _above(learning.HOLDS, ham)
    return {
        "decisions": len(train),
        "judged": len(test),
        "speaks": trained.speaks,
        "precision": _share(caught, caught + wronged),
        "recall": _share(caught, len(spam)),
        "false_positive_rate": _share(wronged, len(ham)),
        "recall_at_0.5_percent_false_positives": recall_with_few_false(spam, ham),
        "auc": area(spam, ham),
    }


def recall_with_few_false(spam: Sequence[float], ham: Sequence[float]) -> float | None:
    """The share of spam that scores above all good comments but the few that may be taken for it."""
    if not spam or not ham:
        return None
    allowed = int(FEW_FALSE * len(ham))
    limit = sorted(ham, reverse=True)[allowed]
    return _share(sum(score > limit for score in spam), len(spam))


def area(spam: Sequence[float], ham: Sequence[float]) -> float | None:
    """The area under the ROC curve: how often spam scores above a good comment. A tie is half a win."""
    if not spam or not ham:
        return None
    ranked = sorted([(score, 0) for score in ham] + [(score, 1) for score in spam])
    wins, below, at = 0.0, 0, 0
    while at < len(ranked):
        tied = [is_spam for score, is_spam in _while_tied(ranked, at)]
        good = len(tied) - sum(tied)
        wins += sum(tied) * (below + good / 2)
        below += good
        at += len(tied)
    return _share(wins, len(spam) * len(ham))


def _while_tied(ranked: list[tuple[float, int]], at: int) -> Iterator[tuple[float, int]]:
    first = ranked[at][0]
    while at < len(ranked) and ranked[at][0] == first:
        yield ranked[at]
        at += 1


def _above(limit: float, scores: Sequence[float]) -> int:
    return sum(score >= limit for score in scores)


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def read(file: Path) -> list[Judged]:
    """The judged comments of a file, one in a line. Raises BadFile."""
    try:
        lines = file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}.") from error
    judged = [_judged(line, f"{file}, line {n}") for n, line in enumerate(lines, 1) if line.strip()]
    if not judged:
        raise BadFile(f"{file} has no comments in it.")
    return judged


def _judged(line: bytes, place: str) -> Judged:
    found = _object(line, place)
    label = found.get("label")
    if not isinstance(label, str) or label not in LABELS:
        raise BadFile(f'{place}: the label is "spam" or "ham", not {json.dumps(label)}.')
    if "text" not in found:
        raise BadFile(f"{place}: there is no text.")
    values = {field: found.get(field) or "" for field in FIELDS}
    for field, value in values.items():
        if not isinstance(value, str):
            raise BadFile(f"{place}: the {field} is a string, not {json.dumps(value)}.")
    return Judged(Written(**values), LABELS[label])


def _object(line: bytes, place: str) -> dict[str, Any]:
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadFile(f"{place}: byte {error.start + 1} is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadFile(f"{place}, column {error.colno} is not JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{place} is no JSON that anybody needs: {error}.") from error
    if not isinstance(found, dict):
        raise BadFile(f"{place} is not an object in braces.")
    return found
