"""The relay: sends what is due, in as few calls as the platforms allow, and says what became of it.

At least once: what was sent and could not be recorded is sent again when its lease has run out,
with the platform's own guards against duplicates (the task id of a card, the check of equal texts).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.channels import ApiError, Channel, Enclosed, FailureKind, Sent
from bot.channels.failures import UNKNOWN_MEDIUM
from bot.queue import RELAY_FLAG
from bot.runtime import current
from handlers.rules import delivery as rules
from handlers.rules.delivery import ALLOWANCES, Send, Wait, Window
from storage import choices, deliveries, windows
from storage.deliveries import Address
from storage.media import Item
from storage.vocabulary import DeliveryStatus, MediaStatus, Platform
from storage.windows import Reservation
from workers import cards
from workers.enclosures import Enclosures
from workers.parcels import Ledger, Parcel, Post, outgoing, parts, waves
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(seconds=60)
_BATCH = 1000  # what one WeCom call can carry
_LAST_CALL = timedelta(seconds=25)  # a call begun later could outlast the lease
_RUN = timedelta(seconds=120)  # the next tick's run goes on
_SINGLE_SENDS = 20  # reserved and recorded together where a call reaches one person
_TIRED_AFTER = 3  # an account that fails so often in a row rests until the next run
_UNTIL_FETCHED = timedelta(seconds=5)  # the next tick looks again whether the photo is there
_DIGITS_LAST = timedelta(hours=72)
_QUESTION_LASTS = timedelta(minutes=10)
_COUNTED = {
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.DUE: "retried",
    DeliveryStatus.PENDING: "pending",
}

Accounts = Mapping[tuple[Platform, str], Channel]


def relay() -> None:
    """Send everything that is due, then renew the cards of orders that have moved on."""
    runtime = current()
    _drop_flag(runtime.redis)
    counts = deliver(
        runtime.engine, runtime.channels, root=runtime.settings.data_dir, now=runtime.now
    )
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
    engine: Engine, channels: Mapping[str, Channel], *, root: Path, now: Callable[[], datetime]
) -> Counter[str]:
    """Claim and send in batches until nothing is due, or the run has lasted long enough.

    Any number may run at the same time. Gives how many deliveries were ``sent``, ``retried`` later,
    left ``pending``, ``released`` untried for lack of time, or ``postponed`` because their photo
    is still being fetched. ``root`` is the data directory.
    """
    run = _Run(engine, accounts_of(channels), Enclosures(engine, root, now), now)
    until = now() + _RUN
    while now() < until and run.batch():
        pass
    return run.counts


@dataclass(slots=True)
class _Streak:
    """How often an account failed in a row, and how it did last."""

    length: int = 0
    error: ApiError | None = None


class _Run:
    """One run of the relay; it remembers which accounts do not answer."""

    def __init__(
        self,
        engine: Engine,
        accounts: Accounts,
        enclosures: Enclosures,
        now: Callable[[], datetime],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._engine = engine
        self._accounts = accounts
        self._enclosures = enclosures
        self._now = now
        self._claimed_at = now()
        self._streaks: dict[str, _Streak] = {}

    @property
    def _lease(self) -> datetime:
        return self._claimed_at + LEASE

    def batch(self) -> bool:
        """Work off one claim; False when nothing was due."""
        self._claimed_at = claimed_at = self._now()
        claimed = transact(
            self._engine,
            lambda session: deliveries.claim_due(
                session, now=claimed_at, limit=_BATCH, lease=LEASE
            ),
        )
        parcels = [Parcel(each, each.failure) for each in claimed]
        while parcels:
            parcels = self._round(parcels)
        return bool(claimed)

    def _round(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Bring each parcel one link on; gives those that were refused and have a next one.

        Words go first: no upload holds them up.
        """
        ledger = Ledger(self._now())
        items = self._enclosures.find(
            parcel.claimed.content.medium_id or 0 for parcel in parcels if parcel.is_medium
        )
        words: list[Post] = []
        media: list[Post] = []
        for parcel in parcels:
            post = self._post(ledger, parcel, items)
            if post is not None:
                (media if parcel.is_medium else words).append(post)
        self._write(ledger)
        return self._send_all(words, _SINGLE_SENDS) + self._send_all(media, 1)

    def _post(self, ledger: Ledger, parcel: Parcel, items: Mapping[int, Item]) -> Post | None:
        """Find where a parcel goes now; None where it has to wait."""
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
            ledger.wait(parcel, parcel.failure or step.reason)
            return None
        return Post(parcel, step, item)

    def _step(self, parcel: Parcel, now: datetime) -> Send[Address] | Wait:
        return rules.next_step(
            parcel.addresses,
            now=now,
            accounts=self._accounts,
            tried=parcel.tried,
            resume_at=parcel.claimed.identity_id,
        )

    def _send_all(self, posts: Sequence[Post], singles_at_once: int) -> list[Parcel]:
        groups: dict[tuple[int, Platform, str, bool, bool], list[Post]] = {}
        singles: list[Post] = []
        for post in posts:
            if post.step.window is None:
                groups.setdefault(post.call, []).append(post)
            else:
                singles.append(post)
        again: list[Parcel] = []
        for group in groups.values():
            for part in parts(group, self._channel(group[0]).batch_size):
                again += self._call(self._send_group, part)
        for wave in waves(singles):
            for part in parts(wave, singles_at_once):
                again += self._call(self._send_singles, part)
        return again

    def _call(
        self, send: Callable[[Ledger, list[Post], Enclosed | None], None], posts: list[Post]
    ) -> list[Parcel]:
        """Upload what is not known to the platform yet, then send; give up early when it is late.

        Of media the posts of one call share one file.
        """
        ledger = Ledger(self._now())
        enclosed = None if self._is_late() else self._enclose(posts[0])
        if isinstance(enclosed, ApiError):
            ledger.enter(posts, enclosed)
        elif self._is_late():
            ledger.released += [post.parcel for post in posts]
        else:
            send(ledger, posts, enclosed)
        self._write(ledger)
        return ledger.again

    def _enclose(self, post: Post) -> Enclosed | ApiError | None:
        """Give the name of the post's file on its platform; None where words are sent."""
        if post.item is None or not post.parcel.is_medium:
            return None
        channel = self._channel(post)
        streak = self._streaks.setdefault(f"{channel.account.name} uploads", _Streak())
        if streak.error and streak.length >= _TIRED_AFTER:
            return streak.error
        try:
            enclosed = self._enclosures.on(channel, post.item)
        except ApiError as error:
            self._note(channel, streak, error)
            return error
        except Exception:  # the edge of one medium: whatever is wrong with it, others must go on
            log.exception("medium not uploaded", medium_id=post.item.medium_id)
            return ApiError(None, "unexpected", FailureKind.RETRY)
        streak.length = 0
        return enclosed

    def _is_late(self) -> bool:
        """Say whether a call begun now could outlast the lease."""
        return self._now() > self._claimed_at + _LAST_CALL

    def _channel(self, post: Post) -> Channel:
        return self._accounts[post.address.platform, post.address.app_id]

    def _send_group(self, ledger: Ledger, posts: list[Post], enclosed: Enclosed | None) -> None:
        """Send one notice to many with one call."""
        mine = transact(self._engine, lambda session: self._still_mine(session, posts))
        if mine:
            ledger.enter(mine, self._resting(mine[0]) or self._send(mine, enclosed))

    def _send_singles(self, ledger: Ledger, posts: list[Post], enclosed: Enclosed | None) -> None:
        """Send to one person after the other, each send taken from its window beforehand."""
        mine, reserved = transact(self._engine, lambda session: self._reserve(session, posts))
        for post in mine:
            reservation = reserved.get(post.address.identity_id)
            if reservation is None:
                ledger.skip(post)
            elif self._is_late():
                ledger.refunds.append(reservation)
                ledger.released.append(post.parcel)
            elif error := self._resting(post):
                ledger.refunds.append(reservation)
                ledger.enter([post], error)
            else:
                outcome = self._send([post], enclosed)
                ledger.charge(reservation, outcome)
                ledger.enter([post], outcome)

    def _still_mine(self, session: Session, posts: Sequence[Post]) -> list[Post]:
        """Leave out what a turn has revoked since the claim, and photos that are not theirs now."""
        ids = deliveries.still_mine(session, [post.parcel.id for post in posts], lease=self._lease)
        if posts[0].parcel.is_medium:
            ids -= deliveries.withdraw_media(session, sorted(ids))
        return [post for post in posts if post.parcel.id in ids]

    def _reserve(
        self, session: Session, posts: Sequence[Post]
    ) -> tuple[list[Post], dict[int, Reservation]]:
        mine = self._still_mine(session, posts)
        reserved: dict[int, Reservation] = {}
        for window, allowance in ALLOWANCES.items():
            identities = [post.address.identity_id for post in mine if post.step.window is window]
            for reservation in windows.reserve(
                session,
                identities,
                is_tap=window is Window.TAP,
                quota=allowance.media_sends if posts[0].parcel.is_medium else allowance.sends,
                opened_after=allowance.opened_after(self._now()),
            ):
                reserved[reservation.identity_id] = reservation
        return mine, reserved

    def _resting(self, post: Post) -> ApiError | None:
        """Give the error of an account that is left alone for the rest of this run."""
        streak = self._streaks.get(self._channel(post).account.name)
        return streak.error if streak and streak.length >= _TIRED_AFTER else None

    def _send(self, posts: Sequence[Post], enclosed: Enclosed | None) -> Sent | ApiError:
        """Make one call of a platform's API."""
        channel = self._channel(posts[0])
        streak = self._streaks.setdefault(channel.account.name, _Streak())
        try:
            sent = channel.send(
                [post.address.external_id for post in posts], outgoing(posts, enclosed)
            )
        except ApiError as error:
            if posts[0].item and error.code == UNKNOWN_MEDIUM:
                self._enclosures.forget(channel, posts[0].item)
                return ApiError(error.code, "uploaded anew next time", FailureKind.RETRY)
            self._note(channel, streak, error)
            return error
        except Exception:  # the edge of one notice: whatever is wrong with it, others must go on
            notice_id = posts[0].parcel.claimed.content.notice_id
            log.exception("notice not sent", notice_id=notice_id, account=channel.account.name)
            return ApiError(None, "unexpected", FailureKind.RETRY)
        streak.length = 0
        return sent

    def _note(self, channel: Channel, streak: _Streak, error: ApiError) -> None:
        """Remember how an account fails; tell the operator what no retry will mend."""
        match error.kind:
            case FailureKind.MISCONFIGURED | FailureKind.UNAUTHORISED | FailureKind.QUOTA:
                log.error(
                    "the platform refuses an account, its settings must be corrected",
                    account=channel.account.name,
                    code=error.code,
                )
                streak.length, streak.error = _TIRED_AFTER, error
            case FailureKind.RETRY:
                streak.length, streak.error = streak.length + 1, error
            case FailureKind.UNREACHABLE | FailureKind.WINDOW_CLOSED | FailureKind.REFUSED:
                streak.length = 0

    def _write(self, ledger: Ledger) -> None:
        """Record a call, and only then its digits: they may have to wait for a running turn."""

        def record(session: Session) -> None:
            deliveries.record(session, ledger.results, now=ledger.now, lease=self._lease)
            released = [parcel.id for parcel in ledger.released]
            deliveries.release(session, released, lease=self._lease)
            postponed = [parcel.id for parcel in ledger.postponed]
            deliveries.postpone(
                session, postponed, lease=self._lease, due_at=ledger.now + _UNTIL_FETCHED
            )
            for reservation in ledger.refunds:
                windows.refund(session, reservation)
            for reservation in ledger.exhausted:
                window = Window.TAP if reservation.is_tap else Window.MESSAGE
                windows.exhaust(session, reservation, quota=ALLOWANCES[window].sends)

        rest = (ledger.released, ledger.postponed, ledger.refunds, ledger.exhausted)
        if ledger.results or any(rest):
            transact(self._engine, record)
        if ledger.menus:
            transact(
                self._engine,
                lambda session: choices.offer_menus(
                    session,
                    ledger.menus,
                    until=ledger.now + _DIGITS_LAST,
                    quiet_since=ledger.now - _QUESTION_LASTS,
                ),
            )
        self.counts.update(_COUNTED[result.status] for result in ledger.results)
        self.counts["released"] += len(ledger.released)
        self.counts["postponed"] += len(ledger.postponed)
