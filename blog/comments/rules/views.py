"""The author's rules: the list, one rule, what it would have done, and what may be done with it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blog import outbox
from blog.comments.changes_record import Change
from blog.comments.deskpages import change_done
from blog.comments.record_wording import announced
from blog.comments.rules import backtest, marks
from blog.comments.rules.forms import RuleForm, mark, rule_form
from blog.comments.rules.kinds import KINDS, Takes, Terms, refined
from blog.comments.rules.labels import label
from blog.comments.rules.models import SUBJECT, Rule
from blog.database import write_tx
from blog.extensions import db
from blog.gate import author

bp = Blueprint("rules", __name__, url_prefix="/desk/rules")

# So many of the replies that a rule would have got wrong are shown: whoever sees them knows enough.
SHOWN = 20


@bp.get("")
@author
def overview() -> str:
    """Every rule, in the order in which they are asked."""
    return render_template(
        "comments/rules.html",
        rules=[rule.terms for rule in Rule.all()],
        label=label,
        takes=_takes,
        mail_is_set_up=outbox.mail_is_set_up(),
        change=change_done(),
        announced=announced,
    )


@bp.get("/new")
@author
def new() -> ResponseReturnValue:
    """The kinds of rules; with `?kind=`, an empty one of that kind."""
    kind = request.args.get("kind", "")
    if not kind:
        return render_template("comments/rule_kinds.html", kinds=KINDS, label=label)
    if kind not in KINDS:
        abort(404)
    return _page(rule_form(kind, is_sent=False))


@bp.post("/trial")
@author
def try_new() -> ResponseReturnValue:
    """What a new rule would have done."""
    return _try(_sent_form())


@bp.post("")
@author
def create() -> ResponseReturnValue:
    """Keep a new rule, as it was tried."""
    return _save(_sent_form())


@bp.get("/<id:rule_id>")
@author
def rule(rule_id: int) -> ResponseReturnValue:
    """One rule, to be changed."""
    found = _find(rule_id)
    return _page(rule_form(found.kind, found.terms, is_sent=False), found)


@bp.post("/<id:rule_id>/trial")
@author
def try_changed(rule_id: int) -> ResponseReturnValue:
    """What a changed rule would have done."""
    found = _find(rule_id)
    return _try(rule_form(found.kind, is_sent=True), found)


@bp.post("/<id:rule_id>")
@author
def change(rule_id: int) -> ResponseReturnValue:
    """Change a rule, as it was tried."""
    found = _find(rule_id)
    return _save(rule_form(found.kind, is_sent=True), found)


@bp.post("/<id:rule_id>/earlier")
@author
def ask_earlier(rule_id: int) -> ResponseReturnValue:
    """Ask a rule one place earlier."""
    return _do(rule_id, lambda rule: rule.move(True, current_user))


@bp.post("/<id:rule_id>/later")
@author
def ask_later(rule_id: int) -> ResponseReturnValue:
    """Ask a rule one place later."""
    return _do(rule_id, lambda rule: rule.move(False, current_user))


@bp.post("/<id:rule_id>/pause")
@author
def pause(rule_id: int) -> ResponseReturnValue:
    """Ask a rule no more, until it is resumed."""
    return _do(rule_id, lambda rule: rule.switch(False, current_user))


@bp.post("/<id:rule_id>/resumption")
@author
def resume(rule_id: int) -> ResponseReturnValue:
    """Ask a rule again, once it was seen what it would have done."""
    found = _find(rule_id)
    terms = replace(found.terms, is_on=True)
    rules = _with(terms)
    if request.form.get("tried") != mark(terms, rules):
        form = rule_form(found.kind, found.terms, is_sent=False)
        form.tried.data = mark(terms, rules)
        return _page(form, found, *_replayed(terms, rules), is_resumed=True)
    return _do(rule_id, lambda rule: rule.switch(True, current_user))


@bp.post("/<id:rule_id>/deletion")
@author
def delete(rule_id: int) -> ResponseReturnValue:
    """Delete a rule."""
    return _do(rule_id, lambda rule: rule.remove(current_user))


def _do(rule_id: int, act: Callable[[Rule], None]) -> ResponseReturnValue:
    """Do something to a rule, and go back to where it stands: what has changed is said there."""
    with write_tx():
        before = Change.last_of(SUBJECT, rule_id)
        act(_find(rule_id))
        change = Change.last_of(SUBJECT, rule_id)
        done = change.id if change and change is not before else None
    return redirect(url_for("rules.overview", done=done), 303)


def _sent_form() -> RuleForm | None:
    """The form of a new rule, as it was sent; None where it does not say of which kind."""
    kind = request.form.get("kind", "")
    return rule_form(kind, is_sent=True) if kind in KINDS else None


def _try(form: RuleForm | None, found: Rule | None = None) -> ResponseReturnValue:
    if form is None:
        return render_template("comments/rule_kinds.html", kinds=KINDS, label=label), 422
    if not form.validate():
        return _page(form, found), form.status
    terms = refined(form.terms(found.terms if found else None))
    rules = _with(terms)
    form.tried.data = mark(terms, rules)
    return _page(form, found, *_replayed(terms, rules))


def _save(form: RuleForm | None, found: Rule | None = None) -> ResponseReturnValue:
    """What was not tried as it stands there, among the rules that there are now, is tried first."""
    if form is None or not form.validate():
        return _try(form, found)
    terms = refined(form.terms(found.terms if found else None))
    if form.tried.data != mark(terms, _with(terms)):
        return _try(form, found)
    if found is not None:
        return _do(found.id, lambda rule: rule.change(terms, current_user))
    with write_tx():
        added = Rule.add(terms, current_user)
        change = Change.last_of(SUBJECT, added.id)
        done = change.id if change else None
    return redirect(url_for("rules.overview", done=done), 303)


def _replayed(terms: Terms, rules: Sequence[Terms]) -> tuple[backtest.Replay, backtest.Tally]:
    """What the rules would have done with this one among them, and what this one would have."""
    done = backtest.replay([one for one in rules if one.is_on or one is terms])
    return done, next(tally for tally in done.tallies if tally.terms is terms)


def _with(terms: Terms) -> Sequence[Terms]:
    """The rules as they would be with this one: in its place, or behind all others."""
    rules = [rule.terms for rule in Rule.all()]
    if terms.id is None:
        return [*rules, terms]
    return [terms if one.id == terms.id else one for one in rules]


def _find(rule_id: int) -> Rule:
    return db.session.get(Rule, rule_id) or abort(404)


def _takes(terms: Terms) -> str:
    """What a rule is about besides its kind, in a line of the list."""
    takes = KINDS[terms.kind].takes
    if takes is Takes.NUMBER:
        return str(terms.number)
    return ", ".join(terms.patterns) if takes is Takes.PATTERNS else ""


def _page(
    form: RuleForm,
    found: Rule | None = None,
    replay: backtest.Replay | None = None,
    tally: backtest.Tally | None = None,
    *,
    is_resumed: bool = False,
) -> str:
    return render_template(
        "comments/rule.html",
        form=form,
        rule=found,
        is_resumed=is_resumed,
        label=label(form.kind.data or ""),
        replay=replay,
        tally=tally,
        wrong=[(hit, _marked(hit)) for hit in tally.wrong[:SHOWN]] if tally else (),
        most=backtest.MOST,
    )


def _marked(hit: backtest.Hit) -> dict[str, list[marks.Piece]]:
    """What a rule would have fired on, in what its writer typed; its beginning, where that is nowhere."""
    typed = hit.past.reply.typed
    pieces = marks.of_findings(typed, [finding.as_data() for finding in hit.findings])
    pieces = pieces or {"source": [marks.Piece(typed["source"])]}
    return {name: marks.shortened(cut) for name, cut in pieces.items()}
