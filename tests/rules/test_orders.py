"""The life of an order is a table; whatever is not in it is refused."""

from itertools import product

import pytest

from handlers.rules.orders import OPEN, TRANSITIONS, IllegalTransitionError, after
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
