"""Taking turns: first come, first served, and nobody waits for ever."""

import threading
import time

import pytest

from blog.turns import NoTurn, Turns


def test_turns_come_in_the_order_in_which_people_came() -> None:
    turns, came = Turns(), []

    def pass_through(number: int) -> None:
        with turns.one(patience=60):
            came.append(number)

    people = [threading.Thread(target=pass_through, args=(number,)) for number in range(20)]
    with turns.one(patience=1):
        for ahead, person in enumerate(people):
            person.start()
            while len(turns._waiting) <= ahead:
                time.sleep(0.001)
    for person in people:
        person.join()
    assert came == list(range(20))


def test_who_waits_too_long_is_told_and_holds_nobody_up() -> None:
    turns = Turns()
    with turns.one(patience=1), pytest.raises(NoTurn), turns.one(patience=0.01):
        pass
    with turns.one(patience=0.01):
        pass


def test_a_turn_ends_with_what_broke_it() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.one(patience=1):
        _ = 1 / 0
    with turns.one(patience=0.01):
        pass


def test_two_never_have_a_turn_at_once() -> None:
    turns, inside, most = Turns(), 0, 0

    def come_back() -> None:
        nonlocal inside, most
        for _time in range(200):
            with turns.one(patience=60):
                inside += 1
                most = max(most, inside)
                time.sleep(0)
                inside -= 1

    people = [threading.Thread(target=come_back) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert most == 1
