"""What a platform tells about our account: what became of a send, and that nobody uses the app."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from handlers.messages import Incoming, Nudge
from handlers.rules.operations import REVIVED
from storage import alerts, receipts
from storage.vocabulary import AlertKind

log = structlog.stdlib.get_logger(__name__)


def receipt(session: Session, incoming: Incoming, now: datetime) -> frozenset[Nudge]:
    """Keep what became of a template message; the relay ends its delivery by it."""
    receipts.add(session, incoming.app_id, incoming.task_id, incoming.text, now=now)
    return frozenset({Nudge.DELIVERY})


def warning(session: Session, incoming: Incoming, now: datetime) -> frozenset[Nudge]:
    """Raise an operator's alert that the app is idle, or will be switched off; or end it."""
    if incoming.text in REVIVED:
        alerts.clear(session, incoming.app_id, AlertKind.IDLE)
        log.info("app in use again", app_id=incoming.app_id, warning=incoming.text)
    else:
        alerts.raise_alert(session, incoming.app_id, AlertKind.IDLE, incoming.text, now)
        log.error("app idle", app_id=incoming.app_id, warning=incoming.text)
    return frozenset()
