"""What people decided about comments of a garden blog: made up for the tests, a few words at a time."""

import random
from typing import NamedTuple

from blog.comments.spam.evidence import Written

OFFERS = ("cheap watches", "fast loans", "free gift cards", "casino bonus", "more followers")
URGES = ("click here", "visit my shop", "order now", "sign up today", "check this out")
HOSTS = ("best-deals.example", "quick-cash.example", "www.bonus.example")
THINGS = ("the bees", "my roses", "your compost", "the old pear tree", "these tomatoes")
THOUGHTS = ("hum all day", "came late this year", "made me smile", "need more rain", "look healthy")


class Decision(NamedTuple):
    comment: Written
    is_spam: bool


def decisions(number: int, seed: int = 1) -> list[Decision]:
    """So many decisions, about as many of each kind, always the same ones."""
    dice = random.Random(seed)
    return [_spam(dice) if dice.random() < 0.5 else _ham(dice) for _ in range(number)]


def _spam(dice: random.Random) -> Decision:
    text = (
        f"{dice.choice(OFFERS)}! {dice.choice(URGES)} http://{dice.choice(HOSTS)}/{dice.random()}"
    )
    return Decision(Written(text, f"deal{dice.randrange(99)}", "deal@example.net"), True)


def _ham(dice: random.Random) -> Decision:
    text = f"I think {dice.choice(THINGS)} {dice.choice(THOUGHTS)}, and {dice.choice(THINGS)} too."
    return Decision(Written(text, dice.choice(("Rita", "Ann", "Jo")), "rita@example.org"), False)
