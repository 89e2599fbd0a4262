"""What is remembered of the platforms' accounts: daily use, alerts, and receipts that came in."""

from datetime import date, datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, enumeration
from storage.vocabulary import AlertKind, Quota


class DailyUse(Base, kw_only=True):
    """How much of one daily quota an account has used on one calendar day of the platform."""

    __tablename__ = "daily_uses"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    quota: Mapped[Quota] = mapped_column(enumeration(Quota), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int]


class Alert(Base, kw_only=True):
    """What an operator must know of an account: one row for each fault, however often it came.

    ``code`` is an errcode, or the name of an event in lower case.
    """

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("app_id", "kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    app_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[AlertKind] = mapped_column(enumeration(AlertKind))
    code: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class Receipt(Base, kw_only=True):
    """What the platform says became of a template message; gone when its delivery was settled."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("app_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    app_id: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
