"""The defects of wechatpy 2.0.0a26 (platform notes, C2.1 to C2.7): shown on it, absent from ours.

Each test would fail if ours were bare wechatpy, and also if a new wechatpy had mended the defect:
then the decision for code of our own (ADR 0005, 0006) may be looked at again.
"""

import hmac
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from redis import Redis
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.replies import TextReply
from wechatpy.work import parse_message as parse_work_message

from bot.channels import ApiError, Envelope, FailureKind, WebhookError
from bot.channels.api import ApiClient, Endpoint
from bot.channels.crypto import CryptoError, MessageCipher, is_signed
from bot.channels.failures import OFFICIAL
from bot.channels.official_account import OfficialAccount
from bot.channels.tokens import Tokens
from bot.channels.wecom import WeCom
from handlers.messages import Reply
from tests.channels.conftest import FixedTokens
from tests.channels.standin import Call, StandIn, standing_in
from tests.platform import AES_KEY, official_account, open_reply, seal_request, sign, wecom_account

ASKING = "/cgi-bin/token"
STABLE = "/cgi-bin/stable_token"
SEND = "/cgi-bin/message/custom/send"

Bare = Callable[[StandIn, float | None], Any]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Bare:
    """A client of bare wechatpy that speaks to the stand-in; nothing else of it is changed."""

    def client_of(standin: StandIn, timeout: float | None) -> Any:  # noqa: ANN401 (untyped library)
        def fetch(client: Any) -> Any:  # noqa: ANN401 (untyped library)
            return client._fetch_access_token(url=standin.url + ASKING, params={})  # noqa: SLF001 (the address is hard-coded in the method replaced)

        monkeypatch.setattr(WeChatClient, "API_BASE_URL", standin.url + "/cgi-bin/")
        monkeypatch.setattr(WeChatClient, "fetch_access_token", fetch)
        return WeChatClient("wx1", "secret", timeout=timeout)

    return client_of


def closed(client: Any) -> None:  # noqa: ANN401 (untyped library)
    client._http.close()  # noqa: SLF001 (there is no other way to close it)


def ours(standin: StandIn, client: Redis, *, read_seconds: float = 5.0) -> ApiClient:
    account = official_account(api_base_url=standin.url)
    endpoint = Endpoint(standin.url, OFFICIAL, connect_seconds=1, read_seconds=read_seconds)
    return ApiClient(endpoint, Tokens(account, client, endpoint=endpoint))


def token(_: Call) -> object:
    return {"access_token": "token", "expires_in": 7200}


def test_1_a_token_that_is_always_wrong_is_fetched_without_bound(
    bare: Bare, redis_client: Redis
) -> None:
    tries = 60

    def refused(call: Call) -> object:
        return {"errcode": 0 if standin.count(call.path) > tries else 40001, "errmsg": "token"}

    with standing_in({ASKING: token, STABLE: token, SEND: refused}) as standin:
        client = bare(standin, 5)
        client.message.send_text("o1", "x")
        closed(client)
        assert standin.count(SEND) == tries + 1  # it gave in when the platform did
        standin.calls.clear()
        with pytest.raises(ApiError):
            ours(standin, redis_client).post(SEND, {})
    assert (standin.count(STABLE), standin.count(SEND)) == (2, 2)


def test_2_the_token_call_ignores_the_time_out(bare: Bare, redis_client: Redis) -> None:
    def late(call: Call) -> object:
        time.sleep(1.0)
        return token(call)

    with standing_in({ASKING: late, STABLE: late}) as standin:
        client = bare(standin, 0.2)
        assert client.fetch_access_token() == token(standin.calls[0])  # five time-outs later
        closed(client)
        with pytest.raises(ApiError) as raised:
            ours(standin, redis_client, read_seconds=0.2).post(SEND, {})
    assert raised.value.kind == FailureKind.RETRY


def test_3_cold_threads_all_fetch_a_token(bare: Bare, redis_client: Redis) -> None:
    count = 20
    barrier = threading.Barrier(count)

    def slow(call: Call) -> object:
        time.sleep(0.2)
        return token(call)

    def at_once(act: Callable[[], object]) -> None:
        def run(_: int) -> None:
            barrier.wait()
            act()

        with ThreadPoolExecutor(count) as pool:
            list(pool.map(run, range(count)))

    answers = {ASKING: slow, STABLE: slow, SEND: lambda _: {"errcode": 0}}
    with standing_in(answers) as standin:
        client = bare(standin, 5)
        at_once(lambda: client.access_token)
        closed(client)
        assert standin.count(ASKING) > 1
        mine = ours(standin, redis_client)
        at_once(lambda: mine.post(SEND, {}))
    assert standin.count(STABLE) == 1


@pytest.mark.parametrize("answer", ["nobody", "HTML", "busy"])
def test_4_network_faults_and_busy_answers_are_not_told_from_refusals(
    bare: Bare, answer: str
) -> None:
    answers = {"HTML": (502, b"<html></html>"), "busy": {"errcode": -1, "errmsg": "busy"}}
    with standing_in({ASKING: token, SEND: lambda _: answers[answer]}) as standin:
        client = bare(standin, 5)
        client.fetch_access_token()
        endpoint = Endpoint(standin.url, OFFICIAL)
        if answer != "nobody":
            assert_faults(client, endpoint)
    if answer == "nobody":
        assert_faults(client, endpoint)
    closed(client)


def assert_faults(client: Any, endpoint: Endpoint) -> None:  # noqa: ANN401 (untyped library)
    with pytest.raises(Exception) as bare_fault:  # noqa: PT011 (that it is of no one type is the defect)
        client.message.send_text("o1", "x")
    assert not hasattr(bare_fault.value, "kind")
    with pytest.raises(ApiError) as raised:
        ApiClient(endpoint, FixedTokens()).post(SEND, {})
    assert raised.value.kind == FailureKind.RETRY


@pytest.mark.parametrize(
    ("xml", "outcome"),
    [
        pytest.param("not XML", 400, id="not XML"),
        pytest.param("<other><MsgType>x</MsgType></other>", "read", id="another root"),
        pytest.param("<xml/>", 400, id="an empty root"),
        pytest.param("<xml><Content>x</Content></xml>", 400, id="no MsgType"),
        pytest.param(
            "<xml><MsgType>text</MsgType><FromUserName>o1</FromUserName>"
            "<Content>\x1d</Content></xml>",
            "read",
            id="a control character",
        ),
        pytest.param(
            '<!DOCTYPE xml [<!ENTITY a "b">]>'
            "<xml><MsgType>text</MsgType><FromUserName>o1</FromUserName></xml>",
            400,
            id="a DTD",
        ),
    ],
)
def test_5_a_strange_body_raises_whatever_the_parser_meets(
    xml: str, outcome: int | str, now: datetime
) -> None:
    with pytest.raises(Exception) as bare_fault:  # noqa: PT011 (that it is of no one type is the defect)
        parse_message(xml)
    assert not isinstance(bare_fault.value, WeChatException)

    account = official_account()
    query, body = seal_request(account, xml, now=now)
    channel = OfficialAccount(account, FixedTokens())
    if outcome == "read":
        assert channel.read(query, body, now=now).envelope.encrypted
        return
    with pytest.raises(WebhookError) as raised:
        channel.read(query, body, now=now)
    assert raised.value.status == outcome


def test_5_a_wecom_event_without_an_event_raises_a_key_error(now: datetime) -> None:
    xml = "<xml><MsgType>event</MsgType><FromUserName>a</FromUserName></xml>"
    with pytest.raises(KeyError):
        parse_work_message(xml)
    account = wecom_account()
    query, body = seal_request(account, xml, now=now)
    assert WeCom(account, FixedTokens()).read(query, body, now=now).incoming is None


def test_5_white_space_around_what_people_say_is_lost(now: datetime) -> None:
    xml = (
        "<xml><MsgType>text</MsgType><FromUserName>o1</FromUserName>"
        "<Content><![CDATA[ 3栋\n ]]></Content></xml>"
    )
    assert parse_message(xml).content == "3栋"
    account = official_account()
    query, body = seal_request(account, xml, now=now)
    incoming = OfficialAccount(account, FixedTokens()).read(query, body, now=now).incoming
    assert incoming is not None
    assert incoming.text == " 3栋\n "


GARBAGE = ["QUJD", "A" * 64, "A" * 43, "!", ""]


def test_6_garbage_raises_one_error_for_each_way_of_being_wrong() -> None:
    faults = set()
    for garbage in GARBAGE:
        crypto = WeChatCrypto("token", AES_KEY, "wx1")
        with pytest.raises(Exception) as bare_fault:  # noqa: PT011 (that it is of no one type is the defect)
            crypto.decrypt_message({"Encrypt": garbage}, signed(garbage), "1", "2")
        faults.add(type(bare_fault.value))
        with pytest.raises(CryptoError):
            MessageCipher([AES_KEY], receive_id="wx1").open(garbage)
    assert len(faults) > 1


def signed(sealed: str) -> str:
    return sign("token", "1", "2", sealed)


def test_6_signatures_are_not_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    genuine = hmac.compare_digest

    def spying(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return genuine(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spying)
    sealed = MessageCipher([AES_KEY], receive_id="wx1").seal(b"x")
    crypto = WeChatCrypto("token", AES_KEY, "wx1")
    assert crypto.decrypt_message({"Encrypt": sealed}, signed(sealed), "1", "2") == "x"
    assert compared == []
    assert is_signed(signed(sealed), "token", "1", "2", sealed)
    assert len(compared) == 1


def test_7_a_cdata_end_in_a_reply_breaks_its_xml(now: datetime) -> None:
    text = "见 ]]> 这里"
    with pytest.raises(ET.ParseError):
        ET.fromstring(TextReply(content=text).render())  # noqa: S314 (broken on purpose)
    account = official_account()
    envelope = Envelope("o1", "gh_1", "1", "2", encrypted=True)
    rendered = OfficialAccount(account, FixedTokens()).render(envelope, Reply(text=text), now=now)
    inner = ET.fromstring(open_reply(account, rendered))  # noqa: S314 (written by the code under test)
    assert inner.findtext("Content") == text
