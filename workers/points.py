"""The month of points: drafted when it is over, and fixed when the time for appeals is.

Nothing is remembered here: what was done stands in ``point_periods``, so that a run may come late,
twice, or end in the middle.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Engine

from bot.runtime import current
from handlers.context import Policy
from handlers.services import months
from storage import standings
from storage.standings import Period
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)


def keep() -> None:
    """Draft and fix what is due; the bulk relay sends what that tells."""
    runtime = current()
    counts = keep_due(runtime.engine, now=runtime.now, policy=runtime.settings.policy)
    if counts:
        log.info("months of points kept", **counts)


def keep_due(engine: Engine, *, now: Callable[[], datetime], policy: Policy) -> Counter[str]:
    """Fix months first, then draft, each branch in a transaction of its own.

    Gives how many were ``fixed``, were ``drafted`` or ``failed``, and how many ``notices`` that
    wrote.
    """
    counts: Counter[str] = Counter()
    for period in transact(engine, lambda s: months.to_fix(s, now=now())):
        counts += _kept(partial(_fix, engine, period, now))
    while drafts := transact(engine, lambda s: months.to_draft(s, now=now(), policy=policy)):
        before = counts["drafted"]
        for draft in drafts:
            counts += _kept(partial(_draft, engine, draft, now, policy))
        if counts["drafted"] == before:
            break
    return +counts


def _fix(engine: Engine, period: Period, now: Callable[[], datetime]) -> Counter[str]:
    return Counter(fixed=int(transact(engine, lambda s: standings.fix(s, period, now=now()))))


def _draft(
    engine: Engine, draft: months.Draft, now: Callable[[], datetime], policy: Policy
) -> Counter[str]:
    written = transact(engine, lambda s: months.draft(s, draft, now=now(), policy=policy))
    return Counter(drafted=int(written > 0), notices=written)


def _kept(act: Callable[[], Counter[str]]) -> Counter[str]:
    """Do one branch's part; the others must still be done when it fails."""
    try:
        return act()
    except Exception:  # the edge of one branch
        log.exception("month of points failed")
        return Counter(failed=1)
