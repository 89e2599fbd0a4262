"""Shows members their half-year of service in January and July; the relay delivers it by day."""

import structlog

from bot.runtime import current
from handlers.services import service_accounts
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

_CHUNK = 500


def show() -> None:
    """Show what is over to everybody who has not seen it; each chunk is a transaction."""
    runtime = current()
    above: int | None = 0
    count = 0
    while above is not None:
        after = above
        above, told = transact(
            runtime.engine,
            lambda session, after=after: service_accounts.show(  # type: ignore[misc]  # bound now
                session,
                above=after,
                most=_CHUNK,
                now=runtime.now(),
                policy=runtime.settings.policy,
            ),
        )
        count += told
    log.info("service accounts shown", notices=count)
