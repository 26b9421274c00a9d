"""Where a comment is read, what was answered below it, and where it is decided about.

Written as patterns, of which the views make their rules: a page has the addresses of two hundred
comments, and url_for() would take longer for them than all else takes.
"""

from urllib.parse import urlencode

PERMALINK = "/comments/{}"
BRANCH = "/comments/{}/replies"
DECISION = "/comments/{}/{}"
QUEUE = "/moderation"
DESK_PAGE = "/moderation/comments/{}"
PERSON = "/moderation/comments/{}/person"


def permalink(comment_id: int) -> str:
    """The path that leads to where a comment stands."""
    return PERMALINK.format(comment_id)


def branch_path(comment_id: int) -> str:
    """The path of the page of a comment, with all that is below it."""
    return BRANCH.format(comment_id)


def decision_path(comment_id: int, deed: str) -> str:
    """The path to which a decision about a comment is sent."""
    return DECISION.format(comment_id, deed)


def desk_path(comment_id: int) -> str:
    """The path of a comment's page at the moderators' desk."""
    return DESK_PAGE.format(comment_id)


def person_path(comment_id: int) -> str:
    """The path of all that the writer of a comment has written."""
    return PERSON.format(comment_id)


def queue_path(**parameters: str) -> str:
    """The path of the queue, of one tab of it, or of what is looked for in it."""
    return f"{QUEUE}?{urlencode(parameters)}" if parameters else QUEUE
