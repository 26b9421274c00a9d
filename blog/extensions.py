"""Flask's extensions, unbound. The factory binds them; this file imports nothing of ours but a leaf."""

from enum import StrEnum

from flask import request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import DeclarativeBase

from blog.networks import network

# Constraints need the same name on both databases, or a migration cannot drop what it made.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table of the blog is derived from."""

    metadata = MetaData(naming_convention=NAMES)


def choice(kind: type[StrEnum]) -> Enum:
    """The column type of one word out of an enumeration, kept as that word."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def who_asks() -> str:
    """By whom requests are counted that are limited: an IPv4 address, or an IPv6 network."""
    # Where nobody has an address all are counted as one: an empty key would be no limit.
    return network(request.remote_addr or "") or "nobody"


db = SQLAlchemy(
    metadata=Base.metadata,
    # A view redirects after its commit; reading an id for the address must not cost a query.
    session_options={"expire_on_commit": False},
    disable_autonaming=True,
)
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(who_asks, headers_enabled=False)
babel = Babel()
