"""The bot's own channel against the stand-in: templates that it fills and menus that it sends."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.channels import ApiError, FailureKind, Outgoing
from bot.channels.factory import open_channel
from bot.channels.official_account import OfficialAccount
from bot.config import Account
from bot.sandbox.catalogue import DISPATCHED, PROGRESS, TO_CONFIRM
from bot.sandbox.faults import Faults, ForcedCode
from bot.sandbox.page import create_app
from bot.sandbox.screen import Kind, Message, Template
from bot.sandbox.serving import listening, port_of, served
from bot.sandbox.templates import PrivateTemplate
from bot.sandbox.world import World
from handlers.messages import Action
from storage.vocabulary import NoticeKind, Platform
from tests.sandbox.calls import WANG
from tests.sandbox.conftest import OFFICIAL, WECOM

SENT_AT = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
TEMPLATES = {
    NoticeKind.ORDER_TAKEN: DISPATCHED,
    NoticeKind.ORDER_CHANGED: PROGRESS,
    NoticeKind.ORDER_DONE: TO_CONFIRM,
}


class Bot:
    """The bot's channel of the official account, and the stand-in's world that it writes into."""

    def __init__(self, world: World, channel: OfficialAccount) -> None:
        self.world = world
        self.channel = channel

    def shown(self) -> list[Message]:
        with self.world.lock:
            return [message for message in self.world.phones["wang"].messages if message.is_pushed]


@pytest.fixture
def bot() -> Iterator[Bot]:
    with listening("127.0.0.1", 0) as listener, socket.socket() as nobody:
        listener.listen()  # so that nobody is refused before the server is up
        nobody.bind(("127.0.0.1", 0))  # bound, never listening: neither a Redis nor a webhook
        port = nobody.getsockname()[1]
        account = Account.model_validate(
            OFFICIAL.model_dump()
            | {
                "api_base_url": f"http://127.0.0.1:{port_of(listener)}",
                "message_menu": True,
                "templates": {kind.value: one.id for kind, one in TEMPLATES.items()},
            }
        )
        world = World(account, WECOM, webhook=f"http://127.0.0.1:{port}/webhook")
        with world.lock:
            phone = world.phones["wang"]
            phone.is_following = True
            phone.windows.open_by_message(world.now())
        channel = open_channel(account, Redis(port=port, retry=Retry(NoBackoff(), 0)))
        assert isinstance(channel, OfficialAccount)
        with served(create_app(world), listener):
            yield Bot(world, channel)


def notice(purpose: NoticeKind, **more: object) -> Outgoing:
    return Outgoing(
        title="#12 楼道灯坏了，三栋二单元一楼到三楼晚上都看不见路",
        text="张三已经接单，今天下午过来。",
        fields=(("地点", "阳光小区3栋2单元"),),
        purpose=purpose,
        order_id=12,
        created_at=SENT_AT,
        task_id=f"{purpose.value}-12",
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("purpose", "template"), TEMPLATES.items(), ids=lambda one: str(one)[:14])
def test_the_bot_fills_a_sample_template_within_its_limits(
    bot: Bot, purpose: NoticeKind, template: PrivateTemplate
) -> None:
    sent = bot.channel.send_template(WANG, notice(purpose))
    again = bot.channel.send_template(WANG, notice(purpose))
    (message,) = bot.shown()
    shown = message.attached
    assert isinstance(shown, Template)
    assert (shown.title, len(shown.rows)) == (template.title, template.content.count("{{"))
    assert shown.rows[0] == ("工单编号", "#12")
    assert (sent.receipt, again.receipt) == (sent.receipt, sent.receipt)


def test_a_template_that_is_gone_is_a_fault_of_the_settings(bot: Bot) -> None:
    del bot.world.templates[DISPATCHED.id]
    with pytest.raises(ApiError):
        bot.channel.send_template(WANG, notice(NoticeKind.ORDER_TAKEN))
    assert bot.shown() == []


def test_taps_go_as_a_menu_message(bot: Bot) -> None:
    actions = (Action("解决了", "确认 12"), Action("没解决", "没解决 12"))
    bot.channel.send([WANG], notice(NoticeKind.ORDER_DONE, actions=actions))
    (message,) = bot.shown()
    assert message.kind is Kind.MSGMENU
    assert [part.command for part in message.parts if part.command]


def test_a_day_s_quota_that_is_used_up_is_told(bot: Bot) -> None:
    bot.world.quotas[Platform.OFFICIAL].change({"custom_send": 1})
    bot.channel.send([WANG], notice(NoticeKind.ORDER_TAKEN))
    with pytest.raises(ApiError) as refused:
        bot.channel.send([WANG], notice(NoticeKind.ORDER_TAKEN))
    assert refused.value.code == 45009


def test_a_token_server_that_refuses_for_ever_is_asked_a_few_times_only(bot: Bot) -> None:
    bot.world.faults[Platform.OFFICIAL] = Faults(token=True)
    with pytest.raises(ApiError):
        bot.channel.send([WANG], notice(NoticeKind.ORDER_TAKEN))
    assert len(bot.world.calls) <= 2


@pytest.mark.parametrize(
    "faults",
    [
        Faults(down="unavailable"),
        Faults(down="closed"),
        Faults(html=200),
        Faults(html=502),
        Faults(codes=[ForcedCode(path="message/custom/send", code=-1)]),
    ],
    ids=["down", "closed", "html 200", "html 502", "busy"],
)
def test_every_outage_is_something_to_try_again(bot: Bot, faults: Faults) -> None:
    bot.world.faults[Platform.OFFICIAL] = faults
    with pytest.raises(ApiError) as refused:
        bot.channel.send([WANG], notice(NoticeKind.ORDER_TAKEN))
    assert (refused.value.kind, bot.shown()) == (FailureKind.RETRY, [])
