"""Wishes, home days, points, clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "point_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeals_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"],
            ["organisations.id"],
            name=op.f("fk_point_periods_branch_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_periods")),
        sa.UniqueConstraint("branch_id", "month", name=op.f("uq_point_periods_branch_id_month")),
    )
    op.create_table(
        "branch_settings",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("has_ranking", sa.Boolean(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_branch_settings_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["people.id"], name=op.f("fk_branch_settings_set_by_id_people")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_branch_settings")),
    )
    op.create_table(
        "briefings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_briefings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefings")),
        sa.UniqueConstraint(
            "person_id", "kind", "day", name=op.f("uq_briefings_person_id_kind_day")
        ),
    )
    op.create_table(
        "duty_holdings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_duty_holdings_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_duty_holdings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_holdings")),
    )
    op.create_index("ix_duty_holdings_person_id", "duty_holdings", ["person_id"], unique=False)

    op.create_table(
        "home_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("moved", sa.String(length=24), nullable=True),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["organisations.id"],
            name=op.f("fk_home_days_community_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_home_days_decided_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_days")),
        sa.UniqueConstraint("community_id", "month", name=op.f("uq_home_days_community_id_month")),
    )
    op.create_index("ix_home_days_day", "home_days", ["day"], unique=False)

    op.create_table(
        "point_awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_by_id", sa.Integer(), nullable=True),
        sa.Column("second_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_by_id"], ["people.id"], name=op.f("fk_point_awards_first_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_point_awards_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people.id"], name=op.f("fk_point_awards_proposed_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["refused_by_id"], ["people.id"], name=op.f("fk_point_awards_refused_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["second_by_id"], ["people.id"], name=op.f("fk_point_awards_second_by_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_awards")),
    )
    op.create_table(
        "point_standings",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["point_periods.id"],
            name=op.f("fk_point_standings_period_id_point_periods"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_point_standings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("period_id", "person_id", name=op.f("pk_point_standings")),
    )
    op.create_table(
        "profiles",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("shows_points", sa.Boolean(), nullable=False),
        sa.Column("is_ranked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_profiles_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_profiles")),
    )
    op.create_table(
        "service_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("half", sa.String(length=6), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_service_accounts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_accounts")),
        sa.UniqueConstraint("person_id", "half", name=op.f("uq_service_accounts_person_id_half")),
    )
    op.create_table(
        "check_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("home_day_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_day_id"], ["home_days.id"], name=op.f("fk_check_ins_home_day_id_home_days")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_check_ins_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint("person_id", "month", name=op.f("uq_check_ins_person_id_month")),
    )
    op.create_table(
        "home_day_picks",
        sa.Column("home_day_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("picked_by_id", sa.Integer(), nullable=False),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_day_id"], ["home_days.id"], name=op.f("fk_home_day_picks_home_day_id_home_days")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_home_day_picks_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["picked_by_id"], ["people.id"], name=op.f("fk_home_day_picks_picked_by_id_people")
        ),
        sa.PrimaryKeyConstraint("home_day_id", "order_id", name=op.f("pk_home_day_picks")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home_day_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("other_day", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_day_id"], ["home_days.id"], name=op.f("fk_invitations_home_day_id_home_days")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_invitations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint(
            "home_day_id", "person_id", name=op.f("uq_invitations_home_day_id_person_id")
        ),
    )
    op.create_table(
        "point_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_point_entries_approved_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"],
            ["organisations.id"],
            name=op.f("fk_point_entries_branch_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_point_entries_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_point_entries_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_point_entries_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["point_entries.id"],
            name=op.f("fk_point_entries_reverses_id_point_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entries")),
        sa.UniqueConstraint(
            "rule",
            "source",
            "source_id",
            "person_id",
            "round",
            name=op.f("uq_point_entries_rule_source_source_id_person_id_round"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_point_entries_order_id", "point_entries", ["order_id"], unique=False)
    op.create_index(
        "ix_point_entries_person_id_at", "point_entries", ["person_id", "at"], unique=False
    )
    op.create_index(
        "ix_point_entries_branch_id_month", "point_entries", ["branch_id", "month"], unique=False
    )
    op.create_index("ix_point_entries_reverses_id", "point_entries", ["reverses_id"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("home_day_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_day_id"], ["home_days.id"], name=op.f("fk_reminders_home_day_id_home_days")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reminders_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "person_id", "month", "kind", name=op.f("uq_reminders_person_id_month_kind")
        ),
    )
    op.create_table(
        "wishes",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("cost", sa.String(length=24), nullable=False),
        sa.Column("wished_by", sa.Date(), nullable=True),
        sa.Column("pooled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_wishes_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_wishes")),
    )
    op.create_table(
        "point_appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_point_appeals_decided_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["point_entries.id"], name=op.f("fk_point_appeals_entry_id_point_entries")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_point_appeals_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_point_appeals_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_appeals")),
        sa.UniqueConstraint("entry_id", "round", name=op.f("uq_point_appeals_entry_id_round")),
    )
    op.create_index(
        "ix_point_appeals_open",
        "point_appeals",
        ["organisation_id"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )

    op.add_column(
        "orders",
        sa.Column("matter_class", sa.String(length=24), server_default="general", nullable=False),
    )
    op.add_column("orders", sa.Column("leg_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "orders", sa.Column("late_stage", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("orders", sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("digest_items", sa.Column("order_version", sa.Integer(), nullable=True))

    op.add_column("people", sa.Column("quiet_from", sa.Integer(), nullable=True))
    op.add_column("people", sa.Column("quiet_until", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "quiet_until")
    op.drop_column("people", "quiet_from")

    op.drop_column("digest_items", "order_version")

    op.drop_column("orders", "urged_at")
    op.drop_column("orders", "overdue_at")
    op.drop_column("orders", "late_stage")
    op.drop_column("orders", "leg_at")
    op.drop_column("orders", "matter_class")

    op.drop_index(
        "ix_point_appeals_open",
        table_name="point_appeals",
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )

    op.drop_table("point_appeals")
    op.drop_table("wishes")
    op.drop_table("reminders")
    op.drop_index("ix_point_entries_reverses_id", table_name="point_entries")
    op.drop_index("ix_point_entries_branch_id_month", table_name="point_entries")
    op.drop_index("ix_point_entries_person_id_at", table_name="point_entries")
    op.drop_index("ix_point_entries_order_id", table_name="point_entries")

    op.drop_table("point_entries")
    op.drop_table("invitations")
    op.drop_table("home_day_picks")
    op.drop_table("check_ins")
    op.drop_table("service_accounts")
    op.drop_table("profiles")
    op.drop_table("point_standings")
    op.drop_table("point_awards")
    op.drop_index("ix_home_days_day", table_name="home_days")

    op.drop_table("home_days")
    op.drop_index("ix_duty_holdings_person_id", table_name="duty_holdings")

    op.drop_table("duty_holdings")
    op.drop_table("briefings")
    op.drop_table("branch_settings")
    op.drop_table("point_periods")
