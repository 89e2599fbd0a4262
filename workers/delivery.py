"""The relay: sends what is due, in as few calls as the platforms allow, and says what became of it.

At least once: what was sent and could not be recorded is sent again when its lease has run out,
with the platform's own guards against duplicates (the task id of a card, the check of equal texts).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.channels import Channel
from bot.queue import RELAY_FLAG
from bot.runtime import current
from handlers.rules import delivery as rules
from handlers.rules import quiet
from handlers.rules.delivery import Send, Wait
from handlers.rules.quiet import Hours, Urgency
from storage import alerts, deliveries, outages, receipts
from storage.deliveries import Address, Claimed
from storage.media import Item
from storage.vocabulary import MediaStatus, Platform
from workers import cards
from workers.calls import LEASE, Calls
from workers.enclosures import Enclosures
from workers.parcels import Ledger, Parcel, Post
from workers.reservations import Accounts
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

CHINA = ZoneInfo("Asia/Shanghai")

_BATCH = 1000  # what one WeCom call can carry
_RUN = timedelta(seconds=120)  # the next tick's run goes on
_SHARE = 90  # of its age a notice waits at the least before it goes scouting: 40 s of an hour
_SCOUTING = timedelta(days=1)  # for so long a notice is pushed


def relay() -> None:
    """Send everything urgent that is due, then renew the cards of orders that have moved on."""
    runtime = current()
    _drop_flag(runtime.redis)
    counts = deliver(
        runtime.engine,
        runtime.channels,
        root=runtime.settings.data_dir,
        now=runtime.now,
        zone=runtime.settings.policy.timezone,
    )
    transact(runtime.engine, lambda session: receipts.settle(session, runtime.now()))
    counts += cards.renew(runtime.engine, accounts_of(runtime.channels), now=runtime.now)
    log.info("notices relayed", **counts)


def _drop_flag(redis: Redis) -> None:
    """Let the next turn ask for a run of its own: this one may miss what is written from now on."""
    try:
        redis.delete(RELAY_FLAG)
    except RedisError as error:
        log.warning("relay flag left standing", error=type(error).__name__)


def accounts_of(channels: Mapping[str, Channel]) -> Accounts:
    """Give the channel that writes to the identities of an app id or CorpID: its first account."""
    found: dict[tuple[Platform, str], Channel] = {}
    for channel in channels.values():
        found.setdefault((channel.account.platform, channel.account.app_id), channel)
    return found


def deliver(
    engine: Engine,
    channels: Mapping[str, Channel],
    *,
    root: Path,
    now: Callable[[], datetime],
    zone: ZoneInfo = CHINA,
) -> Counter[str]:
    """Claim and send what is urgent in batches until nothing is due, or the run has lasted enough.

    Any number may run at the same time. Gives how many deliveries were ``sent``, ``retried`` later,
    left ``pending``, ``released`` untried for lack of time, or ``postponed`` because their photo
    is still being fetched or a member got enough for this minute, and how many wait for the end of
    their reader's ``quiet`` hours, which ``zone`` counts. ``root`` is the data directory.
    """
    calls = Calls(engine, accounts_of(channels), Enclosures(engine, root, now), now)
    return _Run(engine, calls, now, zone).all()


def deliver_bulk(
    engine: Engine,
    channels: Mapping[str, Channel],
    *,
    root: Path,
    now: Callable[[], datetime],
    zone: ZoneInfo = CHINA,
) -> Counter[str]:
    """Do the same for what is bulk, with everything urgent going out before each of its calls."""
    accounts, enclosures = accounts_of(channels), Enclosures(engine, root, now)
    urgent = _Run(engine, Calls(engine, accounts, enclosures, now), now, zone)
    calls = Calls(engine, accounts, enclosures, now, is_bulk=True, between=urgent.batches)
    counts = _Run(engine, calls, now, zone, is_bulk=True).all()
    return counts + urgent.all()


class _Run:
    """One run of the relay, for what is urgent or for what is bulk."""

    def __init__(
        self,
        engine: Engine,
        calls: Calls,
        now: Callable[[], datetime],
        zone: ZoneInfo,
        *,
        is_bulk: bool = False,
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._calls = calls
        self._now = now
        self._is_bulk = is_bulk
        self._until = now() + _RUN

    def all(self) -> Counter[str]:
        """Work off what is due, then tell what operators must know."""
        try:
            self.batches()
        finally:
            self._calls.close()
        self._complain()
        self._scout()
        return self._calls.counts

    def batches(self) -> None:
        """Work off claims until nothing is due, or the run has lasted long enough."""
        while self._now() < self._until and self._batch():
            pass

    def _batch(self) -> bool:
        """Work off one claim; False when nothing was due."""
        claimed_at = self._now()
        claimed = transact(
            self._engine,
            lambda session: deliveries.claim_due(
                session, now=claimed_at, limit=_BATCH, lease=LEASE, bulk=self._is_bulk
            ),
        )
        self._calls.begin(claimed_at)
        parcels = [Parcel(each, each.failure) for each in claimed]
        while parcels:
            parcels = self._round(parcels)
        return bool(claimed)

    def _round(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Bring each parcel one link on; gives those that were refused and have a next one."""
        ledger = Ledger(self._now())
        items = self._calls.enclosures.find(
            parcel.claimed.content.medium_id or 0 for parcel in parcels if parcel.is_medium
        )
        words: list[Post] = []
        media: list[Post] = []
        for parcel in parcels:
            post = self._post(ledger, parcel, items)
            if post is not None:
                (media if parcel.is_medium else words).append(post)
        self._calls.write(ledger)
        return self._calls.carry(words, media)

    def _post(self, ledger: Ledger, parcel: Parcel, items: Mapping[int, Item]) -> Post | None:
        """Find where a parcel goes now; None where it has to wait."""
        if until := self._quiet_until(parcel.claimed, ledger.now):
            ledger.keep_quiet(parcel, until)
            return None
        item = items.get(parcel.claimed.content.medium_id or 0)
        if parcel.is_medium and (item is None or item.status is not MediaStatus.KEPT):
            if item is not None and item.status is MediaStatus.DUE:
                ledger.postponed.append(parcel)
                return None
            parcel.failure = f"medium {item.status if item else 'unknown'}"
            parcel.speak_instead()
        step = self._step(parcel, ledger.now)
        if isinstance(step, Wait) and parcel.is_medium and parcel.is_uncarried:
            parcel.speak_instead()
            step = self._step(parcel, ledger.now)
        if isinstance(step, Wait):
            if parcel.is_over_quota:
                ledger.tomorrow(parcel)
            else:
                ledger.wait(parcel, parcel.failure or step.reason)
            return None
        return Post(parcel, step, item)

    def _quiet_until(self, claimed: Claimed, now: datetime) -> datetime | None:
        """Say until when a delivery waits because its reader wants it quiet; None: it goes now."""
        if claimed.quiet_from is None or claimed.quiet_until is None:
            return None
        urgency = Urgency(
            kind=claimed.content.kind,
            is_bulk=self._is_bulk,
            is_held=claimed.is_held,
            is_danger=claimed.is_danger,
        )
        if not quiet.can_wait(urgency):
            return None
        return quiet.ends_at(now, Hours(claimed.quiet_from, claimed.quiet_until), self._zone)

    def _step(self, parcel: Parcel, now: datetime) -> Send[Address] | Wait:
        accounts, purpose = self._calls.accounts, parcel.claimed.content.kind
        return rules.next_step(
            parcel.addresses,
            now=now,
            accounts=accounts,
            templates={
                app_id
                for (_, app_id), channel in accounts.items()
                if purpose in channel.account.templates and not parcel.is_medium
            },
            tried=parcel.tried,
            resume_at=parcel.claimed.identity_id,
        )

    def _complain(self) -> None:
        """Keep what operators must know of the accounts where ``jinlin doctor`` finds it."""
        now = self._now()
        complaints = self._calls.streaks.complaints() | self._calls.clocks_that_differ()

        def raise_all(session: Session) -> None:
            for each in sorted(complaints, key=str):
                alerts.raise_alert(session, each.app_id, each.kind, each.code, now)

        if complaints:
            transact(self._engine, raise_all)

    def _scout(self) -> None:
        """See to it that one call finds out soon when an account that failed answers again."""
        now, failing = self._now(), self._calls.streaks.failing()

        def send_out(session: Session) -> None:
            for app_id, patience in sorted(failing.items()):
                outages.scout(
                    session, app_id, now=now, patience=patience, share=_SHARE, age=_SCOUTING
                )

        if failing:
            transact(self._engine, send_out)
