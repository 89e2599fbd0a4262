"""Orders (what a resident placed), assignments (who was offered them, who took them), events."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, SealedJson, SealedText, enumeration
from storage.vocabulary import (
    AssignmentStatus,
    Cost,
    DispatchMode,
    MatterClass,
    OrderAction,
    OrderKind,
    OrderStatus,
    Outcome,
    Platform,
    Role,
    WishKind,
)


class Order(Base, kw_only=True):
    """What a resident placed; its ``id`` is the number people see, one sequence for all kinds.

    ``version`` grows with every transition: timers and updates name the version they were made for.
    ``branch_id`` is the organisation whose secretary dispatches (a branch, or the community).
    ``place`` is what the resident wrote; ``place_name`` is as much of it as any member may see,
    down to the building and unit, without a door number. ``wave`` counts how often the offer was
    widened; ``starts_at`` and ``ends_at`` are set where the work has an agreed time. Of an order
    placed for somebody else ``proxy_id`` is who wrote it down, and ``slip`` the code that shows its
    state to whoever knows the number, too. The clock of the running leg began at ``leg_at``;
    ``late_stage`` is the per cent of it that was told last. ``overdue_at`` is the first promise,
    once it was broken: ``promised_at`` is then the one that was made in its place.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_branch_id_status", "branch_id", "status"),
        Index("ix_orders_reporter_id", "reporter_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[OrderKind] = mapped_column(enumeration(OrderKind), default=OrderKind.REPORT)
    status: Mapped[OrderStatus] = mapped_column(
        enumeration(OrderStatus), default=OrderStatus.SUBMITTED
    )
    version: Mapped[int] = mapped_column(default=1)
    matter: Mapped[str] = mapped_column(SealedText)
    place: Mapped[str] = mapped_column(SealedText, default="")
    place_name: Mapped[str] = mapped_column(String(200), default="")
    place_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    contact_name: Mapped[str | None] = mapped_column(String(32), default=None)
    contact_sealed: Mapped[str | None] = mapped_column(String(200), default=None)
    dispatch_mode: Mapped[DispatchMode | None] = mapped_column(
        enumeration(DispatchMode), default=None
    )
    seats: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[Outcome | None] = mapped_column(enumeration(Outcome), default=None)
    reopen_count: Mapped[int] = mapped_column(default=0)
    is_flagged: Mapped[bool] = mapped_column(default=False)
    wave: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None] = mapped_column(default=None)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    rating: Mapped[int | None] = mapped_column(default=None)
    rating_words: Mapped[str | None] = mapped_column(SealedText, default=None)
    rated_at: Mapped[datetime | None] = mapped_column(default=None)
    proxy_id: Mapped[int | None] = mapped_column(default=None)  # SQLite adds no constraint later
    slip: Mapped[str | None] = mapped_column(String(16), default=None)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), default=None)
    submitted_at: Mapped[datetime]
    promised_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    matter_class: Mapped[MatterClass] = mapped_column(
        enumeration(MatterClass), default=MatterClass.GENERAL, server_default="general"
    )
    leg_at: Mapped[datetime | None] = mapped_column(default=None)
    late_stage: Mapped[int] = mapped_column(default=0, server_default="0")
    overdue_at: Mapped[datetime | None] = mapped_column(default=None)
    urged_at: Mapped[datetime | None] = mapped_column(default=None)


class Wish(Base, kw_only=True):
    """What an order of kind WISH has besides: for whom, what it may cost, until when.

    ``recipient`` is empty where the wish is the reporter's own.
    """

    __tablename__ = "wishes"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    kind: Mapped[WishKind] = mapped_column(enumeration(WishKind))
    recipient: Mapped[str] = mapped_column(SealedText, default="")
    cost: Mapped[Cost] = mapped_column(enumeration(Cost))
    wished_by: Mapped[date | None] = mapped_column(default=None)
    pooled_at: Mapped[datetime | None] = mapped_column(default=None)


class Assignment(Base, kw_only=True):
    """One member's offer or work on one seat of an order; finished ones stay as history."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_live_seat",
            "order_id",
            "seat",
            unique=True,
            sqlite_where=text("status = 'accepted'"),
            postgresql_where=text("status = 'accepted'"),
        ),
        Index(
            "uq_assignments_open_offer",
            "order_id",
            "person_id",
            unique=True,
            sqlite_where=text("status = 'offered'"),
            postgresql_where=text("status = 'offered'"),
        ),
        Index("ix_assignments_person_id_status", "person_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    seat: Mapped[int] = mapped_column(default=1)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    status: Mapped[AssignmentStatus] = mapped_column(enumeration(AssignmentStatus))
    offered_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(SealedText, default=None)


class OrderEvent(Base, kw_only=True):
    """One step in an order's life: who did what, in which role, for which organisation.

    ``order_version`` is the order's version after the step, where the step changed it.
    """

    __tablename__ = "order_events"
    __table_args__ = (
        Index("ix_order_events_order_id", "order_id"),
        Index("ix_order_events_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    action: Mapped[OrderAction] = mapped_column(enumeration(OrderAction))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    role: Mapped[Role | None] = mapped_column(enumeration(Role), default=None)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), default=None
    )
    platform: Mapped[Platform | None] = mapped_column(enumeration(Platform), default=None)
    inbox_id: Mapped[int | None] = mapped_column(default=None)
    order_version: Mapped[int | None] = mapped_column(default=None)
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson, default_factory=dict)


class SlipMiss(Base, kw_only=True):
    """A wrong code typed after an order's number: an identity may guess a few times a day."""

    __tablename__ = "slip_misses"
    __table_args__ = (Index("ix_slip_misses_identity_id_missed_at", "identity_id", "missed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id"))
    missed_at: Mapped[datetime]
