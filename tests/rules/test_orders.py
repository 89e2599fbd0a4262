"""The life of an order is a table; whatever is not in it is refused."""

from itertools import product

import pytest

from handlers.rules.orders import OPEN, TRANSITIONS, UNDOABLE, IllegalTransitionError, after, undone
from storage.vocabulary import OrderAction, OrderStatus

PAIRS = list(product(OrderStatus, OrderAction))
FINAL = {OrderStatus.WITHDRAWN, OrderStatus.MERGED}


@pytest.mark.parametrize(("status", "action"), PAIRS, ids=[f"{s}-{a}" for s, a in PAIRS])
def test_a_pair_outside_the_table_is_refused(status: OrderStatus, action: OrderAction) -> None:
    if (status, action) in TRANSITIONS:
        assert after(status, action) == TRANSITIONS[status, action]
        return
    with pytest.raises(IllegalTransitionError) as refusal:
        after(status, action)
    assert (refusal.value.status, refusal.value.action) == (status, action)


def test_every_state_can_be_reached_from_a_new_order() -> None:
    reached = {OrderStatus.SUBMITTED}
    while True:
        wider = reached | {to for (status, _), to in TRANSITIONS.items() if status in reached}
        if wider == reached:
            break
        reached = wider

    assert reached == set(OrderStatus)


def test_every_open_state_can_end_and_final_states_cannot_be_left() -> None:
    left = {status for status, _ in TRANSITIONS}

    assert left >= OPEN
    assert not left & FINAL


def test_only_the_residents_word_closes_as_solved() -> None:
    closing = {action for (_, action), to in TRANSITIONS.items() if to is OrderStatus.CLOSED}

    assert closing == {
        OrderAction.CONFIRM,
        OrderAction.PARTLY,
        OrderAction.LAPSE,
        OrderAction.GIVE_UP,
    }


@pytest.mark.parametrize(("was", "action"), PAIRS, ids=[f"{w}-{a}" for w, a in PAIRS])
def test_only_what_led_to_the_present_state_is_taken_back(
    was: OrderStatus, action: OrderAction
) -> None:
    led_here = TRANSITIONS.get((was, action)) if action in UNDOABLE else None
    for status in OrderStatus:
        if status is led_here:
            assert undone(status, action, was) is was
            continue
        with pytest.raises(IllegalTransitionError) as refusal:
            undone(status, action, was)
        assert (refusal.value.status, refusal.value.action) == (status, OrderAction.UNDO)


def test_a_residents_word_is_never_taken_back_by_undoing() -> None:
    of_residents = {
        OrderAction.CONFIRM,
        OrderAction.PARTLY,
        OrderAction.REOPEN,
        OrderAction.ANSWER,
        OrderAction.APPEAL,
        OrderAction.WITHDRAW,
    }

    assert not UNDOABLE & of_residents
