"""Template messages: typed fields, who gets them, and the event that ends each."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from wechatpy.crypto import PrpCrypto

from bot.sandbox.catalogue import PROGRESS, TEMPLATES, VISITOR
from bot.sandbox.templates import PrivateTemplate
from tests.platform import crypto_of
from tests.sandbox.calls import WANG, control, official
from tests.sandbox.conftest import OFFICIAL, Json, Sandbox
from tests.servers import wait_until

SEND = "message/template/send"
VALUES = {
    "character_string1": "12",
    "thing2": "楼道灯不亮",
    "phrase3": "已接单",
    "time4": "2026年11月21日 10:00",
    "thing5": "请保持电话畅通",
}


def message(**changes: object) -> Json:
    data = {key: {"value": value} for key, value in VALUES.items()}
    return {"touser": WANG, "template_id": PROGRESS.id, "data": data} | changes


def send(sandbox: Sandbox, **changes: object) -> Json:
    return official(sandbox, SEND, message(**changes))


def received(sandbox: Sandbox) -> list[Json]:
    """Give the template messages on the phone, as its page shows them."""
    return [one["template"] for one in sandbox.messages("wang") if one["kind"] == "template"]


def finished(sandbox: Sandbox, expected: int = 1) -> list[tuple[str, ...]]:
    """Wait for so many events that end template messages; gives person, MsgID and Status."""
    wait_until(lambda: len(_finished(sandbox)) >= expected)
    return _finished(sandbox)


def _finished(sandbox: Sandbox) -> list[tuple[str, ...]]:
    key = crypto_of(OFFICIAL).key
    events = []
    for body in sandbox.bot.bodies:
        sealed = ET.fromstring(body).findtext("Encrypt", "")  # noqa: S314 (sealed by the sandbox)
        inner = PrpCrypto(key).decrypt(sealed, OFFICIAL.app_id)
        event = ET.fromstring(inner)  # noqa: S314 (as above)
        if event.findtext("Event") == "TEMPLATESENDJOBFINISH":
            names = ("FromUserName", "MsgID", "Status")
            events.append(tuple(event.findtext(name, "") for name in names))
    return events


@pytest.fixture
def following(sandbox: Sandbox) -> Sandbox:
    sandbox.act("wang", "follow")
    return sandbox


def typed(kind: str) -> PrivateTemplate:
    content = f"内容:{{{{{kind}1.DATA}}}}\n"
    return PrivateTemplate(
        "t", "标题", "", "", content, "", listed={"const1": ("已登记", "已离开")}
    )


@pytest.mark.parametrize(
    ("kind", "value", "is_taken"),
    [
        ("thing", "好" * 20, True),
        ("thing", "好" * 21, False),
        ("thing", "两行\n字", False),
        ("number", "1" * 32, True),
        ("number", "1" * 33, False),
        ("number", "3.5", True),
        ("number", "三", False),
        ("letter", "a" * 32, True),
        ("letter", "a" * 33, False),
        ("letter", "a1", False),
        ("symbol", "***--", True),
        ("symbol", "***---", False),
        ("symbol", "a", False),
        ("character_string", "A-12/" * 6, True),
        ("character_string", "1" * 33, False),
        ("character_string", "12号", False),
        ("time", "15:01", True),
        ("time", "2026年11月21日 15:01", True),
        ("time", "2026-11-21 15:01:30", True),
        ("time", "15:01~17:30", True),
        ("time", "2026年11月21日 15:01~2026年11月22日 09:00", True),
        ("time", "2026年11月21日", False),
        ("time", "25:01", False),
        ("time", "明天下午", False),
        ("date", "2026年11月21日", True),
        ("date", "2026/11/21", True),
        ("date", "2026-11-21 15:01", True),
        ("date", "2026年11月21日~2026年11月25日", True),
        ("date", "11月21日", False),
        ("amount", "￥50.00元", True),
        ("amount", "1234567890", True),
        ("amount", "12345678901", False),
        ("amount", "五十元", False),
        ("phone_number", "+86-0766-66888866", True),
        ("phone_number", "1" * 18, False),
        ("phone_number", "请打电话", False),
        ("car_number", "粤A8Z888挂", True),
        ("car_number", "粤A8Z8888挂", False),
        ("car_number", "A粤8", False),
        ("name", "张" * 10, True),
        ("name", "张" * 11, False),
        ("name", "a" * 20, True),
        ("name", "a" * 21, False),
        ("name", "张三a", False),
        ("phrase", "待确认", True),
        ("phrase", "已经接单了呢", False),
        ("phrase", "OK", False),
        ("const", "已登记", True),
        ("const", "登记", False),
        ("keyword", "任何字" * 20, True),
        ("thing", " ", False),
    ],
)
def test_a_typed_field_takes_what_its_type_allows(kind: str, value: str, is_taken: bool) -> None:  # noqa: FBT001 (a column of the table)
    assert (typed(kind).fault({f"{kind}1": value}) is None) == is_taken


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.title)
def test_each_sample_template_takes_its_own_example(template: PrivateTemplate) -> None:
    keys = [line.partition("{{")[2].partition(".")[0] for line in template.content.splitlines()]
    values = [line.partition(":")[2] for line in template.example.splitlines()]
    filled = dict(zip(keys, values, strict=True))
    assert template.fault(filled) is None
    assert template.text(filled) == template.example.strip()


def test_a_template_message_shows_its_rows_and_is_told_to_have_arrived(following: Sandbox) -> None:
    answer = send(following, url="https://example.org/12")
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert received(following) == [
        {
            "id": PROGRESS.id,
            "title": "服务进度通知",
            "rows": [
                {"label": "工单编号", "value": "12"},
                {"label": "服务事项", "value": "楼道灯不亮"},
                {"label": "当前进度", "value": "已接单"},
                {"label": "更新时间", "value": "2026年11月21日 10:00"},
                {"label": "温馨提示", "value": "请保持电话畅通"},
            ],
            "url": "https://example.org/12",
        }
    ]
    assert "服务事项:楼道灯不亮" in following.messages("wang")[-1]["text"]
    assert finished(following) == [(WANG, str(answer["msgid"]), "success")]


def test_a_template_message_needs_no_window(following: Sandbox) -> None:
    following.world.move(3 * 86400)
    assert (following.custom(WANG), send(following)["errcode"]) == (45015, 0)


@pytest.mark.parametrize("outcome", ["failed:user block", "failed: system failed"])
def test_a_message_that_fails_later_is_accepted_first(following: Sandbox, outcome: str) -> None:
    control(following, "account", template_outcome=outcome)
    answer = send(following)
    assert (answer["errcode"], received(following)) == (0, [])
    assert finished(following) == [(WANG, str(answer["msgid"]), outcome)]


def test_the_same_client_msg_id_reaches_a_person_once_in_ten_minutes(following: Sandbox) -> None:
    answers = []
    for seconds in (0, 599, 1):
        following.world.move(seconds)
        answers.append(send(following, client_msg_id="notice-7"))
    numbers = [answer["msgid"] for answer in answers]
    assert (numbers[0] == numbers[1], numbers[1] == numbers[2]) == (True, False)
    assert (len(received(following)), len(finished(following, 2))) == (2, 2)


def test_without_a_client_msg_id_every_send_arrives(following: Sandbox) -> None:
    assert send(following)["msgid"] != send(following)["msgid"]
    assert len(received(following)) == 2


@pytest.mark.parametrize(
    ("data", "errmsg"),
    [
        pytest.param({"phrase3": None}, "argument invalid! data.phrase3.value is empty", id="none"),
        pytest.param({"thing2": ""}, "argument invalid! data.thing2.value is empty", id="empty"),
        pytest.param(
            {"thing2": "好" * 21}, "argument invalid! data.thing2.value invalid", id="too long"
        ),
    ],
)
def test_a_field_that_breaks_its_limit_is_named(
    following: Sandbox, data: dict[str, str | None], errmsg: str
) -> None:
    values = {key: {"value": value} for key, value in (VALUES | data).items() if value is not None}
    assert send(following, data=values) == {"errcode": 47003, "errmsg": errmsg}
    assert (received(following), finished(following, 0)) == ([], [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"template_id": "nowhere"}, 40037, id="unknown template"),
        pytest.param({"touser": "oNobody"}, 40003, id="unknown openid"),
        pytest.param({"data": {}}, 47003, id="no data"),
        pytest.param({"data": "x"}, 47003, id="data that is none"),
    ],
)
def test_a_template_message_is_checked(
    following: Sandbox, changes: dict[str, Any], code: int
) -> None:
    assert send(following, **changes)["errcode"] == code


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ({"refuses_templates": True}, 43101, "user refuse to accept the msg"),
        ({"blocked": True}, 43019, "require remove blacklist"),
        ({"refuses_messages": True}, 0, "ok"),
    ],
)
def test_a_person_may_refuse(
    following: Sandbox, state: dict[str, bool], code: int, words: str
) -> None:
    control(following, "people/wang/state", **state)
    answer = send(following)
    assert (answer["errcode"], answer["errmsg"]) == (code, words)
    assert len(received(following)) == (code == 0)


def test_only_followers_get_one(sandbox: Sandbox) -> None:
    assert send(sandbox) == {"errcode": 43004, "errmsg": "require subscribe"}


def test_templates_are_listed_and_one_can_be_gone(following: Sandbox) -> None:
    listed = official(following, "template/get_all_private_template")["template_list"]
    assert [template["title"] for template in listed] == [
        "派单通知",
        "服务进度通知",
        "服务完成待确认提醒",
        "访客登记提醒",
    ]
    assert listed[3]["content"] == VISITOR.content
    path, body = "template/del_private_template", {"template_id": PROGRESS.id}
    assert [official(following, path, body)["errcode"] for _ in range(2)] == [0, 40037]
    assert send(following)["errcode"] == 40037


def test_an_account_that_is_not_verified_has_no_templates(following: Sandbox) -> None:
    control(following, "account", verified=False)
    answers = (
        official(following, "template/get_all_private_template"),
        official(following, "template/del_private_template", {"template_id": PROGRESS.id}),
        send(following),
    )
    assert [answer["errcode"] for answer in answers] == [48001] * 3


def test_a_bot_that_does_not_answer_the_event_is_told_three_times(following: Sandbox) -> None:
    following.bot.raw = [(500, b"")] * 3
    answer = send(following)
    assert finished(following, 3) == [(WANG, str(answer["msgid"]), "success")] * 3
