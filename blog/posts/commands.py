"""`flask search`: what readers find posts by."""

import click

from blog.commands import Command, Group, database
from blog.posts import reindex

search = Group("search", help="What readers find posts by.")


@search.command("reindex", cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also what is of this version already.")
def reindex_posts(everything: bool) -> None:
    """Index again what an older version of Afterword indexed. It may run beside the server."""
    with database():
        number = reindex.count(everything)
        with click.progressbar(length=number, label="Indexing") as bar:
            for step in reindex.run(everything):
                bar.update(step)
    click.echo(f"Indexed {number} posts.")
