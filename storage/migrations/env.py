"""Run migrations against the URL that the caller put into the configuration."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum

from storage.database import connect
from storage.models import Base
from storage.models.base import Instant, SealedJson, SealedText


def render(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Keep migrations plain: our column types are written as what the database sees."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, SealedText | SealedJson):
        return "sa.Text()"
    return False


def run() -> None:
    url = context.config.attributes["url"]
    engine = connect(url, pool_size=1)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
