"""What a secretary should act on first. Pure."""

from dataclasses import dataclass
from datetime import datetime

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
    """What urgency looks at: state, whether the resident sent it back, and the promise."""

    status: OrderStatus
    is_flagged: bool
    promised_at: datetime


def rank(standing: Standing, *, now: datetime) -> tuple[bool, int, bool, datetime]:
    """Give a sort key, most urgent first.

    A broken promise comes before everything, unless only the resident's word is missing; then
    what waits for the secretary's own move, what came back before what is new, and the promise.
    """
    is_late = standing.promised_at <= now and standing.status is not OrderStatus.DONE
    return (
        not is_late,
        _OWN_MOVE.index(standing.status),
        not standing.is_flagged,
        standing.promised_at,
    )
