"""Signing in where one stands: what was typed is kept, and sent when its writer has signed in.

The kept words are sent as the person who signs in. So they are only taken from a page of ours: what
another site made a browser send is refused, and nobody can be talked into signing it.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf

from blog import errors
from blog.auth.forms import SIGN_IN_PREFIX, SignInForm
from blog.auth.guessing import Refused
from blog.gate import SAFE_METHODS, Origin, files_of, is_local_path, origin
from blog.languages import speaking
from blog.site.present import site

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
Fields = list[tuple[str, str]]


def judges_token(view: View) -> View:
    """Mark a view that deals with a refused token: it shows its form again, which says so."""
    view.judges_token = True  # type: ignore[attr-defined]  # a mark, as those of the gate
    return view


def unauthorized() -> ResponseReturnValue:
    """Somebody without a session knocked on a door: ask them to sign in."""
    if errors.wants_json():
        return _sign_in_first()
    is_of_files = files_of(current_app.view_functions[request.endpoint or ""])
    # Files are not kept: who signs in goes to the page that sends them.
    if request.method in SAFE_METHODS or is_of_files:
        return redirect(url_for("auth.sign_in", next=_here()), 303)
    return _in_place()


def refused_token(_error: CSRFError) -> ResponseReturnValue:
    """The token did not fit: the cookie is gone, or the page is older than the session."""
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "judges_token", False):
        return _show_again(view)
    if errors.wants_json() and origin() is Origin.OURS:
        return _token_for_now() if current_user.is_authenticated else _sign_in_first()
    return _in_place()


def carries() -> bool:
    """Whether this sign-in carries what is to be sent when it is good."""
    return f"{SIGN_IN_PREFIX}email" in request.form and origin() is Origin.OURS


def sign_in_form() -> SignInForm:
    """The sign-in form as it was sent, if it was."""
    return SignInForm(prefix=SIGN_IN_PREFIX if carries() else "")


def page(form: SignInForm, status: int, *, onward: str) -> Response:
    """The page that asks to sign in, with what is to be sent afterwards."""
    return _page(form, status, onward, typed() if carries() else None)


def refuse(refused: Refused, form: SignInForm, *, onward: str) -> Response:
    """The page again, saying why this person did not come in."""
    form.form_errors.append(refused.words)
    answer = page(form, refused.status, onward=onward)
    answer.headers.update(refused.headers)
    return answer


def onward() -> str:
    """Where to go on to after signing in: a path on this site, or nothing."""
    target = request.args.get("next", "")
    return target if is_local_path(target) else ""


def typed() -> Fields:
    """The fields that were sent, without tokens, passwords and the sign-in itself."""
    return [field for field in request.form.items(multi=True) if not _is_private(field[0])]


def _show_again(view: Callable[..., Any]) -> ResponseReturnValue:
    try:
        return current_app.make_response(view(**request.view_args or {}))
    except Exception as error:  # Flask does not look for what an error handler raises
        return current_app.handle_user_exception(error)


def _sign_in_first() -> Response:
    """For a script: where its person signs in, and is led back to the page that the script is on."""
    came_from = urlsplit(request.referrer or "").path
    onward = came_from if is_local_path(came_from) else None
    answer = jsonify(sign_in=url_for("auth.sign_in", next=onward))
    answer.status_code = HTTPStatus.UNAUTHORIZED
    return answer


def _token_for_now() -> Response:
    """For a script whose page is older than the session: the token to send it again with.

    It asked from a page of ours, and no page of another site can read the answer.
    """
    answer = jsonify(csrf_token=generate_csrf())
    answer.status_code = HTTPStatus.FORBIDDEN
    return answer


def _in_place() -> ResponseReturnValue:
    if origin() is not Origin.OURS:
        return errors.page(403)
    return _page(SignInForm(None, prefix=SIGN_IN_PREFIX), 403, _here(), typed())


def _page(form: SignInForm, status: int, onward: str, kept: Fields | None) -> Response:
    action = url_for("auth.sign_in", next=onward or None)
    with speaking(site().language):  # as at its own address, whichever door it stands in
        body = render_template("auth/sign_in.html", form=form, kept=kept, action=action)
    return Response(body, status)


def _here() -> str:
    return request.full_path.removesuffix("?")


def _is_private(name: str) -> bool:
    ours = name.startswith(SIGN_IN_PREFIX)
    return ours or name.endswith("csrf_token") or "password" in name
