"""Taking a picture into the library: read, written anew, put on the disk, and then told to the database."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO

from flask_babel import lazy_gettext as _l

from blog import text
from blog.database import write_tx
from blog.media import pictures, storage
from blog.media.models import FILENAME_LENGTH, Media
from blog.media.pictures import Refused

NO_ROOM = _l("The disk does not take it. Whoever looks after this site finds out why in its log.")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """A picture that is in the library now, whether it was before, and whether more than one picture came."""

    media: Media
    is_new: bool
    was_moving: bool


def take(file: IO[bytes], *, alt: str, filename: str) -> Taken:
    """Take a picture into the library. Takes seconds, and opens its transaction at the end.

    Raises Refused, and DatabaseBusy: what was written then is found when it is sent again.
    """
    made = pictures.make(file)
    name = text.clean_line(filename)[:FILENAME_LENGTH]
    try:
        storage.keep(made.files)
        with write_tx():
            media, is_new = Media.keep(made, alt=alt, filename=name)
    except OSError as error:
        log.error("a picture could not be written: %s", error)
        raise Refused(NO_ROOM, HTTPStatus.INSUFFICIENT_STORAGE) from error
    return Taken(media, is_new, made.was_moving)
