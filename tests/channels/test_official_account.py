"""What the official account says becomes an Incoming, and what we answer becomes tappable text."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.channels import ApiError, FailureKind, Outgoing, Sent, WebhookError
from bot.channels.api import Endpoint
from bot.channels.failures import OFFICIAL
from bot.channels.official_account import OfficialAccount
from handlers.messages import Action, Choice, Incoming, IncomingKind, Reply
from storage.vocabulary import Platform
from tests.channels.conftest import FixedTokens
from tests.channels.standin import standing_in
from tests.platform import (
    OTHER_AES_KEY,
    event_xml,
    message_xml,
    official_account,
    open_reply,
    reply_text,
    seal_request,
    text_xml,
    verification_query,
)

ACCOUNT = official_account()
SEND = "/cgi-bin/message/custom/send"

Read = Callable[[str], Incoming | None]


@pytest.fixture
def channel(tokens: FixedTokens) -> OfficialAccount:
    return OfficialAccount(ACCOUNT, tokens)


@pytest.fixture
def read(channel: OfficialAccount, now: datetime) -> Read:
    def reading(xml: str) -> Incoming | None:
        query, body = seal_request(ACCOUNT, xml, now=now)
        return channel.read(query, body, now=now).incoming

    return reading


def message(kind: str, **fields: str | int) -> str:
    head = {"ToUserName": "gh_1", "FromUserName": "oABC", "MsgType": kind}
    return message_xml({**head, "CreateTime": 7, **fields})


def test_the_verification_is_answered_with_its_echo(
    channel: OfficialAccount, now: datetime
) -> None:
    assert channel.verify(verification_query(ACCOUNT, "4375120948", now=now)) == "4375120948"


def test_a_verification_with_a_wrong_signature_is_refused(
    channel: OfficialAccount, now: datetime
) -> None:
    query = verification_query(ACCOUNT, "1", now=now) | {"nonce": "other"}
    with pytest.raises(WebhookError) as raised:
        channel.verify(query)
    assert raised.value.status == 403


def test_a_verification_without_an_echo_is_a_bad_request(
    channel: OfficialAccount, now: datetime
) -> None:
    query = verification_query(ACCOUNT, "1", now=now)
    del query["echostr"]
    with pytest.raises(WebhookError) as raised:
        channel.verify(query)
    assert raised.value.status == 400


def test_a_text_is_read_whole(read: Read, now: datetime) -> None:
    xml = text_xml("oABC", "gh_1", " 3栋\n 楼道灯坏了 ", message_id=6054768590064713728, at=now)
    assert read(xml) == Incoming(
        platform=Platform.OFFICIAL,
        app_id=ACCOUNT.app_id,
        sender="oABC",
        key=f"{ACCOUNT.app_id}:oABC:6054768590064713728",
        kind=IncomingKind.TEXT,
        text=" 3栋\n 楼道灯坏了 ",
        received_at=now,
        sent_at=int(now.timestamp()),
    )


@pytest.mark.parametrize(
    ("xml", "kind", "text", "media_id"),
    [
        (message("image", PicUrl="http://a/b", MediaId="m1", MsgId=1), "image", "", "m1"),
        (message("voice", MediaId="m2", Format="amr", MsgId=1), "voice", "", "m2"),
        (message("voice", MediaId="m2", Recognition="灯坏了", MsgID=1), "voice", "灯坏了", "m2"),
        (message("video", MediaId="m3", ThumbMediaId="t", MsgId=1), "video", "", "m3"),
        (message("shortvideo", MediaId="m4", MsgId=1), "video", "", "m4"),
        (message("location", Label="3栋门口", Location_X="1", MsgId=1), "place", "3栋门口", ""),
        (message("location", Location_X="1.5", Location_Y="2", MsgId=1), "place", "1.5,2", ""),
        (message("link", Title="标题", Url="http://a", MsgId=1), "link", "标题 http://a", ""),
        (message("file", Title="表.xlsx", FileKey="k", MsgId=1), "file", "表.xlsx", ""),
    ],
)
def test_each_message_type_has_its_kind(
    read: Read, xml: str, kind: str, text: str, media_id: str
) -> None:
    incoming = read(xml)
    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.media_id) == (kind, text, media_id)
    assert incoming.key == f"{ACCOUNT.app_id}:oABC:1"


@pytest.mark.parametrize(
    ("event", "key", "expected"),
    [
        ("CLICK", "进度", (IncomingKind.TAP, "进度", "")),
        ("subscribe", "", (IncomingKind.SUBSCRIBE, "", "")),
        ("subscribe", "qrscene_bind:B3", (IncomingKind.SUBSCRIBE, "", "bind:B3")),
        ("subscribe", "last_trade_no_4008", (IncomingKind.SUBSCRIBE, "", "")),
        ("unsubscribe", "", (IncomingKind.UNSUBSCRIBE, "", "")),
        ("SCAN", "bind:B3", (IncomingKind.SCAN, "", "bind:B3")),
    ],
)
def test_each_event_has_its_kind_and_only_a_menu_key_is_a_tap(
    read: Read, now: datetime, event: str, key: str, expected: tuple[IncomingKind, str, str]
) -> None:
    incoming = read(event_xml("oABC", "gh_1", event, at=now, key=key))
    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.scene) == expected
    assert incoming.is_tap == (event == "CLICK")


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "pic_weixin", ""])
def test_other_events_are_only_acknowledged(read: Read, now: datetime, event: str) -> None:
    assert read(event_xml("oABC", "gh_1", event, at=now)) is None


@pytest.mark.parametrize("kind", ["device_text", "hardware", "wonder"])
def test_other_messages_are_only_acknowledged(read: Read, kind: str) -> None:
    assert read(message(kind, MsgId=1)) is None


def test_a_tapped_line_is_a_tap_that_says_its_words(read: Read, now: datetime) -> None:
    incoming = read(text_xml("o1", "gh_1", "接单 12", message_id=1, at=now, menu_id="1"))
    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.is_tap) == (IncomingKind.TEXT, "接单 12", True)


def test_the_check_of_a_container_is_acknowledged(read: Read) -> None:
    assert read("<xml><action>CheckContainerPath</action></xml>") is None


def test_control_characters_are_taken_out(read: Read, now: datetime) -> None:
    incoming = read(text_xml("o1", "gh_1", "灯\x1d坏\x00了\x08", message_id=1, at=now))
    assert incoming is not None
    assert incoming.text == "灯坏了"


@pytest.mark.parametrize("text", ["a]]>b", "]]>", "]]></Content>", "<b>&amp;</b>", "😀" * 600])
def test_awkward_texts_arrive_as_they_were_written(read: Read, now: datetime, text: str) -> None:
    incoming = read(text_xml("o1", "gh_1", text, message_id=1, at=now))
    assert incoming is not None
    assert incoming.text == text


def test_a_cdata_end_that_the_sender_did_not_split_is_text_all_the_same(read: Read) -> None:
    xml = message("text", Content="MARK", MsgId=1).replace("MARK", "a]]>b ]]> c")
    incoming = read(xml)
    assert incoming is not None
    assert incoming.text == "a]]>b ]]> c"


def test_a_text_is_kept_up_to_twenty_thousand_characters(read: Read, now: datetime) -> None:
    incoming = read(text_xml("o1", "gh_1", "长" * 30_000, message_id=1, at=now))
    assert incoming is not None
    assert incoming.text == "长" * 20_000


def test_of_a_field_that_comes_twice_the_first_counts(read: Read) -> None:
    xml = message("text", Content="a", MsgId=1).replace(
        "</xml>", "<FromUserName>other</FromUserName><URL>x</URL></xml>"
    )
    incoming = read(xml)
    assert incoming is not None
    assert incoming.sender == "oABC"


def test_json_is_read_like_xml(read: Read) -> None:
    fields = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": 7, "MsgType": "text"}
    text = json.dumps({**fields, "Content": ["灯\u001d坏了"], "MsgId": 42, "Extra": {"a": [1]}})
    incoming = read(text)
    assert incoming is not None
    assert (incoming.text, incoming.key) == ("灯坏了", f"{ACCOUNT.app_id}:o1:42")


def test_events_of_one_second_are_told_apart_and_repeats_are_not(read: Read, now: datetime) -> None:
    keys = {
        incoming.key
        for key in ("进度", "帮助", "进度")
        if (incoming := read(event_xml("o1", "gh_1", "CLICK", at=now, key=key)))
    }
    assert len(keys) == 2


def test_texts_without_a_number_are_told_apart_by_what_they_say(read: Read) -> None:
    keys = {
        incoming.key
        for said in ("满意", "不满意", "满意")
        if (incoming := read(message("text", Content=said)))
    }
    assert len(keys) == 2


def test_a_long_event_key_still_makes_a_key_that_fits(read: Read, now: datetime) -> None:
    sender = "o" * 64
    incoming = read(event_xml(sender, "gh_1", "CLICK", at=now, key="长" * 1_000))
    assert incoming is not None
    assert len(incoming.key) <= 300
    assert incoming.key.startswith(f"{ACCOUNT.app_id}:{sender}:")


def test_a_reply_goes_back_with_lines_to_tap(channel: OfficialAccount, now: datetime) -> None:
    query, body = seal_request(
        ACCOUNT, text_xml("o1", "gh_1", "灯坏了", message_id=1, at=now), now=now
    )
    received = channel.read(query, body, now=now)
    reply = Reply(
        text="提交吗？",
        menu=(Action("提交", "确认"), Action("改一下", "修改")),
        actions=(Action("查进度", "进度 12"),),
        card_note="ignored here",
    )
    rendered = channel.render(received.envelope, reply, now=now)
    link = '<a href="weixin://bizmsgmenu?msgmenucontent={}&msgmenuid=1">{}</a>'
    assert reply_text(ACCOUNT, rendered) == "\n".join(
        [
            "提交吗？",
            "1. " + link.format("%E7%A1%AE%E8%AE%A4", "提交"),
            "2. " + link.format("%E4%BF%AE%E6%94%B9", "改一下"),
            link.format("%E8%BF%9B%E5%BA%A6%2012", "查进度"),
        ]
    )
    inner = open_reply(ACCOUNT, rendered)
    assert "<ToUserName><![CDATA[o1]]></ToUserName>" in inner
    assert "<FromUserName><![CDATA[gh_1]]></FromUserName>" in inner


@pytest.mark.parametrize("text", ["", " \n", "\x1d"])
def test_an_empty_reply_is_an_empty_body(
    channel: OfficialAccount, now: datetime, text: str
) -> None:
    query, body = seal_request(ACCOUNT, text_xml("o1", "gh", "x", message_id=1, at=now), now=now)
    envelope = channel.read(query, body, now=now).envelope
    assert channel.render(envelope, Reply(text=text), now=now) == b""


def test_a_request_with_the_previous_key_is_answered_with_it(
    tokens: FixedTokens, now: datetime
) -> None:
    account = official_account(previous_encoding_aes_key=OTHER_AES_KEY)
    channel = OfficialAccount(account, tokens)
    xml = text_xml("o1", "gh_1", "x", message_id=1, at=now)
    query, body = seal_request(account, xml, now=now, key=OTHER_AES_KEY)
    envelope = channel.read(query, body, now=now).envelope
    rendered = channel.render(envelope, Reply(text="好"), now=now)
    assert "好" in open_reply(account, rendered, key=OTHER_AES_KEY)


@pytest.mark.parametrize(("mode", "count"), [("plain", 0), ("compatible", 1)])
def test_the_answer_is_encrypted_if_the_request_was(
    tokens: FixedTokens, now: datetime, mode: str, count: int
) -> None:
    account = official_account(encryption=mode)
    channel = OfficialAccount(account, tokens)
    xml = text_xml("o1", "gh_1", "x", message_id=1, at=now)
    query, body = seal_request(account, xml, now=now)
    received = channel.read(query, body, now=now)
    assert received.incoming is not None
    rendered = channel.render(received.envelope, Reply(text="好"), now=now)
    assert (rendered.count(b"<Encrypt>"), reply_text(account, rendered)) == (count, "好")


def test_a_compatible_account_takes_plain_xml_with_a_right_signature(
    tokens: FixedTokens, now: datetime
) -> None:
    xml = text_xml("o1", "gh_1", "x", message_id=1, at=now)
    query, body = seal_request(official_account(encryption="plain"), xml, now=now)
    channel = OfficialAccount(official_account(encryption="compatible"), tokens)
    assert channel.read(query, body, now=now).incoming is not None


def test_a_notice_is_one_text_to_one_openid(tokens: FixedTokens) -> None:
    outgoing = Outgoing(
        title="#12 有人接单了",
        text="张三今天下午来。",
        fields=(("地点", "3栋"), ("电话", "")),
        actions=(
            Action("好了", "确认 12"),
            Action("改期", "改 12 {choice}", (Choice("周六", "六"),)),
        ),
    )
    with standing_in({SEND: lambda _: {"errcode": 0}}) as standin:
        channel = OfficialAccount(ACCOUNT, tokens, endpoint=Endpoint(standin.url, OFFICIAL))
        assert channel.send(["o1"], outgoing) == Sent()
    link = '<a href="weixin://bizmsgmenu?msgmenucontent={}&msgmenuid=1">{}</a>'
    content = "\n".join(
        [
            "#12 有人接单了",
            "张三今天下午来。",
            "地点：3栋",
            "1. " + link.format("%E7%A1%AE%E8%AE%A4%2012", "好了"),
            "2. " + link.format("%E6%94%B9%2012%20%E5%85%AD", "改期：周六"),
        ]
    )
    assert standin.last(SEND).payload == {
        "touser": "o1",
        "msgtype": "text",
        "text": {"content": content},
    }


def test_a_closed_window_is_told_as_such(tokens: FixedTokens) -> None:
    with standing_in({SEND: lambda _: {"errcode": 45015, "errmsg": "x"}}) as standin:
        channel = OfficialAccount(ACCOUNT, tokens, endpoint=Endpoint(standin.url, OFFICIAL))
        with pytest.raises(ApiError) as raised:
            channel.send(["o1"], Outgoing(title="x"))
    assert raised.value.kind == FailureKind.WINDOW_CLOSED


def test_there_are_no_cards_to_update(channel: OfficialAccount) -> None:
    with pytest.raises(ApiError) as raised:
        channel.update_card(["o1"], response_code="c", note="已由张三接单")
    assert raised.value.kind == FailureKind.REFUSED
