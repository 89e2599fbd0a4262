"""Names of kept files on the platforms: uploaded when first needed, used until shortly before end.

Nothing here sends. A file that cannot be read any more is treated like one that is not carried.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Engine

from bot.channels import ApiError, Channel, Enclosed, FailureKind
from bot.channels.limits import MEDIA_DAYS, MEDIA_MARGIN_HOURS
from storage import media
from storage.media import Item
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

_GOOD_FOR = timedelta(days=MEDIA_DAYS) - timedelta(hours=MEDIA_MARGIN_HOURS)


class Enclosures:
    """The photos and voices of one run of the relay."""

    def __init__(self, engine: Engine, root: Path, now: Callable[[], datetime]) -> None:
        """Prepare a run.

        Args:
            engine: where media and the names of their uploads are remembered.
            root: the data directory.
            now: the clock.
        """
        self._engine = engine
        self._root = root
        self._now = now

    def find(self, medium_ids: Iterable[int]) -> dict[int, Item]:
        """Read how far the files of media have come."""
        ids = set(medium_ids)
        return transact(self._engine, lambda session: media.items(session, ids)) if ids else {}

    def on(self, channel: Channel, item: Item) -> Enclosed:
        """Give the name of a kept file on a channel's platform, uploading it if need be.

        Raises:
            ApiError: REFUSED where it cannot be carried, else what the upload met.
        """
        app_id = channel.account.app_id
        at = self._now()
        known = transact(
            self._engine,
            lambda session: media.upload_of(session, item.medium_id, app_id, now=at),
        )
        name = known or self._upload(channel, item)
        return Enclosed(item.kind, name)

    def forget(self, channel: Channel, item: Item) -> None:
        """Drop a name that the platform says it does not know; the next try uploads again."""
        app_id = channel.account.app_id
        transact(self._engine, lambda session: media.forget_upload(session, item.medium_id, app_id))

    def _upload(self, channel: Channel, item: Item) -> str:
        if item.path is None or item.content_type is None:
            raise ApiError(None, "there is no file", FailureKind.REFUSED)
        try:
            name = channel.upload(
                self._root / item.path, kind=item.kind, content_type=item.content_type
            )
        except OSError as error:
            log.error("medium cannot be read", medium_id=item.medium_id, errno=error.errno)  # noqa: TRY400 (a traceback would add nothing)
            raise ApiError(None, "the file cannot be read", FailureKind.REFUSED) from error
        expires_at = self._now() + _GOOD_FOR
        transact(
            self._engine,
            lambda session: media.remember_upload(
                session,
                item.medium_id,
                channel.account.app_id,
                media_id=name,
                expires_at=expires_at,
            ),
        )
        return name
