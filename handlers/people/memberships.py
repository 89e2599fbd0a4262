"""Somebody comes to our WeCom app, leaves it, or gets another userid: the platform says so.

Nobody speaks here and nobody is answered. Of a userid that we do not know nothing is written:
whoever speaks for the first time is introduced then.
"""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from handlers.messages import Incoming, Nudge
from storage import identities

log = structlog.stdlib.get_logger(__name__)


def joined(session: Session, incoming: Incoming, now: datetime) -> frozenset[Nudge]:
    """Write to a member through this app again."""
    del now
    identities.follow(session, incoming.app_id, incoming.sender, is_following=True)
    return frozenset()


def left(session: Session, incoming: Incoming, now: datetime) -> frozenset[Nudge]:
    """Stop writing to a member through this app; what is known of them stays."""
    del now
    identities.follow(session, incoming.app_id, incoming.sender, is_following=False)
    return frozenset()


def renamed(session: Session, incoming: Incoming, now: datetime) -> frozenset[Nudge]:
    """Know a member by the new userid, which stands in the text."""
    del now
    outcome = identities.rename(session, incoming.app_id, incoming.sender, incoming.text)
    log.info("userid changed", outcome=outcome)
    return frozenset()
