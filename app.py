"""The application, for the `flask` command and for any WSGI server."""

from blog import create_app

app = create_app()
