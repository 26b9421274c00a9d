"""What a test changed or wrote outside write_tx(), wherever that was swallowed.

The blog refuses to flush there. But the error may become a page of no interest to the test that caused it,
and what was changed and never flushed is lost without a word. A page that writes when it is only asked for
would be one such mistake, a reader that takes the write lock another. So it is noted, and the test fails.
"""

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from blog.extensions import db

noted: list[str] = []


def _changes(session: Session) -> list[object]:
    changed = [one for one in session.dirty if session.is_modified(one)]
    return [*session.new, *changed, *session.deleted]


def _note_flush(session: Session, _context: object, _instances: object) -> None:
    if not session.info.get("writing"):
        noted.append(f"flushed outside write_tx(): {_changes(session)}")


def _note_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and not state.session.info.get("writing"):
        noted.append(f"executed outside write_tx(): {state.statement}")


# Before the listener of blog/database.py, which refuses.
event.listen(Session, "before_flush", _note_flush, insert=True)
event.listen(Session, "do_orm_execute", _note_statement)


def watch(app: Flask) -> None:
    """Look at what every request and every `with app.app_context()` leaves behind."""

    @app.teardown_appcontext
    def note_what_is_lost(_error: BaseException | None) -> None:
        if db.session.registry.has() and (lost := _changes(db.session())):
            noted.append(f"changed, and never written: {lost}")
