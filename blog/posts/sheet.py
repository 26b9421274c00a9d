"""The sheet a post is written on: found, shown, saved, and shown again with what was refused.

The desk and publishing both save what it holds before they do anything more.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blog import text
from blog.clock import now
from blog.database import BUSY_SECONDS, DatabaseBusy, write_tx
from blog.extensions import db
from blog.forms import Form
from blog.posts import keeping
from blog.posts.forms import AutosaveForm, PostForm
from blog.posts.keeping import Kept, Rendered
from blog.posts.life_section import section
from blog.posts.models import Post, TakenSlug
from blog.posts.revisions import Revision
from blog.posts.series import Series
from blog.posts.steps import differences

Act = Callable[[Post], object]


def find(post_id: int) -> Post:
    """The post. Aborts with 404 where there is none."""
    post = db.session.get(Post, post_id)
    if post is None:
        abort(404)
    return post


def show(
    form: PostForm,
    post: Post | None = None,
    preview: str | None = None,
    set_aside: Revision | None = None,
    **sent: Form,
) -> str:
    """The sheet with this form on it, and above it what its words will look like.

    `set_aside` is what came too late to be saved: it is compared with what is saved. `sent` are forms
    about the post as a whole that were refused (life_section.py).
    """
    at = now()
    newest = Revision.newest_of(post.id) if post else None
    return render_template(
        "posts/edit.html",
        form=form,
        post=post,
        newest=newest,
        changes=keeping.changes_of(post) if post else None,
        shown=Revision.shown_of(post.id) if post else None,
        preview=preview,
        set_aside=set_aside,
        differences=differences(newest.words, set_aside.words) if newest and set_aside else (),
        series_names=Series.names(),
        at=at,
        life=section(post, newest, at, **sent),
    )


def as_sent(post: Post, said: str = "", **sent: Form) -> str:
    """The sheet as it came in, if it did, with something said at its top, or at another form's field."""
    form = PostForm() if "body" in request.form else PostForm.of(post)
    # Said at the top, too: the other forms stand below a long text.
    wrong = [error for other in sent.values() for found in other.errors.values() for error in found]
    form.form_errors += [said, *wrong] if said else wrong
    return show(form, post, None, None, **sent)


def show_preview(post: Post | None) -> ResponseReturnValue:
    """The sheet with what the words on it will look like; nothing is saved."""
    form = PostForm()
    if not form.validate():
        return show(form, post), 422
    return show(form, post, text.render_post(form.body.data or ""))


def create() -> ResponseReturnValue:
    """Keep the words of the sheet as a new draft."""
    return _save(None, lambda _post: None, publishes=False)


def save(post_id: int, then: Act | None = None, *, publishes: bool = False) -> ResponseReturnValue:
    """Save what the sheet holds, and do one thing more. A bare button saves nothing.

    `publishes` says that the one thing shows the post: then the newest words are brought before the
    public, which otherwise wait beside a post that is out.
    """
    find(post_id)
    if then and "body" not in request.form:
        return _act(post_id, then, publishes=publishes)
    return _save(post_id, then or (lambda _post: None), publishes=publishes)


def keep_and(post_id: int, act: Act, *, back: str) -> ResponseReturnValue:
    """Do one thing with a post, and keep the words that its sheet holds: nobody has to finish them for it.

    Then lead to `back`. A bare button keeps nothing.
    """
    form = AutosaveForm() if "body" in request.form else None
    if form is not None and not form.validate():
        return show(PostForm(), find(post_id)), form.status
    try:
        with write_tx():
            post = find(post_id)
            kept = keeping.keep(post, form.sheet) if form else None
            act(post)
    except DatabaseBusy:
        return _busy(PostForm(), find(post_id))
    if kept and kept.is_conflict:
        return _overtaken(PostForm(), post, kept.revision)
    return redirect(back, 303)


def _save(post_id: int | None, then: Act, *, publishes: bool) -> ResponseReturnValue:
    form = PostForm()
    if not form.validate():
        return show(form, _found(post_id)), 422
    try:
        post, kept = _write(post_id, form, then, publishes=publishes)
    except TakenSlug:
        return _slug_is_taken(form, _found(post_id))
    except DatabaseBusy:
        return _busy(form, _found(post_id))
    if kept.is_conflict:
        return _overtaken(form, post, kept.revision)
    if kept.is_late:  # other words were judged and rendered than those that are kept
        return _act(post.id, then, publishes=publishes)
    return redirect(url_for("desk.edit", post_id=post.id), 303)


def _write(post_id: int | None, form: PostForm, then: Act, *, publishes: bool) -> tuple[Post, Kept]:
    made = Rendered.of(form.words.source)
    with write_tx():
        post, kept = _keep(post_id, form)
        if not kept.is_conflict:
            keeping.set_up(post, form.sheet)
        if not (kept.is_conflict or kept.is_late):
            _settle(post, kept.revision, made, publishes=publishes)
            then(post)
    return post, kept


def _found(post_id: int | None) -> Post | None:
    return None if post_id is None else find(post_id)


def _keep(post_id: int | None, form: PostForm) -> tuple[Post, Kept]:
    """Keep the words: of a post that there is, of one that this sheet has begun, or of a new one."""
    post = _found(post_id) or keeping.begun_in(form.sheet.sitting)
    if post is None:
        post = keeping.begin(form.sheet)
        return post, Kept(Revision.newest_of(post.id))
    return post, keeping.keep(post, form.sheet)


def _settle(post: Post, revision: Revision, made: Rendered, *, publishes: bool) -> None:
    if publishes:
        keeping.show(post, revision, made)
    else:
        keeping.settle(post, revision, made)


def _act(post_id: int, then: Act, *, publishes: bool) -> ResponseReturnValue:
    """Do one thing with a post whose words were not sent. What is published has to be good, though."""
    newest = Revision.newest_of(post_id)
    if publishes:
        form = PostForm.judging(newest.words)
        if not form.validate():
            form.begin_sitting(find(post_id).version)
            return show(form, find(post_id)), 422
    made = Rendered.of(newest.source) if publishes else None
    seen = newest.id, newest.version
    try:
        with write_tx():
            post = find(post_id)
            newest = Revision.newest_of(post_id)
            if made:
                if (newest.id, newest.version) != seen:
                    abort(409)  # whoever pressed the button has not seen these words
                keeping.show(post, newest, made)
            then(post)
    except TakenSlug:
        return _slug_is_taken(PostForm.of(find(post_id)), find(post_id))
    return redirect(url_for("desk.edit", post_id=post_id), 303)


def _overtaken(form: PostForm, post: Post, set_aside: Revision) -> ResponseReturnValue:
    """Say that another sheet was faster. Mine is still in the form, now on top of what is saved."""
    form.begin_sitting(post.version)
    return show(form, post, set_aside=set_aside), HTTPStatus.CONFLICT


def _slug_is_taken(form: PostForm, post: Post | None = None) -> ResponseReturnValue:
    form.slug.errors = [
        _("Another post has, or had, this address, or something else stands there.")
    ]
    return show(form, post), 422


def _busy(form: PostForm, post: Post | None = None) -> ResponseReturnValue:
    form.form_errors.append(_("The site is busy. Nothing is lost: save it again in a moment."))
    return show(form, post), 503, {"Retry-After": str(BUSY_SECONDS)}
