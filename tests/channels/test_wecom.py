"""What WeCom says becomes an Incoming; answers are complete text, taps update their card."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from bot.channels import ApiError, FailureKind, Outgoing, Received, Sent, WebhookError
from bot.channels.api import Endpoint
from bot.channels.failures import WECOM
from bot.channels.wecom import WeCom
from handlers.messages import Action, Incoming, IncomingKind, Reply
from storage.vocabulary import Platform
from tests.channels.conftest import FixedTokens
from tests.channels.standin import StandIn, standing_in
from tests.platform import (
    event_xml,
    message_xml,
    open_reply,
    reply_text,
    seal_request,
    text_xml,
    verification_query,
    wecom_account,
)

ACCOUNT = wecom_account()
CORP = ACCOUNT.app_id
AGENT = 1000002
SEND = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
TAKE = Action("接单", "接单 12")

Read = Callable[[str], Received]


@pytest.fixture
def channel(tokens: FixedTokens) -> WeCom:
    return WeCom(ACCOUNT, tokens)


@pytest.fixture
def read(channel: WeCom, now: datetime) -> Read:
    def reading(xml: str) -> Received:
        query, body = seal_request(ACCOUNT, xml, now=now)
        return channel.read(query, body, now=now)

    return reading


@pytest.fixture
def platform() -> Iterator[StandIn]:
    with standing_in({SEND: lambda _: {"errcode": 0}, UPDATE: lambda _: {"errcode": 0}}) as standin:
        yield standin


def sending(platform: StandIn) -> WeCom:
    return WeCom(ACCOUNT, FixedTokens(), endpoint=Endpoint(platform.url, WECOM))


def test_the_verification_is_answered_with_the_decrypted_echo(
    channel: WeCom, now: datetime
) -> None:
    assert channel.verify(verification_query(ACCOUNT, "1616140317", now=now)) == "1616140317"


def test_a_plus_sign_that_became_a_space_is_put_back(channel: WeCom, now: datetime) -> None:
    query = verification_query(ACCOUNT, "1616140317", now=now)
    while "+" not in query["echostr"]:
        query = verification_query(ACCOUNT, "1616140317", now=now)
    query["echostr"] = query["echostr"].replace("+", " ")
    assert channel.verify(query) == "1616140317"


def test_a_verification_for_another_company_is_refused(channel: WeCom, now: datetime) -> None:
    with pytest.raises(WebhookError) as raised:
        channel.verify(verification_query(wecom_account(app_id="ww3"), "1", now=now))
    assert raised.value.status == 403


def test_a_text_is_read_and_its_userid_is_in_lower_case(read: Read, now: datetime) -> None:
    xml = text_xml("ZhangSan", CORP, "接 12", message_id=9, at=now, agent_id=AGENT)
    assert read(xml).incoming == Incoming(
        platform=Platform.WECOM,
        app_id=CORP,
        sender="zhangsan",
        key=f"{CORP}:zhangsan:9",
        kind=IncomingKind.TEXT,
        text="接 12",
        received_at=now,
        sent_at=int(now.timestamp()),
    )


def test_another_apps_message_is_only_acknowledged(read: Read, now: datetime) -> None:
    xml = text_xml("ZhangSan", CORP, "接 12", message_id=9, at=now, agent_id=7)
    assert read(xml).incoming is None


def test_opening_the_app_is_an_entry(read: Read, now: datetime) -> None:
    incoming = read(event_xml("a", CORP, "enter_agent", at=now, agent_id=AGENT)).incoming
    assert incoming is not None
    assert (incoming.kind, incoming.is_tap) == (IncomingKind.ENTER, False)


@pytest.mark.parametrize("event", ["click", "CLICK"])
def test_a_menu_key_is_a_tap(read: Read, now: datetime, event: str) -> None:
    incoming = read(event_xml("a", CORP, event, at=now, key="待办", agent_id=AGENT)).incoming
    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.is_tap) == (IncomingKind.TAP, "待办", True)


@pytest.mark.parametrize(
    ("key", "chosen", "command"),
    [
        ("接单 12", (), "接单 12"),
        ("派单 12 {choice}", ("张三",), "派单 12 张三"),
        ("派单 12 {choice}", ("张三", "李四"), "派单 12 张三 李四"),
        ("派单 12 {choice}", (), "派单 12"),
    ],
)
def test_a_button_says_its_command_with_what_was_chosen(
    read: Read, now: datetime, key: str, chosen: tuple[str, ...], command: str
) -> None:
    incoming = read(
        event_xml(
            "a",
            CORP,
            "template_card_event",
            at=now,
            key=key,
            agent_id=AGENT,
            task_id="n-5",
            response_code="code",
            chosen=chosen,
        )
    ).incoming
    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.is_tap) == (IncomingKind.TAP, command, True)
    assert (incoming.task_id, incoming.response_code) == ("n-5", "code")


@pytest.mark.parametrize(
    "event", ["view", "view_miniprogram", "LOCATION", "batch_job_result", "open_approval_change"]
)
def test_other_events_are_only_acknowledged(read: Read, now: datetime, event: str) -> None:
    assert read(event_xml("a", CORP, event, at=now, agent_id=AGENT)).incoming is None


def test_a_contact_event_without_an_agent_is_acknowledged(read: Read) -> None:
    fields = {"ToUserName": CORP, "FromUserName": "sys", "MsgType": "event"}
    xml = message_xml({**fields, "Event": "change_contact", "ChangeType": "create_user"})
    assert read(xml).incoming is None


def test_a_reply_is_text_with_digits_and_words(channel: WeCom, read: Read, now: datetime) -> None:
    xml = text_xml("a", CORP, "待办", message_id=9, at=now, agent_id=AGENT)
    reply = Reply(
        text="派给谁？",
        menu=(Action("张三", "派单 12 张三"), Action("全体", "派单 12 全体")),
        actions=(Action("查进度", "进度 12"),),
        card_note="not a card",
    )
    rendered = channel.render(read(xml).envelope, reply, now=now)
    assert reply_text(ACCOUNT, rendered) == ("派给谁？\n1. 张三\n2. 全体\n查进度：回复“进度 12”")


@pytest.fixture
def tapped(read: Read, now: datetime) -> Received:
    return read(event_xml("a", CORP, "template_card_event", at=now, key="接单 12", agent_id=AGENT))


def test_a_tap_is_answered_by_the_cards_button(
    channel: WeCom, tapped: Received, now: datetime
) -> None:
    reply = Reply(text="好的", card_note="已由 张三 接单")
    inner = ET.fromstring(  # noqa: S314 (written by the code under test)
        open_reply(ACCOUNT, channel.render(tapped.envelope, reply, now=now))
    )
    assert inner.findtext("MsgType") == "update_button"
    assert inner.findtext("Button/ReplaceName") == "已由 张三 接单"
    assert inner.find("Content") is None


def test_a_tap_without_a_note_shows_the_first_line(
    channel: WeCom, tapped: Received, now: datetime
) -> None:
    rendered = channel.render(tapped.envelope, Reply(text="没有这个编号\n请核对"), now=now)
    assert reply_text(ACCOUNT, rendered, tag="ReplaceName") == "没有这个编号"


def test_an_empty_reply_is_an_empty_body(
    channel: WeCom, read: Read, tapped: Received, now: datetime
) -> None:
    xml = text_xml("a", CORP, "x", message_id=9, at=now, agent_id=AGENT)
    assert channel.render(read(xml).envelope, Reply(), now=now) == b""
    assert channel.render(tapped.envelope, Reply(), now=now) == b""


def test_a_notice_without_taps_is_a_text_that_is_not_sent_twice(platform: StandIn) -> None:
    outgoing = Outgoing(title="#12 已办结", text="谢谢。", fields=(("评价", "满意"),))
    assert sending(platform).send(["a", "b"], outgoing) == Sent()
    assert platform.last(SEND).payload == {
        "touser": "a|b",
        "agentid": AGENT,
        "msgtype": "text",
        "text": {"content": "#12 已办结\n谢谢。\n评价：满意"},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }


def test_whoever_prefers_text_gets_the_taps_as_digits(platform: StandIn) -> None:
    outgoing = Outgoing(title="#12", actions=(TAKE, Action("不接", "不接 12")), as_text=True)
    sending(platform).send(["a"], outgoing)
    assert platform.last(SEND).payload["text"] == {"content": "#12\n1. 接单\n2. 不接"}


def test_a_notice_with_taps_is_a_card_and_gives_its_response_code() -> None:
    with standing_in({SEND: lambda _: {"errcode": 0, "response_code": "rc"}}) as platform:
        sent = sending(platform).send(["a"], Outgoing(title="#12", actions=(TAKE,), task_id="n-1"))
    assert sent == Sent(response_code="rc")
    payload = platform.last(SEND).payload
    assert (payload["msgtype"], payload["template_card"]["task_id"]) == ("template_card", "n-1")


def test_who_was_skipped_is_named_as_it_was_asked_for() -> None:
    answer = {"errcode": 0, "invaliduser": "B|nobody", "unlicenseduser": "c"}
    with standing_in({SEND: lambda _: answer}) as platform:
        sent = sending(platform).send(["a", "b", "c"], Outgoing(title="x"))
    assert sent.failures == {"b": "invaliduser", "c": "unlicenseduser"}


@pytest.mark.parametrize("code", [81013, 82001])
def test_when_nobody_is_valid_all_have_failed(code: int) -> None:
    with standing_in({SEND: lambda _: {"errcode": code, "errmsg": "x"}}) as platform:
        sent = sending(platform).send(["a", "b"], Outgoing(title="x"))
    assert sent.failures == {"a": "invaliduser", "b": "invaliduser"}


def test_a_card_whose_task_id_was_used_has_been_sent() -> None:
    with standing_in({SEND: lambda _: {"errcode": 42014, "errmsg": "x"}}) as platform:
        sent = sending(platform).send(["a"], Outgoing(title="x", actions=(TAKE,), task_id="n-1"))
    assert sent == Sent()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, FailureKind.RETRY),
        (60020, FailureKind.MISCONFIGURED),
        (60111, FailureKind.UNREACHABLE),
        (40058, FailureKind.REFUSED),
        (42014, FailureKind.REFUSED),
    ],
)
def test_other_errors_mean_what_the_table_says(code: int, kind: FailureKind) -> None:
    answer = {"errcode": code, "errmsg": "x"}
    with standing_in({SEND: lambda _: answer}) as platform, pytest.raises(ApiError) as raised:
        sending(platform).send(["a"], Outgoing(title="x"))
    assert raised.value.kind == kind


@pytest.mark.parametrize("count", [0, 1001])
def test_a_call_takes_one_to_a_thousand_people(channel: WeCom, count: int) -> None:
    with pytest.raises(ValueError, match="recipients"):
        channel.send([str(number) for number in range(count)], Outgoing(title="x"))


def test_one_update_names_all_readers_of_a_card(platform: StandIn) -> None:
    sending(platform).update_card(["a", "b"], response_code="rc", note="已由 张三 接单")
    assert platform.last(UPDATE).payload == {
        "userids": ["a", "b"],
        "agentid": AGENT,
        "response_code": "rc",
        "button": {"replace_name": "已由 张三 接单"},
    }


@pytest.mark.parametrize("option", [["张三"], "张三"], ids=["a list of one", "one"])
def test_a_tapped_card_in_json_says_the_same(read: Read, option: object) -> None:
    fields = {"ToUserName": CORP, "FromUserName": "a", "CreateTime": 1, "MsgType": "event"}
    fields |= {"Event": "template_card_event", "EventKey": "派单 12 {choice}", "AgentID": AGENT}
    item = {"QuestionKey": "choice", "OptionIds": {"OptionId": option}}
    incoming = read(json.dumps({**fields, "SelectedItems": {"SelectedItem": item}})).incoming
    assert incoming is not None
    assert incoming.text == "派单 12 张三"


def test_other_messages_are_only_acknowledged(read: Read) -> None:
    assert read(message_xml({"FromUserName": "a", "MsgType": "wonder"})).incoming is None
