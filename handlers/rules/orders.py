"""The life of an order as a table: what may happen in which state, and where it leads."""

from types import MappingProxyType

from storage.vocabulary import OrderAction as Do
from storage.vocabulary import OrderStatus as Is

TRANSITIONS = MappingProxyType(
    {
        (Is.SUBMITTED, Do.DISPATCH): Is.DISPATCHED,
        (Is.SUBMITTED, Do.HANDLE): Is.TAKEN,
        (Is.SUBMITTED, Do.ASK): Is.NEED_INFO,
        (Is.SUBMITTED, Do.REJECT): Is.REJECTED,
        (Is.SUBMITTED, Do.WITHDRAW): Is.WITHDRAWN,
        (Is.SUBMITTED, Do.MERGE): Is.MERGED,
        (Is.NEED_INFO, Do.ANSWER): Is.SUBMITTED,
        (Is.NEED_INFO, Do.GIVE_UP): Is.CLOSED,
        (Is.NEED_INFO, Do.REJECT): Is.REJECTED,
        (Is.NEED_INFO, Do.WITHDRAW): Is.WITHDRAWN,
        (Is.NEED_INFO, Do.MERGE): Is.MERGED,
        (Is.DISPATCHED, Do.DISPATCH): Is.DISPATCHED,
        (Is.DISPATCHED, Do.TAKE): Is.TAKEN,
        (Is.DISPATCHED, Do.WIDEN): Is.DISPATCHED,
        (Is.DISPATCHED, Do.JOIN): Is.DISPATCHED,  # a seat is taken, others are free
        (Is.DISPATCHED, Do.SETTLE): Is.TAKEN,  # those who have come are enough
        (Is.DISPATCHED, Do.FINISH): Is.DONE,  # they did it without waiting for the others
        (Is.DISPATCHED, Do.HANDLE): Is.TAKEN,
        (Is.DISPATCHED, Do.RECALL): Is.SUBMITTED,
        (Is.DISPATCHED, Do.EXHAUST): Is.SUBMITTED,
        (Is.DISPATCHED, Do.RELEASE): Is.DISPATCHED,
        (Is.DISPATCHED, Do.NO_SHOW): Is.DISPATCHED,
        (Is.DISPATCHED, Do.WITHDRAW): Is.WITHDRAWN,
        (Is.TAKEN, Do.FINISH): Is.DONE,
        (Is.TAKEN, Do.RELEASE): Is.DISPATCHED,
        (Is.TAKEN, Do.NO_SHOW): Is.DISPATCHED,
        (Is.TAKEN, Do.RECALL): Is.SUBMITTED,
        (Is.TAKEN, Do.WITHDRAW): Is.WITHDRAWN,
        (Is.DONE, Do.CONFIRM): Is.CLOSED,
        (Is.DONE, Do.PARTLY): Is.CLOSED,
        (Is.DONE, Do.REOPEN): Is.SUBMITTED,
        (Is.DONE, Do.LAPSE): Is.CLOSED,
        (Is.CLOSED, Do.REOPEN): Is.SUBMITTED,
        (Is.REJECTED, Do.APPEAL): Is.SUBMITTED,
    }
)

OPEN = frozenset({Is.SUBMITTED, Is.NEED_INFO, Is.DISPATCHED, Is.TAKEN, Is.DONE})


UNDOABLE = frozenset({Do.DISPATCH, Do.HANDLE, Do.RECALL, Do.ASK, Do.REJECT, Do.FINISH})
"""What may be taken back by whoever did it; all else has a word of its own that puts it right."""


class RuleError(Exception):
    """The base of all refusals; carries data, never Chinese."""


class IllegalTransitionError(RuleError):
    """Raised when an action is not allowed in the order's state."""

    def __init__(self, status: Is, action: Do) -> None:
        super().__init__(f"{action} is not allowed while {status}")
        self.status = status
        self.action = action


def after(status: Is, action: Do) -> Is:
    """Say where an action leads.

    Raises:
        IllegalTransitionError: the pair is not in the table.
    """
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise IllegalTransitionError(status, action) from None


def undone(status: Is, action: Do, was: Is) -> Is:
    """Say where taking an action back leads: to the state that it was taken in.

    Raises:
        IllegalTransitionError: the action cannot be taken back, or did not lead to this state.
    """
    if action not in UNDOABLE or TRANSITIONS.get((was, action)) is not status:
        raise IllegalTransitionError(status, Do.UNDO)
    return was
