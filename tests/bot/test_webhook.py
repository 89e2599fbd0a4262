import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message
from structlog.testing import capture_logs

from bot.channels import Envelope, Outgoing, Received, Sent, WebhookError
from bot.config import Account, MenuButton
from bot.turns import TurnThread
from bot.webhook import BODY_LIMIT, Webhook
from handlers.messages import Answer, Incoming, IncomingKind, Reply
from storage.vocabulary import MediaKind, Platform

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ACCOUNT = Account.model_construct(name="oa")
ENVELOPE = Envelope("openid", "gh", "1", "2", encrypted=True)
JSON_ENVELOPE = Envelope("openid", "gh", "1", "2", encrypted=True, is_json=True)


@dataclass
class PlainChannel:
    """Stands for a platform: the body is the text; the query says what is wrong with a request."""

    account: Account
    batch_size: int = 1
    menu_refused: bool = False
    skew_seconds: float | None = None

    def verify(self, query: Mapping[str, str]) -> str:
        self._check(query)
        return query["echostr"]

    def read(self, query: Mapping[str, str], body: bytes, *, now: datetime) -> Received:
        self._check(query)
        if not body:
            return Received(None, ENVELOPE)
        if body == b"check":
            return Received(None, ENVELOPE, "success")
        incoming = Incoming(
            platform=Platform.OFFICIAL,
            app_id="wx",
            sender="openid",
            key="1",
            kind=IncomingKind.TEXT,
            text=body.decode(),
            received_at=now,
        )
        return Received(incoming, JSON_ENVELOPE if body.startswith(b"{") else ENVELOPE)

    @staticmethod
    def _check(query: Mapping[str, str]) -> None:
        if "wrong" in query:
            raise WebhookError(int(query["wrong"]), "the signature is wrong")

    def render(self, envelope: Envelope, reply: Reply, *, now: datetime) -> bytes:
        assert (envelope in {ENVELOPE, JSON_ENVELOPE}, now) == (True, NOW)
        return reply.text.encode()

    def send(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        raise AssertionError((recipients, outgoing))

    def send_template(self, recipient: str, outgoing: Outgoing) -> Sent:
        raise AssertionError((recipient, outgoing))

    def update_card(self, recipients: Sequence[str], *, response_code: str, note: str) -> None:
        raise AssertionError((recipients, response_code, note))

    def download(self, media_id: str, into: IO[bytes], *, most: int) -> None:
        raise AssertionError((media_id, into, most))

    def upload(self, path: Path, *, kind: MediaKind, content_type: str) -> str:
        raise AssertionError((path, kind, content_type))

    def publish_menu(self, menu: Sequence[MenuButton]) -> None:
        raise AssertionError(menu)


def echo(turns: Sequence[Incoming]) -> list[Answer]:
    return [Answer(reply=Reply(text="" if turn.text == "hush" else turn.text)) for turn in turns]


@contextmanager
def serving(
    run: Callable[[Sequence[Incoming]], list[Answer]] = echo,
    *,
    answer_seconds: float = 4.0,
    backlog: int = 10,
) -> Iterator[TestClient]:
    turns = TurnThread(run, hurry=lambda _: None, backlog=backlog)
    webhook = Webhook(
        {"oa": PlainChannel(ACCOUNT)}, turns, now=lambda: NOW, answer_seconds=answer_seconds
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        turns.start()
        yield
        await turns.stop()

    app = Starlette(routes=[Route("/webhook/{account}", webhook)], lifespan=lifespan)
    with TestClient(app) as client:
        yield client


def streamed() -> Iterator[bytes]:
    for _ in range(BODY_LIMIT // 65536 + 1):
        yield b"x" * 65536


BAD: dict[str, tuple[str, str, bytes | None, int]] = {
    "unknown account": ("POST", "/webhook/nobody", b"x", 404),
    "unknown account in a verification": ("GET", "/webhook/nobody?echostr=1", None, 404),
    "what the channel calls forged": ("POST", "/webhook/oa?wrong=403", b"x", 403),
    "what the channel calls broken": ("POST", "/webhook/oa?wrong=400", b"x", 400),
    "forged verification": ("GET", "/webhook/oa?wrong=403&echostr=1", None, 403),
    "a body over 1 MiB": ("POST", "/webhook/oa", b"x" * (BODY_LIMIT + 1), 413),
    "PUT": ("PUT", "/webhook/oa", b"x", 405),
    "DELETE": ("DELETE", "/webhook/oa", None, 405),
    "HEAD": ("HEAD", "/webhook/oa", None, 405),
}


@pytest.mark.parametrize(("method", "path", "body", "status"), BAD.values(), ids=BAD.keys())
def test_bad_requests_get_a_status_and_an_empty_body(
    method: str, path: str, body: bytes | None, status: int
) -> None:
    with serving() as client:
        response = client.request(method, path, content=body)
        assert (response.status_code, response.content) == (status, b"")
        assert client.post("/webhook/oa", content=b"still here").text == "still here"


def test_a_body_without_a_declared_length_is_read_no_further_than_the_limit() -> None:
    with serving() as client:
        response = client.post("/webhook/oa", content=streamed())
    assert (response.status_code, response.content) == (413, b"")


@pytest.mark.parametrize("declared", ["9" * 30, "-1", "much"])
def test_a_declared_length_that_cannot_be_is_refused_unread(declared: str) -> None:
    with serving() as client:
        response = client.post("/webhook/oa", content=b"x", headers={"content-length": declared})
    assert (response.status_code, response.content) == (413, b"")


def test_a_body_of_the_whole_limit_is_taken() -> None:
    with serving() as client:
        assert len(client.post("/webhook/oa", content=b"x" * BODY_LIMIT).content) == BODY_LIMIT


def test_a_refusal_is_logged_once_and_without_what_was_sent() -> None:
    with serving() as client, capture_logs() as logged:
        client.post("/webhook/oa?wrong=403&openid=o123&msg_signature=abc", content=b"my secret")
    assert [entry for entry in logged if entry["event"] != "turns answered"] == [
        {
            "event": "webhook refused",
            "log_level": "warning",
            "reason": "the signature is wrong",
            "status": 403,
        }
    ]


@pytest.mark.parametrize(
    ("body", "answered", "content_type"),
    [
        ("灯坏了", "灯坏了", "text/xml; charset=utf-8"),
        ('{"a": 1}', '{"a": 1}', "application/json"),
        ("hush", "", None),
        ("", "", None),
        ("check", "success", None),
    ],
)
def test_an_answer_says_in_which_format_it_is(
    body: str, answered: str, content_type: str | None
) -> None:
    with serving() as client:
        response = client.post("/webhook/oa", content=body.encode())
    assert (response.status_code, response.text) == (200, answered)
    assert response.headers.get("content-type") == content_type


def test_a_verification_is_answered_with_what_the_platform_sent() -> None:
    with serving() as client:
        response = client.get("/webhook/oa?echostr=4711")
    assert (response.status_code, response.text) == (200, "4711")


def test_a_message_gets_its_turns_answer() -> None:
    with serving() as client:
        response = client.post("/webhook/oa", content="楼道灯坏了".encode())
    assert (response.status_code, response.text) == (200, "楼道灯坏了")


@pytest.mark.parametrize("body", [b"", b"hush"], ids=["nothing to do", "an empty reply"])
def test_what_needs_no_words_is_acknowledged_with_an_empty_body(body: bytes) -> None:
    with serving() as client:
        response = client.post("/webhook/oa", content=body)
    assert (response.status_code, response.content) == (200, b"")


def test_a_failing_database_is_answered_503_so_that_the_platform_tries_again() -> None:
    def away(turns: Sequence[Incoming]) -> list[Answer]:
        raise OSError(turns)

    with serving(away) as client:
        response = client.post("/webhook/oa", content=b"x")
    assert (response.status_code, response.content) == (503, b"")


def test_a_turn_that_takes_too_long_is_answered_503_and_later_ones_go_on() -> None:
    gate = threading.Event()

    def slow(turns: Sequence[Incoming]) -> list[Answer]:
        gate.wait()
        return echo(turns)

    with serving(slow, answer_seconds=0.1) as client:
        response = client.post("/webhook/oa", content=b"x")
        assert (response.status_code, response.content) == (503, b"")
        gate.set()
        assert client.post("/webhook/oa", content=b"next").text == "next"


def test_when_too_many_turns_wait_the_next_is_answered_503_at_once() -> None:
    with serving(backlog=0, answer_seconds=60) as client:
        response = client.post("/webhook/oa", content=b"x")
    assert (response.status_code, response.content) == (503, b"")


def test_a_client_that_stops_in_the_middle_of_its_body_is_not_waited_for() -> None:
    sent: list[Message] = []
    webhook = Webhook(
        {"oa": PlainChannel(ACCOUNT)},
        TurnThread(echo, hurry=lambda _: None),
        now=lambda: NOW,
        answer_seconds=0.05,
    )
    received = iter([{"type": "http.request", "body": b"begun", "more_body": True}])

    async def receive() -> Message:
        for message in received:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "query_string": b"",
        "headers": [],
        "path_params": {"account": "oa"},
    }
    asyncio.run(webhook(scope, receive, send))
    assert sent[0]["status"] == 503
