"""Settings: what may stand in a BLOG_* variable, and what is said when something else does."""

import logging
import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest

from blog import config, create_app
from blog.config import BadSetting

SECRET = "sixteen letters!"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """As little as a blog needs."""
    return {"BLOG_INSTANCE": str(tmp_path / "instance"), "BLOG_SECRET_KEY": SECRET}


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("BLOG_DATABASE_URL", "blog.sqlite3", "write sqlite:////folder/blog.sqlite3 or postgresql"),
        ("BLOG_DATABASE_URL", "mysql://host/blog", "write sqlite:////folder/blog.sqlite3 or"),
        ("BLOG_DATABASE_URL", "postgresql://", "write sqlite:////folder/blog.sqlite3 or"),
        ("BLOG_DATABASE_URL", "postgresql+psycopg2://host/blog", "write sqlite:////folder"),
        ("BLOG_DATABASE_URL", "postgresql://host:port/blog", "write sqlite:////folder"),
        ("BLOG_DATABASE_URL", "sqlite:blog.sqlite3", "write sqlite:////folder"),
        ("BLOG_DATABASE_URL", "sqlite://", "write sqlite:////folder"),
        ("BLOG_DATABASE_URL", "sqlite:///:memory:", "write sqlite:////folder"),
        ("BLOG_DATABASE_URL", "sqlite://folder/blog.sqlite3", "write sqlite:////folder"),
        ("BLOG_BASE_URL", "blog.example", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "ftp://blog.example", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "https://", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "https://blog.example/blog", "without a path"),
        ("BLOG_BASE_URL", "https://blog.example?a=1", "without a path"),
        ("BLOG_BASE_URL", "https://blog.example/#a", "without a path"),
        ("BLOG_BASE_URL", "https://olga@blog.example", "without a path"),
        ("BLOG_BASE_URL", "https://blog.example:99999", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "https://blog.example:port", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "https://blog example", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "https://blög.example", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "https://[::1", "with http:// or https:// and a host"),
        ("BLOG_BASE_URL", "https://@blog.example", "without a path"),
        ("BLOG_SECRET_KEY", "short", "16 characters or more"),
        ("BLOG_MAIL_URL", "mail.example", "smtp+starttls:// or smtps:// and a host"),
        ("BLOG_MAIL_URL", "http://mail.example", "smtp+starttls:// or smtps:// and a host"),
        ("BLOG_MAIL_URL", "smtp://", "and a host"),
        ("BLOG_MAIL_URL", "smtp://host:smtp", "and a host"),
        ("BLOG_MAIL_FROM", "nobody", "name@example.org"),
        ("BLOG_MAIL_FROM", "a@example.org\nBcc: b@example.org", "name@example.org"),
        ("BLOG_SOCIAL_FONT", "/nowhere/Inter.ttf", "that is no font"),
        ("BLOG_SOCIAL_FONT", __file__, "that is no font"),
        ("BLOG_REPLY_INTERVAL", "soon", "from 0 (off) to 86400"),
        ("BLOG_REPLY_INTERVAL", "-1", "from 0 (off) to 86400"),
        ("BLOG_REPLY_INTERVAL", "nan", "from 0 (off) to 86400"),
        ("BLOG_REPLY_INTERVAL", "inf", "from 0 (off) to 86400"),
        ("BLOG_REPLY_INTERVAL", "86401", "from 0 (off) to 86400"),
        ("BLOG_REPLY_MIN_SECONDS", "3 s", "from 0 (off) to 86400"),
        ("BLOG_TRUSTED_PROXIES", "proxy.example", "Write addresses or networks"),
        ("BLOG_TRUSTED_PROXIES", "10.0.0.0/33", "Write addresses or networks"),
        ("BLOG_TRUSTED_PROXIES", "10.0.0.1/8", "Write addresses or networks"),
        ("BLOG_TRUSTED_PROXIES", "127.0.0.1;::1", "Write addresses or networks"),
        ("BLOG_REDIS_URL", "redis.example", "with redis:// or rediss:// and a host"),
        ("BLOG_REDIS_URL", "redis://", "with redis:// or rediss:// and a host"),
        ("BLOG_REDIS_URL", "redis://host?socket_timeout=long", "socket_timeout"),
        ("BLOG_PAGE_CACHE_MB", "-1", "write a whole number"),
        ("BLOG_PAGE_CACHE_MB", "much", "write a whole number"),
        ("BLOG_PAGE_CACHE_MB", "99999999", "write a whole number"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_the_value_and_the_remedy(
    environ: dict[str, str], variable: str, value: str, remedy: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        create_app({**environ, variable: value})
    words = str(refused.value)
    assert variable in words
    assert repr(value) in words or variable == "BLOG_SECRET_KEY"
    assert remedy in words


def test_a_secret_and_a_password_are_not_told_to_the_log(environ: dict[str, str]) -> None:
    for variable, value in {
        "BLOG_SECRET_KEY": "hunter2",
        "BLOG_DATABASE_URL": "mysql://olga:hunter2@host/blog",
        "BLOG_MAIL_URL": "imap://olga:hunter2@host",
        "BLOG_REDIS_URL": "http://:hunter2@host",
        "BLOG_BASE_URL": "https://olga:hunter2@host",
    }.items():
        with pytest.raises(BadSetting) as refused:
            config.load({**environ, variable: value})
        assert variable in str(refused.value)
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("BLOG_DATABASE_URL", "postgres://host/blog", "postgresql+psycopg://host/blog"),
        ("BLOG_DATABASE_URL", "postgresql:///blog", "postgresql+psycopg:///blog"),
        ("BLOG_DATABASE_URL", "sqlite:////tmp/blog.db", "sqlite:////tmp/blog.db"),
        ("BLOG_BASE_URL", "https://Blog.Example/", "https://blog.example"),
        ("BLOG_BASE_URL", " http://[::1]:8000 ", "http://[::1]:8000"),
        ("BLOG_BASE_URL", "https://blog.example:443", "https://blog.example"),
        ("BLOG_BASE_URL", "http://blog.example:443", "http://blog.example:443"),
        ("BLOG_BASE_URL", "http://blog.example:80/", "http://blog.example"),
        ("BLOG_MAIL_URL", "smtps://olga:p%40ss@host:465", "smtps://olga:p%40ss@host:465"),
        ("BLOG_REDIS_URL", "rediss://:p%40ss@host:6380/1", "rediss://:p%40ss@host:6380/1"),
        ("BLOG_MAIL_FROM", "Olga’s Bees <olga@example.org>", "Olga’s Bees <olga@example.org>"),
        ("BLOG_REPLY_INTERVAL", "0", 0),
        ("BLOG_REPLY_INTERVAL", "2.5", 2.5),
        ("BLOG_REPLY_INTERVAL", "", 15),
        ("BLOG_REPLY_MIN_SECONDS", " ", 3),
        ("BLOG_TRUSTED_PROXIES", "::1", (ip_network("::1"),)),
        (
            "BLOG_TRUSTED_PROXIES",
            "127.0.0.1, 10.0.0.0/8 fd00::/8",
            (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8")),
        ),
    ],
)
def test_a_good_value_is_read(
    environ: dict[str, str], variable: str, value: str, read: object
) -> None:
    name = variable.removeprefix("BLOG_")
    assert config.load({**environ, variable: value})[name] == read


def test_nothing_has_to_be_set(environ: dict[str, str], tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    loaded = config.load(environ)
    assert loaded == {
        "INSTANCE": instance,
        "DATABASE_URL": f"sqlite:///{instance / 'blog.sqlite3'}",
        "BASE_URL": "http://127.0.0.1:8000",
        "BASE_URL_IS_GIVEN": False,
        "SECRET_KEY": SECRET,
        "REDIS_URL": "",
        "MAIL_URL": "",
        "MAIL_FROM": "blog@127.0.0.1",
        "REPLY_INTERVAL": 15,
        "REPLY_MIN_SECONDS": 3,
        "PAGE_CACHE_MB": 64,
        "TRUSTED_PROXIES": (),
        "SOCIAL_FONT": None,
    }
    assert set(config.SETTINGS) == set(loaded) - {"BASE_URL_IS_GIVEN"}


def test_hosts_that_share_a_redis_need_a_common_secret(environ: dict[str, str]) -> None:
    shared = {**environ, "BLOG_REDIS_URL": "redis://redis.example:6379"}
    assert config.load(shared)["REDIS_URL"] == "redis://redis.example:6379"
    for secret in ("", " "):
        with pytest.raises(BadSetting, match=r"BLOG_SECRET_KEY is not.*Make one with: python3 -c"):
            config.load({**shared, "BLOG_SECRET_KEY": secret})


def test_the_sender_of_mail_is_at_the_host_of_the_blog(environ: dict[str, str]) -> None:
    loaded = config.load({**environ, "BLOG_BASE_URL": "https://blog.example:8443"})
    assert loaded["MAIL_FROM"] == "blog@blog.example"
    assert loaded["BASE_URL_IS_GIVEN"]


def test_an_instance_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadSetting, match="Name a folder; it is made if it is missing"):
        config.load({"BLOG_INSTANCE": str(file), "BLOG_SECRET_KEY": SECRET})


@pytest.mark.parametrize("secret", ["", SECRET])
def test_an_instance_that_cannot_be_made_is_refused(tmp_path: Path, secret: str) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadSetting, match=r"BLOG_INSTANCE.*Name a folder that may be written to"):
        config.load({"BLOG_INSTANCE": str(file / "below"), "BLOG_SECRET_KEY": secret})


@pytest.mark.parametrize("secret", ["", SECRET])
def test_a_new_instance_is_made_for_its_owner_alone(tmp_path: Path, secret: str) -> None:
    folder = tmp_path / "new" / "instance"
    config.load({"BLOG_INSTANCE": str(folder), "BLOG_SECRET_KEY": secret})
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    config.load({"BLOG_INSTANCE": str(tmp_path), "BLOG_SECRET_KEY": SECRET})
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    environ = {"BLOG_INSTANCE": str(tmp_path / "new" / "instance")}
    secret = config.load(environ)["SECRET_KEY"]
    assert len(secret) == 64
    assert config.load(environ)["SECRET_KEY"] == secret
    folder = tmp_path / "new" / "instance"
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"", b"short\n", b"\xff" * 64])
def test_a_damaged_secret_is_refused(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(damage)
    with pytest.raises(BadSetting, match="secret"):
        config.load({"BLOG_INSTANCE": str(tmp_path)})


@pytest.mark.drill
def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    program = "import runpy; print(runpy.run_path('blog/config.py')['load']()['SECRET_KEY'])"
    environ = {**os.environ, "BLOG_INSTANCE": str(tmp_path / "instance"), "BLOG_SECRET_KEY": ""}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=config.ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    secrets = {process.communicate(timeout=60)[0].strip() for process in started}
    assert {process.returncode for process in started} == {0}
    [secret] = secrets
    assert secret == (tmp_path / "instance" / "secret_key").read_text()


def test_a_misspelt_variable_is_named_in_the_log(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        create_app({**environ, "BLOG_MAIL_ULR": "smtp://host", "BLOGGER": "Olga"})
    [record] = [record for record in caplog.records if "means nothing" in record.getMessage()]
    assert "BLOG_MAIL_ULR" in record.getMessage()


def test_an_answer_is_signed_with_the_secret(environ: dict[str, str]) -> None:
    one, other = create_app(environ), create_app({**environ, "BLOG_SECRET_KEY": SECRET[::-1]})
    assert one.secret_key == SECRET != other.secret_key
