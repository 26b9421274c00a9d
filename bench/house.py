"""What a run has at hand: the two blogs, a folder to work in, and what is in the blogs."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench import corpus
from bench.plan import Plan

PUBLIC_POSTS = "kind = 'post' AND status = 'published'"


@dataclass(frozen=True)
class Blog:
    """A seeded blog: its instance folder, and what to ask it for."""

    instance: Path

    @cached_property
    def slugs(self) -> list[str]:
        """The addresses of its posts. The first has 500 comments."""
        query = f"SELECT slug FROM post WHERE {PUBLIC_POSTS} ORDER BY id"
        return [slug for (slug,) in corpus.ask(self.instance, query)]

    @cached_property
    def post(self) -> str:
        """The path of the post with 500 comments."""
        return f"/posts/{self.slugs[0]}"

    def comment_ids(self, number: int) -> list[int]:
        """So many public comments, evenly from the oldest to the newest."""
        ((last,),) = corpus.ask(self.instance, "SELECT max(id) FROM comment WHERE shown")
        step = max(1, int(last) // number)
        found = []
        for start in range(1, int(last), step):
            query = (
                "SELECT id FROM comment WHERE shown AND status = 'approved' "
                f"AND id >= {start} ORDER BY id LIMIT 1"
            )
            found += [int(number) for (number,) in corpus.ask(self.instance, query)]
        return found[:number]

    def titles(self) -> list[str]:
        """What its posts are called."""
        query = f"SELECT title FROM post WHERE {PUBLIC_POSTS} ORDER BY id"
        return [title for (title,) in corpus.ask(self.instance, query)]


@dataclass(frozen=True)
class House:
    """The blogs of a run, and where it works."""

    folder: Path
    small: Blog
    large: Blog

    @classmethod
    def built(cls, plan: Plan, folder: Path) -> "House":
        """Copies of both blogs, filled first if need be."""
        small = corpus.copy_of(plan.small, folder / "small")
        large = corpus.copy_of(plan.large, folder / "large")
        return cls(folder, Blog(small), Blog(large))

    def log(self, name: str) -> Path:
        """Where a server writes what it says."""
        return self.folder / f"{name}.log"
