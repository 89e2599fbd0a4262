"""A photo from the official account to the secretary's WeCom, through both real channels."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.channels import Channel
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from handlers.messages import IncomingKind
from tests.channels.conftest import FixedTokens
from tests.channels.standin import Call, StandIn, standing_in
from tests.factories import OFFICIAL, WECOM, World, found
from tests.platform import official_account, wecom_account
from workers.delivery import accounts_of, deliver
from workers.media import fetch_due

GET, UPLOAD, SEND = "/cgi-bin/media/get", "/cgi-bin/media/upload", "/cgi-bin/message/send"
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 400


@pytest.fixture
def world(engine: Engine) -> World:
    return found(engine)


def _channels(url: str) -> dict[str, Channel]:
    official = official_account(app_id=OFFICIAL, api_base_url=url)
    wecom = wecom_account(app_id=WECOM, api_base_url=url)
    return {
        "oa": OfficialAccount(official, FixedTokens()),
        "wc": WeCom(wecom, FixedTokens()),
    }


def _report_with_photo(world: World) -> None:
    world.say("wang", "报事 阳光小区1栋水管漏水")
    world.give(replace(world.hear("wang", kind=IncomingKind.IMAGE), media_id="photo-1"))
    world.say("wang", "1")


def _sent(standin: StandIn) -> list[tuple[str, str]]:
    sent = [call.payload for call in standin.calls if call.path == SEND]
    return [(message["msgtype"], message["touser"]) for message in sent]


def test_a_photo_reaches_the_secretary_behind_its_card(world: World, tmp_path: Path) -> None:
    received: list[bytes] = []

    def upload(call: Call) -> object:
        received.append(call.payload)
        return {"errcode": 0, "type": "image", "media_id": "uploaded-1", "created_at": "1"}

    answers = {GET: lambda _: PHOTO, UPLOAD: upload, SEND: lambda _: {"errcode": 0}}
    with standing_in(answers) as standin:
        channels = _channels(standin.url)

        def relay() -> None:
            deliver(world.engine, channels, root=tmp_path, now=lambda: world.now)

        _report_with_photo(world)
        relay()
        assert _sent(standin) == [("template_card", "chenshuji")]
        fetch_due(
            world.engine,
            accounts_of(channels),
            root=tmp_path,
            community="近邻社区",
            now=lambda: world.now,
        )
        world.later(seconds=10)
        relay()
        assert _sent(standin) == [("template_card", "chenshuji"), ("image", "chenshuji")]
        assert standin.last(GET).query["media_id"] == "photo-1"
        assert standin.last(SEND).payload["image"] == {"media_id": "uploaded-1"}
        assert len(received) == 1
        assert PHOTO in received[0]
