"""The send windows of the official account: every send is taken from one before it is made.

Which of two open windows the platform takes a send from is not published (PLATFORM.md A7). So what
goes through the short one counts in the long one as well: neither is ever fuller than we think.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Integer, Table, bindparam, update
from sqlalchemy.orm import Session

from storage.models import Identity

_identities = cast("Table", Identity.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """One send taken from a window before it is made; ``opened_at`` names the window's opening.

    ``counted_at`` names the opening of the long window that a send through the short one counts in.
    """

    identity_id: int
    is_tap: bool
    opened_at: datetime
    counted_at: datetime | None = None


_OPENED = {True: _identities.c.tapped_at, False: _identities.c.messaged_at}
_SENDS = {True: _identities.c.tap_sends, False: _identities.c.message_sends}
_reserve = {
    is_tap: update(_identities)
    .where(
        _identities.c.id.in_(bindparam("ids", expanding=True)),
        _SENDS[is_tap] < bindparam("quota", type_=Integer),
        _OPENED[is_tap] > bindparam("opened_after"),
    )
    .values({_SENDS[each]: _SENDS[each] + 1 for each in {is_tap, False}})
    .returning(_identities.c.id, _OPENED[is_tap], _identities.c.messaged_at)
    for is_tap in (True, False)
}
# A window that opened anew since has a count of its own, which is left alone.
_refund = {
    is_tap: update(_identities)
    .where(
        _identities.c.id == bindparam("row"),
        _OPENED[is_tap] == bindparam("opened"),
        _SENDS[is_tap] > 0,
    )
    .values({_SENDS[is_tap]: _SENDS[is_tap] - 1})
    for is_tap in (True, False)
}
_exhaust = {
    is_tap: update(_identities)
    .where(
        _identities.c.id == bindparam("row"),
        _OPENED[is_tap] == bindparam("opened"),
        _SENDS[is_tap] < bindparam("quota"),
    )
    .values({_SENDS[is_tap]: bindparam("quota")})
    for is_tap in (True, False)
}


def reserve(
    session: Session,
    identity_ids: Sequence[int],
    *,
    is_tap: bool,
    quota: int,
    opened_after: datetime,
) -> list[Reservation]:
    """Take one send from each identity's window, where it is open and has one left.

    The count and its limit are one statement, so that any number of relays never overdraw.
    """
    rows = session.execute(
        _reserve[is_tap],
        {"ids": sorted(identity_ids), "quota": quota, "opened_after": opened_after},
    )
    return [
        Reservation(
            identity_id=row[0],
            is_tap=is_tap,
            opened_at=row[1],
            counted_at=row[2] if is_tap else None,
        )
        for row in rows
    ]


def refund(session: Session, reservation: Reservation) -> None:
    """Give a send back that the platform cannot have counted."""
    session.execute(
        _refund[reservation.is_tap],
        {"row": reservation.identity_id, "opened": reservation.opened_at},
    )
    _uncount(session, reservation)


def exhaust(session: Session, reservation: Reservation, *, quota: int) -> None:
    """Count a window as used up: the platform said so, and it knows better."""
    session.execute(
        _exhaust[reservation.is_tap],
        {"row": reservation.identity_id, "opened": reservation.opened_at, "quota": quota},
    )
    _uncount(session, reservation)


def _uncount(session: Session, reservation: Reservation) -> None:
    """Give the long window its send back, where one through the short window was not made."""
    if reservation.counted_at:
        values = {"row": reservation.identity_id, "opened": reservation.counted_at}
        session.execute(_refund[False], values)
