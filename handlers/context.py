"""What a handler may use: who speaks, when, under which policy, in which session."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from handlers.messages import Incoming, IncomingKind, Notice, Nudge
from handlers.rules.calendars import OFFICIAL, Calendar
from handlers.rules.keywords import KeywordReply
from handlers.rules.permissions import Permission, Post, may
from storage.conversations import Speaker
from storage.orders import Step
from storage.vocabulary import OrderAction, Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What handlers need of the settings; built once by ``bot``.

    ``answer_window``: how long words that are no command are taken as the answer to the open
    question; the draft itself is kept for ``draft_window`` and resumed by a word.
    ``holder_window``: how long a member may leave an urgent question open before others are asked.
    ``wish_patience``: how long a wish waits on the wall before somebody looks after it.
    ``welcome`` and ``keywords`` are the community's own words; an empty welcome means ours.
    """

    community: str
    timezone: ZoneInfo
    welcome: str = ""
    keywords: tuple[KeywordReply, ...] = ()
    calendar: Calendar = OFFICIAL
    confirm_window: timedelta = timedelta(hours=72)
    wish_confirm_window: timedelta = timedelta(days=7)
    wish_patience: timedelta = timedelta(days=14)
    menu_window: timedelta = timedelta(minutes=10)
    question_window: timedelta = timedelta(hours=72)
    gather_window: timedelta = timedelta(minutes=10)
    answer_window: timedelta = timedelta(minutes=30)
    draft_window: timedelta = timedelta(hours=24)
    reopen_window: timedelta = timedelta(days=7)
    rating_window: timedelta = timedelta(days=7)
    holder_window: timedelta = timedelta(hours=2)
    undo_window: timedelta = timedelta(minutes=10)
    verification_tries_a_day: int = 3
    media_a_day: int = 50
    proxy_reports_a_day: int = 10
    slip_misses_a_day: int = 5
    list_length: int = 8

    def today(self, now: datetime) -> date:
        """Give the calendar day of an instant where the community is."""
        return now.astimezone(self.timezone).date()


@dataclass(slots=True, kw_only=True)
class Context:
    """One turn as its handler sees it.

    ``notices`` are written with the turn's transaction; ``has_outdated_cards`` says that cards sent
    earlier are no longer true, so that the relay hurries to change them; ``nudges`` are what else
    to hurry along after the commit. ``is_going_on``: the reply goes on with a text, and nothing may
    stand before it.
    """

    session: Session
    now: datetime
    policy: Policy
    incoming: Incoming
    inbox_id: int
    speaker: Speaker
    posts: tuple[Post, ...]
    notices: list[Notice] = field(default_factory=list)
    nudges: set[Nudge] = field(default_factory=set)
    has_outdated_cards: bool = False
    is_going_on: bool = False

    @property
    def today(self) -> date:
        """The calendar day where the community is."""
        return self.policy.today(self.now)

    @property
    def midnight(self) -> datetime:
        """When the calendar day began: what is limited by the day is counted from it."""
        return datetime.combine(self.today, time(), self.policy.timezone)

    @property
    def is_card_tap(self) -> bool:
        """Whether a card was tapped: it is answered by changing the card, words follow later."""
        return self.incoming.kind is IncomingKind.TAP and bool(self.incoming.response_code)

    @property
    def is_on_wecom(self) -> bool:
        """Whether the speaker uses WeCom, where a passive answer cannot carry taps."""
        return self.incoming.platform is Platform.WECOM

    def may(self, permission: Permission) -> bool:
        """Say whether any of the speaker's posts grants a right."""
        return may(self.posts, permission)

    def notify(self, notice: Notice) -> None:
        """Write a notice with this turn; without recipients there is nothing to write."""
        if notice.recipients:
            self.notices.append(notice)

    def step(self, action: OrderAction, post: Post | None = None) -> Step:
        """Describe who does this, for the order's event row."""
        return Step(
            action=action,
            at=self.now,
            actor_id=self.speaker.person_id,
            role=post.role if post else None,
            organisation_id=post.organisation_id if post else None,
            platform=self.incoming.platform,
            inbox_id=self.inbox_id,
        )
