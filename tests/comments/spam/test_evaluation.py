"""`flask spam eval`: a filter is trained and judged apart from the blog's own."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from blog.comments.spam.evaluation import area, recall_with_few_false
from blog.comments.spam.memory import SpamEvidence
from blog.extensions import db
from tests.comments.spam.decisions import Decision, decisions


def write(file: Path, judged: list[Decision]) -> Path:
    lines = [
        json.dumps({**one.comment._asdict(), "label": "spam" if one.is_spam else "ham"})
        for one in judged
    ]
    file.write_text("\n".join(lines) + "\n\n", encoding="utf-8-sig")
    return file


def evaluate(app: Flask, train: Path, test: Path) -> Result:
    args = ["spam", "eval", "--train", str(train), "--test", str(test)]
    return app.test_cli_runner().invoke(args=args)


def test_measures_are_printed_and_the_blog_learns_nothing(app: Flask, tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", decisions(80))
    result = evaluate(app, train, write(tmp_path / "test.jsonl", decisions(60, seed=2)))
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == {
        "decisions": 80,
        "judged": 60,
        "speaks": True,
        "precision": 1.0,
        "recall": 1.0,
        "false_positive_rate": 0.0,
        "recall_at_0.5_percent_false_positives": 1.0,
        "auc": 1.0,
    }
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SpamEvidence)) == 0


def test_figures_that_there_are_not_are_null(app: Flask, tmp_path: Path) -> None:
    good = [one for one in decisions(20) if not one.is_spam]
    file = write(tmp_path / "good.jsonl", good)
    measures = json.loads(evaluate(app, file, file).output)
    assert (measures["auc"], measures["precision"], measures["recall"]) == (None, None, None)
    assert (measures["false_positive_rate"], measures["speaks"]) == (0.0, False)


def test_files_that_are_not_what_they_should_be_are_refused_by_line(
    app: Flask, tmp_path: Path
) -> None:
    good = write(tmp_path / "good.jsonl", decisions(3))
    first = good.read_bytes().splitlines()[0] + b"\n"
    refused = {
        b"": "has no comments",
        first + b"{": "line 2, column 2 is not JSON",
        first + b"\n" + b'"text"': "line 3 is not an object",
        b'{"label": "spam"}': "line 1: there is no text",
        b'{"text": "x", "label": "bad"}': 'line 1: the label is "spam" or "ham", not "bad"',
        b'{"text": "x", "label": ["spam"]}': 'not ["spam"]',
        b'{"text": "x"}': "not null",
        b'{"text": 7, "label": "ham"}': "the text is a string, not 7",
        first + b'{"text": "\xff", "label": "ham"}': "line 2: byte 11 is not UTF-8",
        b"[" * 100_000: "line 1",
        b"1" * 5_000: "line 1",
    }
    bad = tmp_path / "bad.jsonl"
    for content, words in refused.items():
        bad.write_bytes(content)
        for result in (evaluate(app, bad, good), evaluate(app, good, bad)):
            assert result.exit_code == 1, content[:40]
            assert words in result.output
            assert result.output.startswith("Error: ")
            assert result.output.count("\n") == 1
    missing = evaluate(app, tmp_path / "none.jsonl", good)
    assert (missing.exit_code, "cannot be read: No such file" in missing.output) == (1, True)
    assert app.test_cli_runner().invoke(args=["spam", "eval"]).exit_code == 1


def test_the_measures_are_those_of_the_books() -> None:
    assert area([0.9, 0.4], [0.5, 0.1]) == pytest.approx(0.75)
    assert area([0.5, 0.5], [0.5, 0.1]) == pytest.approx(0.75)
    ham = [n / 1000 for n in range(400)]
    assert recall_with_few_false([0.3975, 0.3965, 0.9, 0.1], ham) == pytest.approx(0.5)
    assert recall_with_few_false([], ham) is None
