"""Every table by name."""

from storage.models.base import Base
from storage.models.exchange import Conversation, Delivery, InboxMessage, Notice, Timer
from storage.models.orders import Assignment, Order, OrderEvent
from storage.models.people import Appointment, Identity, Organisation, Person, Verification

__all__ = [
    "Appointment",
    "Assignment",
    "Base",
    "Conversation",
    "Delivery",
    "Identity",
    "InboxMessage",
    "Notice",
    "Order",
    "OrderEvent",
    "Organisation",
    "Person",
    "Timer",
    "Verification",
]
