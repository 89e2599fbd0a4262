"""The job of the bulk queue: what goes to many may wait; urgent cards go between its calls."""

import structlog

from bot.runtime import current
from workers.delivery import deliver_bulk

log = structlog.stdlib.get_logger(__name__)


def relay() -> None:
    """Send what is due for many, letting everything urgent out before each call."""
    runtime = current()
    counts = deliver_bulk(
        runtime.engine,
        runtime.channels,
        root=runtime.settings.data_dir,
        now=runtime.now,
        zone=runtime.settings.policy.timezone,
    )
    log.info("bulk relayed", **counts)
