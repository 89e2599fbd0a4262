"""What a secretary should act on first. Pure."""

from dataclasses import dataclass
from datetime import datetime

from handlers.rules import clocks
from storage.vocabulary import OrderStatus

_OWN_MOVE = (
    OrderStatus.SUBMITTED,
    OrderStatus.NEED_INFO,
    OrderStatus.DISPATCHED,
    OrderStatus.TAKEN,
    OrderStatus.DONE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What urgency looks at: state, whether the resident sent it back, the promise.

    ``overdue_at`` is the promise that was broken, if one was.
    """

    status: OrderStatus
    is_flagged: bool
    promised_at: datetime
    overdue_at: datetime | None = None


def rank(standing: Standing, *, now: datetime) -> tuple[bool, int, bool, datetime]:
    """Give a sort key, most urgent first.

    A broken promise comes before everything, unless it is the resident who is waited for; then
    what waits for the secretary's own move, what came back before what is new, and the promise.
    """
    is_late = clocks.is_late(standing.status, standing.promised_at, standing.overdue_at, now)
    return (
        not is_late,
        _OWN_MOVE.index(standing.status),
        not standing.is_flagged,
        standing.promised_at,
    )
