"""What a secretary should act on first."""

from datetime import UTC, datetime, timedelta

from handlers.rules.urgency import Standing, rank
from storage.vocabulary import OrderStatus

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _standing(
    status: OrderStatus,
    *,
    is_flagged: bool = False,
    due_in: timedelta = DAY,
    broken: datetime | None = None,
) -> Standing:
    return Standing(status, is_flagged, NOW + due_in, broken)


def test_the_order_of_urgency() -> None:
    wanted = [
        _standing(OrderStatus.DISPATCHED, due_in=2 * DAY, broken=NOW - DAY),
        _standing(OrderStatus.TAKEN, due_in=-DAY),
        _standing(OrderStatus.SUBMITTED, is_flagged=True),
        _standing(OrderStatus.SUBMITTED),
        _standing(OrderStatus.SUBMITTED, due_in=2 * DAY),
        _standing(OrderStatus.NEED_INFO, due_in=-DAY),
        _standing(OrderStatus.DISPATCHED),
        _standing(OrderStatus.TAKEN),
        _standing(OrderStatus.DONE, due_in=-DAY),
    ]

    mixed = wanted[4:] + wanted[:4]

    assert sorted(mixed, key=lambda one: rank(one, now=NOW)) == wanted
