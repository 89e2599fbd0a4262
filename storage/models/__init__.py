"""Every table by name."""

from storage.models.accounts import Alert, DailyUse, Receipt
from storage.models.base import Base
from storage.models.exchange import Conversation, Delivery, DigestItem, InboxMessage, Notice, Timer
from storage.models.home_days import CheckIn, HomeDay, HomeDayPick, Invitation, Reminder
from storage.models.media import Medium, Upload
from storage.models.orders import Assignment, Order, OrderEvent, SlipMiss, Wish
from storage.models.people import (
    Appointment,
    BranchSetting,
    DutyHolding,
    Identity,
    Leave,
    Organisation,
    Person,
    Profile,
    Verification,
)
from storage.models.points import (
    Briefing,
    PointAppeal,
    PointAward,
    PointEntry,
    PointPeriod,
    PointStanding,
    ServiceAccount,
)

__all__ = [
    "Alert",
    "Appointment",
    "Assignment",
    "Base",
    "BranchSetting",
    "Briefing",
    "CheckIn",
    "Conversation",
    "DailyUse",
    "Delivery",
    "DigestItem",
    "DutyHolding",
    "HomeDay",
    "HomeDayPick",
    "Identity",
    "InboxMessage",
    "Invitation",
    "Leave",
    "Medium",
    "Notice",
    "Order",
    "OrderEvent",
    "Organisation",
    "Person",
    "PointAppeal",
    "PointAward",
    "PointEntry",
    "PointPeriod",
    "PointStanding",
    "Profile",
    "Receipt",
    "Reminder",
    "ServiceAccount",
    "SlipMiss",
    "Timer",
    "Upload",
    "Verification",
    "Wish",
]
