"""Who fits an order best, of those who may be asked at all."""

from datetime import date

from sqlalchemy.orm import Session

from handlers.rules import waves
from handlers.rules.permissions import TAKERS
from handlers.services.moves import barred
from storage import offers, people
from storage.orders import Found
from storage.people import Taker

_EVERYBODY = 100_000
_POOL = 500
_FRESH = 1


def everybody(session: Session, path: str, *, today: date) -> list[Taker]:
    """Give all members of a subtree, also those who are away."""
    return people.takers(session, path, TAKERS, today=today, most=_EVERYBODY)


def askable(session: Session, found: Found, *, today: date) -> list[Taker]:
    """Give all who may be asked to take an order, those who fit best first.

    Left out is who is on leave, has said no to it, left it or holds it, reported it, or did it
    before the resident sent it back.
    """
    members = everybody(session, found.branch_path, today=today)
    return _fitting(session, found, members)


def recommended(session: Session, found: Found, *, today: date, most: int) -> list[Taker]:
    """Give the first of those who fit, as choices on a card.

    Of a very large subtree only those with the least open work are looked at: a card is written
    with every report, and must not read a whole county's members for ten names.
    """
    members = people.takers(session, found.branch_path, TAKERS, today=today, most=_POOL)
    return _fitting(session, found, members)[:most]


def spared(session: Session, found: Found) -> set[int]:
    """Give those who are not to be asked about an order, whoever else is."""
    held = {holder.id for holder in found.holders}
    never = held | barred(session, found)
    if found.order.version == _FRESH:
        return never
    return never | offers.not_again(session, found.order.id)


def _fitting(session: Session, found: Found, members: list[Taker]) -> list[Taker]:
    left_out = spared(session, found)
    fit = [
        taker for taker in members if taker.away_until is None and taker.person_id not in left_out
    ]
    return waves.recommended(fit, found.order.matter)
