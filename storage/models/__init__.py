"""Every table by name."""

from storage.models.accounts import Alert, DailyUse, Receipt
from storage.models.base import Base
from storage.models.exchange import Conversation, Delivery, DigestItem, InboxMessage, Notice, Timer
from storage.models.media import Medium, Upload
from storage.models.orders import Assignment, Order, OrderEvent, SlipMiss
from storage.models.people import Appointment, Identity, Leave, Organisation, Person, Verification

__all__ = [
    "Alert",
    "Appointment",
    "Assignment",
    "Base",
    "Conversation",
    "DailyUse",
    "Delivery",
    "DigestItem",
    "Identity",
    "InboxMessage",
    "Leave",
    "Medium",
    "Notice",
    "Order",
    "OrderEvent",
    "Organisation",
    "Person",
    "Receipt",
    "SlipMiss",
    "Timer",
    "Upload",
    "Verification",
]
