"""The migrations make what the models say, from the first table on, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, delete, inspect, text
from sqlalchemy.exc import IntegrityError

from storage import database, orders
from storage.database import transaction
from storage.models import Assignment, Base, Order
from storage.vocabulary import AssignmentStatus
from tests import servers
from tests.factories import NOON, found

TABLES = set(Base.metadata.tables)


def revisions() -> list[str]:
    """Give all revisions, the first one first."""
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def described(engine: Engine) -> dict[str, Any]:
    """Describe a schema as the database itself sees it; names of constraints included."""
    inspector = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
            "indexes": {
                str(index["name"]): (
                    index["column_names"],
                    bool(index["unique"]),
                    {
                        key: str(value)
                        for key, value in (index.get("dialect_options") or {}).items()
                        if key.endswith("_where")
                    },
                )
                for index in inspector.get_indexes(table)
            },
            "unique": {
                str(key["name"]): key["column_names"]
                for key in inspector.get_unique_constraints(table)
            },
            "foreign": {
                str(key["name"]): (key["constrained_columns"], key["referred_table"])
                for key in inspector.get_foreign_keys(table)
            },
            "primary": inspector.get_pk_constraint(table)["constrained_columns"],
        }
        for table in sorted(TABLES)
    }


@pytest.fixture
def models_engine(
    request: pytest.FixtureRequest, engine: Engine, tmp_path: Path
) -> Iterator[Engine]:
    """The same kind of database with the tables as the models make them, without migrations."""
    if engine.dialect.name == "sqlite":
        other = create_engine(f"sqlite:///{tmp_path / 'models.db'}")
        Base.metadata.create_all(other)
        yield other
        other.dispose()
        return
    server: str = request.getfixturevalue("postgres_url")
    name = f"{engine.url.database}_models"
    servers.execute(server, f"CREATE DATABASE {name}")
    other = database.connect(servers.with_database(server, name))
    Base.metadata.create_all(other)
    yield other
    other.dispose()
    servers.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def test_the_migrations_leave_nothing_for_a_new_one(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)

    assert difference == []


def test_the_database_sees_the_same_schema_by_migrations_and_by_models(
    engine: Engine, models_engine: Engine
) -> None:
    assert described(engine) == described(models_engine)


def test_every_revision_goes_up_and_down_and_up_again(database_url: str, engine: Engine) -> None:
    database.downgrade(database_url)
    assert tables(engine) == {"alembic_version"}
    assert not database.is_current(engine)

    for revision in revisions():
        database.migrate(database_url, revision=revision)
        database.downgrade(database_url, revision="-1")
        database.migrate(database_url, revision=revision)

    assert database.is_current(engine)
    assert tables(engine) == {*TABLES, "alembic_version"}


def test_migrating_twice_changes_nothing(database_url: str, engine: Engine) -> None:
    world = found(engine)

    database.migrate(database_url)

    assert world.say("wang", "进度").text == "您还没有报过事。有什么事，直接发给我就行。"


def add_order(engine: Engine, branch_id: int, reporter_id: int) -> int:
    with transaction(engine) as session:
        return orders.add(
            session,
            matter="灯坏了",
            branch_id=branch_id,
            reporter_id=reporter_id,
            submitted_at=NOON,
            promised_at=NOON,
        )


def test_the_number_of_a_deleted_order_is_never_given_again(engine: Engine) -> None:
    world = found(engine)
    place = (world.organisations["b1"], world.people["张三"])
    numbers = [add_order(engine, *place), add_order(engine, *place)]
    with transaction(engine) as session:
        session.execute(delete(Order))

    assert [*numbers, add_order(engine, *place)] == [1, 2, 3]


def test_a_seat_has_one_live_holder_and_a_member_one_open_offer(engine: Engine) -> None:
    world = found(engine)
    number = add_order(engine, world.organisations["b1"], world.people["陈书记"])

    def add(who: str, status: AssignmentStatus) -> None:
        with transaction(engine) as session:
            session.add(Assignment(order_id=number, person_id=world.people[who], status=status))

    add("张三", AssignmentStatus.OFFERED)
    add("李四", AssignmentStatus.OFFERED)
    with pytest.raises(IntegrityError):
        add("李四", AssignmentStatus.OFFERED)
    add("张三", AssignmentStatus.ACCEPTED)
    with pytest.raises(IntegrityError):
        add("李四", AssignmentStatus.ACCEPTED)
    for status in (AssignmentStatus.FINISHED, AssignmentStatus.FINISHED, AssignmentStatus.LOST):
        add("李四", status)


def test_one_subtree_is_one_range_of_an_index(postgresql_url: str) -> None:
    """PostgreSQL uses an index for a prefix only where it compares bytes."""
    engine = database.connect(postgresql_url)
    with engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        plan = connection.execute(
            text("EXPLAIN SELECT id FROM organisations WHERE path LIKE '/1/7/%'")
        ).scalars()
        steps = "\n".join(plan)
    engine.dispose()

    assert "Index Cond: (((path)::text ~>=~ '/1/7/'::text)" in steps
