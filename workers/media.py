"""Fetches the photos and voices that people sent: at once, because platforms keep them three days.

A medium is claimed by a lease, its file is written under a name that nobody reads, checked, and
renamed; only then the row says that it is kept. Whoever sent what cannot be kept is told, once.
Files are readable by the process's user alone.
"""

import contextlib
import functools
import os
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot import queue
from bot.channels import ApiError, Channel, FailureKind, TooLargeError
from bot.channels.limits import INCOMING_BYTES, MEDIA_DAYS
from bot.runtime import current
from handlers.messages import Notice
from handlers.rules import delivery as rules
from handlers.rules.formats import HEAD_BYTES, Format, format_of
from handlers.services import notices
from handlers.texts import media as texts
from storage import media
from storage.media import Claimed
from storage.vocabulary import MediaStatus, NoticeKind
from workers.delivery import accounts_of
from workers.reservations import Accounts
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(minutes=2)  # longer than a token, a download and a slow disk take together
_RUN = timedelta(seconds=30)
_PLATFORMS_KEEP = timedelta(days=MEDIA_DAYS)
_LONGEST_PAUSE = timedelta(minutes=10)  # somebody waits for it, and a try costs little
_TOLD_LATELY = timedelta(minutes=10)
_BATCH = 100
_LEFTOVER = timedelta(hours=1)
_AGAIN = frozenset({FailureKind.RETRY, FailureKind.MISCONFIGURED})


NO_ANSWER = "no answer"


class UnknownFormatError(Exception):
    """Raised when a file is none of those that are kept."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file in its place, its path as the row keeps it."""

    path: str
    format: Format
    size: int


def fetch() -> None:
    """Fetch what is due, and have the relay asked for if that wrote notices."""
    runtime = current()
    _drop_flag(runtime.redis)
    root = runtime.settings.data_dir
    _sweep(root, now=runtime.now())
    counts = fetch_due(
        runtime.engine,
        accounts_of(runtime.channels),
        root=root,
        community=runtime.settings.community.name,
        now=runtime.now,
    )
    if counts["notices"]:
        try:
            queue.ask_for_relay(runtime.redis)
        except RedisError as error:
            log.warning("relay not asked for, its tick will come", error=type(error).__name__)
    log.info("media fetched", **counts)


def _drop_flag(redis: Redis) -> None:
    """Let the next turn ask for a run of its own: this one may miss what is written from now on."""
    try:
        redis.delete(queue.MEDIA_FLAG)
    except RedisError as error:
        log.warning("media flag left standing", error=type(error).__name__)


def fetch_due(
    engine: Engine,
    accounts: Accounts,
    *,
    root: Path,
    community: str,
    now: Callable[[], datetime],
) -> Counter[str]:
    """Fetch one after the other until nothing is due, or the run has lasted long enough.

    Any number may run at the same time. An account that does not answer is asked once in a run: a
    worker has other things to do than to wait for it. Gives how many were ``kept``, ``refused``,
    ``lost``, or ``put_off``, and how many ``notices`` were written.
    """
    run = _Run(engine, accounts, root, community, now)
    until = now() + _RUN
    while now() < until and run.one():
        pass
    return run.counts


class _Run:
    """One run; it remembers which accounts did not answer."""

    def __init__(
        self,
        engine: Engine,
        accounts: Accounts,
        root: Path,
        community: str,
        now: Callable[[], datetime],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._engine = engine
        self._accounts = accounts
        self._root = root
        self._community = community
        self._now = now
        self._lease = now()
        self._silent: set[str] = set()

    def one(self) -> bool:
        """Fetch the oldest that is due; False when the run is over."""
        at = self._now()
        self._lease = at + LEASE
        claimed = transact(
            self._engine, lambda session: media.claim_due(session, now=at, limit=1, lease=LEASE)
        )
        if not claimed:
            return False
        (medium,) = claimed
        channel = self._accounts.get((medium.platform, medium.app_id))
        if channel is None:
            self._put_off(medium, "no account")
        elif channel.account.name in self._silent:
            self._put_off(medium, NO_ANSWER)
        else:
            self._fetch(medium, channel)
        return True

    def _fetch(self, medium: Claimed, channel: Channel) -> None:
        try:
            kept = _save(channel, medium, self._root, at=self._now())
        except TooLargeError:
            text = texts.TOO_LARGE[medium.kind]
            self._give_up(medium, MediaStatus.REFUSED, "too large", text)
        except UnknownFormatError:
            text = texts.UNKNOWN_FORMAT[medium.kind]
            self._give_up(medium, MediaStatus.REFUSED, "unknown format", text)
        except ApiError as error:
            self._api_said_no(medium, channel, error)
        except OSError as error:
            log.error("media cannot be written", error=type(error).__name__, errno=error.errno)  # noqa: TRY400 (a traceback would add nothing)
            self._put_off(medium, f"disk {error.errno}")
        except Exception:  # the edge of one medium: whatever is wrong with it, others must go on
            log.exception("medium not fetched", medium_id=medium.medium_id)
            self._put_off(medium, "unexpected")
        else:
            self._keep(medium, kept)

    def _api_said_no(self, medium: Claimed, channel: Channel, error: ApiError) -> None:
        word = NO_ANSWER if error.code is None else str(error.code)
        if error.kind not in _AGAIN:
            self._give_up(medium, MediaStatus.LOST, word, texts.LOST[medium.kind])
            return
        if error.code is None:
            self._silent.add(channel.account.name)
        if error.kind is FailureKind.MISCONFIGURED:
            log.error(
                "the platform refuses an account, its settings must be corrected",
                account=channel.account.name,
                code=error.code,
            )
        self._put_off(medium, word)

    def _keep(self, medium: Claimed, kept: _Kept) -> None:
        is_mine = transact(
            self._engine,
            lambda session: media.keep(
                session,
                medium.medium_id,
                lease=self._lease,
                path=kept.path,
                content_type=kept.format.content_type,
                size=kept.size,
            ),
        )
        if is_mine:
            self.counts["kept"] += 1
        else:
            (self._root / kept.path).unlink(missing_ok=True)

    def _put_off(self, medium: Claimed, failure: str) -> None:
        """Try again later, as long as the platform still has it."""
        pause = min(rules.backoff(medium.attempts) or _LONGEST_PAUSE, _LONGEST_PAUSE)
        due_at = self._now() + pause
        if due_at > medium.created_at + _PLATFORMS_KEEP:
            self._give_up(medium, MediaStatus.LOST, failure, texts.LOST[medium.kind])
            return
        transact(
            self._engine,
            lambda session: media.put_off(
                session, medium.medium_id, lease=self._lease, due_at=due_at, failure=failure
            ),
        )
        self.counts["put_off"] += 1

    def _give_up(self, medium: Claimed, status: MediaStatus, failure: str, text: str) -> None:
        """End it, and tell the sender, unless they were told of another one a moment ago."""

        def end(session: Session) -> int | None:
            since = self._now() - _TOLD_LATELY
            was_told = media.has_failed_since(
                session, medium.person_id, since, besides=medium.medium_id
            )
            if not media.give_up(
                session, medium.medium_id, lease=self._lease, status=status, failure=failure
            ):
                return None
            if was_told:
                return 0
            notice = Notice(
                kind=NoticeKind.REPLY,
                title=self._community,
                text=text,
                recipients=(medium.person_id,),
            )
            return len(notices.post(session, [notice], now=self._now()))

        written = transact(self._engine, end)
        if written is not None:
            self.counts[status.value] += 1
            self.counts["notices"] += written


def _save(channel: Channel, medium: Claimed, root: Path, *, at: datetime) -> _Kept:
    """Bring a file from the platform to its place.

    Raises:
        ApiError: the platform does not have it, or cannot be reached.
        TooLargeError: it is larger than anybody could be shown.
        UnknownFormatError: it is neither photo nor voice.
        OSError: it cannot be written.
    """
    incoming = _folder(root, "media", "incoming")
    handle, name = tempfile.mkstemp(suffix=".part", dir=incoming)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            channel.download(medium.media_id, file, most=INCOMING_BYTES[medium.kind])
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            file.seek(0)
            found = format_of(file.read(HEAD_BYTES), medium.kind)
        if found is None:
            raise UnknownFormatError
        path = _folder(root, "media", f"{at:%Y}", f"{at:%m}") / (
            secrets.token_hex(16) + found.suffix
        )
        temporary.replace(path)
        _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return _Kept(str(path.relative_to(root)), found, size)


def _folder(root: Path, *names: str) -> Path:
    """Give a folder below the data directory, made for the process's user alone."""
    folder = root
    for name in names:
        folder /= name
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _sync(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget_loose(engine: Engine, root: Path, *, before: datetime) -> int:
    """Remove files and rows of what was sent before a moment and never became part of an order.

    Gives how many. The file goes first: a row without its file harms nobody.
    """
    count = 0
    while found := transact(
        engine, lambda session: media.loose(session, before=before, most=_BATCH)
    ):
        for path in filter(None, found.values()):
            (root / path).unlink(missing_ok=True)
        transact(engine, functools.partial(media.drop, medium_ids=list(found)))
        count += len(found)
    return count


def _sweep(root: Path, *, now: datetime) -> None:
    """Remove what a killed worker left half written."""
    for left in (root / "media" / "incoming").glob("*.part"):
        with contextlib.suppress(FileNotFoundError):  # another worker was faster
            if now - datetime.fromtimestamp(left.stat().st_mtime, UTC) > _LEFTOVER:
                left.unlink()
