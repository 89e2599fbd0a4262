"""Who fits an order best, of those who may be asked at all."""

from datetime import date

from sqlalchemy.orm import Session

from handlers.rules import waves
from handlers.rules.permissions import TAKERS
from handlers.services.moves import barred
from handlers.texts.duties import MATTERS
from storage import members, offers, people
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
    takers = everybody(session, found.branch_path, today=today)
    return _fitting(session, found, takers, today=today)


def recommended(session: Session, found: Found, *, today: date, most: int) -> list[Taker]:
    """Give the first of those who fit, as choices on a card.

    Of a very large subtree only those with the least open work are looked at: a card is written
    with every report, and must not read a whole county's members for ten names.
    """
    takers = people.takers(session, found.branch_path, TAKERS, today=today, most=_POOL)
    return _fitting(session, found, takers, today=today)[:most]


def spared(session: Session, found: Found) -> set[int]:
    """Give those who are not to be asked about an order, whoever else is."""
    held = {holder.id for holder in found.holders}
    never = held | barred(session, found)
    if found.order.version == _FRESH:
        return never
    return never | offers.not_again(session, found.order.id)


def on_duty(session: Session, found: Found, *, today: date) -> set[int]:
    """Give those whose post is there for the order's matter."""
    matter = found.order.matter
    posts = [post for post, known in MATTERS.items() if any(word in matter for word in known)]
    return members.holders(session, found.branch_path, posts, today=today)


def _fitting(session: Session, found: Found, takers: list[Taker], *, today: date) -> list[Taker]:
    left_out = spared(session, found)
    fit = [
        taker for taker in takers if taker.away_until is None and taker.person_id not in left_out
    ]
    on_post = on_duty(session, found, today=today)
    return waves.recommended(fit, found.order.matter, on_duty=on_post)
