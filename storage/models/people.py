"""Organisations, persons, their appointments, and the platform identities that speak for them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, SealedText, enumeration
from storage.vocabulary import DutyPost, OrganisationKind, Platform, Role


class Organisation(Base, kw_only=True):
    """A node of the tree, or an employer outside it.

    ``path`` lists the ids from the root down to the node itself, ``/1/7/12/``: an ancestor's path
    is a prefix of it, so a subtree is one indexed range.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        Index("ix_organisations_parent_id", "parent_id"),
        Index("ix_organisations_path", "path", postgresql_ops={"path": "varchar_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[OrganisationKind] = mapped_column(enumeration(OrganisationKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    path: Mapped[str] = mapped_column(String(200), default="")


class Person(Base, kw_only=True):
    """A human being, known by the roster (then the phone is the key) or only by an identity.

    Phones are sealed; ``phone_hash`` finds a roster phone. The contact of a resident is what the
    resident gave for being called back; it identifies nobody. Between the hours ``quiet_from`` and
    ``quiet_until`` of each day nothing is pushed that can wait.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str | None] = mapped_column(String(32), default=None, index=True)
    phone_sealed: Mapped[str | None] = mapped_column(String(200), default=None)
    phone_hash: Mapped[str | None] = mapped_column(String(64), default=None, unique=True)
    contact_name: Mapped[str | None] = mapped_column(String(32), default=None)
    contact_sealed: Mapped[str | None] = mapped_column(String(200), default=None)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), default=None)
    skills: Mapped[str] = mapped_column(String(200), default="")
    prefers_text: Mapped[bool] = mapped_column(default=False)
    quiet_from: Mapped[int | None] = mapped_column(default=None)
    quiet_until: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class Appointment(Base, kw_only=True):
    """One role of one person in one organisation; without ``ends_on`` it goes on."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index("ix_appointments_person_id", "person_id"),
        Index("ix_appointments_organisation_id_role", "organisation_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[Role] = mapped_column(enumeration(Role))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(default=None)


class Identity(Base, kw_only=True):
    """Who speaks on a platform (app id or CorpID, openid or userid), and how much we may send.

    The two windows of the official account (PLATFORM.md A7): ``messaged_at`` opens five sends in
    48 hours, ``tapped_at`` three in one minute; the counters say how many are used. The two rates
    of a WeCom member (B4): how many sends since the minute, and the hour, of the first of them.
    """

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("app_id", "external_id"),
        Index("ix_identities_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    platform: Mapped[Platform] = mapped_column(enumeration(Platform))
    app_id: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    is_following: Mapped[bool] = mapped_column(default=True)
    messaged_at: Mapped[datetime | None] = mapped_column(default=None)
    message_sends: Mapped[int] = mapped_column(default=0)
    tapped_at: Mapped[datetime | None] = mapped_column(default=None)
    tap_sends: Mapped[int] = mapped_column(default=0)
    minute_at: Mapped[datetime | None] = mapped_column(default=None)
    minute_sends: Mapped[int] = mapped_column(default=0, server_default="0")
    hour_at: Mapped[datetime | None] = mapped_column(default=None)
    hour_sends: Mapped[int] = mapped_column(default=0, server_default="0")
    greeted_on: Mapped[date | None] = mapped_column(default=None)


class Verification(Base, kw_only=True):
    """A member's claim, made in the official account, to be somebody of the roster.

    Every try is a row, matched or not; three rows a day are allowed.
    """

    __tablename__ = "verifications"
    __table_args__ = (Index("ix_verifications_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    identity_id: Mapped[int] = mapped_column(ForeignKey("identities.id"))
    claimed_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    is_approved: Mapped[bool | None] = mapped_column(default=None)


class Leave(Base, kw_only=True):
    """Days on which a member is not offered work; both days belong to it."""

    __tablename__ = "leaves"
    __table_args__ = (Index("ix_leaves_person_id_ends_on", "person_id", "ends_on"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class DutyHolding(Base, kw_only=True):
    """A post of 5+X that a member took on; ``name`` is written out where it is the own choice."""

    __tablename__ = "duty_holdings"
    __table_args__ = (Index("ix_duty_holdings_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    post: Mapped[DutyPost] = mapped_column(enumeration(DutyPost))
    name: Mapped[str] = mapped_column(String(32), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(default=None)


class Profile(Base, kw_only=True):
    """What a member shows of themselves: a promise, points only if wished, a place in rankings."""

    __tablename__ = "profiles"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    promise: Mapped[str] = mapped_column(SealedText, default="")
    shows_points: Mapped[bool] = mapped_column(default=False)
    is_ranked: Mapped[bool] = mapped_column(default=True)


class BranchSetting(Base, kw_only=True):
    """What a branch switched on for itself, and who did: the default is the compliant way."""

    __tablename__ = "branch_settings"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    has_ranking: Mapped[bool] = mapped_column(default=False)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]
