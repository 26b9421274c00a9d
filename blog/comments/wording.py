"""What statuses and deeds are called. (Of rules: rules/labels.py; of findings: rules/wording.py.)"""

from flask_babel import gettext as _
from flask_babel import ngettext

from blog.comments.acts import Actor, Deed, Moderation, Status
from blog.comments.queue import Order


def order_name(order: Order) -> str:
    """What an order of the queue is called."""
    return {
        Order.NEWEST: _("Newest first"),
        Order.OLDEST: _("Oldest first"),
        Order.DOUBTFUL: _("Most doubtful first"),
        Order.HARMLESS: _("Least doubtful first"),
    }[order]


def status_name(status: Status) -> str:
    """What a status is called."""
    return {
        Status.ARRIVING: _("arriving"),
        Status.PENDING: _("pending"),
        Status.APPROVED: _("approved"),
        Status.SPAM: _("spam"),
        Status.TRASHED: _("trash"),
        Status.WITHDRAWN: _("taken back"),
        Status.PURGED: _("purged"),
    }[status]


def tab_name(status: Status) -> str:
    """What the tab of a status is headed."""
    return {
        Status.PENDING: _("Pending"),
        Status.APPROVED: _("Approved"),
        Status.SPAM: _("Spam"),
        Status.TRASHED: _("Trash"),
    }[status]


def who(act: Moderation) -> str:
    """Whoever acted."""
    return act.user.name if act.user else actor_name(Actor(act.actor))


def actor_name(actor: Actor) -> str:
    """Whoever acts without an account."""
    return {
        Actor.WRITER: _("Its writer"),
        Actor.RULES: _("The rules"),
        Actor.READER: _("A reader"),
        Actor.SCHEDULE: _("The schedule"),
    }[actor]


def deed(act: Moderation) -> str:
    """What was done, after the name of who did it: “Mo … approved it”."""
    if act.deed is Deed.UNDO:
        return _("undid an act: it is %(status)s again", status=status_name(act.to_status))
    if act.deed is Deed.SUBMISSION:
        return _("sent it: %(status)s", status=status_name(act.to_status))
    return {
        Deed.APPROVAL: _("approved it"),
        Deed.SPAM: _("marked it as spam"),
        Deed.TRASH: _("put it into the trash"),
        Deed.RESTORATION: _("restored it"),
        Deed.HOLD: _("holds it"),
        Deed.EDIT: _("edited it"),
        Deed.WITHDRAWAL: _("took it back"),
        Deed.CONFIRMATION: _("saw its address proven"),
        Deed.REPORT: _("reported it"),
        Deed.DISMISSAL: _("found nothing wrong with it"),
        Deed.PURGE: _("deleted its words, 30 days after it was put away"),
    }[act.deed]


def announcement(acts: list[Moderation]) -> str:
    """What was just done, for the notice with the undo button."""
    count = sum(act.deed is acts[0].deed for act in acts)
    names = {
        Deed.APPROVAL: ngettext("%(num)d reply approved.", "%(num)d replies approved.", count),
        Deed.SPAM: ngettext(
            "%(num)d reply marked as spam.", "%(num)d replies marked as spam.", count
        ),
        Deed.TRASH: ngettext(
            "%(num)d reply put into the trash.", "%(num)d replies put into the trash.", count
        ),
        Deed.RESTORATION: ngettext("%(num)d reply restored.", "%(num)d replies restored.", count),
        Deed.DISMISSAL: _("Its reports were dismissed."),
        Deed.HOLD: ngettext("%(num)d reply held.", "%(num)d replies held.", count),
        Deed.EDIT: ngettext("%(num)d reply edited.", "%(num)d replies edited.", count),
        Deed.SUBMISSION: _("Your answer is on the page."),
        Deed.UNDO: ngettext("Undone for %(num)d reply.", "Undone for %(num)d replies.", count),
    }
    return names.get(acts[0].deed, "")
