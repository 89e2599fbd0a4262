"""Dispatch in full."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_leaves_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    with op.batch_alter_table("leaves", schema=None) as batch_op:
        batch_op.create_index("ix_leaves_person_id_ends_on", ["person_id", "ends_on"], unique=False)

    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("platform", sa.String(length=24), nullable=False),
        sa.Column("app_id", sa.String(length=64), nullable=False),
        sa.Column("media_id", sa.String(length=512), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=True),
        sa.Column("content_type", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_media_order_id_orders")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_media_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index(
            "ix_media_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("status = 'due'"),
            postgresql_where=sa.text("status = 'due'"),
        )
        batch_op.create_index("ix_media_order_id", ["order_id"], unique=False)
        batch_op.create_index("ix_media_person_id", ["person_id"], unique=False)

    op.create_table(
        "digest_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_digest_items_notice_id_notices")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_digest_items_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_digest_items_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_items")),
    )
    with op.batch_alter_table("digest_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_digest_items_untold",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("notice_id IS NULL"),
            postgresql_where=sa.text("notice_id IS NULL"),
        )

    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("medium_id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.String(length=64), nullable=False),
        sa.Column("media_id", sa.String(length=512), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["medium_id"], ["media.id"], name=op.f("fk_uploads_medium_id_media")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("medium_id", "app_id", name=op.f("uq_uploads_medium_id_app_id")),
    )
    # Plain ALTERs: a table that others refer to is never built anew on SQLite.
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("notices", sa.Column("media", json, nullable=False, server_default="[]"))
    op.add_column("order_events", sa.Column("order_version", sa.Integer(), nullable=True))
    op.create_index("ix_order_events_actor_id_at", "order_events", ["actor_id", "at"])
    op.add_column("orders", sa.Column("wave", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("orders", sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("rating", sa.Integer(), nullable=True))
    op.add_column("orders", sa.Column("rating_words", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("proxy_id", sa.Integer(), nullable=True))
    op.add_column("orders", sa.Column("slip", sa.String(length=16), nullable=True))
    op.create_index("ix_inbox_messages_received_at", "inbox_messages", ["received_at"])
    op.create_table(
        "slip_misses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], name=op.f("fk_slip_misses_identity_id_identities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_misses")),
    )
    with op.batch_alter_table("slip_misses", schema=None) as batch_op:
        batch_op.create_index("ix_slip_misses_identity_id_missed_at", ["identity_id", "missed_at"])


def downgrade() -> None:
    op.drop_table("slip_misses")
    op.drop_index("ix_inbox_messages_received_at", table_name="inbox_messages")
    for column in ("slip", "proxy_id", "rated_at", "rating_words", "rating", "ends_at"):
        op.drop_column("orders", column)
    for column in ("starts_at", "wave"):
        op.drop_column("orders", column)
    op.drop_index("ix_order_events_actor_id_at", table_name="order_events")
    op.drop_column("order_events", "order_version")
    op.drop_column("notices", "media")
    op.drop_table("uploads")
    with op.batch_alter_table("digest_items", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_digest_items_untold",
            sqlite_where=sa.text("notice_id IS NULL"),
            postgresql_where=sa.text("notice_id IS NULL"),
        )

    op.drop_table("digest_items")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_index("ix_media_person_id")
        batch_op.drop_index("ix_media_order_id")
        batch_op.drop_index(
            "ix_media_due",
            sqlite_where=sa.text("status = 'due'"),
            postgresql_where=sa.text("status = 'due'"),
        )

    op.drop_table("media")
    with op.batch_alter_table("leaves", schema=None) as batch_op:
        batch_op.drop_index("ix_leaves_person_id_ends_on")

    op.drop_table("leaves")
