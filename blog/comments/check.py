"""Whether what is counted and kept about comments is true: all of it worked out anew, post by post.

What a comment knows about those below it is worked out from the newest comment to the oldest: answers
are younger than what they answer, so that nothing has to be remembered but the comments that have
answers and are still to come.
"""

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    Executable,
    Integer,
    Row,
    ScalarSelect,
    Select,
    String,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    type_coerce,
    update,
)

from blog import editions
from blog.comments.acts import Moderation, Status, Tally
from blog.comments.models import Comment
from blog.comments.spam import sums
from blog.database import write_tx
from blog.extensions import db
from blog.posts.models import Post

# Rows that are in memory at a time.
AT_ONCE = 1000

# Nothing that is loaded looks at what is corrected.
UNSEEN = {"synchronize_session": False}

COUNTED = ("public_below", "answers", "shown")


@dataclass(frozen=True)
class Difference:
    """Something that is not as it should be, in words; and the statement that corrects it, if one can."""

    words: str
    correction: Executable | None = None

    def __str__(self) -> str:
        return self.words


def find() -> Iterator[Difference]:
    """Everything that is not as it should be, at one moment of a blog that may go on changing."""
    db.session.rollback()
    try:
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield from _tabs()
        yield from _learnt(sums.wrong())
        for post_id in db.session.scalars(select(Post.id).order_by(Post.id)).all():
            yield from _below(post_id)
    finally:
        db.session.rollback()


def mend() -> Iterator[Difference]:
    """Correct what can be worked out anew; says what was corrected. The blog may go on changing."""
    with write_tx():
        mended = _correct(_tabs())
        wrong = sums.wrong()
        sums.mend(wrong)
    yield from [*mended, *_learnt(wrong)]
    for post_id in db.session.scalars(select(Post.id).order_by(Post.id)).all():
        with write_tx():
            mended = [*_correct(_misplaced(post_id)), *_correct(_below(post_id))]
            if mended:
                editions.touch(*editions.of_conversation(post_id))
        yield from mended


def _correct(differences: Iterator[Difference]) -> list[Difference]:
    mended = []
    for difference in list(differences):
        if difference.correction is not None:
            db.session.execute(difference.correction, execution_options=UNSEEN)
            mended.append(difference)
    return mended


def _tabs() -> Iterator[Difference]:
    """The moderators' counts."""
    status, kept = type_coerce(Comment.status, String), type_coerce(Tally.status, String)
    there = _numbers(select(status, func.count()).group_by(status))
    said = _numbers(select(kept, Tally.number))
    for one in sorted((there.keys() | said.keys()) - {Status.ARRIVING}):
        if there.get(one, 0) != said.get(one, 0) and one in list(Status):
            yield _tab(Status(one), said.get(one), there.get(one, 0))


def _numbers(query: Select[Any, Any]) -> dict[str, int]:
    return {str(row[0]): row[1] for row in db.session.execute(query)}


def _tab(status: Status, said: int | None, there: int) -> Difference:
    correction: Executable = update(Tally).where(Tally.status == status).values(number=there)
    if said is None:
        correction = insert(Tally).values(status=status, number=there)
    return Difference(
        f"{status}: {said or 0} comments are counted, and there are {there}.", correction
    )


def _learnt(wrong: Sized) -> Iterator[Difference]:
    """The spam filter's sums."""
    if wrong:
        yield Difference(
            f"spam filter: of its sums, {len(wrong)} are not those of what it was taught."
        )


def _below(post_id: int) -> Iterator[Difference]:
    """What is wrong below a post. Nothing is counted before its threads are right."""
    astray = list(_astray(post_id))
    if astray:
        yield from astray
        return
    yield from _misplaced(post_id)
    yield from _miscounted(post_id)


def _places(post_id: int) -> CTE:
    """Where the comments of a post belong, walking down from those right below it."""
    top = select(
        Comment.id, cast(null(), Integer).label("root_id"), literal(0).label("depth")
    ).where(Comment.post_id == post_id, Comment.parent_id.is_(None))
    above = top.cte("place", recursive=True)
    return above.union_all(
        select(Comment.id, func.coalesce(above.c.root_id, above.c.id), above.c.depth + 1).where(
            Comment.parent_id == above.c.id, Comment.post_id == post_id, Comment.id > above.c.id
        )
    )


def _astray(post_id: int) -> Iterator[Difference]:
    """Comments that no way leads to from their post."""
    place = _places(post_id)
    query = select(Comment.id, Comment.parent_id).where(
        Comment.post_id == post_id, Comment.id.not_in(select(place.c.id))
    )
    for comment_id, parent_id in db.session.execute(query.order_by(Comment.id)):
        yield Difference(
            f"comment {comment_id}: it answers comment {parent_id}, which is younger, belongs to another "
            "post, or has lost its own place."
        )


def _misplaced(post_id: int) -> Iterator[Difference]:
    """Comments that name another thread, or another depth, than that which they have."""
    place = _places(post_id)
    query = (
        select(Comment.id, Comment.root_id, place.c.root_id, Comment.depth, place.c.depth)
        .join(place, place.c.id == Comment.id)
        .where(
            or_(Comment.root_id.is_distinct_from(place.c.root_id), Comment.depth != place.c.depth)
        )
        .order_by(Comment.id)
    )
    for comment_id, root, right_root, depth, right_depth in db.session.execute(query):
        words = f"thread {root} and depth {depth}, and belongs to {right_root} at {right_depth}"
        yield Difference(
            f"comment {comment_id}: it names {words}.",
            _comment(comment_id, root_id=right_root, depth=right_depth),
        )


def _miscounted(post_id: int) -> Iterator[Difference]:
    """The counts of a post and of its comments; and what is odd about any one of them."""
    public, threads = 0, 0
    below: dict[int, tuple[int, int]] = {}
    for row in _newest_first(post_id):
        yield from _odd(row)
        readable_below, answers = below.pop(row.id, (0, 0))
        shown = row.is_public or readable_below > 0
        yield from _compare(row, readable_below, answers, shown)
        public += row.is_public
        if row.parent_id is None:
            threads += shown
        else:
            so_far = below.get(row.parent_id, (0, 0))
            more = readable_below + row.is_public
            below[row.parent_id] = (so_far[0] + more, so_far[1] + shown)
    yield from _compare_post(post_id, public, threads)


def _newest_first(post_id: int) -> Iterator[Row[Any]]:
    query = select(
        Comment.id,
        Comment.parent_id,
        Comment.public_below,
        Comment.answers,
        Comment.shown,
        Comment.is_public_clause().label("is_public"),
        type_coerce(Comment.status, String).label("status"),
        Comment.standing_html.is_not(None).label("stands_in"),
        _recorded().label("recorded"),
    ).where(Comment.post_id == post_id)
    page: Sequence[Row[Any]] = db.session.execute(_page(query)).all()
    while page:
        yield from page
        page = db.session.execute(_page(query.where(Comment.id < page[-1].id))).all()


def _recorded() -> ScalarSelect[str]:
    """Where the last act left a comment."""
    query = (
        select(type_coerce(Moderation.to_status, String))
        .where(Moderation.comment_id == Comment.id)
        .order_by(Moderation.id.desc())
        .limit(1)
    )
    return query.correlate(Comment).scalar_subquery()


def _page(query: Any) -> Any:
    return query.order_by(Comment.id.desc()).limit(AT_ONCE)


def _odd(row: Row[Any]) -> Iterator[Difference]:
    """What no counting can mend."""
    if row.status not in list(Status):
        yield Difference(f"comment {row.id}: there is no status {row.status!r}.")
    elif row.status == Status.ARRIVING:
        yield Difference(f"comment {row.id}: it never arrived anywhere.")
    elif row.recorded != row.status:
        yield Difference(
            f"comment {row.id}: it is {row.status}, and its history leaves it {row.recorded or 'nowhere'}."
        )
    if row.stands_in and row.status != Status.PENDING:
        yield Difference(f"comment {row.id}: an older text stands in for it, and it does not wait.")


def _compare(row: Row[Any], public_below: int, answers: int, shown: bool) -> Iterator[Difference]:
    right = dict(zip(COUNTED, (public_below, answers, shown), strict=True))
    wrong = {name: value for name, value in right.items() if getattr(row, name) != value}
    if wrong:
        told = "; ".join(f"{name} is {getattr(row, name)}, not {wrong[name]}" for name in wrong)
        yield Difference(f"comment {row.id}: {told}.", _comment(row.id, **wrong))


def _compare_post(post_id: int, public: int, threads: int) -> Iterator[Difference]:
    query = select(Post.comment_count, Post.thread_count).where(Post.id == post_id)
    said = db.session.execute(query).one()
    if tuple(said) != (public, threads):
        yield Difference(
            f"post {post_id}: {said.comment_count} comments in {said.thread_count} threads are counted, "
            f"and there are {public} in {threads}.",
            update(Post)
            .where(Post.id == post_id)
            .values(comment_count=public, thread_count=threads),
        )


def _comment(comment_id: int, **values: Any) -> Executable:
    return update(Comment).where(Comment.id == comment_id).values(**values)
