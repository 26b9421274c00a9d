"""The command line of rules: what they are, what they would have done, and why a comment is held."""

import json
from pathlib import Path

import pytest
from flask import Flask

from blog.comments.rules import files
from blog.comments.rules.kinds import Terms
from blog.comments.rules.models import FIRST
from blog.posts.models import Post
from tests.browser import Browser
from tests.comments.conversation import about, decide, hold_nothing, number_of, say, set_rules
from tests.test_cli import Run, run

__all__ = ["run"]

HARMLESS = '{"kind": "words", "verdict": "trash", "patterns": ["casino"]}'
HARMFUL = '{"kind": "words", "patterns": ["b?es"]}'
FRIENDS = '{"kind": "emails", "verdict": "approve", "patterns": ["example.org"]}'

WRONG = (
    ("bees", "this is no JSON"),
    ("[1]", 'an object with a "kind"'),
    ("{}", 'an object with a "kind"'),
    ('{"kind": "bees"}', "kind: There is no rule “bees”. There are: everything, "),
    ('{"kind": "words"}', "patterns: At least one is needed."),
    ('{"kind": "words", "patterns": "casino"}', "“patterns” has to be of the type list."),
    ('{"kind": "words", "patterns": [1]}', "“patterns” are texts."),
    ('{"kind": "words", "patterns": ["*"]}', "patterns: “*” has no letter"),
    ('{"kind": "links", "number": true}', "“number” has to be of the type int."),
    ('{"kind": "links", "number": 0}', "number: A number from 1 to 100 is needed."),
    ('{"kind": "trap", "verdict": "approve"}', "verdict: “approve” is none of: hold, spam, trash."),
    ('{"kind": "trap", "bees": 1}', "“bees” means nothing. Known are: kind, verdict,"),
    ('{"kind": "networks", "patterns": ["10.0.0.0/8"]}', "of an IPv4 address, /32, /24, /16 can"),
    ("[" * 100_000, "this is no JSON"),
)


@pytest.fixture
def decided(app: Flask, mo: Browser, rita: Browser, post: Post) -> None:
    """Rita said two things that stand, of which mo approved one, and one that mo took for spam."""
    hold_nothing(app)
    say(rita, "Bees hum.")
    decide(mo, number_of(say(rita, "The best casino.")), "Spam", tab="approved")
    set_rules(app, about("wax"))
    decide(mo, number_of(say(rita, "Wax.")), "Approve")


FILES = (
    ([HARMLESS], 0, ["Line 1, words, trash: fires on 0 approved, on 1 among spam and trash; 0 wrong."]),
    (["# The bees.", "", HARMFUL, HARMLESS], 1, [
        "Line 3, words, hold: fires on 1 approved, on 0 among spam and trash; 1 wrong.",
        "Hidden: comment 1 of Rita, which is approved",
        "Looked at 2 approved replies and 1 among spam and trash.",
        "Error: 1 approved would have been hidden.",
    ]),
    # Nobody proved an address, so nobody is trusted; that people wait is no mistake.
    ([FRIENDS, HARMFUL], 1, ["Line 1, emails, approve: fires on 0 approved"]),
    (['{"kind": "everything"}'], 0, ["fires on 2 approved, on 1 among spam and trash; 0 wrong."]),
    (['{"kind": "everything", "verdict": "trash"}'], 1, ["2 approved would have been hidden"]),
    (['{"kind": "words", "patterns": ["bees"], "on": false}'], 0, ["switched off"]),
    (['{"kind": "speed", "number": 1000}'], 0, ["fires on 0 approved"]),
    ([], 0, ["Looked at 2 approved"]),
)  # fmt: skip


def test_a_file_of_rules_is_replayed_and_ends_with_1_if_it_hides_what_is_approved(
    run: Run, decided: None, tmp_path: Path
) -> None:
    file = tmp_path / "rules.jsonl"
    for lines, code, said in FILES:
        file.write_text("\n".join(lines))
        result = run("rules", "backtest", str(file))
        assert result.exit_code == code, result.output
        for words in said:
            assert words in result.output


def test_what_is_exported_is_what_is_asked_and_what_can_be_tried(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    everything = [*FIRST, Terms("words", "spam", ("ü*",), note="“Why?”"), Terms("links", number=7)]
    set_rules(app, *everything)
    exported = run("rules", "export").output
    assert [terms for _, terms in files.read(exported.splitlines())] == everything
    (tmp_path / "rules.jsonl").write_text(exported)
    assert run("rules", "backtest", str(tmp_path / "rules.jsonl")).exit_code == 0


@pytest.mark.one_database
def test_what_is_no_rule_is_said_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.jsonl"
    for line, words in WRONG:
        file.write_text(f"{HARMLESS}\n\n{line}\n")
        result = run("rules", "backtest", str(file))
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: {file}, line 3: "), result.output
        assert words in result.output
    for path, words in ((tmp_path, "cannot be read"), (tmp_path / "nowhere", "cannot be read")):
        assert words in run("rules", "backtest", str(path)).output
    file.write_bytes(b"\xff")
    assert "no text in UTF-8" in run("rules", "backtest", str(file)).output


def test_a_comment_is_explained_as_data(app: Flask, run: Run, rita: Browser, post: Post) -> None:
    set_rules(app, Terms("words", "trash", ("casino",), note="No luck."), Terms("links", number=1))
    number = number_of(say(rita, "A CASINO at https://x.example"))
    said = json.loads(run("comments", "explain", str(number)).output)
    assert (said["id"], said["status"], said["typed"]["name"]) == (number, "trashed", "Rita")
    words, links = said["findings"]
    assert words.pop("rule_id") != links.pop("rule_id")
    assert words == {
        "rule": "words", "note": "No luck.", "verdict": "trash", "words": ["casino"],
        "why": "It contains: casino", "score": None, "limit": None,
        "remedy": "The same without these.",
        "spans": [{"field": "source", "start": 2, "end": 8, "text": "CASINO"}],
    }  # fmt: skip
    assert (links["score"], links["limit"], links["remedy"]) == (1, 1, "No link.")
    assert links["spans"][0]["text"] == "https://x.example"
    assert run("comments", "explain", "99").output == "Error: There is no comment 99.\n"
