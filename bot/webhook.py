"""The webhook: a thin async edge that verifies and parses, and waits for the turn's answer.

A plain ASGI endpoint: no dependency injection and no models on this path. Refusals have an empty
body and one log line that holds neither content nor ids nor the query string.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import parse_qsl

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot import metrics
from bot.channels import Channel, WebhookError
from bot.turns import TurnFailedError, TurnsRefusedError, TurnThread

BODY_LIMIT = 1024 * 1024
ANSWER_SECONDS = 4.0  # the platform waits five

log = structlog.stdlib.get_logger(__name__)


class Webhook:
    """Answers ``GET|POST /webhook/{account}``."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        turns: TurnThread,
        *,
        now: Callable[[], datetime],
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._channels = channels
        self._turns = turns
        self._now = now
        self._answer_seconds = answer_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, a refusal too; nothing that a platform sends raises."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except WebhookError as error:
            response = _refusal(error.status, error.reason)
        except TimeoutError:
            response = _refusal(503, "no answer in time")
        except TurnFailedError:
            response = _refusal(503, "the turn failed")
        except TurnsRefusedError:
            response = _refusal(503, "too many turns wait")
        except ClientDisconnect:
            response = _refusal(400, "the client went away")
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method not in {"GET", "POST"}:
            return Response(status_code=405, headers={"allow": "GET, POST"})
        channel = self._channels.get(request.path_params["account"])
        if channel is None:
            raise WebhookError(404, "no such account")
        query = dict(parse_qsl(request.scope["query_string"].decode("latin-1")))
        if request.method == "GET":
            return Response(channel.verify(query), media_type="text/plain")
        started = time.perf_counter()
        async with asyncio.timeout(self._answer_seconds):
            body = await _body(request)
            received = channel.read(query, body, now=self._now())
            if received.incoming is None:
                return Response(received.acknowledgement)
            answer = await self._turns.submit(received.incoming)
        metrics.TURN_SECONDS.observe(time.perf_counter() - started)
        rendered = channel.render(received.envelope, answer.reply, now=self._now())
        media_type = "application/json" if received.envelope.is_json else "text/xml"
        return Response(rendered, media_type=media_type if rendered else None)


async def _body(request: Request) -> bytes:
    """Read the body, no further than the limit; its declared length alone is not believed."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > BODY_LIMIT:
        raise WebhookError(413, "the body is too long")
    parts = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > BODY_LIMIT:
            raise WebhookError(413, "the body is too long")
        parts.append(part)
    return b"".join(parts)


def _refusal(status: int, reason: str) -> Response:
    """Say no without a word, and close: what is left of the request is not read."""
    metrics.REFUSALS.labels(str(status)).inc()
    log.warning("webhook refused", status=status, reason=reason)
    return Response(status_code=status, headers={"connection": "close"})
