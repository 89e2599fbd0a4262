"""The monthly home day: its date, who is asked and what they answer, who came, what was said."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, enumeration
from storage.vocabulary import Attendance, Moved, ReminderKind


class HomeDay(Base, kw_only=True):
    """One community's home day of one month; ``month`` is the month's first day.

    ``moved`` says why it is not the last Sunday; ``is_known`` is False where no official calendar
    of that year was there.
    """

    __tablename__ = "home_days"
    __table_args__ = (UniqueConstraint("community_id", "month"), Index("ix_home_days_day", "day"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    community_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    month: Mapped[date]
    day: Mapped[date]
    moved: Mapped[Moved | None] = mapped_column(enumeration(Moved), default=None)
    is_known: Mapped[bool] = mapped_column(default=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class HomeDayPick(Base, kw_only=True):
    """An order that the secretary chose for the day."""

    __tablename__ = "home_day_picks"

    home_day_id: Mapped[int] = mapped_column(ForeignKey("home_days.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    picked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    picked_at: Mapped[datetime]


class Invitation(Base, kw_only=True):
    """What a member answered; nobody who has not answered has a row."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("home_day_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    home_day_id: Mapped[int] = mapped_column(ForeignKey("home_days.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[Attendance] = mapped_column(enumeration(Attendance))
    other_day: Mapped[date | None] = mapped_column(default=None)
    answered_at: Mapped[datetime]


class CheckIn(Base, kw_only=True):
    """A member came; one a month, however often it is said."""

    __tablename__ = "check_ins"
    __table_args__ = (UniqueConstraint("person_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    home_day_id: Mapped[int] = mapped_column(ForeignKey("home_days.id"))
    month: Mapped[date]
    checked_in_at: Mapped[datetime]


class Reminder(Base, kw_only=True):
    """Something was said to a member about a month's home day: of each kind once.

    A second home of the same month (a person who moved) gets no second one.
    """

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("person_id", "month", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    home_day_id: Mapped[int] = mapped_column(ForeignKey("home_days.id"))
    month: Mapped[date]
    kind: Mapped[ReminderKind] = mapped_column(enumeration(ReminderKind))
    reminded_at: Mapped[datetime]
