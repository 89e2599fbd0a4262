"""Where an account may, taps are a msgmenu; where it turns out that it may not, lines in a text."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import ApiError, FailureKind, Outgoing, Sent, limits
from bot.channels.api import Endpoint
from bot.channels.cutting import size
from bot.channels.failures import OFFICIAL
from bot.channels.message_menus import message_menu
from bot.channels.official_account import OfficialAccount
from bot.channels.rendering import plain
from bot.sandbox.messages import menu_parts
from handlers.messages import Action, Choice, IncomingKind
from tests.channels.conftest import FixedTokens
from tests.channels.standin import Call, StandIn, standing_in
from tests.platform import official_account, seal_request, text_xml

SEND = "/cgi-bin/message/custom/send"
ACTIONS = (
    Action("好了", "确认 12"),
    Action("派单", "派单 12 {choice}", (Choice("张三（3栋）", "张三"), Choice("全体", "全体"))),
)
OUTGOING = Outgoing(title="#12 楼道灯坏了", text="办好了吗？", actions=ACTIONS)
MENU = {
    "head_content": "#12 楼道灯坏了\n办好了吗？",
    "list": [
        {"id": "1", "content": "确认 12"},
        {"id": "2", "content": "派单 12 张三"},
        {"id": "3", "content": "派单 12 全体"},
    ],
    "tail_content": "",
}


def account(platform: StandIn, *, may: bool = True) -> OfficialAccount:
    settings = official_account(message_menu=may)
    return OfficialAccount(settings, FixedTokens(), endpoint=Endpoint(platform.url, OFFICIAL))


def refusing_menus(code: int) -> Callable[[Call], object]:
    return lambda call: {"errcode": code if call.payload["msgtype"] == "msgmenu" else 0}


def kinds(platform: StandIn) -> list[str]:
    return [call.payload["msgtype"] for call in platform.calls]


def test_a_notice_with_taps_is_a_msgmenu_of_whole_commands() -> None:
    with standing_in({SEND: lambda _: {"errcode": 0}}) as platform:
        assert account(platform).send(["o1"], OUTGOING) == Sent()
        assert platform.last(SEND).payload == {
            "touser": "o1",
            "msgtype": "msgmenu",
            "msgmenu": MENU,
        }


@pytest.mark.parametrize(
    ("may", "outgoing"),
    [
        (False, OUTGOING),
        (True, Outgoing(title="#12", text="谢谢")),
        (True, Outgoing(title="#12", actions=tuple(Action("选", f"选 {n}") for n in range(11)))),
        (True, Outgoing(title="#12", actions=(Action("选", "长" * 43),))),
        (True, Outgoing(title="#12", text="长" * 341, actions=ACTIONS)),
    ],
    ids=["it may not", "no taps", "eleven", "a long command", "a long text"],
)
def test_what_a_msgmenu_does_not_hold_is_a_text(*, may: bool, outgoing: Outgoing) -> None:
    with standing_in({SEND: lambda _: {"errcode": 0}}) as platform:
        account(platform, may=may).send(["o1"], outgoing)
        assert kinds(platform) == ["text"]


def test_an_account_that_may_not_falls_back_at_once_and_for_good() -> None:
    with standing_in({SEND: refusing_menus(40200)}) as platform:
        channel = account(platform)
        assert channel.menu_refused is False
        assert [channel.send(["o1"], OUTGOING) for _ in range(2)] == [Sent(), Sent()]
        assert kinds(platform) == ["msgmenu", "text", "text"]
        assert channel.menu_refused is True
        content = platform.last(SEND).payload["text"]["content"]
    assert content.count('<a href="weixin://bizmsgmenu') == 3


@pytest.mark.parametrize("code", [45002, 47001])
def test_a_menu_that_is_refused_for_what_it_is_goes_as_text_this_once(code: int) -> None:
    with standing_in({SEND: refusing_menus(code)}) as platform:
        channel = account(platform)
        assert channel.send(["o1"], OUTGOING) == Sent()
        assert kinds(platform) == ["msgmenu", "text"]
        assert channel.menu_refused is False


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (45015, FailureKind.WINDOW_CLOSED),
        (45009, FailureKind.QUOTA),
        (48001, FailureKind.UNAUTHORISED),
        (43004, FailureKind.UNREACHABLE),
    ],
)
def test_what_text_would_not_mend_is_not_tried_as_text(code: int, kind: FailureKind) -> None:
    with standing_in({SEND: refusing_menus(code)}) as platform:
        with pytest.raises(ApiError) as raised:
            account(platform).send(["o1"], OUTGOING)
        assert kinds(platform) == ["msgmenu"]
    assert raised.value.kind is kind


def test_a_server_that_answers_no_menu_may_have_sent_it_and_is_not_asked_twice() -> None:
    with standing_in({SEND: lambda _: (502, b"<html>")}) as platform:
        with pytest.raises(ApiError) as raised:
            account(platform).send(["o1"], OUTGOING)
        assert len(platform.calls) == 1
    assert raised.value.kind is FailureKind.RETRY


@pytest.mark.parametrize("menu_id", ["2", None], ids=["with its id", "without"])
def test_a_tap_says_its_command(now: datetime, menu_id: str | None) -> None:
    channel = OfficialAccount(official_account(), FixedTokens())
    said = "派单 12 张三"
    xml = text_xml("o1", "gh_1", said, message_id=1, at=now, menu_id=menu_id)
    query, body = seal_request(channel.account, xml, now=now)
    incoming = channel.read(query, body, now=now).incoming
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (IncomingKind.TEXT, said)
    assert incoming.is_tap == (menu_id is not None)


any_text = st.text(st.characters())
commands = st.one_of(any_text, st.integers(1, 60).map(lambda count: "长" * count))
taps = st.lists(st.builds(Action, any_text, commands), max_size=14)


@settings(deadline=None)
@given(st.one_of(any_text, st.integers(1, 700).map(lambda count: "灯" * count)), taps)
def test_any_menu_is_within_the_limits_and_the_stand_in_takes_it(
    text: str, actions: list[Action]
) -> None:
    written = message_menu(plain(text), actions)
    if written is None:
        return
    menu = written["msgmenu"]
    assert 1 <= len(menu["list"]) <= limits.MENU_ENTRIES
    assert len({entry["content"] for entry in menu["list"]}) == len(menu["list"])
    assert all(1 <= size(entry["content"]) <= limits.MENU_ENTRY_BYTES for entry in menu["list"])
    assert size(menu["head_content"]) <= limits.MENU_HEAD_BYTES
    assert [part.command for part in menu_parts(written) if part.command] == [
        entry["content"] for entry in menu["list"]
    ]
