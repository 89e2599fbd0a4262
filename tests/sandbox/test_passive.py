"""Passive answers other than text: photos, voices, articles, and being handed on to people."""

from typing import Any

import pytest

from bot.config import Account
from bot.sandbox import envelope
from bot.sandbox.envelope import XmlValue
from bot.sandbox.media import LIFETIME, Medium, voice_of
from bot.sandbox.pictures import picture
from bot.sandbox.samples import PEOPLE
from bot.sandbox.world import ORIGINAL_ID
from storage.vocabulary import MediaKind, Platform
from tests.sandbox.conftest import OFFICIAL, WECOM, Sandbox

WANG = next(person.external_id for person in PEOPLE if person.key == "wang")
ARTICLE: dict[str, XmlValue] = {
    "Title": "回家日",
    "Description": "周六上午",
    "PicUrl": "",
    "Url": "http://x.test/",
}


def answered(sandbox: Sandbox, person: str, reply: dict[str, XmlValue]) -> Any:  # noqa: ANN401 (JSON)
    """Let the bot answer a person's words with this inner XML and give the last message."""
    account: Account = OFFICIAL if person == "wang" else WECOM
    if person == "wang":
        sandbox.act("wang", "follow")
    addressed: dict[str, XmlValue] = {
        "ToUserName": WANG if person == "wang" else person,
        "FromUserName": ORIGINAL_ID if person == "wang" else account.app_id,
    }
    made = envelope.enclose(account, envelope.to_xml(addressed | reply), timestamp="1", nonce="n")
    sandbox.bot.raw = [(200, made.encode())]
    return sandbox.act(person, "say", text="在吗")["messages"][-1]


def uploaded(sandbox: Sandbox, platform: Platform, kind: MediaKind) -> str:
    content, content_type = (
        (picture("lamp"), "image/png") if kind is MediaKind.IMAGE else (voice_of(3), "audio/amr")
    )
    world = sandbox.world
    medium = Medium(world.next_id(), kind, content, content_type)
    return world.media.name(medium, platform, until=world.now() + LIFETIME)


@pytest.mark.parametrize("person", ["wang", "lisi"])
@pytest.mark.parametrize(
    ("kind", "tag", "shown"),
    [(MediaKind.IMAGE, "Image", "photo"), (MediaKind.VOICE, "Voice", "voice")],
)
def test_an_uploaded_photo_or_voice_may_be_the_answer(
    sandbox: Sandbox, person: str, kind: MediaKind, tag: str, shown: str
) -> None:
    platform = sandbox.world.phones[person].person.platform
    media_id = uploaded(sandbox, platform, kind)
    message = answered(sandbox, person, {"MsgType": kind.value, tag: {"MediaId": media_id}})
    assert (message["kind"], message["sender"]) == (shown, "bot")


@pytest.mark.parametrize("person", ["wang", "lisi"])
def test_articles_are_shown_as_titles_that_open_their_pages(sandbox: Sandbox, person: str) -> None:
    reply: dict[str, XmlValue] = {
        "MsgType": "news",
        "ArticleCount": 2,
        "Articles": {"item": [ARTICLE, ARTICLE]},
    }
    message = answered(sandbox, person, reply)
    assert message["text"] == "回家日\n周六上午\n回家日\n周六上午"
    assert [part["url"] for part in message["parts"] if part["url"]] == ["http://x.test/"] * 2


def test_whoever_is_handed_on_to_people_sees_a_line(sandbox: Sandbox) -> None:
    message = answered(sandbox, "wang", {"MsgType": "transfer_customer_service"})
    assert (message["kind"], message["text"]) == ("event", "转给了人工客服")


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"MsgType": "image", "Image": {"MediaId": "gone"}}, id="an unknown photo"),
        pytest.param({"MsgType": "image"}, id="no photo"),
        pytest.param({"MsgType": "news", "Articles": {}}, id="no articles"),
        pytest.param({"MsgType": "news", "Articles": {"item": [ARTICLE] * 9}}, id="nine articles"),
        pytest.param({"MsgType": "update_button"}, id="a card's update without a card"),
        pytest.param({}, id="no type"),
    ],
)
@pytest.mark.parametrize("person", ["wang", "lisi"])
def test_an_answer_that_cannot_be_shown_is_a_failure_that_the_log_names(
    sandbox: Sandbox, person: str, reply: dict[str, XmlValue]
) -> None:
    message = answered(sandbox, person, reply)
    last = sandbox.http.get("/sandbox/log").json()[-1]
    assert last["name"] == "passive reply"
    assert message["kind"] == ("fault" if person == "wang" else "text")
    assert message["sender"] == ("platform" if person == "wang" else "person")


def test_wecom_hands_nobody_on(sandbox: Sandbox) -> None:
    message = answered(sandbox, "lisi", {"MsgType": "transfer_customer_service"})
    assert (message["sender"], message["text"]) == ("person", "在吗")
