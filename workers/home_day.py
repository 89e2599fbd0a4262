"""The home day's clock: lays down the dates and says what the time line asks for.

Nothing is remembered here: what was said stands in ``reminders``, so that a run may come late,
twice, or end in the middle.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Engine

from bot.runtime import current
from handlers.context import Policy
from handlers.services import home_day_news
from handlers.services.home_day_news import Errand
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)


def remind() -> None:
    """Say what is due; the bulk relay sends it."""
    runtime = current()
    counts = tell_due(runtime.engine, now=runtime.now, policy=runtime.settings.policy)
    log.info("home days looked at", **counts)


def tell_due(engine: Engine, *, now: Callable[[], datetime], policy: Policy) -> Counter[str]:
    """Lay down dates, then tell everybody what is due, in chunks of a transaction each.

    Gives how many were told what, by kind, and how many things ``failed``.
    """
    at = now()
    counts = Counter(
        laid_down=transact(engine, lambda s: home_day_news.lay_down(s, now=at, policy=policy))
    )
    for errand in transact(engine, lambda s: home_day_news.errands(s, now=at, policy=policy)):
        try:
            counts[errand.kind] += _tell_all(engine, errand, now=now, policy=policy)
        except Exception:  # the edge of one errand: the others must still be run
            log.exception("errand failed", kind=errand.kind, home_day_id=errand.home_day.id)
            counts["failed"] += 1
    return +counts


def _tell_all(
    engine: Engine, errand: Errand, *, now: Callable[[], datetime], policy: Policy
) -> int:
    count = 0
    while told := transact(
        engine, lambda s: home_day_news.tell(s, errand, now=now(), policy=policy)
    ):
        count += told
    return count
