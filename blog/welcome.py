"""What a new blog opens with: a post that shows how it works, with one reply below it and one waiting."""

from sqlalchemy import func, select

from blog import text
from blog.auth.models import User
from blog.clock import now
from blog.comments.acts import Status
from blog.comments.judgement import judge, verdict_on
from blog.comments.models import Comment, Words
from blog.database import write_tx
from blog.extensions import db
from blog.posts.index import in_text
from blog.posts.models import Post

TITLE = "Welcome to your blog"
SUMMARY = "What this is, how to write in it, and what to do with the reply that is waiting for you."

POST = """\
This is Afterword: a blog for one author, and for the people who answer. You are reading its first \
post. Nobody has to keep it; [change it or take it back](/desk) as soon as you have something of your \
own to say.

## Moving in

When the blog was started, it printed a link that begins with `/setup/`. Follow it, and you are the \
author: there is exactly one. Whoever helps you with the replies gets an \
[invitation](/desk/people) from you.

## Writing

Posts are written in Markdown, which is what people write in mails anyway:

- a line with a dash before it becomes a list,
- two stars around a word make it **strong**, one makes it *stand out*,
- and a link is its words and its address: `[the desk](/desk)`.

> Somebody else's words stand behind a `>`, so that everybody sees whose they are.

Code keeps its shape, and its colours when you say which language it is:

```python
def greet(name: str) -> str:
    \"\"\"Be polite.\"\"\"
    return f"Good evening, {name}."
```

A draft is nobody's business but yours. When you publish, the post is here at once; when you change \
its address, the old one goes on leading to it.

## Listening

Readers need no account. They write a reply, see it waiting, and get a page of their own on which \
they can mend it or take it back. Two have written already: one reply stands below, the other waits \
in [the queue](/moderation), with the reasons why it was held beside it. Approve it, or put it away: \
whatever you do there can be undone.

Which replies are held is for [you to decide](/desk/rules). To begin with, everybody's first one \
is.

Have a good time here.
"""

APPROVED = Words(
    source="I found the door open and came in. *Nice and quiet here.* What will you write about first?",
    html="",
    name="Rosa",
    email="rosa@example.org",
)

HELD = Words(
    source="Congratulations! I keep a list of good blogs, and of "
    "[places to announce a new one](https://example.org/announce). Mine is "
    "[over here](https://example.org/gardening), if you like gardens.",
    html="",
    name="Tom",
    email="tom@example.org",
    website="https://example.org/gardening",
)


def is_new() -> bool:
    """Whether this blog has neither a person nor a post."""
    people = select(func.count()).select_from(User)
    posts = select(func.count()).select_from(Post)
    return not db.session.scalar(people) and not db.session.scalar(posts)


def open_new_blog() -> bool:
    """Write the welcome post and its replies, if the blog is new. Says whether it was."""
    if not is_new():
        return False
    html = text.render_post(POST)
    said = in_text(html)
    approved, held = _rendered(APPROVED), _rendered(HELD)
    with write_tx():
        if not is_new():  # another host was faster
            return False
        post = Post.write(
            title=TITLE, slug="welcome", summary=SUMMARY, tags=[], source=POST, html=html, said=said
        )
        post.publish(now())
        Comment.leave(post, None, approved, verdict=Status.APPROVED, findings=[])
        findings = judge(held, proven=True)  # nobody is there to follow the link of a mail
        Comment.leave(
            post, None, held, verdict=verdict_on(findings), findings=findings, proven=True
        )
    return True


def _rendered(words: Words) -> Words:
    return Words(
        words.source, text.render_comment(words.source), words.name, words.email, words.website
    )
