"""For how many days what is kept, as the settings tell it: asked of those who delete it."""

from blog.comments.acts import UNDO_FOR
from blog.comments.models import SENDERS_KEPT_FOR
from blog.comments.purge import KEPT_FOR
from blog.media.models import TRASH_KEPT_FOR
from blog.outbox import SETTLED_KEPT_FOR

DAYS = {
    "put_away": KEPT_FOR.days,
    "pictures": TRASH_KEPT_FOR.days,
    "undo": UNDO_FOR.days,
    "senders": SENDERS_KEPT_FOR.days,
    "mail": SETTLED_KEPT_FOR.days,
}
