"""A notice becomes the template message for its purpose, with what its reader may see."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.channels import ApiError, FailureKind, Outgoing, Sent, limits
from bot.channels.api import ApiClient, Endpoint
from bot.channels.failures import OFFICIAL
from bot.channels.official_account import OfficialAccount
from bot.channels.templates import Templates, guessed
from bot.config import Community
from bot.sandbox.catalogue import TEMPLATES, VISITOR
from handlers.messages import Action, Choice
from handlers.texts import templates as texts
from storage.vocabulary import NoticeKind
from tests.channels.conftest import FixedTokens
from tests.channels.standin import StandIn, standing_in
from tests.platform import official_account

SEND = "/cgi-bin/message/template/send"
LIST = "/cgi-bin/template/get_all_private_template"
COMMUNITY = Community(name="近邻社区")
CONTENT = "工单编号:{{character_string1.DATA}}\n事项:{{thing2.DATA}}\n服务人员:{{name3.DATA}}\n"

OUTGOING = Outgoing(
    purpose=NoticeKind.ORDER_DONE,
    order_id=12,
    created_at=datetime(2026, 11, 21, 16, 5, tzinfo=UTC),
    title="#12 楼道灯坏了",
    text="张三说办好了，请您看看。",
    fields=(("地点", "3栋"), ("谁来办", "张三（三支部党员）")),
    actions=(Action("好了", "确认 12"), Action("没好", "没解决 12")),
    task_id="n7-0123456789abcdef",
)


@pytest.fixture
def platform() -> Iterator[StandIn]:
    rows = [{"template_id": "t1", "title": "x", "content": CONTENT}, "a fault of theirs"]
    answers = {
        SEND: lambda _: {"errcode": 0, "errmsg": "ok", "msgid": 200228332},
        LIST: lambda _: {"template_list": rows},
    }
    with standing_in(answers) as standin:
        yield standin


def account(platform: StandIn, template: object = "t1") -> OfficialAccount:
    templates = {NoticeKind.ORDER_DONE: template}
    settings = official_account(api_base_url=platform.url, templates=templates)
    endpoint = Endpoint(platform.url, OFFICIAL)
    return OfficialAccount(settings, FixedTokens(), endpoint=endpoint, community=COMMUNITY)


def data(platform: StandIn) -> dict[str, str]:
    filled: dict[str, dict[str, str]] = platform.last(SEND).payload["data"]
    return {key: value["value"] for key, value in filled.items()}


def test_a_template_message_is_guarded_and_gives_a_receipt(platform: StandIn) -> None:
    assert account(platform).send_template("o1", OUTGOING) == Sent(receipt="200228332")
    assert platform.last(SEND).payload == {
        "touser": "o1",
        "template_id": "t1",
        "client_msg_id": "n7-0123456789abcdef",
        "data": {
            "character_string1": {"value": "#12"},
            "thing2": {"value": "#12 楼道灯坏了"},
            "name3": {"value": "张三"},
        },
    }


def test_a_long_task_id_is_named_by_its_digest_the_same_in_a_retry(platform: StandIn) -> None:
    channel = account(platform)
    outgoing = Outgoing(
        title="x",
        purpose=NoticeKind.ORDER_DONE,
        task_id="n" * 80,
        created_at=OUTGOING.created_at,
    )
    for _ in range(2):
        channel.send_template("o1", outgoing)
    guards = {call.payload["client_msg_id"] for call in platform.calls if call.path == SEND}
    assert [len(guard) for guard in guards] == [limits.CLIENT_ID_CHARACTERS]


def test_settings_say_what_fills_which_field(platform: StandIn) -> None:
    fields = {
        "thing1": "title",
        "thing2": "text",
        "thing3": "next",
        "thing4": "community",
        "thing5": "field:地点",
        "thing6": "=请在三天内确认",
        "number7": "number",
        "character_string8": "number",
        "time9": "time",
        "date10": "time",
        "phrase11": "status",
        "const12": "=待确认",
    }
    account(platform, {"id": "t9", "fields": fields}).send_template("o1", OUTGOING)
    assert data(platform) == {
        "thing1": "#12 楼道灯坏了",
        "thing2": "张三说办好了，请您看看。",
        "thing3": "回“确认 12”",
        "thing4": "近邻社区",
        "thing5": "3栋",
        "thing6": "请在三天内确认",
        "number7": "12",
        "character_string8": "#12",
        "time9": "2026年11月22日 00:05",
        "date10": "2026年11月22日 00:05",
        "phrase11": "待确认",
        "const12": "待确认",
    }
    assert platform.count(LIST) == 0


def test_what_a_notice_does_not_have_is_filled_kindly(platform: StandIn) -> None:
    fields = {"thing1": "field:地点", "number2": "number", "name3": "field:谁来办", "time4": "text"}
    channel = account(platform, {"id": "t9", "fields": fields})
    bare = Outgoing(title="您好", purpose=NoticeKind.ORDER_DONE, created_at=OUTGOING.created_at)
    channel.send_template("o1", bare)
    assert data(platform) == {
        "thing1": "请看社区消息",
        "number2": "0",
        "name3": "社区",
        "time4": "2026年11月22日 00:05",
    }


@pytest.mark.parametrize(
    ("actions", "order_id", "said"),
    [
        ((Action("好", "确认 12"),), 12, "回“确认 12”"),
        ((Action("派", "派单 12 {choice}", (Choice("张三", "张三"),)),), 12, "回“派单 12 张三”"),
        ((Action("长", "派单 12 " + "长" * 20), Action("好", "确认 12")), 12, "回“确认 12”"),
        ((Action("长", "派单 12 " + "长" * 20),), 12, "回“进度 12”"),
        ((), 12, "回“进度 12”"),
        ((), None, "请看社区消息"),
    ],
    ids=["the first", "a choice", "one that fits", "none fits", "nothing", "no order"],
)
def test_what_to_say_next_is_a_whole_command(
    platform: StandIn, actions: tuple[Action, ...], order_id: int | None, said: str
) -> None:
    channel = account(platform, {"id": "t9", "fields": {"thing1": "next"}})
    outgoing = Outgoing(
        title="x",
        purpose=NoticeKind.ORDER_DONE,
        order_id=order_id,
        actions=actions,
        created_at=OUTGOING.created_at,
    )
    channel.send_template("o1", outgoing)
    assert data(platform) == {"thing1": said}


def test_the_templates_are_read_once_an_hour(platform: StandIn) -> None:
    seconds = [0.0]
    api = ApiClient(Endpoint(platform.url, OFFICIAL), FixedTokens())
    templates = Templates(account(platform).account, api, COMMUNITY, ticks=lambda: seconds[0])
    for moment, reads in ((0, 1), (3_599, 1), (3_600, 2), (7_199, 2)):
        seconds[0] = moment
        templates.message("o1", OUTGOING)
        assert platform.count(LIST) == reads


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (None, "template t1 is not the account's"),
        ("", "template t1 has no fields"),
        ("状态:{{const1.DATA}}", "const1: cannot be guessed"),
        ("某项:{{wonder1.DATA}}", "wonder1: cannot be guessed"),
    ],
    ids=["gone", "no fields", "a listed word", "an unknown type"],
)
def test_a_template_that_cannot_be_used_is_not_authorised_and_named(
    content: str | None, named: str
) -> None:
    rows = [] if content is None else [{"template_id": "t1", "content": content}]
    with standing_in({LIST: lambda _: {"template_list": rows}}) as platform:
        with pytest.raises(ApiError, match=named) as raised:
            account(platform).send_template("o1", OUTGOING)
        assert platform.count(SEND) == 0
    assert raised.value.kind is FailureKind.UNAUTHORISED


def test_a_template_that_was_deleted_meanwhile_is_looked_for_again() -> None:
    rows = [{"template_id": "t1", "content": CONTENT}]
    answers: dict[str, Callable[[Any], object]] = {
        LIST: lambda _: {"template_list": rows},
        SEND: lambda _: {"errcode": 40037, "errmsg": "invalid template_id"},
    }
    with standing_in(answers) as platform:
        channel = account(platform)
        with pytest.raises(ApiError) as raised:
            channel.send_template("o1", OUTGOING)
        assert (raised.value.code, raised.value.kind) == (40037, FailureKind.UNAUTHORISED)
        rows.clear()
        with pytest.raises(ApiError, match="is not the account's"):
            channel.send_template("o1", OUTGOING)
        assert platform.count(SEND) == 1


@pytest.mark.parametrize(
    ("code", "kind"), [(48001, FailureKind.UNAUTHORISED), (-1, FailureKind.RETRY)]
)
def test_where_the_templates_are_not_told_the_error_says_why(code: int, kind: FailureKind) -> None:
    refusing = standing_in({LIST: lambda _: {"errcode": code, "errmsg": "x"}})
    with refusing as platform, pytest.raises(ApiError) as raised:
        account(platform).send_template("o1", OUTGOING)
    assert (raised.value.code, raised.value.kind) == (code, kind)


def test_a_purpose_without_a_template_is_not_authorised(platform: StandIn) -> None:
    other = Outgoing(title="x", purpose=NoticeKind.DIGEST, created_at=OUTGOING.created_at)
    with pytest.raises(ApiError, match="no template for digest") as raised:
        account(platform).send_template("o1", other)
    assert raised.value.kind is FailureKind.UNAUTHORISED
    assert platform.calls == []


def test_a_notice_without_a_time_is_a_fault_of_the_caller(platform: StandIn) -> None:
    with pytest.raises(ValueError, match="when its notice was written"):
        account(platform).send_template("o1", Outgoing(title="x", purpose=NoticeKind.ORDER_DONE))


@pytest.mark.parametrize(
    ("content", "first"),
    [
        (
            "号码:{{number1.DATA}}\n时间：{{time2.DATA}}\n进度:{{phrase3.DATA}}\n地址:{{thing4.DATA}}",
            {
                "number1": "number",
                "time2": "time",
                "phrase3": "status",
                "thing4": "field:地点",
            },
        ),
        (
            "报修内容:{{thing1.DATA}}\n报修类型:{{thing2.DATA}}\n备注:{{thing3.DATA}}",
            {"thing1": "title", "thing2": "text", "thing3": "next"},
        ),
        (
            "{{first.DATA}}\n单号：{{keyword1.DATA}}\n时间：{{keyword2.DATA}}\n{{remark.DATA}}",
            {"first": "title", "keyword1": "number", "keyword2": "time", "remark": "text"},
        ),
        (
            "处理人:{{name1.DATA}}\n受理单位:{{thing2.DATA}}\n押金:{{amount3.DATA}}\n",
            {"name1": "field:谁来办", "thing2": "community", "amount3": None},
        ),
    ],
    ids=["progress", "two matters", "an old one", "who"],
)
def test_sources_are_guessed_by_label_and_type(content: str, first: dict[str, str | None]) -> None:
    chosen = guessed(content)
    assert {key: (*sources, None)[0] for key, sources in chosen.items()} == first


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.title)
def test_the_sandboxs_templates_take_what_is_guessed_for_them(template: Any) -> None:  # noqa: ANN401 (a row of the catalogue)
    rows = [template.to_json()]
    answers = {
        LIST: lambda _: {"template_list": rows},
        SEND: lambda _: {"errcode": 0, "msgid": 1},
    }
    with standing_in(answers) as platform:
        channel = account(platform, template.id)
        if template is VISITOR:
            with pytest.raises(ApiError, match="const6"):
                channel.send_template("o1", OUTGOING)
            return
        channel.send_template("o1", OUTGOING)
        assert template.fault(data(platform)) is None


def test_no_phone_and_no_door_comes_in_from_elsewhere(platform: StandIn) -> None:
    fields = {"phone_number1": "field:联系", "thing2": "text", "thing3": "field:门牌"}
    account(platform, {"id": "t9", "fields": fields}).send_template("o1", OUTGOING)
    assert data(platform) == {
        "phone_number1": "12345",
        "thing2": "张三说办好了，请您看看。",
        "thing3": "请看社区消息",
    }


def test_every_purpose_has_its_word() -> None:
    assert set(texts.STATUS) == set(NoticeKind)
    assert [word for word in texts.STATUS.values() if len(word) > 5] == []


@pytest.mark.parametrize("fields", [{"wonder1": "title"}, {"thing1": "titel"}, {"const1": "text"}])
def test_a_wrong_field_stops_the_start_and_is_named(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=next(iter(fields))):
        official_account(templates={"order_done": {"id": "t1", "fields": fields}})
