"""A post as a file: Markdown with front matter, as we write it, and as Hugo, Jekyll and Pelican have it.

What the others say in other words is understood; what they say beyond it is for them alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath
from typing import Any, Self
from uuid import UUID

from slugify import slugify

from blog import text
from blog.posts.life import Status
from blog.posts.life_forms import YEARS
from blog.posts.models import SLUG_LENGTH, Kind
from blog.transfer import front_matter
from blog.transfer.front_matter import BadFrontMatter, Fields

SUFFIXES = {".md", ".markdown"}
# Hugo: the text of a folder's own page, and what stands above the list of what is in a folder.
INDEX, SECTION = "index", "_index"
# Jekyll: the day stands in the name of the file.
DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)

# How others call what is a draft to us (Pelican has three words for it).
DRAFTS = {"draft", "hidden", "skip"}
YES = {"true", "yes", "on", "1"}
NO = {"false", "no", "off", "0"}


@dataclass(frozen=True)
class Document:
    """A post as its file says it. Without a date it has never been published; `uid` is None for others'."""

    title: str
    slug: str
    source: str
    uid: UUID | None = None
    kind: Kind = Kind.POST
    status: Status = Status.DRAFT
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    takes_comments: bool = True
    close_after_days: int | None = None
    pinned_at: datetime | None = None
    # Addresses that it had.
    aliases: tuple[str, ...] = ()
    series: str = ""
    series_number: int | None = None

    def __str__(self) -> str:
        """The file. What is as usual is not said."""
        said = {name: value for name, value in self._said().items() if value not in (None, "", [])}
        return front_matter.write(said, self.source)

    def _said(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "slug": self.slug,
            "uid": str(self.uid) if self.uid else None,
            "type": "page" if self.kind == Kind.PAGE else None,
            "date": _written(self.published_at),
            "lastmod": _written(self.updated_at),
            "draft": True if self.status == Status.DRAFT else None,
            "status": None if self.status in UNSAID else self.status.value,
            "summary": self.summary,
            "tags": list(self.tags),
            "series": self.series,
            "series_number": self.series_number,
            "lang": self.language,
            "comments": None if self.takes_comments else False,
            "close_after_days": self.close_after_days,
            "pinned": _written(self.pinned_at),
            "aliases": list(self.aliases),
        }

    @classmethod
    def read(cls, file: PurePath, document: str, zone: tzinfo) -> Self:
        """What a file says. `file` is where it lies below the folder that is imported.

        A time without a zone is meant in `zone`. Raises BadFrontMatter.
        """
        fields, source = front_matter.read(text.normalise(document.removeprefix("\ufeff")))
        says = _Says(fields, zone)
        stem, day = _name_of(file)
        published_at = says.moment("date", "publishdate", "pubdate", "published_date", "published")
        if published_at is None and day:
            published_at = _moment(day, zone)
        status = says.status(published_at)
        is_page = "page" in says.words("type", "layout", "is_page") or "pages" in file.parts[:-1]
        return cls(
            title=text.clean_line(says.line("title") or _heading(source) or _words(stem)),
            slug=_slug(says.line("slug") or _last_part(says.line("url", "permalink")) or stem),
            source=source,
            uid=says.uid(),
            kind=Kind.PAGE if is_page else Kind.POST,
            status=status,
            # What is begun has a date with others: it is none of publication.
            published_at=published_at if status != Status.DRAFT else None,
            updated_at=says.moment("lastmod", "modified", "updated", "last_modified_at"),
            summary=text.clean_line(says.line("summary", "description", "excerpt")),
            tags=tuple(says.tags()),
            language=says.line("lang", "language"),
            takes_comments=says.line("comments").lower() not in NO,
            close_after_days=says.number("close_after_days"),
            pinned_at=says.moment("pinned"),
            aliases=tuple(says.aliases()),
            series=text.clean_line(says.line("series")),
            series_number=says.number("series_number", "series_order"),
        )


# What the date says, or a word of its own.
UNSAID = {Status.DRAFT, Status.PUBLISHED}


@dataclass(frozen=True)
class _Says:
    """The front matter of a file, asked by the names that several programs have for one thing."""

    fields: Fields
    zone: tzinfo

    def values(self, *names: str) -> Iterator[str]:
        """All that is said under these names."""
        for name in names:
            value = self.fields.get(name, "")
            yield from [value] if isinstance(value, str) else value

    def line(self, *names: str) -> str:
        """The first thing that is said under these names."""
        return next((value.strip() for value in self.values(*names) if value.strip()), "")

    def words(self, *names: str) -> set[str]:
        """All that is said under these names, in small letters."""
        said = {value.strip().lower() for value in self.values(*names)}
        # Bear says with a yes that a text is a page.
        return said | ({"page"} if said & YES else set())

    def moment(self, *names: str) -> datetime | None:
        """The first time that is said under these names. Raises BadFrontMatter."""
        said = [value.strip() for value in self.values(*names)]
        # Jekyll says under `published` whether, and others when.
        times = [value for value in said if value and value.lower() not in YES | NO]
        return _moment(times[0], self.zone) if times else None

    def number(self, *names: str) -> int | None:
        """A whole number, where one is said."""
        said = self.line(*names)
        return int(said) if said.isdecimal() else None

    def uid(self) -> UUID | None:
        """What feeds call the post by. Raises BadFrontMatter."""
        try:
            return UUID(self.line("uid")) if self.line("uid") else None
        except ValueError as error:
            raise BadFrontMatter(f"uid: “{self.line('uid')}” is none.") from error

    def status(self, published_at: datetime | None) -> Status:
        """Where it is in its life: whatever has a date, and is not said to be a draft, is published."""
        said = self.line("status").lower()
        is_draft = self.line("draft").lower() in YES or said in DRAFTS
        if is_draft or self.line("published").lower() in NO or published_at is None:
            return Status.DRAFT
        return Status(said) if said in set(Status) else Status.PUBLISHED

    def tags(self) -> Iterator[str]:
        """Its tags, and what others call categories: each once."""
        seen = set()
        for value in self.values("tags", "tag", "categories", "category"):
            for tag in map(text.clean_line, self._parted(value)):
                if tag and slugify(tag) not in seen:
                    seen.add(slugify(tag))
                    yield tag

    def _parted(self, value: str) -> Sequence[str]:
        if any(value in each for each in self.fields.values() if isinstance(each, list)):
            return [value]
        # Jekyll has blanks between the tags of a line, and everybody else has commas.
        return value.split() if "layout" in self.fields and "," not in value else value.split(",")

    def aliases(self) -> Iterator[str]:
        """The ends of the addresses that it had."""
        for value in self.values("aliases", "alias", "redirect_from"):
            if slug := _slug(_last_part(value)):
                yield slug


def _name_of(file: PurePath) -> tuple[str, str]:
    """What a file is called after, and the day in its name."""
    stem = file.parent.name if file.stem == INDEX and file.parent.name else file.stem
    dated = DATED.fullmatch(stem)
    return (dated[2], dated[1]) if dated else (stem, "")


def _heading(source: str) -> str:
    found = HEADING.search(source)
    return found[1] if found else ""


def _words(stem: str) -> str:
    return re.sub("[-_]+", " ", stem).strip().capitalize() or stem


def _slug(words: str) -> str:
    return slugify(words, max_length=SLUG_LENGTH)


def _last_part(address: str) -> str:
    """The end of an address; nothing of a pattern, such as /:year/:title/."""
    last = address.rstrip("/").rpartition("/")[2].removesuffix(".html")
    return "" if ":" in address else last


def _moment(said: str, zone: tzinfo) -> datetime:
    # Jekyll has a blank before the offset, which ISO 8601 does not know.
    written = re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", said.removesuffix(" UTC"))
    try:
        moment = datetime.fromisoformat(written)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        year = moment.astimezone(zone).year
    except (ValueError, OverflowError) as error:
        raise BadFrontMatter(f"“{said}” is no date like 2026-11-23T10:30:00+01:00.") from error
    if year not in YEARS:  # 0001-01-01 is Hugo's way to say that there is none
        raise BadFrontMatter(f"“{said}”: a year from {YEARS[0]} to {YEARS[-1]} is taken.")
    return moment


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
