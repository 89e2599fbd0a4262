"""What a handler may use: who speaks, when, under which policy, in which session."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What handlers need of the settings; built once by ``bot``."""

    community: str
    timezone: ZoneInfo
    promise: timedelta = timedelta(days=7)
    confirm_window: timedelta = timedelta(hours=72)
    menu_window: timedelta = timedelta(minutes=10)
    question_window: timedelta = timedelta(hours=72)
    draft_window: timedelta = timedelta(hours=24)
    verification_tries_a_day: int = 3
