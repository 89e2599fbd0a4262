"""Which seat of an order is free, in SQL, so that nobody has to read seats to take one."""

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from storage.models import Assignment
from storage.vocabulary import AssignmentStatus

_seat = aliased(Assignment)
_taken_seat = (
    _seat.order_id == bindparam("its_order"),
    _seat.status == AssignmentStatus.ACCEPTED,
)
_next_seats = union_all(
    select(literal(1).label("seat")), select(_seat.seat + 1).where(*_taken_seat)
)
_next_seat = _next_seats.subquery()
FREE_SEAT = (
    select(func.min(_next_seat.c.seat))
    .where(_next_seat.c.seat.not_in(select(_seat.seat).where(*_taken_seat)))
    .scalar_subquery()
)
"""The lowest number that no live assignment of the order ``its_order`` has."""
