"""Points: a ledger that only grows, awards that need two, appeals, and months that are fixed.

Amounts are whole hundredths of a point.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, SealedText, enumeration
from storage.vocabulary import AppealOutcome, BriefingKind, PointSource


class PointEntry(Base, kw_only=True):
    """One line of the ledger; its id is the number that people appeal by. Never edited.

    It counts to ``month`` (a month's first day); ``served_on`` is the day of the work, by which
    what a member gets a day is limited. ``reverses_id`` names the line that this one corrects, in
    whole or in part.
    """

    __tablename__ = "point_entries"
    __table_args__ = (
        UniqueConstraint("rule", "source", "source_id", "person_id", "round"),
        Index("ix_point_entries_person_id_at", "person_id", "at"),
        Index("ix_point_entries_branch_id_month", "branch_id", "month"),
        Index("ix_point_entries_reverses_id", "reverses_id"),
        Index("ix_point_entries_order_id", "order_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    hundredths: Mapped[int]
    rule: Mapped[str] = mapped_column(String(32))
    rule_version: Mapped[int]
    source: Mapped[PointSource] = mapped_column(enumeration(PointSource))
    source_id: Mapped[int]
    round: Mapped[int] = mapped_column(default=0)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), default=None)
    reason: Mapped[str] = mapped_column(SealedText, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("point_entries.id"), default=None)
    at: Mapped[datetime]
    month: Mapped[date]
    served_on: Mapped[date | None] = mapped_column(default=None)


class PointAward(Base, kw_only=True):
    """A special award that somebody proposed; two others must agree before it is an entry."""

    __tablename__ = "point_awards"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    hundredths: Mapped[int]
    reason: Mapped[str] = mapped_column(SealedText)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    first_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class PointAppeal(Base, kw_only=True):
    """A member asks the level above to look at a line again; once more after the first decision."""

    __tablename__ = "point_appeals"
    __table_args__ = (
        UniqueConstraint("entry_id", "round"),
        Index(
            "ix_point_appeals_open",
            "organisation_id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("point_entries.id"))
    round: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str] = mapped_column(SealedText)
    appealed_at: Mapped[datetime]
    decide_by: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    outcome: Mapped[AppealOutcome | None] = mapped_column(enumeration(AppealOutcome), default=None)


class PointPeriod(Base, kw_only=True):
    """One branch's month: drafted, then open to appeals until a day, then fixed for ever."""

    __tablename__ = "point_periods"
    __table_args__ = (UniqueConstraint("branch_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    month: Mapped[date]
    drafted_at: Mapped[datetime]
    appeals_until: Mapped[datetime]
    fixed_at: Mapped[datetime | None] = mapped_column(default=None)


class PointStanding(Base, kw_only=True):
    """A member's points of a fixed month; what is corrected later stands in a later month."""

    __tablename__ = "point_standings"

    period_id: Mapped[int] = mapped_column(ForeignKey("point_periods.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    hundredths: Mapped[int]


class Briefing(Base, kw_only=True):
    """A gathered report was told: of each kind once a day and person."""

    __tablename__ = "briefings"
    __table_args__ = (UniqueConstraint("person_id", "kind", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[BriefingKind] = mapped_column(enumeration(BriefingKind))
    day: Mapped[date]
    told_at: Mapped[datetime]


class ServiceAccount(Base, kw_only=True):
    """A member's half-year of service for the employer; the member sees it first and lets it go."""

    __tablename__ = "service_accounts"
    __table_args__ = (UniqueConstraint("person_id", "half"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    half: Mapped[str] = mapped_column(String(6))
    shown_at: Mapped[datetime]
    released_at: Mapped[datetime | None] = mapped_column(default=None)
