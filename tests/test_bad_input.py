"""Bad input: whatever is sent to whatever address, the site answers in its own words and changes nothing."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from blog.posts.models import Post
from tests.browser import Browser, fields_of
from tests.conftest import MakeBrowser
from tests.lived_in import Dump, LivedIn, dump, live_in, rules

REPLY = {"body": "Hello bees", "name": "Rita", "email": "rita@example.org", "website": ""}
POST = {"title": "On wasps", "body": "Wasps.", "slug": "", "summary": "", "tags": ""}

# Fuzzing goes on in one blog, and takes some seconds, not more.
FUZZ = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# What is no number of a row, no slug, no key.
NO_IDS = (
    "0", "-1", "1.5", "01", "x", "9" * 30, "2147483648", "99999", "٣", "%00", "%ED%A0%80", "%FF", "1%00",
)  # fmt: skip
NO_SLUGS = (
    "nothing", "UPPER", "a--b", "-a", "é", "%00", "%ED%A0%80", "%FF", "a%2Fb", "..", "x" * 5_000,
)  # fmt: skip
NO_KEYS = ("short", "x" * 40, "x" * 700, "a.b.c.d.e.f.g", "é" * 20, "%00" * 20, "%ED%A0%80" * 5)
NO_RECEIPTS = (*NO_KEYS, "1-" + "0" * 32, "9" * 30 + "-" + "0" * 32, "0-" + "0" * 32)
NO_FILES = ("nothing", "%00", "..%2f..%2fapp.py", "%ED%A0%80", ".env", "wp-login.php", "x" * 5_000)

NOTHING = {
    "/{}": NO_FILES,
    "/static/{}": NO_FILES,
    "/media/{}": NO_FILES,
    "/posts/{}": NO_SLUGS,
    "/posts/{}/comments": NO_SLUGS,
    "/tags/{}": NO_SLUGS,
    "/replies/{}": NO_RECEIPTS,
    "/replies/{}/withdrawal": NO_RECEIPTS,
    "/confirmations/{}": NO_KEYS,
    "/unsubscribe/{}": NO_KEYS,
    "/setup/{}": NO_KEYS,
    "/invitations/{}": NO_KEYS,
    "/resets/{}": NO_KEYS,
    "/comments/{}": NO_IDS,
    "/comments/{}/replies": NO_IDS,
    "/comments/{}/replies/preview": NO_IDS,
}
NOTHING_OF_THE_STAFF = (
    "/account/sign-ins/{}/end",
    "/comments/{}/answer",
    "/comments/{}/approval",
    "/comments/{}/edit",
    "/comments/{}/hold",
    "/comments/{}/restoration",
    "/comments/{}/spam",
    "/comments/{}/trash",
    "/desk/media/{}",
    "/desk/media/{}/restoration",
    "/desk/media/{}/trash",
    "/desk/people/invitations/{}/revocation",
    "/desk/posts/{}",
    "/desk/posts/{}/preview",
    "/desk/posts/{}/publication",
    "/desk/posts/{}/withdrawal",
    "/moderation/acts/{}/undo",
    "/moderation/batches/{}",
    "/moderation/comments/{}",
)

# Forms that people without a session send, by address; {receipt} and the like stand for their keys.
READERS_FORMS = (
    "/posts/on-bees/comments",
    "/posts/on-bees/comments/preview",
    "/comments/1/replies",
    "/comments/1/replies/preview",
    "/replies/{receipts}/edit",
)
STAFF_FORMS = (
    "/account/password",
    "/comments/1/answer",
    "/comments/1/edit",
    "/desk/people/invitations",
    "/desk/posts",
    "/desk/posts/1",
    "/desk/posts/1/publication",
    "/desk/posts/preview",
    "/desk/settings",
    "/moderation/batches/approval",
)
TEXT_FIELDS = (
    "body", "name", "email", "website", "subject", "made", "doubt", "browser", "parent",
    "title", "slug", "summary", "tags", "tagline", "kind", "verdict", "patterns", "number", "note", "tried",
    "from", "reason", "seen", "comment", "password", "current_password", "wanted",
)  # fmt: skip

NO_FORMS = (
    ("application/json", b'{"body": "Hello", "name": "Rita", "email": "rita@example.org"}'),
    ("text/plain", b"body=Hello\r\nname=Rita"),
    ("application/xml", b"<body/>"),
    ("application/octet-stream", bytes(range(256))),
    ("", b"body=Hello"),
    ("a/b; charset=\xff".encode().decode("latin-1"), b"body=Hello"),
    ("application/x-www-form-urlencoded", b""),
    ("application/x-www-form-urlencoded", b"&&&==&=&a"),
    ("application/x-www-form-urlencoded", b"%" * 100),
    ("application/x-www-form-urlencoded; charset=utf-7", b"body=Hello"),
    ("multipart/form-data", b"body=Hello"),
    ("multipart/form-data; boundary=", b"----\r\n"),
    ("multipart/form-data; boundary=x", b""),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
    ),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\na\r\n--x--"),
    ("multipart/form-data; boundary=x", b"--x\r\nA: " + b"a" * 100_000),
)

ODD_HEADERS = (
    {"Host": "evil.example"},
    {"Host": "a b"},
    {"Host": ""},
    {"Host": "x" * 1_000},
    {"Host": "127.0.0.1:port"},
    {"Cookie": "afterword=" + "x" * 4_000},
    {"Cookie": "afterword=a.b.c; afterword=d; =; known-1=x"},
    {"Cookie": "\xff\xfe=\xff"},
    {"Accept-Language": "\xff,;q=x,de;q=9"},
    {"Range": "bytes=9-1"},
    {"If-None-Match": '"' * 99},
    {"If-Modified-Since": "yesterday"},
    {"Content-Length": "-1"},
    {"Content-Length": "x"},
    {"Transfer-Encoding": "chunked"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"User-Agent": "x" * 10_000},
    {"Referer": "\xff" * 100},
    {"Origin": "\xff"},
)

MULTIPART = "multipart/form-data; boundary=x"
NULS = (b"a\0b", b"\0", b"a\0")
NOT_UTF8 = ("\ud800".encode("utf-8", "surrogatepass"), b"\xff")


@pytest.fixture
def lived_in(app: Flask, olga: Browser) -> LivedIn:
    return live_in(app)


@pytest.fixture
def unchanged(app: Flask, lived_in: LivedIn) -> Iterator[None]:
    """Whatever the test sends, every row of every table is as it was."""
    before = without_attempts(dump(app))
    yield
    assert without_attempts(dump(app)) == before


def without_attempts(rows: Dump) -> Dump:
    """A wrong try at a password is written down, on purpose."""
    return {name: found for name, found in rows.items() if name != "sign_in_attempt"}


@pytest.mark.one_database
def test_a_slash_too_many_leads_to_the_path_with_one_and_to_no_other_host(
    post: Post, stranger: Browser
) -> None:
    for path, right in {
        "//posts/on-bees": "/posts/on-bees",
        "/posts//on-bees?comments=1&x=%2F%2F": "/posts/on-bees?comments=1&x=%2F%2F",
        "///posts///on-bees": "/posts/on-bees",
    }.items():
        answer = stranger.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert answer.headers["Location"] == right, path
        assert answer.status_code in {301, 308}
        assert b"evil.example" not in answer.data


@pytest.mark.drill
def test_an_address_of_nothing_is_not_found_by_anybody(
    unchanged: None, stranger: Browser, olga: Browser
) -> None:
    knock(stranger, {}, NOTHING)
    knock(olga, {"csrf_token": token_of(olga)}, NOTHING)


@pytest.mark.drill
def test_a_row_that_does_not_exist_is_not_found_by_the_author(
    unchanged: None, olga: Browser
) -> None:
    fields = {**REPLY, **POST, "csrf_token": token_of(olga)}
    knock(olga, fields, dict.fromkeys(NOTHING_OF_THE_STAFF, NO_IDS))


def test_a_page_that_is_no_page_is_not_found(unchanged: None, olga: Browser) -> None:
    for query in (
        "/?page={}",
        "/tags/bees?page={}",
        "/posts/on-bees?comments={}",
        "/comments/1/replies?page={}",
        "/moderation?status={}",
    ):
        for value in (*NO_IDS, "2", "1,5", "1 or 1=1", "9" * 5_000, "0000000002"):
            assert olga.get(query.format(value)).status_code == 404, (query, value)
            assert looks_like_ours(olga), (query, value)


def test_what_a_page_does_not_understand_it_passes_over(unchanged: None, olga: Browser) -> None:
    for query in (
        "/moderation?before={}",
        "/moderation?done={}",
        "/moderation/comments/1?done={}",
        "/desk/settings?saved={}",
        "/login?next={}",
        "/posts/on-bees?utm_source={}",
        "/?{}",
    ):
        for value in (*NO_IDS, "", "9" * 5_000, "//evil.example", "a&b[]=c&=d&", "%"):
            answer = olga.get(query.format(value), follow_redirects=False)
            assert answer.status_code in {200, 303}, (query, value)
            assert "evil" not in answer.headers.get("Location", "")


@pytest.mark.one_database
def test_a_damaged_text_from_a_reader_is_said_at_its_field(
    unchanged: None, lived_in: LivedIn, rita: Browser
) -> None:
    good = {name: text.encode() for name, text in REPLY.items()}
    for path in READERS_FORMS:
        words = {"body": b""} if path.endswith("/edit") else good
        for field in words:
            # In a text a replacement character is kept as it is: people write about them.
            for value in NULS if field == "body" else (*NULS, *NOT_UTF8):
                raw = multipart({**words, field: value})
                answer = rita.post(path.format(**lived_in.keys), raw, content_type=MULTIPART)
                assert answer.status_code == 422, (path, field, value)
                assert field in rita.errors


@pytest.mark.one_database
def test_bytes_that_are_no_text_are_no_reply(
    unchanged: None, lived_in: LivedIn, rita: Browser
) -> None:
    for path in READERS_FORMS:
        for value in NOT_UTF8:
            raw = b"name=Rita&email=rita@example.org&body=Hello" + value
            assert send(rita, path.format(**lived_in.keys), raw).status_code == 422, (path, value)
            assert looks_like_ours(rita)


@pytest.mark.one_database
def test_a_damaged_text_from_the_author_changes_nothing(unchanged: None, olga: Browser) -> None:
    token = token_of(olga).encode()
    for path in (*STAFF_FORMS, *READERS_FORMS[:4]):
        for value in NULS:
            raw = multipart({"csrf_token": token, **dict.fromkeys(TEXT_FIELDS, value)})
            answer = olga.post(path, raw, content_type=MULTIPART)
            assert answer.status_code in {404, 422}, (path, value)
            assert looks_like_ours(olga)
        for value in (*NULS, *NOT_UTF8, b"%ED%A0%80"):
            assert send(olga, path, b"csrf_token=" + value + b"&body=a").status_code == 403
            assert looks_like_ours(olga)


def test_a_broken_letter_in_a_text_does_not_break_its_page(
    olga: Browser, rita: Browser, lived_in: LivedIn
) -> None:
    fields = {**POST, "slug": "on-bees", "csrf_token": token_of(olga)}
    good = {name: value.encode() for name, value in fields.items()}
    for value in NOT_UTF8:
        raw = multipart({**good, "body": b"a" + value})
        answer = olga.post("/desk/posts/1/publication", raw, content_type=MULTIPART)
        assert answer.status_code == 303
        rita.get("/posts/on-bees")
        assert "a\ufffd" in rita.text


@pytest.mark.one_database
def test_too_much_is_refused_with_words(unchanged: None, rita: Browser, olga: Browser) -> None:
    for person, path, most in (
        (rita, "/posts/on-bees/comments", 160_000),
        (rita, "/comments/1/replies/preview", 160_000),
        (rita, "/setup/" + "x" * 20, 160_000),
        (rita, "/login", 2_500_000),
        (olga, "/desk/posts/1", 2_500_000),
        (olga, "/desk/settings", 2_500_000),
        (olga, "/posts/on-bees/comments", 160_000),
    ):
        token = token_of(person)
        body = b"csrf_token=" + token.encode() + b"&body=" + b"a" * max(most, 1_000_000)
        assert send(person, path, body).status_code == 413, path
        assert looks_like_ours(person)
        assert "10,000 characters" in person.text
        raw = multipart({"csrf_token": token.encode(), "body": body})
        assert person.post(path, raw, content_type=MULTIPART).status_code == 413, path
        assert looks_like_ours(person)


@pytest.mark.one_database
def test_a_file_where_text_is_expected_counts_as_nothing(
    unchanged: None, lived_in: LivedIn, rita: Browser
) -> None:
    for path in READERS_FORMS:
        file = {"body": (io.BytesIO(b"a text"), "reply.txt", "text/plain")}
        assert rita.post(path.format(**lived_in.keys), {**REPLY, **file}).status_code == 422, path
        assert "There is no text yet." in rita.errors["body"]


@pytest.mark.one_database
def test_a_file_from_the_author_where_text_is_expected_counts_as_nothing(
    unchanged: None, olga: Browser
) -> None:
    token = token_of(olga)
    for path in STAFF_FORMS:
        # A bare button publishes what was saved before; its form has a text.
        text = {"body": ""} if path.endswith("/publication") else {}
        files = {name: (io.BytesIO(b"1"), "a.txt", "text/plain") for name in TEXT_FIELDS}
        assert olga.post(path, {**files, **text, "csrf_token": token}).status_code == 422, path
        assert looks_like_ours(olga)


@pytest.mark.one_database
def test_what_is_no_form_is_no_reply(unchanged: None, rita: Browser, olga: Browser) -> None:
    for content_type, body in NO_FORMS:
        for path in ("/posts/on-bees/comments", "/comments/1/replies/preview", "/login", "/resets"):
            answer = rita.post(path, body, content_type=content_type)
            assert 400 <= answer.status_code < 500, (path, content_type, body)
            assert looks_like_ours(rita)
        answer = olga.post("/desk/posts/1", body, content_type=content_type)
        assert answer.status_code in {400, 403, 413}, (content_type, body)
        assert looks_like_ours(olga)


@pytest.mark.one_database
def test_a_form_of_endless_fields_is_refused(unchanged: None, rita: Browser, olga: Browser) -> None:
    assert send(rita, "/posts/on-bees/comments", b"a&" * 70_000).status_code in {413, 422}
    raw = multipart({f"field-{number}": b"" for number in range(1_100)})
    answer = rita.post("/posts/on-bees/comments", raw, content_type=MULTIPART)
    assert answer.status_code == 413
    assert looks_like_ours(rita)


@pytest.mark.one_database
def test_of_a_field_that_is_sent_twice_the_first_counts(rita: Browser, post: Post) -> None:
    twice = {name: [value, "https://other.example"] for name, value in REPLY.items() if value}
    rita.get("/posts/on-bees")
    hidden = fields_of(rita.page.select_one("#respond form"))
    rita.post("/posts/on-bees/comments", {**hidden, **twice}, follow=True)
    assert "Hello bees" in rita.text
    assert "other.example" not in rita.text


@pytest.mark.one_database
def test_what_is_missing_is_said_at_its_field(unchanged: None, rita: Browser) -> None:
    for left_out in ({"body"}, {"name"}, {"email"}, {"body", "name", "email"}):
        fields = {name: value for name, value in REPLY.items() if name not in left_out}
        assert rita.post("/posts/on-bees/comments", fields).status_code == 422, left_out
        assert set(rita.errors) == left_out


@pytest.mark.one_database
def test_a_post_whose_other_fields_are_missing_has_them_empty(
    olga: Browser, lived_in: LivedIn
) -> None:
    fields = {"title": "Bees", "body": "Bees.", "csrf_token": token_of(olga)}
    for path in ("/desk/posts", "/desk/posts/1", "/desk/posts/1/publication"):
        assert olga.post(path, fields).status_code == 303, path


def test_a_batch_of_what_is_no_comment_changes_nothing(unchanged: None, olga: Browser) -> None:
    token = token_of(olga)
    for comments in ([], [""], ["x"], ["0"], ["-1"], ["9" * 30], ["1", "x"], ["1"] * 501, ["٣"]):
        fields = {"csrf_token": token, "comment": comments, "from": "pending"}
        assert olga.post("/moderation/batches/trash", fields).status_code == 422, comments
        assert looks_like_ours(olga)


def test_a_batch_with_a_comment_that_does_not_exist_changes_nothing(
    unchanged: None, olga: Browser
) -> None:
    fields = {"csrf_token": token_of(olga), "comment": ["1", "99999"]}
    assert olga.post("/moderation/batches/trash", fields).status_code == 404


@pytest.mark.one_database
def test_odd_headers_break_nothing(unchanged: None, browser: MakeBrowser) -> None:
    for headers in ODD_HEADERS:
        for path in ("/", "/posts/on-bees", "/login", "/static/css/code.css", "/nothing"):
            answer = browser().get(path, headers=headers)
            assert answer.status_code in {200, 206, 304, 400, 404, 416}, (path, headers)
            assert b"evil" not in answer.data


ANY_TEXT = st.text(max_size=200) | st.sampled_from(
    [
        "0",
        "-1",
        "9" * 30,
        "\0",
        "\ufffd",
        "1",
        "pending",
        "yes",
        "on",
        "a@b.example",
        "http://[",
        "javascript:x",
    ]
)
FIELDS = st.dictionaries(
    st.sampled_from(TEXT_FIELDS) | st.text(max_size=20),
    ANY_TEXT | st.lists(ANY_TEXT, max_size=3),
    max_size=8,
)


@FUZZ
@given(data=st.data())
def test_whatever_is_sent_to_whatever_form_by_anybody_never_breaks_it(
    data: st.DataObject, lived_in: LivedIn, olga: Browser, rita: Browser
) -> None:
    person = data.draw(st.sampled_from([olga, rita]))
    takes_post = [rule for rule in rules(lived_in.app) if "POST" in rule.methods]
    keeps_them = [
        rule for rule in takes_post if rule.endpoint not in {"auth.sign_out", "auth.end_sign_in"}
    ]
    rule = data.draw(st.sampled_from(keeps_them))
    fields = {**data.draw(FIELDS), "csrf_token": token_of(person)}
    answer = person.post(lived_in.address(rule), encoded(fields))
    assert answer.status_code < 500, rule
    assert answer.status_code < 400 or looks_like_ours(person)


@pytest.mark.one_database
@FUZZ
@given(raw=st.binary(max_size=300), where=st.sampled_from(["/posts/on-bees/comments", "/login"]))
@example(raw=b"body=\xed\xa0\x80&name=\0", where="/posts/on-bees/comments")
def test_whatever_bytes_are_sent_never_break_a_form(
    raw: bytes, where: str, lived_in: LivedIn, rita: Browser
) -> None:
    assert send(rita, where, raw).status_code < 500


@FUZZ
@given(path=st.text(max_size=60), query=st.text(max_size=60))
@example(path="posts/\ud800", query="page=\ud800")
@example(path="//evil.example", query="")
def test_whatever_address_is_asked_for_never_breaks_the_site(
    path: str, query: str, lived_in: LivedIn, olga: Browser
) -> None:
    raw_path = "/" + path.encode("utf-8", "surrogatepass").decode("latin-1")
    raw_query = query.encode("utf-8", "surrogatepass").decode("latin-1")
    overrides = {"PATH_INFO": raw_path, "QUERY_STRING": raw_query, "REMOTE_ADDR": "127.0.0.1"}
    answer = olga.get("/", environ_overrides=overrides, follow_redirects=False)
    assert answer.status_code < 500
    assert "evil" not in answer.headers.get("Location", "")


def send(person: Browser, path: str, raw: bytes) -> TestResponse:
    """Send a form as these bytes."""
    return person.post(path, raw, content_type="application/x-www-form-urlencoded")


def multipart(fields: Mapping[str, bytes]) -> bytes:
    """A form with parts, each of these bytes."""
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields.items()
    ]
    return b"".join([*parts, b"--x--"])


def knock(person: Browser, form: dict[str, str], nothing: Mapping[str, Sequence[str]]) -> None:
    """Ask for what does not exist, and send a form to it."""
    for path, values in nothing.items():
        for value in values:
            for answer in (person.get(path.format(value)), person.post(path.format(value), form)):
                assert answer.status_code in {404, 405}, (path, value)
                assert looks_like_ours(person), (path, value)


def encoded(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as a browser can send them: a lone surrogate becomes a replacement character."""

    def plain(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    return {
        plain(name): [plain(text) for text in value] if isinstance(value, list) else plain(value)
        for name, value in fields.items()
    }


def token_of(person: Browser) -> str:
    """The token that stands in this person's forms."""
    person.get("/login" if person.address != "127.0.0.1" else "/account")
    return str(person.forms.select_one("input[name=csrf_token]")["value"])


def looks_like_ours(person: Browser) -> bool:
    """Whether the page is one of the site's own."""
    assert person.answer is not None
    if person.answer.is_json:  # what a script asks
        return set(person.answer.json) <= {"errors", "error", "conflict"}
    return (
        b'<a class="site-title" href="/" rel="home" dir="auto">Your Website</a>'
        in person.answer.data
    )
