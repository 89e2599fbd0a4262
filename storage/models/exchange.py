"""What is said and sent: the inbox, conversations, notices, their deliveries, and timers.

Whatever people wrote or read is sealed: it may hold a phone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, SealedJson, SealedText, enumeration
from storage.vocabulary import DeliveryStatus, InboxStatus, NoticeKind, Platform, TimerKind


class InboxMessage(Base, kw_only=True):
    """One verified message or event, its outcome, and the reply that repeats get again.

    ``key`` names the message as the platform repeats it (PLATFORM.md A3). Texts are kept 90 days.
    """

    __tablename__ = "inbox_messages"
    __table_args__ = (Index("ix_inbox_messages_received_at", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    app_id: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(SealedText, default="")
    received_at: Mapped[datetime]
    status: Mapped[InboxStatus] = mapped_column(
        enumeration(InboxStatus), default=InboxStatus.RECEIVED
    )
    reply: Mapped[dict[str, Any] | None] = mapped_column(SealedJson, default=None)
    failure: Mapped[str | None] = mapped_column(String(200), default=None)


class Conversation(Base, kw_only=True):
    """What one identity is in the middle of; its row is locked before it is read.

    ``name`` and ``answers`` are the running conversation (``asked_at``: its last question).
    ``menu`` maps the digits of the last list shown to complete commands until ``menu_until``;
    ``pages`` are what is left of an answer that was too long for one message.
    """

    __tablename__ = "conversations"

    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id"), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(32), default=None)
    answers: Mapped[dict[str, Any]] = mapped_column(SealedJson, default_factory=dict)
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    menu: Mapped[list[Any]] = mapped_column(SealedJson, default_factory=list)
    menu_until: Mapped[datetime | None] = mapped_column(default=None)
    pages: Mapped[list[Any] | None] = mapped_column(SealedJson, default=None)


class Notice(Base, kw_only=True):
    """What must reach somebody: content once, neutral of channels.

    ``fields`` are (label, value) pairs, ``actions`` dictionaries of label, command and choices,
    ``media`` the id of the photo or voice that a notice of kind MEDIUM is; its title and text are
    what is said where that cannot be passed on.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_order_id", "order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[NoticeKind] = mapped_column(enumeration(NoticeKind))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), default=None)
    title: Mapped[str] = mapped_column(SealedText)
    text: Mapped[str] = mapped_column(SealedText, default="")
    fields: Mapped[list[Any]] = mapped_column(SealedJson, default_factory=list)
    actions: Mapped[list[Any]] = mapped_column(SealedJson, default_factory=list)
    media: Mapped[list[Any]] = mapped_column(default_factory=list)
    created_at: Mapped[datetime]


class DigestItem(Base, kw_only=True):
    """A piece of news that is told together with others; gone into a notice when told.

    What is only true while its order stands still names the order's version.
    """

    __tablename__ = "digest_items"
    __table_args__ = (
        Index(
            "ix_digest_items_untold",
            "person_id",
            sqlite_where=text("notice_id IS NULL"),
            postgresql_where=text("notice_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), default=None)
    order_version: Mapped[int | None] = mapped_column(default=None)
    text: Mapped[str] = mapped_column(SealedText)
    created_at: Mapped[datetime]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"), default=None)


class Delivery(Base, kw_only=True):
    """One recipient's copy of a notice.

    DUE rows are claimed by a lease (``leased_until``); PENDING ones wait for the person's next
    message. ``response_code`` belongs to one send and several deliveries share it; a card whose
    order has moved on is ``is_card_stale`` until the one update call that names all its readers.
    ``receipt`` names a template message until the platform says what became of it; ``is_bulk`` ones
    have a queue of their own, so that an urgent card never waits behind them.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_notice_id", "notice_id"),
        Index("ix_deliveries_person_id_status", "person_id", "status"),
        Index(
            "ix_deliveries_due",
            "is_bulk",
            "due_at",
            sqlite_where=text("status = 'due'"),
            postgresql_where=text("status = 'due'"),
        ),
        Index(
            "ix_deliveries_stale",
            "response_code",
            sqlite_where=text("is_card_stale"),
            postgresql_where=text("is_card_stale"),
        ),
        Index(
            "ix_deliveries_receipt",
            "receipt",
            sqlite_where=text("receipt IS NOT NULL"),
            postgresql_where=text("receipt IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    status: Mapped[DeliveryStatus] = mapped_column(
        enumeration(DeliveryStatus), default=DeliveryStatus.DUE
    )
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    channel: Mapped[Platform | None] = mapped_column(enumeration(Platform), default=None)
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("identities.id"), default=None)
    failure: Mapped[str | None] = mapped_column(String(200), default=None)
    response_code: Mapped[str | None] = mapped_column(String(200), default=None)
    is_card_stale: Mapped[bool] = mapped_column(default=False)
    is_bulk: Mapped[bool] = mapped_column(default=False, server_default=false())
    receipt: Mapped[str | None] = mapped_column(String(64), default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


class Timer(Base, kw_only=True):
    """Something to do at ``due_at`` if the order still has the version it was set for."""

    __tablename__ = "timers"
    __table_args__ = (
        Index(
            "ix_timers_due",
            "due_at",
            sqlite_where=text("fired_at IS NULL"),
            postgresql_where=text("fired_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[TimerKind] = mapped_column(enumeration(TimerKind))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    order_version: Mapped[int]
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime | None] = mapped_column(default=None)
