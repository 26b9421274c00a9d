"""A page of a conversation: what is shown below a post or below one comment, in one query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Self

from sqlalchemy import CTE, Row, Select, Subquery, bindparam, func, null, select
from sqlalchemy.orm import aliased

from blog.auth.models import Role, User
from blog.comments import avatars
from blog.comments.avatars import Avatar
from blog.comments.models import Comment
from blog.database import direct
from blog.extensions import db
from blog.posts.models import Post

TOP_LEVEL_A_PAGE = 50
ANSWERS_SHOWN = 20
BELOW_A_PAGE = 200
DEEPEST_INDENT = 5  # on a phone, deeper text would be a column of single words
# A long branch is folded: its first answers say how it goes on, and whoever comes after finds the end.
ANSWERS_OPEN = 5
FEWEST_FOLDED = 3  # to fold one answer away saves less room than it takes to say so
NO_END = 2**31 - 1  # above every id


class Card(NamedTuple):
    """What a comment says and who says so: all that is shown of it, wherever it stands."""

    id: int
    name: str
    website: str
    html: str
    submitted_at: datetime
    edited_by: str
    role: Role | None
    avatar: Avatar


class Line(NamedTuple):
    """A comment on the page, and which one it answers."""

    card: Card
    parent_id: int | None
    is_public: bool
    answers: int


# A comment that stands at the top of a page, and all that hangs below it, oldest first. What it looks like
# is kept by what it says (parts.py), so it is made of values alone; `hang` makes a tree of them.
Lines = tuple[Line, ...]


@dataclass
class Node:
    """A comment on the page, with the answers that are shown below it."""

    line: Line
    # Who wrote what it answers; nobody, where that was removed.
    to_name: str = ""
    children: list[Self] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How many answers right below it are on its branch's page only."""
        return self.line.answers - len(self.children)

    def flattened(self, indent: int = 1) -> "list[Node]":
        """The answers to show one step further in: at the deepest step, all that follow."""
        if indent + 1 < DEEPEST_INDENT:
            return list(self.children)
        return list(self._below()) if indent < DEEPEST_INDENT else []

    def branch(self, indent: int = 1) -> "Branch":
        """The answers below it, as they are shown one step further in."""
        below = self.flattened(indent)
        if len(below) < ANSWERS_OPEN + FEWEST_FOLDED:
            return Branch(below, [], 0)
        folded = below[ANSWERS_OPEN:]
        is_flat = indent + 1 == DEEPEST_INDENT  # what is below is among the folded themselves
        deeper = [] if is_flat else [node for answer in folded for node in answer._below()]
        behind = sum(node.line.is_public + node.missing for node in (*folded, *deeper))
        return Branch(below[:ANSWERS_OPEN], folded, behind + self.missing)

    def _below(self) -> "Iterator[Node]":
        stack = list(reversed(self.children))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


class Branch(NamedTuple):
    """What stands below a comment: some answers, and others that open at a click."""

    open: list[Node]
    folded: list[Node]
    # How many answers are folded, at any depth, with those that only the branch's page shows.
    behind: int


@dataclass(frozen=True)
class Page:
    """One page of a conversation."""

    branches: list[Lines]
    number: int
    pages: int

    def __contains__(self, comment_id: int) -> bool:
        return any(line.card.id == comment_id for lines in self.branches for line in lines)


def pages(shown: int) -> int:
    """How many pages that many top-level comments make: at least one."""
    return max(1, -(-shown // TOP_LEVEL_A_PAGE))


def page(post: Post, number: int = 1, under: Comment | None = None) -> Page:
    """One page of what is shown below a post, or below one comment of it: one query.

    Cut in SQL, so that no page is without end: 50 top-level comments, 20 answers to each comment, 200
    answers in all. What is cut off has its place on its branch's page.
    """
    above = under.id if under else None
    values = {"post": post.id, "above": above, "skipped": (number - 1) * TOP_LEVEL_A_PAGE}
    rows = direct().execute(_thread(is_branch=under is not None), values).all()
    total = under.answers if under else post.thread_count
    return Page(_branches(rows, above), number, pages(total))


def hang(lines: Lines) -> Node:
    """The comment at the top, with every other below the one it answers, which is older."""
    nodes: dict[int | None, Node] = {}
    for line in lines:
        above = nodes.get(line.parent_id)
        node = nodes[line.card.id] = Node(line)
        if above is not None:
            node.to_name = above.line.card.name if above.line.is_public else ""
            above.children.append(node)
    return next(iter(nodes.values()))


def place(comment: Comment) -> tuple[Comment | None, int]:
    """Where a shown comment stands: under which comment (None: right on the post's page), which page."""
    root = comment if comment.root_id is None else db.session.get_one(Comment, comment.root_id)
    number = _page_of(root)
    if comment is root or comment.id in page(comment.post, number):
        return None, number
    return comment.parent, _page_of(comment)


def _page_of(comment: Comment) -> int:
    before = select(func.count()).where(
        Comment.post_id == comment.post_id,
        Comment.parent_id == comment.parent_id,
        Comment.shown,
        Comment.id <= comment.id,
    )
    return pages(db.session.scalar(before) or 0)


@cache
def _thread(*, is_branch: bool) -> Select[*tuple[Any, ...]]:
    """The query for a page below a post, or below one of its comments: made once, asked of each.

    Its columns are those that are shown; and the e-mail, of which an avatar is made here.
    """
    first = _first(_top(is_branch))
    return (
        select(
            Comment.id,
            Comment.name,
            Comment.website,
            func.coalesce(Comment.standing_html, Comment.html),
            Comment.submitted_at,
            Comment.edited_by,
            User.role,
            # What follows is not on the card as it is.
            Comment.email,
            Comment.parent_id,
            Comment.is_public_clause(),
            Comment.answers,
        )
        .outerjoin(User, User.id == Comment.user_id)
        .join(first, first.c.id == Comment.id)
        .order_by(Comment.id)
    )


def _top(is_branch: bool) -> CTE:
    """The top-level comments of the page."""
    # No value stands for both: PostgreSQL looks for nothing in an index that may be NULL.
    above = bindparam("above") if is_branch else null()
    return (
        select(Comment.id, Comment.shown)
        .where(
            Comment.post_id == bindparam("post"),
            Comment.parent_id == above,
            Comment.shown,
        )
        .order_by(Comment.id)
        .limit(TOP_LEVEL_A_PAGE)
        .offset(bindparam("skipped"))
        .cte("top")
    )


def _first(top: CTE) -> Subquery:
    """These comments and what hangs below them, nearest first: the first answers to each, and theirs."""
    # What is shown is handed down as a column: compared with a constant, SQLite, once it knows by ANALYZE
    # how few answers there are to each, would first read all comments of the blog into a Bloom filter.
    below = select(top.c.id, top.c.shown).cte("below", recursive=True)
    sibling = aliased(Comment)
    # The last answer that is shown, asked of the index: a thousand more below it cost nothing.
    last_shown = (
        select(sibling.id)
        .where(sibling.parent_id == below.c.id, sibling.shown)
        .order_by(sibling.id)
        .offset(ANSWERS_SHOWN - 1)
        .limit(1)
        .scalar_subquery()
    )
    below = below.union_all(
        select(Comment.id, Comment.shown).where(
            Comment.parent_id == below.c.id,
            Comment.shown == below.c.shown,
            Comment.id <= func.coalesce(last_shown, NO_END),
        )
    )
    number_of_top = select(func.count()).select_from(top).scalar_subquery()
    return select(below.c.id).limit(number_of_top + BELOW_A_PAGE).subquery()


def _branches(rows: Sequence[Row[*tuple[Any, ...]]], top: int | None) -> list[Lines]:
    """The comments of a page, parted by the one at the top that they hang below."""
    branches: dict[int, list[Line]] = {}
    top_of: dict[int | None, int] = {}
    for *said, email, parent_id, is_public, answers in rows:
        # Whoever is on the staff signs without an e-mail.
        card = Card._make((*said, avatars.of(email or "", said[1])))
        above = top_of[card.id] = card.id if parent_id == top else top_of[parent_id]
        branches.setdefault(above, []).append(Line(card, parent_id, is_public, answers))
    return [tuple(lines) for lines in branches.values()]
