"""Photos and voices: what was sent, where it is kept, and what it is called on a platform."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, enumeration
from storage.vocabulary import MediaKind, MediaStatus, Platform


class Medium(Base, kw_only=True):
    """One photo or voice. Platforms keep it three days, so it is fetched at once (PLATFORM.md A12).

    ``path`` is relative to the data directory; it is empty until the file is KEPT.
    """

    __tablename__ = "media"
    __table_args__ = (
        Index("ix_media_order_id", "order_id"),
        Index("ix_media_person_id", "person_id"),
        Index(
            "ix_media_due",
            "due_at",
            sqlite_where=text("status = 'due'"),
            postgresql_where=text("status = 'due'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[MediaKind] = mapped_column(enumeration(MediaKind))
    status: Mapped[MediaStatus] = mapped_column(enumeration(MediaStatus), default=MediaStatus.DUE)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), default=None)
    platform: Mapped[Platform] = mapped_column(enumeration(Platform))
    app_id: Mapped[str] = mapped_column(String(64))
    media_id: Mapped[str] = mapped_column(String(512))
    seconds: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    path: Mapped[str | None] = mapped_column(String(200), default=None)
    content_type: Mapped[str | None] = mapped_column(String(64), default=None)
    size: Mapped[int | None] = mapped_column(default=None)
    failure: Mapped[str | None] = mapped_column(String(200), default=None)
    created_at: Mapped[datetime]


class Upload(Base, kw_only=True):
    """What a kept file is called on one platform until ``expires_at``."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("medium_id", "app_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    medium_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    app_id: Mapped[str] = mapped_column(String(64))
    media_id: Mapped[str] = mapped_column(String(512))
    expires_at: Mapped[datetime]
