"""Carries parcels in calls of the platforms' APIs: reserves, sends, records what became of each.

Nothing is sent that was not taken from its window, rate and daily quota beforehand, in a
transaction of its own; what became of it is written in another.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.channels import ApiError, Channel, Enclosed, FailureKind, Sent
from bot.channels.failures import UNKNOWN_MEDIUM
from bot.channels.skew import TOLERATED_SECONDS
from bot.config import Account
from handlers.rules.delivery import ALLOWANCES, Way, platform_day
from storage import choices, deliveries, quotas, windows
from storage.vocabulary import AlertKind, DeliveryStatus, Platform, Quota
from storage.windows import Reservation
from workers.enclosures import Enclosures
from workers.parcels import Ledger, Parcel, Post, outgoing, parts, waves
from workers.streaks import Complaint, Streaks
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(seconds=60)
_LAST_CALL = timedelta(seconds=25)  # a call begun later could outlast the lease
_SINGLE_SENDS = 20  # reserved and recorded together where a call reaches one person
_THREADS = 10  # calls under way at the same time where each reaches one person
_UNTIL_FETCHED = timedelta(seconds=5)  # the next tick looks again whether the photo is there
_UNTIL_RATE = timedelta(minutes=1)
_DIGITS_LAST = timedelta(hours=72)
_QUESTION_LASTS = timedelta(minutes=10)
# Half of what the platform takes from one member (B4: 30 a minute, 1,000 an hour), because a
# sliding period touches two of ours; the rest of each half is for what is urgent.
_A_MINUTE, _AN_HOUR = 15, 500
_BULK_A_MINUTE, _BULK_AN_HOUR = 5, 300
_COUNTED = {
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.DUE: "retried",
    DeliveryStatus.PENDING: "pending",
}
_QUOTAS = {Way.TAP: Quota.SENDS, Way.MESSAGE: Quota.SENDS, Way.TEMPLATE: Quota.TEMPLATES}

Accounts = Mapping[tuple[Platform, str], Channel]


class Calls:
    """The calls of one run; it remembers which accounts do not answer."""

    def __init__(
        self,
        engine: Engine,
        accounts: Accounts,
        enclosures: Enclosures,
        now: Callable[[], datetime],
        *,
        is_bulk: bool = False,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare a run.

        Args:
            engine: where deliveries are claimed and recorded.
            accounts: the channels by platform and app id.
            enclosures: the files of photos and voices.
            now: the clock.
            is_bulk: members' rates are not used up, some is left for what is urgent.
            between: called before each call; what is urgent goes out there.
        """
        self.counts: Counter[str] = Counter()
        self.streaks = Streaks()
        self._engine = engine
        self.accounts = accounts
        self.enclosures = enclosures
        self._now = now
        self._rates = (_BULK_A_MINUTE, _BULK_AN_HOUR) if is_bulk else (_A_MINUTE, _AN_HOUR)
        self._between = between
        self._claimed_at = now()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="send")

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def clocks_that_differ(self) -> frozenset[Complaint]:
        """Name the accounts whose platform has another time than we have."""
        return frozenset(
            Complaint(account, AlertKind.CLOCK, "date")
            for (_, account), channel in self.accounts.items()
            if abs(channel.skew_seconds or 0.0) > TOLERATED_SECONDS
        )

    def begin(self, claimed_at: datetime) -> None:
        """Go on with another claim, whose lease began then."""
        self._claimed_at = claimed_at

    @property
    def _lease(self) -> datetime:
        return self._claimed_at + LEASE

    def carry(self, words: Sequence[Post], media: Sequence[Post]) -> list[Parcel]:
        """Send posts; gives the parcels that were refused and have to go on along their chain.

        Words go first: no upload holds them up.
        """
        return self._carry(words, _SINGLE_SENDS) + self._carry(media, 1)

    def _carry(self, posts: Sequence[Post], singles_at_once: int) -> list[Parcel]:
        groups: dict[tuple[int, Platform, str, bool, bool], list[Post]] = {}
        singles: list[Post] = []
        for post in posts:
            if post.step.way is Way.WECOM:
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
        self._between()
        ledger = Ledger(self._now())
        enclosed = None if self._is_late() else self._enclose(posts[0])
        if isinstance(enclosed, ApiError):
            ledger.enter(posts, enclosed)
        elif self._is_late():
            ledger.released += [post.parcel for post in posts]
        else:
            send(ledger, posts, enclosed)
        self.write(ledger)
        return ledger.again

    def _enclose(self, post: Post) -> Enclosed | ApiError | None:
        """Give the name of the post's file on its platform; None where words are sent."""
        if post.item is None or not post.parcel.is_medium:
            return None
        channel = self._channel(post)
        if error := self.streaks.resting(channel, "upload"):
            return error
        try:
            enclosed = self.enclosures.on(channel, post.item)
        except ApiError as error:
            self.streaks.failed(channel, "upload", error)
            return error
        except Exception:  # the edge of one medium: whatever is wrong with it, others must go on
            log.exception("medium not uploaded", medium_id=post.item.medium_id)
            return ApiError(None, "unexpected", FailureKind.RETRY)
        self.streaks.answered(channel, "upload")
        return enclosed

    def _is_late(self) -> bool:
        """Say whether a call begun now could outlast the lease."""
        return self._now() > self._claimed_at + _LAST_CALL

    def _channel(self, post: Post) -> Channel:
        return self.accounts[post.address.platform, post.address.app_id]

    def _send_group(self, ledger: Ledger, posts: list[Post], enclosed: Enclosed | None) -> None:
        """Send one notice to many with one call."""
        mine = transact(self._engine, lambda session: self._reserve_group(session, posts))
        ledger.rated += [post.parcel for post in mine.rated]
        for post in mine.over_quota:
            ledger.put_over_quota(post)
        if mine.granted:
            outcome = self._resting(mine.granted[0]) or self._send(mine.granted, enclosed)
            ledger.enter(mine.granted, outcome)

    def _send_singles(self, ledger: Ledger, posts: list[Post], enclosed: Enclosed | None) -> None:
        """Send to one person each, several at a time, each send taken from window and quota."""
        mine = transact(self._engine, lambda session: self._reserve(session, posts))
        ledger.refunds += mine.refunds
        for post in mine.closed:
            ledger.skip(post)
        for post in mine.over_quota:
            ledger.put_over_quota(post)
        outcomes = self._threads.map(lambda each: self._one(each, enclosed), mine.granted)
        for post, outcome in zip(mine.granted, outcomes, strict=True):
            window = mine.windows.get(post.parcel.id)
            if outcome is None:
                ledger.released.append(post.parcel)
                ledger.unmade[post.address.app_id, _QUOTAS[post.step.way]] += 1
            else:
                ledger.enter([post], outcome)
                if isinstance(outcome, ApiError) and outcome.kind is FailureKind.QUOTA:
                    ledger.used_up.add((post.address.app_id, _QUOTAS[post.step.way]))
            if window:
                ledger.charge(window, outcome)

    def _one(self, post: Post, enclosed: Enclosed | None) -> Sent | ApiError | None:
        """Make the call for one person; None where it is too late for it."""
        if self._is_late():
            return None
        return self._resting(post) or self._send([post], enclosed)

    def _still_mine(self, session: Session, posts: Sequence[Post]) -> list[Post]:
        """Leave out what a turn has revoked since the claim, and photos that are not theirs now."""
        ids = deliveries.still_mine(session, [post.parcel.id for post in posts], lease=self._lease)
        if posts[0].parcel.is_medium:
            ids -= deliveries.withdraw_media(session, sorted(ids))
        return [post for post in posts if post.parcel.id in ids]

    def _reserve_group(self, session: Session, posts: Sequence[Post]) -> "_Reserved":
        """Take a send from each member's rates, and from the account's day where it has a limit."""
        reserved = _Reserved()
        mine = self._still_mine(session, posts)
        if not mine:
            return reserved
        free = quotas.take_rates(
            session,
            {post.address.identity_id for post in mine},
            now=self._now(),
            a_minute=self._rates[0],
            an_hour=self._rates[1],
        )
        reserved.rated = [post for post in mine if post.address.identity_id not in free]
        ready = [post for post in mine if post.address.identity_id in free]
        self._take_quota(session, reserved, ready, Quota.SENDS)
        return reserved

    def _reserve(self, session: Session, posts: Sequence[Post]) -> "_Reserved":
        """Take a send from each person's window, and from the account's day."""
        reserved = _Reserved()
        mine = self._still_mine(session, posts)
        ready = [post for post in mine if post.step.way is Way.TEMPLATE]
        for window, allowance in ALLOWANCES.items():
            through = {post.address.identity_id: post for post in mine if post.step.way is window}
            is_medium = posts[0].parcel.is_medium
            for reservation in windows.reserve(
                session,
                sorted(through),
                is_tap=window is Way.TAP,
                quota=allowance.media_sends if is_medium else allowance.sends,
                opened_after=allowance.opened_after(self._now()),
            ):
                post = through.pop(reservation.identity_id)
                reserved.windows[post.parcel.id] = reservation
                ready.append(post)
            reserved.closed += through.values()
        accounts: dict[tuple[str, Quota], list[Post]] = {}
        for post in ready:
            accounts.setdefault((post.address.app_id, _QUOTAS[post.step.way]), []).append(post)
        for (_, quota), group in accounts.items():
            self._take_quota(session, reserved, group, quota)
        return reserved

    def _take_quota(
        self, session: Session, reserved: "_Reserved", posts: Sequence[Post], quota: Quota
    ) -> None:
        """Divide posts of one account into what its day still allows, and what it does not."""
        granted = len(posts)
        if posts and (limit := _limit(self._channel(posts[0]).account, quota)) is not None:
            granted = quotas.take(
                session,
                posts[0].address.app_id,
                quota,
                day=platform_day(self._now()),
                sends=len(posts),
                limit=limit,
            )
        reserved.granted += posts[:granted]
        for post in posts[granted:]:
            reserved.over_quota.append(post)
            if window := reserved.windows.pop(post.parcel.id, None):
                reserved.refunds.append(window)

    def _resting(self, post: Post) -> ApiError | None:
        """Give the error of an account that is left alone for the rest of this run."""
        return self.streaks.resting(self._channel(post), post.asks_for)

    def _send(self, posts: Sequence[Post], enclosed: Enclosed | None) -> Sent | ApiError:
        """Make one call of a platform's API."""
        channel, what = self._channel(posts[0]), posts[0].asks_for
        recipients = [post.address.external_id for post in posts]
        content = outgoing(posts, enclosed)
        try:
            if posts[0].step.way is Way.TEMPLATE:
                sent = channel.send_template(recipients[0], content)
            else:
                sent = channel.send(recipients, content)
        except ApiError as error:
            if posts[0].item and error.code == UNKNOWN_MEDIUM:
                self.enclosures.forget(channel, posts[0].item)
                return ApiError(error.code, "uploaded anew next time", FailureKind.RETRY)
            self.streaks.failed(channel, what, error)
            return error
        except Exception:  # the edge of one notice: whatever is wrong with it, others must go on
            notice_id = posts[0].parcel.claimed.content.notice_id
            log.exception("notice not sent", notice_id=notice_id, account=channel.account.name)
            return ApiError(None, "unexpected", FailureKind.RETRY)
        self.streaks.answered(channel, what)
        return sent

    def write(self, ledger: Ledger) -> None:
        """Record a call, and only then its digits: they may have to wait for a running turn."""
        if ledger.has_news:
            transact(self._engine, lambda session: self._record(session, ledger))
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
        self.counts["postponed"] += len(ledger.postponed) + len(ledger.rated)
        self.counts["quiet"] += sum(map(len, ledger.quiet.values()))

    def _record(self, session: Session, ledger: Ledger) -> None:
        lease, now = self._lease, ledger.now
        deliveries.record(session, ledger.results, now=now, lease=lease)
        deliveries.release(session, [parcel.id for parcel in ledger.released], lease=lease)
        for parcels, delay in ((ledger.postponed, _UNTIL_FETCHED), (ledger.rated, _UNTIL_RATE)):
            ids = [parcel.id for parcel in parcels]
            deliveries.postpone(session, ids, lease=lease, due_at=now + delay)
        for until, parcels in ledger.quiet.items():
            deliveries.postpone(session, [each.id for each in parcels], lease=lease, due_at=until)
        for reservation in ledger.refunds:
            windows.refund(session, reservation)
        for reservation in ledger.exhausted:
            window = Way.TAP if reservation.is_tap else Way.MESSAGE
            windows.exhaust(session, reservation, quota=ALLOWANCES[window].sends)
        for (app_id, quota), sends in ledger.unmade.items():
            quotas.give_back(session, app_id, quota, day=platform_day(now), sends=sends)
        for app_id, quota in ledger.used_up:
            limit = _limit(self.accounts[Platform.OFFICIAL, app_id].account, quota)
            if limit is not None:
                quotas.use_up(session, app_id, quota, day=platform_day(now), limit=limit)
        deliveries.hurry(session, ledger.recovered, now=now)


@dataclass(slots=True)
class _Reserved:
    """What posts may be sent now, and what becomes of the others.

    ``closed``: the window had nothing left; ``rated``: the member got enough this minute.
    """

    granted: list[Post] = field(default_factory=list)
    windows: dict[int, Reservation] = field(default_factory=dict)
    refunds: list[Reservation] = field(default_factory=list)
    closed: list[Post] = field(default_factory=list)
    rated: list[Post] = field(default_factory=list)
    over_quota: list[Post] = field(default_factory=list)


def _limit(account: Account, quota: Quota) -> int | None:
    """Give how much of a quota an account has a day; None where nothing is counted."""
    return account.daily_templates if quota is Quota.TEMPLATES else account.sends_a_day
