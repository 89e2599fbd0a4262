"""Whatever cannot be proved or read is one error with a status, and tells nobody why."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.channels import WebhookError
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from bot.config import Account
from tests.channels.conftest import NOW, FixedTokens
from tests.platform import (
    message_xml,
    official_account,
    seal_request,
    sign,
    text_xml,
    wecom_account,
)

OFFICIAL = official_account()
COMPANY = wecom_account()
ACCOUNTS = pytest.mark.parametrize("account", [OFFICIAL, COMPANY], ids=["official", "wecom"])
TEXT = text_xml("o1", "gh_1", "灯坏了", message_id=1, at=NOW)

Request = tuple[dict[str, str], bytes]


def status_of(account: Account, request: Request, *, now: datetime = NOW) -> int:
    kind = WeCom if account.agent_id else OfficialAccount
    with pytest.raises(WebhookError) as raised:
        kind(account, FixedTokens()).read(*request, now=now)
    return raised.value.status


def changed(request: Request, **query: str) -> Request:
    return request[0] | query, request[1]


@ACCOUNTS
@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": "0" * 40},
        {"msg_signature": ""},
        {"nonce": "1"},
        {"timestamp": str(int(NOW.timestamp()) + 1)},
    ],
    ids=["another", "none", "another nonce", "another timestamp"],
)
def test_a_wrong_signature_is_forbidden(account: Account, change: dict[str, str]) -> None:
    request = seal_request(account, TEXT, now=NOW)
    assert status_of(account, changed(request, **change)) == 403


@ACCOUNTS
@pytest.mark.parametrize("minutes", [-11, 11, 60 * 24 * 365])
def test_a_timestamp_more_than_ten_minutes_away_is_forbidden(
    account: Account, minutes: int
) -> None:
    request = seal_request(account, TEXT, now=NOW + timedelta(minutes=minutes))
    assert status_of(account, request) == 403


@ACCOUNTS
@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_timestamp_ten_minutes_away_is_read(account: Account, minutes: int) -> None:
    request = seal_request(account, TEXT, now=NOW + timedelta(minutes=minutes))
    kind = WeCom if account.agent_id else OfficialAccount
    assert kind(account, FixedTokens()).read(*request, now=NOW).incoming is not None


@ACCOUNTS
@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "１２３", "9" * 50])
def test_a_timestamp_that_is_none_is_forbidden(account: Account, timestamp: str) -> None:
    request = seal_request(account, TEXT, now=NOW)
    assert status_of(account, changed(request, timestamp=timestamp)) == 403


@ACCOUNTS
def test_a_message_for_another_receive_id_is_forbidden(account: Account) -> None:
    stranger = account.model_copy(update={"app_id": "wx9999999999999999"})
    assert status_of(account, seal_request(stranger, TEXT, now=NOW)) == 403


@ACCOUNTS
def test_a_message_with_another_key_is_forbidden(account: Account) -> None:
    key = "Z" * 42 + "E"
    assert status_of(account, seal_request(account, TEXT, now=NOW, key=key)) == 403


def test_a_wecom_envelope_on_the_official_path_is_forbidden() -> None:
    assert status_of(OFFICIAL, seal_request(COMPANY, TEXT, now=NOW)) == 403


def test_not_even_with_the_same_token_and_key() -> None:
    twin = wecom_account(token=OFFICIAL.token, encoding_aes_key=OFFICIAL.encoding_aes_key)
    assert status_of(OFFICIAL, seal_request(twin, TEXT, now=NOW)) == 403


def test_plain_xml_in_safe_mode_is_forbidden_though_its_signature_is_right() -> None:
    request = seal_request(official_account(encryption="plain"), TEXT, now=NOW)
    assert status_of(OFFICIAL, request) == 403


def test_plain_xml_that_claims_to_be_encrypted_is_forbidden() -> None:
    query, body = seal_request(official_account(encryption="plain"), TEXT, now=NOW)
    request = (query | {"encrypt_type": "aes"}, body)
    assert status_of(official_account(encryption="compatible"), request) == 403


def test_an_encrypted_message_without_any_key_is_forbidden() -> None:
    plain = official_account(encryption="plain", encoding_aes_key="")
    assert status_of(plain, seal_request(OFFICIAL, TEXT, now=NOW)) == 403


def test_plain_xml_with_a_wrong_signature_is_forbidden() -> None:
    plain = official_account(encryption="plain")
    request = seal_request(plain, TEXT, now=NOW)
    assert status_of(plain, changed(request, signature="0" * 40)) == 403


@ACCOUNTS
@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(lambda sealed: sealed[:-4], id="truncated"),
        pytest.param(lambda sealed: sealed[:64], id="truncated to whole blocks"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "QUJD", id="too short"),
        pytest.param(lambda _: "!" * 64, id="not base64"),
        pytest.param(lambda sealed: sealed[::-1].replace("=", ""), id="reversed"),
    ],
)
def test_ciphertext_that_does_not_open_is_forbidden_though_it_is_signed(
    account: Account, cut: Callable[[str], str]
) -> None:
    query, body = seal_request(account, TEXT, now=NOW)
    sealed = body.decode().partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    broken = cut(sealed)
    query["msg_signature"] = sign(account.token, query["timestamp"], query["nonce"], broken)
    assert status_of(account, (query, f"<xml><Encrypt>{broken}</Encrypt></xml>".encode())) == 403


def complete(content: str) -> str:
    """A message that lacks nothing, so that only what stands in it can be wrong."""
    return (
        "<xml><MsgType>text</MsgType><FromUserName>o1</FromUserName><MsgId>1</MsgId>"
        f"<Content>{content}</Content></xml>"
    )


JSON = '{"MsgType": "text", "FromUserName": "o1", "MsgId": 1, "More": '

BROKEN = {
    "not XML": "灯坏了",
    "no end": "<xml><MsgType>text</MsgType>",
    "nothing": "",
    "only a root": "<xml/>",
    "no MsgType": message_xml({"ToUserName": "a", "FromUserName": "b", "Content": "c"}),
    "an empty MsgType": message_xml({"MsgType": "", "FromUserName": "b"}),
    "a DTD": "<!DOCTYPE xml>" + complete("x"),
    "a DTD with an entity": '<!DOCTYPE xml [<!ENTITY a "b">]>' + complete("&a;"),
    "a DTD from elsewhere": '<!DOCTYPE xml SYSTEM "file:///x">' + complete("x"),
    "an unknown entity": complete("&a;"),
    "a control character by number": complete("&#29;"),
    "no sender": message_xml({"MsgType": "text", "Content": "c", "MsgId": 1}),
    "a sender of 65 characters": text_xml("o" * 65, "gh_1", "x", message_id=1, at=NOW),
    "nested too deeply": complete("<a>" * 20 + "</a>" * 20),
    "broken JSON": '{"MsgType": "text"',
    "JSON nested too deeply": JSON + "[" * 20 + "]" * 20 + "}",
    "JSON nested much too deeply": JSON + "[" * 5_000 + "]" * 5_000 + "}",
    "JSON nested without end": JSON + "[" * 200_000,
    "JSON of a huge number": JSON + "9" * 5_000 + "}",
}


def test_the_message_around_what_is_broken_is_read() -> None:
    for content in (complete("x"), complete("<a>" * 9 + "</a>" * 9), JSON + "[[9]]}"):
        request = seal_request(OFFICIAL, content, now=NOW)
        received = OfficialAccount(OFFICIAL, FixedTokens()).read(*request, now=NOW)
        assert received.incoming is not None


@ACCOUNTS
@pytest.mark.parametrize("xml", BROKEN.values(), ids=BROKEN.keys())
def test_broken_content_under_a_right_signature_is_a_bad_request(
    account: Account, xml: str
) -> None:
    assert status_of(account, seal_request(account, xml, now=NOW)) == 400


@pytest.mark.parametrize("xml", BROKEN.values(), ids=BROKEN.keys())
def test_broken_content_is_a_bad_request_in_plain_mode_too(xml: str) -> None:
    plain = official_account(encryption="plain")
    assert status_of(plain, seal_request(plain, xml, now=NOW)) == 400


def test_a_broken_envelope_is_a_bad_request_only_if_the_url_is_signed() -> None:
    query, _ = seal_request(OFFICIAL, TEXT, now=NOW)
    assert status_of(OFFICIAL, (query, b"<xml>")) == 400
    assert status_of(OFFICIAL, (query | {"signature": "x"}, b"<xml>")) == 403


def test_a_broken_envelope_of_wecom_proves_nothing_and_is_forbidden() -> None:
    query, _ = seal_request(COMPANY, TEXT, now=NOW)
    assert status_of(COMPANY, (query, b"<xml>")) == 403


@pytest.mark.parametrize(
    ("character", "left"), [(b"\xed\xa0\xbd", ""), (b"\xff", "\ufffd"), ("\ufffe".encode(), "")]
)
def test_bytes_that_are_no_text_do_not_stop_a_plain_message(character: bytes, left: str) -> None:
    plain = official_account(encryption="plain")
    query, body = seal_request(plain, TEXT.replace("灯坏了", "灯MARK坏"), now=NOW)
    received = OfficialAccount(plain, FixedTokens()).read(
        query, body.replace(b"MARK", character), now=NOW
    )
    assert received.incoming is not None
    assert received.incoming.text == f"灯{left}坏"
