"""What may be sent now: taken beforehand from windows, rates and days, in one transaction.

Nothing here calls a platform; ``calls`` gives back what was not sent after all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from bot.channels import Channel
from handlers.rules.delivery import ALLOWANCES, Way, platform_day
from storage import deliveries, quotas, windows
from storage.vocabulary import Platform, Quota
from storage.windows import Reservation
from workers.parcels import Post

Accounts = Mapping[tuple[Platform, str], Channel]
"""The channel that writes to the identities of an app id or CorpID."""

QUOTAS = MappingProxyType(
    {
        Way.WECOM: Quota.SENDS,
        Way.TAP: Quota.SENDS,
        Way.MESSAGE: Quota.SENDS,
        Way.TEMPLATE: Quota.TEMPLATES,
    }
)
"""Which of an account's days a way takes its sends from."""

# Half of what the platform takes from one member (B4: 30 a minute, 1,000 an hour), because a
# sliding period touches two of ours; the rest of each half is for what is urgent.
_A_MINUTE, _AN_HOUR = 15, 500
_BULK_A_MINUTE, _BULK_AN_HOUR = 5, 300


@dataclass(slots=True)
class Reserved:
    """What posts may be sent now, and what becomes of the others.

    ``closed``: the window had nothing left; ``rated``: the member got enough this minute.
    """

    granted: list[Post] = field(default_factory=list)
    windows: dict[int, Reservation] = field(default_factory=dict)
    refunds: list[Reservation] = field(default_factory=list)
    closed: list[Post] = field(default_factory=list)
    rated: list[Post] = field(default_factory=list)
    over_quota: list[Post] = field(default_factory=list)


class Reservations:
    """Takes sends for posts that are still to be sent; whoever revoked one meanwhile is heeded."""

    def __init__(self, accounts: Accounts, now: Callable[[], datetime], *, is_bulk: bool) -> None:
        """Keep the books of one run; what is bulk leaves members' rates for what is urgent."""
        self._accounts = accounts
        self._now = now
        self._rates = (_BULK_A_MINUTE, _BULK_AN_HOUR) if is_bulk else (_A_MINUTE, _AN_HOUR)

    def limit(self, platform: Platform, app_id: str, quota: Quota) -> int | None:
        """Give how much of a quota an account has a day; None where nothing is counted."""
        account = self._accounts[platform, app_id].account
        return account.daily_templates if quota is Quota.TEMPLATES else account.sends_a_day

    def group(self, session: Session, posts: Sequence[Post], *, lease: datetime) -> Reserved:
        """Take a send from each member's rates, and from the account's day where it has a limit."""
        reserved = Reserved()
        mine = self._still_mine(session, posts, lease)
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

    def singles(self, session: Session, posts: Sequence[Post], *, lease: datetime) -> Reserved:
        """Take a send from each person's window, and from the account's day."""
        reserved = Reserved()
        mine = self._still_mine(session, posts, lease) if posts else []
        ready = [post for post in mine if post.step.way is Way.TEMPLATE]
        for window, allowance in ALLOWANCES.items():
            through = {post.address.identity_id: post for post in mine if post.step.way is window}
            is_medium = any(post.parcel.is_medium for post in posts)
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
            accounts.setdefault((post.address.app_id, QUOTAS[post.step.way]), []).append(post)
        for (_, quota), group in accounts.items():
            self._take_quota(session, reserved, group, quota)
        return reserved

    def _still_mine(self, session: Session, posts: Sequence[Post], lease: datetime) -> list[Post]:
        """Leave out what a turn has revoked since the claim, and photos that are not theirs now."""
        ids = deliveries.still_mine(session, [post.parcel.id for post in posts], lease=lease)
        if posts[0].parcel.is_medium:
            ids -= deliveries.withdraw_media(session, sorted(ids))
        return [post for post in posts if post.parcel.id in ids]

    def _take_quota(
        self, session: Session, reserved: Reserved, posts: Sequence[Post], quota: Quota
    ) -> None:
        """Divide posts of one account into what its day still allows, and what it does not."""
        if not posts:
            return
        granted, address = len(posts), posts[0].address
        limit = self.limit(address.platform, address.app_id, quota)
        if limit is not None:
            granted = quotas.take(
                session,
                address.app_id,
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
