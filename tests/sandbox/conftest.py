from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from starlette.testclient import TestClient

from bot.config import Account
from bot.sandbox.page import create_app
from bot.sandbox.push import Pusher
from bot.sandbox.world import World
from storage.vocabulary import Platform
from tests.sandbox.webhook import Webhook, webhook

Json: TypeAlias = Any

OFFICIAL = Account(
    name="oa",
    platform=Platform.OFFICIAL,
    app_id="wx00000000000000aa",
    secret="official secret",  # noqa: S106 (of this test)
    token="official token",  # noqa: S106 (of this test)
    encoding_aes_key="a" * 42 + "E",
)
WECOM = Account(
    name="wecom",
    platform=Platform.WECOM,
    app_id="ww00000000000000bb",
    secret="wecom secret",  # noqa: S106 (of this test)
    token="wecom token",  # noqa: S106 (of this test)
    encoding_aes_key="b" * 42 + "E",
    agent_id=1000002,
)


class Clock:
    """The platforms' clock; tests move it on."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Sandbox:
    """A sandbox with a bot behind it, seen through its HTTP address."""

    world: World
    clock: Clock
    bot: Webhook
    http: TestClient

    def act(self, person: str, action: str, **body: object) -> Json:
        response = self.http.post(f"/sandbox/phones/{person}/{action}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def messages(self, person: str) -> list[Any]:
        messages: list[Any] = self.http.get(f"/sandbox/phones/{person}").json()["messages"]
        return messages

    def official_token(self) -> str:
        asked = {
            "grant_type": "client_credential",
            "appid": OFFICIAL.app_id,
            "secret": OFFICIAL.secret,
        }
        token: str = self.http.post("/cgi-bin/stable_token", json=asked).json()["access_token"]
        return token

    def wecom_token(self) -> str:
        asked = {"corpid": WECOM.app_id, "corpsecret": WECOM.secret}
        token: str = self.http.get("/cgi-bin/gettoken", params=asked).json()["access_token"]
        return token

    def call(self, path: str, payload: object, *, token: str | None = None) -> Json:
        if token is None:
            token = self.official_token() if "custom" in path else self.wecom_token()
        params = {"access_token": token}
        return self.http.post(f"/cgi-bin/{path}", params=params, json=payload).json()

    def custom(self, openid: str, content: str = "有人来了") -> int:
        payload = {"touser": openid, "msgtype": "text", "text": {"content": content}}
        code: int = self.call("message/custom/send", payload)["errcode"]
        return code

    def card(self, touser: str, **changes: object) -> Json:
        card = {
            "card_type": "button_interaction",
            "task_id": "task-1",
            "main_title": {"title": "#12 楼道灯坏了"},
            "horizontal_content_list": [{"keyname": "地点", "value": "3栋2单元"}],
            "button_list": [{"text": "接单", "key": "接单 12"}, {"text": "不接", "key": "不接 12"}],
        } | changes
        return self.send(touser, "template_card", card)

    def send(self, touser: str, msgtype: str, content: object, **more: object) -> Json:
        payload = {"touser": touser, "msgtype": msgtype, "agentid": WECOM.agent_id}
        return self.call("message/send", payload | {msgtype: content} | more)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    clock = Clock()
    with webhook(OFFICIAL, WECOM) as bot:
        world = World(OFFICIAL, WECOM, webhook=bot.url, clock=clock)
        app = create_app(world, Pusher(world, timeout=5.0, pause=0.0))
        with TestClient(app) as http:
            yield Sandbox(world, clock, bot, http)
