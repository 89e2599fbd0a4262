"""Which push opens which send window of the official account (platform notes, A7)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.channels.official_account import OfficialAccount
from bot.sandbox.envelope import XmlValue, to_xml
from handlers import turn
from handlers.messages import Reply
from storage.database import transaction
from storage.models import Identity
from tests.channels.conftest import FixedTokens
from tests.channels.events import A5, Fields
from tests.factories import OFFICIAL, POLICY, World
from tests.platform import official_account, seal_request

CHANNEL = OfficialAccount(official_account(app_id=OFFICIAL), FixedTokens())
TAP, MESSAGE, NONE = "tap", "message", ""

OPENED = {
    "a follow": TAP,
    "a follow without a key": TAP,
    "a follow by a code": TAP,
    "a code of a follower": TAP,
    "a menu key": TAP,
    "a scan that the phone shows": TAP,
    "a scanned home": TAP,
    "scanned words": TAP,
    "a scanned link": TAP,
    "a scanned barcode": TAP,
    "nothing scanned": TAP,
}
MESSAGES: dict[str, tuple[Fields, str]] = {
    "a text": ({"MsgType": "text", "Content": "你好", "MsgId": 77}, MESSAGE),
    "a tapped line": (
        {"MsgType": "text", "Content": "你好", "MsgId": 77, "bizmsgmenuid": "1"},
        TAP,
    ),
    "a photo": ({"MsgType": "image", "MediaId": "m", "MsgId": 77}, MESSAGE),
    "a place": ({"MsgType": "location", "Label": "3栋", "MsgId": 77}, MESSAGE),
}
CASES = {
    **{
        name: ({**fields, "MsgType": "event", "Event": event}, OPENED.get(name, NONE))
        for name, (event, fields, _) in A5.items()
    },
    **MESSAGES,
}


def push(world: World, fields: Fields) -> Reply | None:
    head: dict[str, XmlValue] = {"ToUserName": "gh_1", "FromUserName": "wang", "CreateTime": 7}
    request = seal_request(CHANNEL.account, to_xml({**head, **fields}), now=world.now)
    incoming = CHANNEL.read(*request, now=world.now).incoming
    if incoming is None:
        return None
    return turn.many(world.engine, [incoming], policy=POLICY, now=world.now)[0].reply


def windows(world: World) -> tuple[datetime | None, datetime | None]:
    with transaction(world.engine) as session:
        tapped, messaged = session.execute(
            select(Identity.tapped_at, Identity.messaged_at).where(Identity.external_id == "wang")
        ).one()
        return tapped, messaged


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_push_opens_its_window_and_no_other(world: World, case: tuple[Fields, str]) -> None:
    fields, opened = case
    world.say("wang", "你好")
    before = world.now
    world.later(minutes=2)

    push(world, fields)

    tapped = before + timedelta(minutes=2) if opened == TAP else None
    messaged = before + timedelta(minutes=2 if opened == MESSAGE else 0)
    assert windows(world) == (tapped, messaged)


@pytest.mark.parametrize(
    "name", ["a scan that the phone shows", "photos", "an album", "a chosen place", "a menu link"]
)
def test_what_the_phone_has_done_itself_is_not_answered(world: World, name: str) -> None:
    event, fields, _ = A5[name]
    asked = world.say("wang", "报事").text

    assert push(world, {**fields, "MsgType": "event", "Event": event}) in {None, Reply()}
    assert world.say("wang", "更多").text.endswith(asked)


def test_scanned_words_are_heard_like_typed_ones(world: World) -> None:
    event, fields, _ = A5["scanned words"]
    reply = push(world, {**fields, "MsgType": "event", "Event": event})
    assert reply == world.say("li", "报事 灯坏了")


def test_a_scanned_home_binds_and_another_code_is_told(world: World) -> None:
    event, fields, _ = A5["a scanned home"]
    bound = push(world, {**fields, "MsgType": "event", "Event": event})
    assert bound is not None
    assert "阳光小区3栋" in bound.text
    event, fields, _ = A5["a scanned link"]
    unknown = push(world, {**fields, "MsgType": "event", "Event": event})
    assert unknown is not None
    assert unknown.text.startswith("这个二维码认不出是哪里的")
