"""The night's job that shows members their half-year."""

from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, select

from storage.database import transaction
from storage.models import ServiceAccount
from tests.dialogues.service import NEW_YEAR, employed, served
from tests.factories import POLICY, found
from workers import service_accounts


def test_the_job_shows_everybody_in_chunks_and_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = found(engine)
    employed(world, "张三", "李四", "赵敏")
    served(world)
    runtime = SimpleNamespace(
        engine=engine, now=lambda: NEW_YEAR, settings=SimpleNamespace(policy=POLICY)
    )
    monkeypatch.setattr(service_accounts, "current", lambda: runtime)
    monkeypatch.setattr(service_accounts, "_CHUNK", 1)
    before = len(world.news_of("张三"))

    service_accounts.show()
    service_accounts.show()

    with transaction(engine) as session:
        shown = session.scalars(
            select(ServiceAccount.person_id).order_by(ServiceAccount.person_id)
        ).all()
    assert shown == [world.people["张三"], world.people["李四"]]
    assert len(world.news_of("张三")) == before + 1
