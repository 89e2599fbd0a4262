"""Keeps the promise of what is kept how long: every night, in batches that turns fit between."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.runtime import current
from storage import inbox, media, receipts, slips
from workers.media import forget_loose
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

_BATCH = 1000
_BREATH_SECONDS = 0.05  # SQLite has one writer: the turns come first
_MISSES_KEPT = timedelta(days=2)  # they are counted by the day


def forget() -> None:
    """Delete what is older than it may be; what failed is tried again within the hour."""
    runtime = current()
    now = runtime.now()
    messages = _all(runtime.engine, inbox.forget, before=now - inbox.KEPT)
    misses = _all(runtime.engine, slips.forget, before=now - _MISSES_KEPT)
    unclaimed = _all(runtime.engine, receipts.forget, before=now - receipts.KEPT)
    loose = forget_loose(runtime.engine, runtime.settings.data_dir, before=now - media.LOOSE_KEPT)
    log.info("old rows deleted", messages=messages, misses=misses, receipts=unclaimed, media=loose)


def _all(engine: Engine, delete: Callable[..., int], *, before: datetime) -> int:
    """Delete in short transactions until nothing is left that is old enough; gives how many."""

    def batch(session: Session) -> int:
        return delete(session, before=before, most=_BATCH)

    count = 0
    while gone := transact(engine, batch):
        count += gone
        time.sleep(_BREATH_SECONDS)
    return count
