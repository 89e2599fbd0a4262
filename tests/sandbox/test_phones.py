"""A person's action becomes a real encrypted push, and the phone shows what the platform would."""

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.config import Account
from bot.sandbox import envelope
from bot.sandbox.page import create_app
from bot.sandbox.push import Pusher
from bot.sandbox.samples import PEOPLE
from bot.sandbox.world import ORIGINAL_ID, World
from handlers.messages import Action, Incoming, IncomingKind, Reply
from tests.sandbox.conftest import OFFICIAL, WECOM, Sandbox
from tests.sandbox.webhook import webhook

FAULT = "该公众号提供的服务出现故障，请稍后再试"


def shown(phone: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["sender"], one["kind"], one["text"]) for one in phone["messages"]]


def answer(sandbox: Sandbox, reply: Reply) -> None:
    sandbox.bot.reply = lambda _: reply


def test_a_text_arrives_verified_and_its_answer_is_shown(sandbox: Sandbox) -> None:
    phone = sandbox.act("zhangsan", "say", text="可接 ]]> & <b>")
    incoming = sandbox.bot.received[0]
    assert (incoming.kind, incoming.sender, incoming.text, incoming.app_id) == (
        IncomingKind.TEXT,
        "zhangsan",
        "可接 ]]> & <b>",
        WECOM.app_id,
    )
    assert shown(phone) == [
        ("person", "text", "可接 ]]> & <b>"),
        ("bot", "text", "你说：可接 ]]> & ＜b>"),
    ]


def test_following_by_a_qr_code_names_its_scene_and_scanning_again_is_a_scan(
    sandbox: Sandbox,
) -> None:
    sandbox.act("wang", "follow", scene="bind:YG-3-2")
    sandbox.act("wang", "follow", scene="bind:YG-1-1")
    sandbox.act("wang", "follow")
    assert [(one.kind, one.scene) for one in sandbox.bot.received] == [
        (IncomingKind.SUBSCRIBE, "bind:YG-3-2"),
        (IncomingKind.SCAN, "bind:YG-1-1"),
    ]


def test_unfollowing_is_pushed_and_its_answer_is_not_shown(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    phone = sandbox.act("wang", "unfollow")
    assert sandbox.bot.received[-1].kind is IncomingKind.UNSUBSCRIBE
    assert (phone["is_following"], phone["messages"][-1]["text"]) == (False, "已取消关注")


def test_opening_the_app_is_pushed_every_time(sandbox: Sandbox) -> None:
    answer(sandbox, Reply(text="您好"))
    sandbox.act("lisi", "open")
    phone = sandbox.act("lisi", "open")
    assert [one.kind for one in sandbox.bot.received] == [IncomingKind.ENTER] * 2
    assert shown(phone)[-2:] == [("person", "event", "进入了应用"), ("bot", "text", "您好")]


def test_a_tappable_line_says_its_words_as_a_tap(sandbox: Sandbox) -> None:
    answer(sandbox, Reply(text="查什么？", menu=(Action("看 12 号 + 13 号", "进度 12+13"),)))
    phone = sandbox.act("wang", "follow")
    message = phone["messages"][-1]
    assert message["text"] == "查什么？\n1. 看 12 号 + 13 号"
    assert message["links"] == [{"label": "看 12 号 + 13 号", "command": "进度 12+13"}]
    phone = sandbox.act("wang", "tap", message_id=message["id"], command="进度 12+13")
    tapped = sandbox.bot.received[-1]
    assert (tapped.text, tapped.is_tap) == ("进度 12+13", True)
    assert shown(phone)[-2] == ("person", "text", "进度 12+13")


def test_wecom_knows_no_tappable_lines_but_web_links(sandbox: Sandbox) -> None:
    tap = '<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">接单</a>'
    sandbox.send("lisi", "text", {"content": f'{tap} <a href="http://x.test/?a=1">看</a>'})
    message = sandbox.messages("lisi")[0]
    assert (message["text"], message["links"]) == ("接单 看", [])
    assert message["parts"][-1] == {"text": "看", "command": "", "url": "http://x.test/?a=1"}


def test_a_card_button_sends_its_key_task_and_a_code_of_its_own(sandbox: Sandbox) -> None:
    sent = sandbox.card("zhangsan|lisi")
    answer(sandbox, Reply(card_note="已由您接单"))
    card = sandbox.messages("zhangsan")[0]
    assert [button["label"] for button in card["card"]["buttons"]] == ["接单", "不接"]
    phone = sandbox.act("zhangsan", "press", message_id=card["id"], key="接单 12")
    tap = sandbox.bot.received[0]
    assert (tap.kind, tap.text, tap.task_id) == (IncomingKind.TAP, "接单 12", "task-1")
    assert tap.response_code not in {"", sent["response_code"]}
    assert (phone["messages"][0]["card"]["note"], phone["messages"][0]["card"]["buttons"]) == (
        "已由您接单",
        [],
    )
    assert sandbox.messages("lisi")[0]["card"]["note"] == ""


@pytest.mark.parametrize(
    ("selected", "said"),
    [
        pytest.param({}, "派单 12 张三", id="the preset choice"),
        pytest.param({"selected": "李四"}, "派单 12 李四", id="one choice"),
        pytest.param({"selected": ["李四"]}, "派单 12 李四", id="a list of choices"),
    ],
)
def test_a_choice_travels_with_the_button(
    sandbox: Sandbox, selected: dict[str, object], said: str
) -> None:
    sandbox.card(
        "chenshuji",
        button_list=[{"text": "派单", "key": "派单 12 {choice}"}],
        button_selection={
            "question_key": "choice",
            "title": "派给",
            "option_list": [{"id": name, "text": name} for name in ("张三", "李四")],
        },
    )
    card = sandbox.messages("chenshuji")[0]
    assert card["card"]["selection"]["options"][1] == {"id": "李四", "text": "李四"}
    key = card["card"]["buttons"][0]["key"]
    sandbox.act("chenshuji", "press", message_id=card["id"], key=key, **selected)
    assert sandbox.bot.received[0].text == said


def pressed(sandbox: Sandbox, reply_xml: dict[str, envelope.XmlValue]) -> dict[str, Any]:
    """Press a card's button and let the bot answer with this inner XML."""
    sandbox.card("zhangsan")
    sandbox.bot.raw = [(200, sealed(WECOM, reply_xml))]
    message = sandbox.messages("zhangsan")[0]
    phone: dict[str, Any] = sandbox.act(
        "zhangsan", "press", message_id=message["id"], key="接单 12"
    )
    return phone


def sealed(account: Account, fields: dict[str, envelope.XmlValue], *, signed: bool = True) -> bytes:
    made = envelope.enclose(account, envelope.to_xml(fields), timestamp="1", nonce="n")
    return (made if signed else made.replace("<TimeStamp>1<", "<TimeStamp>2<")).encode()


def signed_garbage(encrypted: str) -> bytes:
    outer: dict[str, envelope.XmlValue] = {
        "Encrypt": encrypted,
        "MsgSignature": envelope.sign(OFFICIAL.token, "1", "n", encrypted),
        "TimeStamp": 1,
        "Nonce": "n",
    }
    return envelope.to_xml(outer).encode()


def test_a_passive_update_may_replace_the_whole_card(sandbox: Sandbox) -> None:
    phone = pressed(
        sandbox,
        {
            "MsgType": "update_template_card",
            "TemplateCard": {
                "CardType": "button_interaction",
                "MainTitle": {"Title": "#12 已接单"},
                "HorizontalContentList": [
                    {"KeyName": "地点", "Value": "3栋"},
                    {"KeyName": "接单", "Value": "张三"},
                ],
                "ButtonList": [{"Text": "完成", "Style": 1, "Key": "完成 12"}],
            },
        },
    )
    card = phone["messages"][0]["card"]
    assert card["title"] == "#12 已接单"
    assert card["fields"][1] == {"label": "接单", "value": "张三"}
    assert [button["key"] for button in card["buttons"]] == ["完成 12"]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"MsgType": "text", "Content": "好"}, id="text"),
        pytest.param({"MsgType": "update_button"}, id="no note"),
        pytest.param(
            {"MsgType": "update_template_card", "TemplateCard": {"CardType": "x"}}, id="bad card"
        ),
    ],
)
def test_a_tapped_card_takes_card_updates_only(
    sandbox: Sandbox, reply: dict[str, envelope.XmlValue]
) -> None:
    phone = pressed(sandbox, reply)
    assert [len(one["card"]["buttons"]) for one in phone["messages"]] == [2]
    assert sandbox.http.get("/sandbox/log").json()[-1]["name"] == "passive reply"


def test_a_push_is_tried_three_times_with_the_same_body(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    sandbox.bot.raw = [(500, b""), (503, b""), None]
    phone = sandbox.act("wang", "say", text="在吗")
    assert shown(phone)[-1] == ("bot", "text", "你说：在吗")
    assert len(set(sandbox.bot.bodies[1:])) == 1
    assert len({one.key for one in sandbox.bot.received[1:]}) == 1
    assert len(sandbox.bot.bodies[1:]) == 3


def test_after_three_failures_wechat_shows_its_failure_text(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    sandbox.bot.raw = [*[(500, b"")] * 3, (200, b"success")]
    phone = sandbox.act("wang", "say", text="在吗")
    assert shown(phone)[-1] == ("platform", "fault", FAULT)
    assert len(sandbox.bot.bodies) == 4


def test_wecom_shows_nothing_after_three_failures(sandbox: Sandbox) -> None:
    sandbox.bot.raw = [(500, b"")] * 3
    phone = sandbox.act("lisi", "say", text="在吗")
    assert shown(phone) == [("person", "text", "在吗")]


def test_a_bot_that_hangs_or_is_away_is_a_failure() -> None:
    with webhook(OFFICIAL) as bot:

        def hang(_: Incoming) -> Reply:
            time.sleep(0.4)
            return Reply(text="zu spät")

        bot.reply = hang
        world = World(OFFICIAL, WECOM, webhook=bot.url)
        with TestClient(create_app(world, Pusher(world, timeout=0.1, pause=0.0))) as http:
            hung = http.post("/sandbox/phones/wang/follow", json={}).json()
    world.webhook = "http://127.0.0.1:1/webhook"
    with TestClient(create_app(world, Pusher(world, timeout=0.1, pause=0.0))) as http:
        away = http.post("/sandbox/phones/wang/say", json={"text": "在吗"}).json()
    results = [call.result for call in world.calls if call.is_push]
    assert [shown(phone)[-1][1] for phone in (hung, away)] == ["fault", "fault"]
    assert results[0] == "try 1: ReadTimeoutError"
    assert results[-2].startswith("try 3: ")


@pytest.mark.parametrize("body", [b"", b"success"])
def test_an_empty_answer_shows_nothing(sandbox: Sandbox, body: bytes) -> None:
    sandbox.bot.raw = [(200, body)]
    phone = sandbox.act("wang", "follow")
    assert shown(phone) == [("person", "event", "已关注公众号")]


WANG = next(person.external_id for person in PEOPLE if person.key == "wang")
OTHER_KEY = Account.model_validate(OFFICIAL.model_dump() | {"encoding_aes_key": "c" * 42 + "E"})
OTHER_APP = Account.model_validate(OFFICIAL.model_dump() | {"app_id": "wx00000000000000cc"})
GOOD: dict[str, envelope.XmlValue] = {
    "ToUserName": WANG,
    "FromUserName": ORIGINAL_ID,
    "MsgType": "text",
    "Content": "好",
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"errcode":0}', id="JSON"),
        pytest.param(b"<xml><a></xml>", id="broken XML"),
        pytest.param(envelope.to_xml(GOOD).encode(), id="not encrypted"),
        pytest.param(sealed(OFFICIAL, GOOD, signed=False), id="wrong signature"),
        pytest.param(sealed(OTHER_KEY, GOOD), id="another key"),
        pytest.param(sealed(OTHER_APP, GOOD), id="for another account"),
        pytest.param(signed_garbage("AAAA"), id="signed, but no whole block"),
        pytest.param(signed_garbage("A" * 44), id="signed, but random bytes"),
        pytest.param(signed_garbage("not base64"), id="signed, but not base64"),
        pytest.param(sealed(OFFICIAL, {**GOOD, "Content": ""}), id="empty content"),
        pytest.param(sealed(OFFICIAL, {**GOOD, "Content": "好" * 700}), id="too long"),
        pytest.param(sealed(OFFICIAL, {**GOOD, "FromUserName": "wx1"}), id="wrong sender"),
        pytest.param(sealed(OFFICIAL, {**GOOD, "ToUserName": "o1"}), id="wrong receiver"),
    ],
)
def test_a_malformed_answer_shows_the_failure_text_at_once(sandbox: Sandbox, body: bytes) -> None:
    sandbox.bot.raw = [(200, body)]
    phone = sandbox.act("wang", "follow")
    assert shown(phone)[-1] == ("platform", "fault", FAULT)
    assert len(sandbox.bot.bodies) == 1


def test_a_well_formed_answer_is_shown(sandbox: Sandbox) -> None:
    sandbox.bot.raw = [(200, sealed(OFFICIAL, GOOD))]
    assert shown(sandbox.act("wang", "follow"))[-1] == ("bot", "text", "好")


@pytest.mark.parametrize("encryption", ["plain", "compatible"])
def test_the_official_account_may_be_set_to_other_modes(encryption: str) -> None:
    account = Account.model_validate(OFFICIAL.model_dump() | {"encryption": encryption})
    with webhook(account) as bot:
        world = World(account, WECOM, webhook=bot.url)
        with TestClient(create_app(world)) as http:
            http.post("/sandbox/phones/wang/follow", json={})
            phone = http.post("/sandbox/phones/wang/say", json={"text": "在吗"}).json()
    assert (b"<Encrypt>" in bot.bodies[1]) is (encryption == "compatible")
    assert shown(phone)[-1] == ("bot", "text", "你说：在吗")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param("nobody/say", {"text": "好"}, 404, id="unknown person"),
        pytest.param("wang/say", {"text": "好"}, 409, id="not a follower"),
        pytest.param("wang/unfollow", {}, 409, id="never followed"),
        pytest.param("wang/open", {}, 409, id="WeCom's action in WeChat"),
        pytest.param("lisi/follow", {}, 409, id="WeChat's action in WeCom"),
        pytest.param("lisi/say", {"text": " "}, 400, id="nothing said"),
        pytest.param("lisi/say", {}, 400, id="no text"),
        pytest.param("lisi/say", {"text": "好", "x": 1}, 400, id="unknown field"),
        pytest.param("lisi/tap", {"message_id": 1, "command": "x"}, 404, id="no such line"),
        pytest.param("lisi/press", {"message_id": 1, "key": "x"}, 404, id="no such card"),
    ],
)
def test_what_a_phone_does_not_offer_is_refused_and_not_pushed(
    sandbox: Sandbox, path: str, body: dict[str, object], status: int
) -> None:
    answered = sandbox.http.post(f"/sandbox/phones/{path}", json=body)
    assert (answered.status_code, list(answered.json())) == (status, ["error"])
    assert sandbox.bot.bodies == []


def test_a_button_that_is_gone_cannot_be_pressed(sandbox: Sandbox) -> None:
    sandbox.card("zhangsan")
    message_id = sandbox.messages("zhangsan")[0]["id"]
    answer(sandbox, Reply(card_note="已由您接单"))
    sandbox.act("zhangsan", "press", message_id=message_id, key="接单 12")
    url = "/sandbox/phones/zhangsan/press"
    bodies = [
        {"message_id": message_id, "key": "接单 12"},
        {"message_id": message_id, "key": "不接 12", "selected": "李四"},
    ]
    assert [sandbox.http.post(url, json=body).status_code for body in bodies] == [404, 404]


def test_numbers_of_a_later_run_follow_those_of_an_earlier_one(sandbox: Sandbox) -> None:
    earlier = sandbox.world.next_id()
    sandbox.clock.move(seconds=1)
    later = World(OFFICIAL, WECOM, webhook=sandbox.bot.url, clock=sandbox.clock)
    assert later.next_id() > earlier
