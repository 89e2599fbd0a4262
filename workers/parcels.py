"""Claimed deliveries on their way along the chain, and what the outcome of a call means for them.

Nothing here does I/O: the relay in ``delivery`` claims, sends and records.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bot.channels import ApiError, Enclosed, FailureKind, Outgoing, Sent, limits
from bot.channels.failures import TASK_ID_USED
from handlers.messages import actions_from_json
from handlers.rules import delivery as rules
from handlers.rules import retries
from handlers.rules.delivery import Send, Way, next_platform_day
from handlers.texts import lines
from storage.choices import Menu
from storage.deliveries import OVER_QUOTA, Address, Claimed, Result
from storage.media import Item
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform, Quota
from storage.windows import Reservation

T = TypeVar("T")

_DIGEST_CHARACTERS = 16


@dataclass(slots=True)
class Parcel:
    """A claimed delivery; ``tried`` grows with every address, and way to it, that refused it.

    A photo or voice that was refused for its own sake ``is_uncarried``; where no other address is
    left it goes ``in_words``. What ``is_over_quota`` of an account comes again the next day.
    """

    claimed: Claimed
    failure: str | None
    tried: set[tuple[int, Way]] = field(default_factory=set)
    is_uncarried: bool = False
    is_over_quota: bool = False
    in_words: bool = False

    @property
    def id(self) -> int:
        """The delivery's row."""
        return self.claimed.delivery_id

    @property
    def is_medium(self) -> bool:
        """Whether a photo or voice is sent, and not words."""
        return self.claimed.content.medium_id is not None and not self.in_words

    @property
    def addresses(self) -> Sequence[Address]:
        """Where it may go; words for a photo that cannot be seen are not worth a send of a window.

        They head the person's next passive reply there.
        """
        if not self.in_words:
            return self.claimed.addresses
        return [each for each in self.claimed.addresses if each.platform is Platform.WECOM]

    def speak_instead(self) -> None:
        """Let words stand in for a photo or voice that cannot be sent."""
        self.in_words = True
        self.tried.clear()


@dataclass(frozen=True, slots=True)
class Post:
    """A parcel with the address it goes to in this call."""

    parcel: Parcel
    step: Send[Address]
    item: Item | None = None

    @property
    def address(self) -> Address:
        """Where it goes."""
        return self.step.address

    @property
    def is_text(self) -> bool:
        """Say whether it goes as text, whose choices are digits, and not as a card.

        The words that follow a tap are an answer: where a card would cut them, they are text.
        """
        claimed = self.parcel.claimed
        is_long_answer = (
            claimed.content.kind is NoticeKind.REPLY
            and len(claimed.content.text) > limits.CARD_TEXT_CHARACTERS
        )
        return (
            self.address.platform is Platform.OFFICIAL
            or claimed.prefers_text
            or not claimed.content.actions
            or is_long_answer
        )

    @property
    def asks_for(self) -> str:
        """What is asked of the account, by which it may refuse: a send, or one kind of template."""
        if self.step.way is Way.TEMPLATE:
            return f"template {self.parcel.claimed.content.kind}"
        return "send"

    @property
    def call(self) -> tuple[int, Platform, str, bool, bool]:
        """What must be equal for two posts to travel in one call."""
        address = self.address
        notice_id = self.parcel.claimed.content.notice_id
        kind = (self.is_text, self.parcel.in_words)
        return notice_id, address.platform, address.app_id, *kind


def outgoing(posts: Sequence[Post], enclosed: Enclosed | None = None) -> Outgoing:
    """Make what a channel sends to all of these.

    The task id names exactly these deliveries: the same call tried again has the same one, a call
    without those who were refused has another. The notice's age is part of it, because a database
    that was set up anew counts from one again, and WeCom remembers.
    """
    content = posts[0].parcel.claimed.content
    members = [content.created_at.isoformat(), *sorted(str(post.parcel.id) for post in posts)]
    digest = hashlib.sha256(",".join(members).encode()).hexdigest()[:_DIGEST_CHARACTERS]
    return Outgoing(
        purpose=content.kind,
        order_id=content.order_id,
        created_at=content.created_at,
        title=content.title,
        text=content.text,
        fields=tuple((label, value) for label, value in content.fields),
        actions=actions_from_json(content.actions),
        as_text=posts[0].is_text,
        task_id=rules.task_id(content.notice_id, digest),
        enclosed=enclosed,
    )


@dataclass(slots=True)
class Ledger:
    """What one call changed, to be written in one transaction after it."""

    now: datetime
    results: list[Result] = field(default_factory=list)
    refunds: list[Reservation] = field(default_factory=list)
    exhausted: list[Reservation] = field(default_factory=list)
    menus: list[Menu] = field(default_factory=list)
    released: list[Parcel] = field(default_factory=list)
    postponed: list[Parcel] = field(default_factory=list)
    rated: list[Parcel] = field(default_factory=list)
    quiet: dict[datetime, list[Parcel]] = field(default_factory=dict)
    unmade: Counter[tuple[str, Quota]] = field(default_factory=Counter)
    used_up: set[tuple[str, Quota]] = field(default_factory=set)
    recovered: set[str] = field(default_factory=set)
    again: list[Parcel] = field(default_factory=list)

    @property
    def has_news(self) -> bool:
        """Whether there is anything to record."""
        return any(
            (
                self.results,
                self.refunds,
                self.exhausted,
                self.released,
                self.postponed,
                self.rated,
                self.quiet,
                self.unmade,
                self.used_up,
            )
        )

    def enter(self, posts: Sequence[Post], outcome: Sent | ApiError) -> None:
        """Put down what a call means for each of those who were named in it."""
        if isinstance(outcome, Sent):
            words = {name.casefold(): word for name, word in outcome.failures.items()}
            for post in posts:
                word = words.get(post.address.external_id.casefold())
                if word is None:
                    self._sent(post, outcome)
                else:
                    self._refused(post, word, Way)
        else:
            self._failed(posts, outcome)

    def keep_quiet(self, parcel: Parcel, until: datetime) -> None:
        """Hold a parcel until the reader's quiet hours end; it was not tried."""
        self.quiet.setdefault(until, []).append(parcel)

    def put_over_quota(self, post: Post) -> None:
        """Go on with the next link of the chain; where there is none, tomorrow is another day."""
        post.parcel.is_over_quota = True
        self._refused(post, OVER_QUOTA, (post.step.way,))

    def tomorrow(self, parcel: Parcel) -> None:
        """Try again when the account has a new day's quota."""
        self.results.append(
            Result(
                delivery_id=parcel.id,
                status=DeliveryStatus.DUE,
                due_at=next_platform_day(self.now),
                failure=parcel.failure,
            )
        )

    def charge(self, reservation: Reservation, outcome: Sent | ApiError | None) -> None:
        """Decide whether a send that was taken from a window stays taken; None: it was not made."""
        if outcome is None:
            self.refunds.append(reservation)
        elif isinstance(outcome, Sent):
            if outcome.failures:
                self.refunds.append(reservation)
        elif outcome.kind is FailureKind.WINDOW_CLOSED:
            self.exhausted.append(reservation)
        elif outcome.is_unsent or outcome.code is not None:
            # Sent and not answered, it may have arrived, and counts.
            self.refunds.append(reservation)

    def wait(self, parcel: Parcel, failure: str) -> None:
        """Leave a parcel for the person's next message."""
        self.results.append(
            Result(
                delivery_id=parcel.id,
                status=DeliveryStatus.PENDING,
                due_at=self.now,
                failure=failure,
            )
        )

    def skip(self, post: Post) -> None:
        """Go on with the next link of the chain: others have used this window up."""
        post.parcel.tried.add(post.step.key)
        self.again.append(post.parcel)

    def _sent(self, post: Post, sent: Sent) -> None:
        if post.parcel.failure and post.parcel.claimed.attempts > 1:
            self.recovered.add(post.address.app_id)
        self.results.append(
            Result(
                delivery_id=post.parcel.id,
                status=DeliveryStatus.SENT,
                due_at=self.now,
                channel=post.address.platform,
                identity_id=post.address.identity_id,
                failure=post.parcel.failure,
                response_code=sent.response_code,
                receipt=sent.receipt,
            )
        )
        # A template shows no list to choose from.
        has_list = post.is_text and post.step.way is not Way.TEMPLATE
        actions = actions_from_json(post.parcel.claimed.content.actions) if has_list else ()
        if actions:
            commands = [action.command for action in lines.complete(actions)]
            self.menus.append(Menu(identity_id=post.address.identity_id, commands=commands))

    def _failed(self, posts: Sequence[Post], outcome: ApiError) -> None:
        attempts = max(post.parcel.claimed.attempts for post in posts)
        silent = "refused" if outcome.kind is FailureKind.REFUSED else "no answer"
        word = silent if outcome.code is None else str(outcome.code)
        is_template = posts[0].step.way is Way.TEMPLATE
        for post in posts:
            if outcome.code == TASK_ID_USED and attempts > 1:
                # The same card to the same people: a former try arrived without our hearing it.
                self._sent(post, Sent())
                continue
            match outcome.kind:
                case FailureKind.RETRY | FailureKind.MISCONFIGURED:
                    self._put_off(post, word, attempts)
                case FailureKind.QUOTA:
                    self.put_over_quota(post)
                case FailureKind.WINDOW_CLOSED | FailureKind.UNAUTHORISED:
                    self._refused(post, word, (post.step.way,))
                case FailureKind.UNREACHABLE | FailureKind.REFUSED if is_template:
                    self._refused(post, word, (post.step.way,))
                case FailureKind.UNREACHABLE | FailureKind.REFUSED:
                    post.parcel.is_uncarried |= outcome.kind is FailureKind.REFUSED
                    self._refused(post, word, Way)

    def _refused(self, post: Post, word: str, refused: Iterable[Way]) -> None:
        post.parcel.tried |= {(post.address.identity_id, way) for way in refused}
        post.parcel.failure = f"{post.address.platform} {word}"
        self.again.append(post.parcel)

    def _put_off(self, post: Post, word: str, attempts: int) -> None:
        failure = f"{post.address.platform} {word}"
        again = retries.retry(attempts, self.now - post.parcel.claimed.content.created_at)
        if again is None:
            self.wait(post.parcel, failure)
            return
        self.results.append(
            Result(
                delivery_id=post.parcel.id,
                status=DeliveryStatus.DUE,
                due_at=self.now + again.delay,
                is_early=again.is_early,
                channel=post.address.platform,
                identity_id=post.address.identity_id,
                failure=failure,
            )
        )


def parts(things: Sequence[T], size: int) -> Iterator[list[T]]:
    """Cut a sequence into lists of at most ``size``."""
    for start in range(0, len(things), size):
        yield list(things[start : start + size])


def waves(posts: Sequence[Post]) -> list[list[Post]]:
    """Order posts so that each list names an identity once: a window is asked for one at a time."""
    ordered: list[list[Post]] = []
    seen: Counter[int] = Counter()
    for post in posts:
        turn = seen[post.address.identity_id]
        seen[post.address.identity_id] += 1
        if turn == len(ordered):
            ordered.append([])
        ordered[turn].append(post)
    return ordered
