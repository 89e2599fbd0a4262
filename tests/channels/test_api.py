"""The API client never loops, never hangs, and has one error type that tells no secrets."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from bot.channels import ApiError, FailureKind, failures
from bot.channels.api import ApiClient, Endpoint
from tests.channels.conftest import FixedTokens
from tests.channels.standin import Call, StandIn, standing_in

SEND = "/cgi-bin/message/custom/send"


def client_of(standin: StandIn, *, read_seconds: float = 5.0) -> ApiClient:
    endpoint = Endpoint(
        standin.url, failures.OFFICIAL, connect_seconds=1, read_seconds=read_seconds
    )
    return ApiClient(endpoint, FixedTokens())


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """What a hanging answer waits for; set at the latest when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_an_answer_is_given_back_and_chinese_travels_unescaped() -> None:
    with standing_in({SEND: lambda _: {"errcode": 0, "msgid": "7"}}) as standin:
        answer = client_of(standin).post(SEND, {"text": "你好"})
    assert answer == {"errcode": 0, "msgid": "7"}
    assert standin.calls == [Call("POST", SEND, {"access_token": "token"}, {"text": "你好"})]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_is_always_wrong_is_renewed_once(code: int) -> None:
    answer = {"errcode": code, "errmsg": "token"}
    with standing_in({SEND: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        client_of(standin).post(SEND, {})
    assert (raised.value.code, raised.value.kind) == (code, FailureKind.RETRY)
    assert [call.query["access_token"] for call in standin.calls] == ["token", "token+"]


def test_a_token_that_ran_out_is_renewed_and_the_call_succeeds() -> None:
    def only_the_new(call: Call) -> object:
        return {"errcode": 0 if "token+" in call.query.values() else 42001}

    with standing_in({SEND: only_the_new}) as standin:
        assert client_of(standin).post(SEND, {}) == {"errcode": 0}


def test_a_server_that_hangs_is_a_retry_after_the_time_out(released: threading.Event) -> None:
    with standing_in({SEND: lambda _: released.wait(30)}) as standin:
        with pytest.raises(ApiError) as raised:
            client_of(standin, read_seconds=0.1).post(SEND, {})
        released.set()
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.RETRY)
    assert standin.count(SEND) == 1


def test_an_answer_that_creeps_is_a_retry_within_the_calls_time(released: threading.Event) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def creep() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            with contextlib.suppress(OSError):  # the client stops waiting
                while not released.wait(0.05):
                    connection.sendall(b" ")

    thread = threading.Thread(target=creep)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    endpoint = Endpoint(url, failures.OFFICIAL, connect_seconds=0.2, read_seconds=0.2)
    started = time.monotonic()
    with listener, pytest.raises(ApiError, match="too slow") as raised:
        ApiClient(endpoint, FixedTokens()).post(SEND, {})
    taken = time.monotonic() - started
    released.set()
    thread.join()
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.RETRY)
    assert taken < 2


def test_more_than_a_megabyte_is_no_answer_of_the_platforms() -> None:
    answer = b'{"errcode": 0, "x": "' + b"x" * 2_000_000 + b'"}'
    with standing_in({SEND: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        client_of(standin).post(SEND, {})
    assert "too long" in str(raised.value)
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.RETRY)


def test_a_question_is_asked_with_its_parameters_and_a_token() -> None:
    path = "/cgi-bin/menu/get"
    with standing_in({path: lambda _: {"menu": {}}}) as standin:
        assert client_of(standin).get(path, {"agentid": "7"}) == {"menu": {}}
    assert standin.calls == [Call("GET", path, {"access_token": "token", "agentid": "7"}, None)]


def test_nobody_at_the_address_is_a_retry() -> None:
    with standing_in({}) as standin:
        pass
    with pytest.raises(ApiError) as raised:
        client_of(standin).post(SEND, {})
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.RETRY)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"<html>busy</html>", id="HTML"),
        pytest.param((502, b"<html>bad gateway</html>"), id="a gateway's page"),
        pytest.param((302, b""), id="a redirect"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"errcode": "many"}', id="an errcode in words"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[" * 50_000, id="brackets without end"),
    ],
)
def test_what_is_not_the_platforms_json_is_a_retry(answer: object) -> None:
    with standing_in({SEND: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        client_of(standin).post(SEND, {})
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.RETRY)
    assert standin.count(SEND) == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, FailureKind.RETRY),
        (45015, FailureKind.WINDOW_CLOSED),
        (45047, FailureKind.WINDOW_CLOSED),
        (43004, FailureKind.UNREACHABLE),
        (40164, FailureKind.MISCONFIGURED),
        (45002, FailureKind.REFUSED),
        (99999, FailureKind.REFUSED),
    ],
)
def test_an_error_code_means_what_the_table_says(code: int, kind: FailureKind) -> None:
    answer = {"errcode": code, "errmsg": "no"}
    with standing_in({SEND: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        client_of(standin).post(SEND, {})
    assert (raised.value.code, raised.value.kind) == (code, kind)


def test_an_error_carries_neither_token_nor_url_nor_the_error_that_does() -> None:
    with standing_in({}) as standin:
        pass
    with pytest.raises(ApiError) as raised:
        client_of(standin).post(SEND, {})
    assert "access_token" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
