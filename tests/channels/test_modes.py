"""Plain, compatible and safe mode, both keys, XML and JSON: answered as it came."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bot.channels import WebhookError
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from bot.config import Account
from handlers.messages import Reply
from tests.channels.conftest import FixedTokens
from tests.platform import (
    AES_KEY,
    OTHER_AES_KEY,
    as_json,
    crypto_of,
    event_xml,
    official_account,
    open_reply,
    seal_request,
    text_xml,
    wecom_account,
)

VECTORS: dict[str, dict[str, Any]] = {
    vector["name"]: vector
    for vector in json.loads(
        (Path(__file__).parents[1] / "fixtures" / "crypto_vectors.json").read_text("utf-8")
    )
}
FORMATS = pytest.mark.parametrize("is_json", [False, True], ids=["xml", "json"])
ROTATED = {"encoding_aes_key": OTHER_AES_KEY, "previous_encoding_aes_key": AES_KEY}


def channel_of(account: Account) -> OfficialAccount | WeCom:
    return (WeCom if account.agent_id else OfficialAccount)(account, FixedTokens())


def text(now: datetime, said: str = "灯坏了", *, is_json: bool = False) -> str:
    xml = text_xml("o1", "gh_1", said, message_id=1, at=now)
    return as_json(xml) if is_json else xml


def content(inner: str) -> str:
    if inner.startswith("{"):
        return str(json.loads(inner)["Content"])
    return ET.fromstring(inner).findtext("Content", "")  # noqa: S314 (written by the code under test)


@FORMATS
@pytest.mark.parametrize("key", [OTHER_AES_KEY, AES_KEY], ids=["current key", "previous key"])
@pytest.mark.parametrize(
    "account",
    [
        official_account(**ROTATED),
        official_account(encryption="compatible", **ROTATED),
        wecom_account(**ROTATED),
    ],
    ids=["safe", "compatible", "wecom"],
)
def test_the_key_that_opened_seals(
    account: Account,
    key: str,
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    channel = channel_of(account)
    received = channel.read(
        *seal_request(account, text(now, is_json=is_json), now=now, key=key), now=now
    )
    rendered = channel.render(received.envelope, Reply(text="好的"), now=now)
    assert content(open_reply(account, rendered, key=key)) == "好的"
    assert rendered.startswith(b"{" if is_json else b"<xml>")


@FORMATS
def test_in_compatible_mode_the_encrypted_message_counts(
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    account = official_account(encryption="compatible")
    query, body = seal_request(account, text(now, "真的", is_json=is_json), now=now)
    beside = body.decode()
    forged = beside.replace("\\u771f\\u7684" if is_json else "真的", "假的")
    assert forged != beside
    received = channel_of(account).read(query, forged.encode(), now=now)
    assert received.incoming is not None
    assert received.incoming.text == "真的"
    with pytest.raises(WebhookError) as raised:
        channel_of(account).read(query | {"msg_signature": "0" * 40}, body, now=now)
    assert raised.value.status == 403


@FORMATS
def test_in_compatible_mode_plain_messages_are_taken_too(
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    """The platform sends no encrypted part while the mode is being switched."""
    plain, compatible = (
        official_account(encryption="plain"),
        official_account(encryption="compatible"),
    )
    request = seal_request(plain, text(now, is_json=is_json), now=now)
    channel = channel_of(compatible)
    received = channel.read(*request, now=now)
    rendered = channel.render(received.envelope, Reply(text="好的"), now=now)
    assert (content(rendered.decode()), received.envelope.encrypted) == ("好的", False)


@FORMATS
def test_a_tapped_card_is_updated_in_the_format_of_the_tap(
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    account = wecom_account()
    xml = event_xml(
        "a", account.app_id, "template_card_event", at=now, key="接单 12", response_code="C"
    )
    channel = channel_of(account)
    request = seal_request(account, as_json(xml) if is_json else xml, now=now)
    received = channel.read(*request, now=now)
    inner = open_reply(
        account, channel.render(received.envelope, Reply(card_note="已接单"), now=now)
    )
    if is_json:
        assert json.loads(inner)["Button"] == {"ReplaceName": "已接单"}
    else:
        assert ET.fromstring(inner).findtext("Button/ReplaceName") == "已接单"  # noqa: S314 (as above)


def test_what_cannot_stand_in_json_is_escaped_and_links_stay_whole(now: datetime) -> None:
    account = official_account()
    channel = channel_of(account)
    received = channel.read(*seal_request(account, text(now, is_json=True), now=now), now=now)
    reply = Reply(text='他说"好"\n]]></Content>\\ <b> \ud800 😀')
    inner = open_reply(account, channel.render(received.envelope, reply, now=now))
    assert json.loads(inner)["Content"] == '他说"好"\n]]>＜/Content>\\ ＜b>  😀'


def test_the_published_json_push_is_read() -> None:
    vector = VECTORS["oa-official-safe-post-json"]
    account = official_account(
        app_id=vector["receive_id"], token=vector["token"], encoding_aes_key=vector["aes_key"]
    )
    query = {
        "signature": vector["url_signature"],
        "timestamp": vector["timestamp"],
        "nonce": vector["nonce"],
        "openid": vector["openid"],
        "encrypt_type": "aes",
        "msg_signature": vector["msg_signature"],
    }
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": vector["encrypt"]}).encode()
    at = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
    received = channel_of(account).read(query, body, now=at)
    assert (received.incoming, received.envelope.sender) == (None, vector["openid"])
    assert received.envelope.is_json


def test_the_published_json_answer_has_the_fields_of_ours(now: datetime) -> None:
    """Encrypt, MsgSignature, TimeStamp, Nonce, and nothing else (platform notes, D)."""
    vector = VECTORS["oa-official-reply-json"]
    account = official_account(
        app_id=vector["receive_id"], token=vector["token"], encoding_aes_key=vector["aes_key"]
    )
    opened = crypto_of(account).decrypt_message(
        {"Encrypt": vector["encrypt"]},
        vector["msg_signature"],
        vector["timestamp"],
        vector["nonce"],
    )
    assert json.loads(opened) == {"demo_resp": "good luck"}
    channel = channel_of(account)
    received = channel.read(*seal_request(account, text(now, is_json=True), now=now), now=now)
    rendered = json.loads(channel.render(received.envelope, Reply(text="好的"), now=now))
    assert set(rendered) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    assert rendered["TimeStamp"] == int(now.timestamp())
