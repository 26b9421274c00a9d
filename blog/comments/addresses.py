"""Where a comment is read, and what was answered below it.

Written as patterns, of which the views make their rules: a page has the addresses of two hundred
comments, and url_for() would take longer for them than all else takes.
"""

PERMALINK = "/comments/{}"
BRANCH = "/comments/{}/replies"


def permalink(comment_id: int) -> str:
    """The path that leads to where a comment stands."""
    return PERMALINK.format(comment_id)


def branch_path(comment_id: int) -> str:
    """The path of the page of a comment, with all that is below it."""
    return BRANCH.format(comment_id)
