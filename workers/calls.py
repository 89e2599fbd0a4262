"""Carries parcels in calls of the platforms' APIs: reserves, sends, records what became of each.

Nothing is sent that was not taken from its window, rate and daily quota beforehand, in a
transaction of its own; what became of it is written in another.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.channels import ApiError, Channel, Enclosed, FailureKind, Sent
from bot.channels.failures import UNKNOWN_MEDIUM
from bot.channels.skew import TOLERATED_SECONDS
from handlers.rules.delivery import ALLOWANCES, Way, platform_day
from storage import choices, deliveries, outages, quotas, windows
from storage.vocabulary import AlertKind, DeliveryStatus, Platform
from workers.enclosures import Enclosures
from workers.parcels import Ledger, Parcel, Post, outgoing, parts, waves
from workers.reservations import QUOTAS, Accounts, Reservations
from workers.streaks import Complaint, Streaks
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(seconds=60)
_LAST_CALL = timedelta(seconds=25)  # a call begun later could outlast the lease
_SINGLE_SENDS = 20  # reserved and recorded together where a call reaches one person
_THREADS = 20  # calls under way at the same time where each reaches one person
_UNTIL_FETCHED = timedelta(seconds=5)  # the next tick looks again whether the photo is there
_UNTIL_RATE = timedelta(minutes=1)
_DIGITS_LAST = timedelta(hours=72)
_QUESTION_LASTS = timedelta(minutes=10)
_COUNTED = {
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.DUE: "retried",
    DeliveryStatus.PENDING: "pending",
}


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
        self._reservations = Reservations(accounts, now, is_bulk=is_bulk)
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
        if error := self._resting(posts[0]):
            ledger.enter(posts, error)
            return
        mine = transact(
            self._engine,
            lambda session: self._reservations.group(session, posts, lease=self._lease),
        )
        ledger.rated += [post.parcel for post in mine.rated]
        for post in mine.over_quota:
            ledger.put_over_quota(post)
        if mine.granted:
            outcome = self._send(mine.granted, enclosed)
            ledger.enter(mine.granted, outcome)
            self._give_back(ledger, mine.granted, outcome)

    def _send_singles(self, ledger: Ledger, posts: list[Post], enclosed: Enclosed | None) -> None:
        """Send to one person each, several at a time, each send taken from window and quota."""
        awake = self._awake(ledger, posts)
        mine = transact(
            self._engine,
            lambda session: self._reservations.singles(session, awake, lease=self._lease),
        )
        ledger.refunds += mine.refunds
        for post in mine.closed:
            ledger.skip(post)
        for post in mine.over_quota:
            ledger.put_over_quota(post)
        outcomes = self._threads.map(lambda each: self._one(each, enclosed), mine.granted)
        unmade: list[Post] = []
        for post, outcome in zip(mine.granted, outcomes, strict=True):
            window = mine.windows.get(post.parcel.id)
            self._give_back(ledger, [post], outcome)
            if outcome is None:
                unmade.append(post)
            else:
                ledger.enter([post], outcome)
                if isinstance(outcome, ApiError) and outcome.kind is FailureKind.QUOTA:
                    ledger.used_up.add((post.address.app_id, QUOTAS[post.step.way]))
            if window:
                ledger.charge(window, outcome)
        ledger.released += [post.parcel for post in self._awake(ledger, unmade)]

    def _give_back(
        self, ledger: Ledger, posts: Sequence[Post], outcome: Sent | ApiError | None
    ) -> None:
        """Give sends back to the account's day where no call was made."""
        if outcome is None or (isinstance(outcome, ApiError) and outcome.is_unsent):
            address, quota = posts[0].address, QUOTAS[posts[0].step.way]
            if self._reservations.limit(address.platform, address.app_id, quota) is not None:
                ledger.unmade[address.app_id, quota] += len(posts)

    def _awake(self, ledger: Ledger, posts: Sequence[Post]) -> list[Post]:
        """Put down what an account that is left alone means for posts, and give the others."""
        awake = []
        for post in posts:
            if error := self._resting(post):
                ledger.enter([post], error)
            else:
                awake.append(post)
        return awake

    def _one(self, post: Post, enclosed: Enclosed | None) -> Sent | ApiError | None:
        """Make the call for one person; None where it is too late, or the account tired by now."""
        if self._is_late() or self._resting(post):
            return None
        return self._send([post], enclosed)

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
            limit = self._reservations.limit(Platform.OFFICIAL, app_id, quota)
            if limit is not None:
                quotas.use_up(session, app_id, quota, day=platform_day(now), limit=limit)
        outages.hurry(session, ledger.recovered, now=now)
