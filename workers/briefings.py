"""Tells secretaries their numbers at the hour, once a day and person; the bulk queue delivers."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Engine

from bot.runtime import current
from handlers.context import Policy
from handlers.rules.briefings import due
from handlers.services import briefings
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)


def tell() -> None:
    """Write the reports that are due and have not been written."""
    runtime = current()
    people, notices = tell_due(runtime.engine, now=runtime.now, policy=runtime.settings.policy)
    if people:
        log.info("briefings told", people=people, notices=notices)


def tell_due(engine: Engine, *, now: Callable[[], datetime], policy: Policy) -> tuple[int, int]:
    """Look after everybody in chunks, each in a transaction of its own.

    Any number may run at the same time: each person is taken by one of them. Gives how many people
    were looked after here, and how many notices that made.
    """
    people = notices = 0
    for issue in due(now(), policy.timezone):
        while True:
            tell_some = partial(briefings.tell, issue=issue, now=now(), policy=policy)
            taken, written = transact(engine, tell_some)
            if not taken:
                break
            people += taken
            notices += written
    return people, notices
