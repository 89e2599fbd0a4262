from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.channels import Channel
from tests.post_office import OFFICIAL, WECOM, Clock, FakeChannel, Run
from workers.delivery import deliver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wecom() -> FakeChannel:
    return FakeChannel(WECOM, batch_size=1000)


@pytest.fixture
def official() -> FakeChannel:
    return FakeChannel(OFFICIAL)


@pytest.fixture
def run(
    engine: Engine, clock: Clock, wecom: FakeChannel, official: FakeChannel, tmp_path: Path
) -> Run:
    channels: Mapping[str, Channel] = {"wecom": wecom, "oa": official}
    return lambda: deliver(engine, channels, root=tmp_path, now=clock)
