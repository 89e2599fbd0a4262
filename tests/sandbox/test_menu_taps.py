"""A tap on a published menu becomes the platform's event, and what follows it."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bot.config import Account
from bot.sandbox import envelope
from bot.sandbox.pictures import picture
from bot.sandbox.samples import PLACES
from handlers.messages import Reply
from storage.vocabulary import Platform
from tests.sandbox.conftest import OFFICIAL, WECOM, Sandbox

ENTRIES = {
    "click": {"type": "click", "name": "进度", "key": "进度"},
    "view": {"type": "view", "name": "网页", "url": "http://x.test/?a=1"},
    "miniprogram": {
        "type": "miniprogram",
        "name": "小程序",
        "url": "http://x.test/",
        "appid": "wx1",
        "pagepath": "pages/index",
    },
    "scancode_push": {"type": "scancode_push", "name": "扫码", "key": "scan"},
    "scancode_waitmsg": {"type": "scancode_waitmsg", "name": "扫码等", "key": "wait"},
    "pic_sysphoto": {"type": "pic_sysphoto", "name": "拍照", "key": "camera"},
    "pic_photo_or_album": {"type": "pic_photo_or_album", "name": "照片", "key": "album"},
    "pic_weixin": {"type": "pic_weixin", "name": "相册", "key": "weixin"},
    "location_select": {"type": "location_select", "name": "位置", "key": "place"},
    "media_id": {"type": "media_id", "name": "素材", "media_id": "m"},
}
PLACE = {"label": PLACES[0].label, "latitude": 30.0, "longitude": 120.0}


def publish(sandbox: Sandbox, platform: Platform, *entries: Mapping[str, Any]) -> None:
    sandbox.world.menus[platform] = {"button": list(entries)}


def tap(sandbox: Sandbox, person: str, kind: str, **given: object) -> Any:  # noqa: ANN401 (JSON)
    platform = sandbox.world.phones[person].person.platform
    publish(sandbox, platform, ENTRIES[kind])
    if platform is Platform.OFFICIAL:
        sandbox.act(person, "follow")
    sandbox.clock.move(minutes=2)
    sandbox.bot.bodies.clear()
    return sandbox.act(person, "menu", path=[0], **given)


def pushed(sandbox: Sandbox, account: Account) -> list[ET.Element]:
    """Open what was pushed, as the bot does."""
    opened = []
    for body in sandbox.bot.bodies:
        encrypted = envelope.parse(body).findtext("Encrypt", "")
        signed = {"Encrypt": encrypted, "TimeStamp": "1", "Nonce": "n"}
        signed["MsgSignature"] = envelope.sign(account.token, "1", "n", encrypted)
        opened.append(envelope.open_reply(account, envelope.to_xml(signed).encode()))
    return opened


def lines(phone: Any) -> list[str]:  # noqa: ANN401 (JSON)
    """Give the event lines of a phone after that of following."""
    return [one["text"] for one in phone["messages"] if one["kind"] == "event"][1:]


@pytest.mark.parametrize(
    ("kind", "event", "key", "sends"),
    [
        ("click", "CLICK", "进度", 3),
        ("view", "VIEW", "http://x.test/?a=1", 0),
        ("miniprogram", "view_miniprogram", "pages/index", 0),
        ("scancode_push", "scancode_push", "scan", 3),
        ("scancode_waitmsg", "scancode_waitmsg", "wait", 3),
    ],
)
def test_an_entry_of_the_official_account_opens_the_short_window_or_none(
    sandbox: Sandbox, kind: str, event: str, key: str, sends: int
) -> None:
    phone = tap(sandbox, "wang", kind, scanned="bind:YG-3-2")
    (message,) = pushed(sandbox, OFFICIAL)
    assert (message.findtext("Event"), message.findtext("EventKey")) == (event, key)
    assert phone["sends_left"] == sends
    assert lines(phone)[0] == f"点了菜单“{ENTRIES[kind]['name']}”"


@pytest.mark.parametrize(("kind", "key"), [("click", "进度"), ("view", "http://x.test/?a=1")])
def test_wecom_names_the_events_in_lower_case_and_its_app(
    sandbox: Sandbox, kind: str, key: str
) -> None:
    tap(sandbox, "lisi", kind)
    (message,) = pushed(sandbox, WECOM)
    fields = [message.findtext(name) for name in ("Event", "EventKey", "AgentID", "FromUserName")]
    assert fields == [kind, key, "1000002", "lisi"]


def test_a_scanned_code_travels_with_its_event(sandbox: Sandbox) -> None:
    phone = tap(sandbox, "wang", "scancode_waitmsg", scanned="bind:YG-3-2")
    (message,) = pushed(sandbox, OFFICIAL)
    info = [message.findtext(f"ScanCodeInfo/{name}") for name in ("ScanType", "ScanResult")]
    assert info == ["qrcode", "bind:YG-3-2"]
    assert lines(phone)[1] == "扫到：bind:YG-3-2"


@pytest.mark.parametrize("kind", ["pic_sysphoto", "pic_photo_or_album", "pic_weixin"])
def test_photos_of_a_menu_are_announced_and_follow_one_by_one(sandbox: Sandbox, kind: str) -> None:
    phone = tap(sandbox, "wang", kind, photos=["lamp", "pipe"], shuffle=False)
    event, *photos = pushed(sandbox, OFFICIAL)
    sums = [one.text or "" for one in event.findall("SendPicsInfo/PicList/item/PicMd5Sum")]
    assert (event.findtext("Event"), event.findtext("SendPicsInfo/Count")) == (kind, "2")
    assert [bool(re.fullmatch(r"[0-9a-f]{32}", one)) for one in sums] == [True, True]
    assert [one.findtext("MsgType") for one in photos] == ["image", "image"]
    assert [one["kind"] for one in phone["messages"] if one["media"]] == ["photo", "photo"]
    assert phone["sends_left"] == 5


def test_photos_arrive_in_any_order(sandbox: Sandbox) -> None:
    names = ["lamp", "pipe", "bench"] * 3
    phone = tap(sandbox, "wang", "pic_weixin", photos=names)
    shown = [
        sandbox.http.get(one["media"]["url"]).content for one in phone["messages"] if one["media"]
    ]
    assert sorted(shown) == sorted(picture(name) for name in names)


def test_a_place_of_a_menu_is_announced_and_follows(sandbox: Sandbox) -> None:
    tap(sandbox, "wang", "location_select", place=PLACE)
    event, place = pushed(sandbox, OFFICIAL)
    told = [event.findtext(f"SendLocationInfo/{name}") for name in ("Label", "Location_X")]
    assert (event.findtext("Event"), told) == (
        "location_select",
        [PLACES[0].label, "30.000000"],
    )
    assert (place.findtext("MsgType"), place.findtext("Label")) == ("location", PLACES[0].label)


def test_the_answer_to_a_tap_is_shown(sandbox: Sandbox) -> None:
    sandbox.bot.reply = lambda _: Reply(text="您的单都办完了")
    phone = tap(sandbox, "wang", "click")
    assert phone["messages"][-1]["text"] == "您的单都办完了"


def test_an_entry_below_a_button_is_found_by_its_path(sandbox: Sandbox) -> None:
    below = {"name": "更多", "sub_button": [ENTRIES["view"], ENTRIES["click"]]}
    publish(sandbox, Platform.WECOM, ENTRIES["view"], below)
    sandbox.act("lisi", "menu", path=[1, 1])
    (message,) = pushed(sandbox, WECOM)
    assert message.findtext("EventKey") == "进度"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        pytest.param("click", {"path": [1]}, 404, id="no such button"),
        pytest.param("click", {"path": [-1]}, 404, id="before the first"),
        pytest.param("click", {"path": [0, 0]}, 404, id="nothing below it"),
        pytest.param("click", {"path": []}, 400, id="no path"),
        pytest.param("click", {}, 400, id="no body"),
        pytest.param("scancode_push", {"path": [0]}, 409, id="no code"),
        pytest.param("pic_weixin", {"path": [0]}, 409, id="no photo"),
        pytest.param("pic_weixin", {"path": [0], "photos": ["moon"]}, 404, id="unknown photo"),
        pytest.param("pic_weixin", {"path": [0], "photos": ["lamp"] * 10}, 400, id="ten photos"),
        pytest.param("location_select", {"path": [0]}, 409, id="no place"),
        pytest.param("media_id", {"path": [0]}, 409, id="a type that is not played"),
    ],
)
def test_what_a_menu_does_not_offer_is_refused_and_not_pushed(
    sandbox: Sandbox, kind: str, body: dict[str, object], status: int
) -> None:
    publish(sandbox, Platform.WECOM, ENTRIES[kind])
    answered = sandbox.http.post("/sandbox/phones/lisi/menu", json=body)
    assert (answered.status_code, list(answered.json())) == (status, ["error"])
    assert (sandbox.bot.bodies, sandbox.messages("lisi")) == ([], [])


def test_a_button_with_entries_below_it_only_opens(sandbox: Sandbox) -> None:
    publish(sandbox, Platform.WECOM, {"name": "更多", "sub_button": [ENTRIES["click"]]})
    answered = sandbox.http.post("/sandbox/phones/lisi/menu", json={"path": [0]})
    assert answered.status_code == 404


def test_without_a_menu_or_without_following_nothing_can_be_tapped(sandbox: Sandbox) -> None:
    url, body = "/sandbox/phones/{}/menu", {"path": [0]}
    assert sandbox.http.post(url.format("lisi"), json=body).status_code == 404
    publish(sandbox, Platform.OFFICIAL, ENTRIES["click"])
    assert sandbox.http.post(url.format("wang"), json=body).status_code == 409
