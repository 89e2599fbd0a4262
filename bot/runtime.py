"""What a running process works with: settings, the database, the channels, the clock.

Jobs are plain functions without arguments; they ask ``current()`` for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from redis import Redis
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from bot import config, queue
from bot.channels import Channel
from bot.channels.factory import open_channel
from bot.clock import Clock, clock_of, utc_now
from bot.config import Settings
from storage import database, sealing


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """The parts of one process, opened once.

    Attributes:
        channels: by account name, the last part of the webhook path.
        redis: gives up within half a second; whoever uses it must do without it.
        clock: gives the present instant, aware, in UTC.
    """

    settings: Settings
    engine: Engine
    channels: Mapping[str, Channel]
    redis: Redis
    clock: Clock = field(default=utc_now)

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self.clock()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
        self.redis.close()


def prepare_data_dir(settings: Settings) -> None:
    """Make the data directory where the default database will lie in it.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise config.SettingsError(
            [f"JINLIN_DATA_DIR: cannot make {settings.data_dir}: {error.strerror}"]
        ) from error


def check_addresses(settings: Settings) -> None:
    """Take the addresses of database and Redis apart without connecting.

    Raises:
        SettingsError: one of them is no address.
    """
    lines = []
    try:
        make_url(settings.database)
    except (ArgumentError, ValueError):
        lines.append("JINLIN_DATABASE_URL: is not a database URL")
    try:
        queue.connect(settings.redis_url).close()
    except ValueError:
        lines.append("JINLIN_REDIS_URL: is not a Redis URL")
    if lines:
        raise config.SettingsError(lines)


def open_runtime(settings: Settings) -> Runtime:
    """Open everything that the settings name; neither Redis nor the database need be there yet.

    Sets the process's sealing key.

    Raises:
        SettingsError: the data directory cannot be made.
    """
    sealing.set_key(settings.secret_key)
    prepare_data_dir(settings)
    redis = queue.connect(settings.redis_url)
    clock = clock_of(settings.clock_file)
    return Runtime(
        settings=settings,
        engine=database.connect(settings.database),
        channels={
            account.name: open_channel(account, redis, community=settings.community, clock=clock)
            for account in settings.accounts
        },
        redis=redis,
        clock=clock,
    )


@cache
def current() -> Runtime:
    """Give the process's runtime, opened from the environment by the first call.

    Raises:
        SettingsError: a setting is missing or bad.
    """
    return open_runtime(config.load())
