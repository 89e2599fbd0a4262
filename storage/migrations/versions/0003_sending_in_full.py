"""Sending in full."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DUE = sa.text("status = 'due'")
RECEIPT = sa.text("receipt IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "daily_uses",
        sa.Column("app_id", sa.String(length=64), nullable=False),
        sa.Column("quota", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("app_id", "quota", "day", name=op.f("pk_daily_uses")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("app_id", "kind", "code", name=op.f("uq_alerts_app_id_kind_code")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("app_id", "message_id", name=op.f("uq_receipts_app_id_message_id")),
    )
    op.add_column("identities", sa.Column("minute_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "identities",
        sa.Column("minute_sends", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("identities", sa.Column("hour_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "identities",
        sa.Column("hour_sends", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("conversations", sa.Column("pages", sa.Text(), nullable=True))
    op.add_column(
        "deliveries",
        sa.Column("is_bulk", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("deliveries", sa.Column("receipt", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_deliveries_receipt",
        "deliveries",
        ["receipt"],
        sqlite_where=RECEIPT,
        postgresql_where=RECEIPT,
    )
    op.drop_index("ix_deliveries_due", table_name="deliveries")
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["is_bulk", "due_at"],
        sqlite_where=DUE,
        postgresql_where=DUE,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_due", table_name="deliveries")
    op.create_index(
        "ix_deliveries_due", "deliveries", ["due_at"], sqlite_where=DUE, postgresql_where=DUE
    )
    op.drop_index("ix_deliveries_receipt", table_name="deliveries")
    for column in ("receipt", "is_bulk"):
        op.drop_column("deliveries", column)
    op.drop_column("conversations", "pages")
    for column in ("hour_sends", "hour_at", "minute_sends", "minute_at"):
        op.drop_column("identities", column)
    for table in ("receipts", "alerts", "daily_uses"):
        op.drop_table(table)
