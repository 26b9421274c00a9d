"""Bare Flask beside the blog: the same bytes and headers from memory, on the same server.

    python -m bench.bare FOLDER PORT

There is no session, no template and no database: only what Flask does for the shortest view. The
options of granian are the blog's own.
"""

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from blog.serving import SERVER_OPTIONS


def create_app(folder: Path) -> Flask:
    """The application: each file of the folder under its name, with the headers noted beside it."""
    app = Flask(__name__, static_folder=None)
    headers: dict[str, dict[str, str]] = json.loads((folder / "headers.json").read_text())
    bodies = {name: (folder / name).read_bytes() for name in headers}

    @app.get("/<name>")
    def page(name: str) -> Response:
        return Response(bodies[name], headers=headers[name])

    return app


def main(folder: str, port: str) -> None:
    """Serve until a signal ends it."""
    multiprocessing.set_start_method("fork", force=True)
    app = create_app(Path(folder))

    def load(*_: Any) -> Flask:
        return app

    Granian(
        "bare",
        "127.0.0.1",
        int(port),
        workers=1,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        log_level=LogLevels.error,
        **SERVER_OPTIONS,
    ).serve(target_loader=load, wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
