"""The one place through which every API call passes: faults, tokens, quotas, the log.

A path that both platforms have is served by one address here; the token says whose call it is.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.sandbox import fields, quotas, tokens
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.faults import HANG_SECONDS, Faults
from bot.sandbox.tokens import Tokens
from bot.sandbox.world import World
from storage.vocabulary import Platform

_PREFIX = "/cgi-bin/"
_METHODS = ("GET", "POST", "PUT", "DELETE")
_OK = 200
_UNAVAILABLE = 503
_LOOK_SECONDS = 0.25
_TOKEN_REFUSED = 40001
_PROXY_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>proxy</body></html>"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it came: whose it is, query, headers in lower case, and the body."""

    platform: Platform
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Answer:
        """Read the body.

        Raises:
            ApiFaultError: 47001, it is no JSON object.
        """
        try:
            read = json.loads(self.body)
        except ValueError as error:
            raise ApiFaultError(47001) from error
        if not isinstance(read, dict):
            raise ApiFaultError(47001)
        return read


@dataclass(frozen=True, slots=True)
class Told:
    """What a call is answered.

    Attributes:
        payload: the JSON object, or the whole response where it is a file.
        about: who or what the log names.
        missed: whom the message did not reach although the call went well, by the reason why.
        then: is done when the answer has left, without the world's lock.
    """

    payload: Answer | Response
    about: str = ""
    missed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    then: Callable[[], None] | None = None


OK: Answer = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True)
class Api:
    """One method of a platform's API.

    Attributes:
        path: below ``/cgi-bin/``.
        answer: is called with the world's lock held; raises ApiFaultError for an errcode.
        quota: the daily limit of the official account that counts it.
        is_open: gives tokens, so it needs none.
        is_rated: counts in WeCom's base rates, which sends do not.
    """

    platform: Platform
    method: str
    path: str
    answer: Callable[[World, Asked], Told]
    quota: str = ""
    is_open: bool = False
    is_rated: bool = True


class _BrokenOff(Response):
    """Announces a byte that never comes; the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": _OK, "headers": headers})


def routes(world: World, apis: Iterable[Api]) -> list[Route]:
    """Give a route for each path; it answers other methods as the platforms do, not with 405."""
    found: dict[str, dict[Platform, Api]] = {}
    for api in apis:
        found.setdefault(api.path, {})[api.platform] = api
    return [
        Route(_PREFIX + path, _endpoint(world, shared), methods=list(_METHODS))
        for path, shared in found.items()
    ]


def _endpoint(
    world: World, shared: Mapping[Platform, Api]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        with world.lock:
            api = _meant(world, shared, request.query_params)
            asked = Asked(api.platform, request.query_params, request.headers, body)
            faults = world.faults[api.platform]
            latency, is_hanging = faults.latency, faults.hang
            response = _faulty(world, api, asked, faults) or _served(
                world, api, asked, request.method
            )
            if not isinstance(response, _BrokenOff):
                at = world.now().astimezone(UTC)
                response.headers["Date"] = format_datetime(at, usegmt=True)
        if is_hanging or latency:
            await _wait(request, HANG_SECONDS if is_hanging else latency)
        return response

    return endpoint


async def _wait(request: Request, seconds: float) -> None:
    """Let time pass while the client waits; nothing is kept for one who has gone."""
    until = time.monotonic() + seconds
    while not await request.is_disconnected():
        left = until - time.monotonic()
        if left <= 0:
            return
        await asyncio.sleep(min(left, _LOOK_SECONDS))


def _meant(world: World, shared: Mapping[Platform, Api], query: Mapping[str, str]) -> Api:
    """Find whose call it is; a token that nobody issued counts as the official account's."""
    if len(shared) == 1:
        return next(iter(shared.values()))
    known = world.wecom_tokens.check(query.get("access_token", ""), world.now())
    return shared[Platform.OFFICIAL if known == tokens.UNKNOWN else Platform.WECOM]


def _faulty(world: World, api: Api, asked: Asked, faults: Faults) -> Response | None:
    """Give the answer of a platform that is out of order, None while it works."""
    if faults.hang:
        _record(world, api, _UNAVAILABLE, "hangs", _refused(asked))
        return PlainTextResponse(status_code=_UNAVAILABLE)
    if faults.down:
        _record(world, api, _UNAVAILABLE, faults.down, _refused(asked))
        is_closed = faults.down == "closed"
        return _BrokenOff() if is_closed else PlainTextResponse(status_code=_UNAVAILABLE)
    if faults.html:
        _record(world, api, faults.html, "a proxy's page", _refused(asked))
        return HTMLResponse(_PROXY_PAGE.format(faults.html), status_code=faults.html)
    code = _TOKEN_REFUSED if faults.token and api.is_open else faults.code_of(api.path)
    if code is None:
        return None
    refused = ApiFaultError(code).answer(api.platform)
    _record(world, api, code, refused["errmsg"], _refused(asked))
    return JSONResponse(refused)


def _served(world: World, api: Api, asked: Asked, method: str) -> Response:
    try:
        _check_method(api, method)
        if not api.is_open:
            _check_token(world, asked)
        _count(world, api)
        told = api.answer(world, asked)
    except ApiFaultError as fault:
        told = _refused(asked, fault.answer(api.platform))
    if isinstance(told.payload, Response):
        _record(world, api, 0, "ok", told)
        return told.payload
    errcode, errmsg = told.payload.get("errcode", 0), told.payload.get("errmsg", "ok")
    _record(world, api, errcode, errmsg, told)
    return JSONResponse(told.payload, background=BackgroundTask(told.then) if told.then else None)


def _check_method(api: Api, method: str) -> None:
    """Refuse another method, with the number that names the right one."""
    if method != api.method:
        raise ApiFaultError(43001 if api.method == "GET" else 43002)


def _check_token(world: World, asked: Asked) -> None:
    """Refuse a call whose token none of the platform's books holds."""
    token = asked.query.get("access_token", "")
    if not token:
        raise ApiFaultError(41001)
    codes = {book.check(token, world.now()) for book in _books(world, asked.platform)}
    if tokens.OK not in codes:
        raise ApiFaultError(min(codes - {tokens.UNKNOWN}, default=tokens.UNKNOWN))


def _books(world: World, platform: Platform) -> tuple[Tokens, ...]:
    if platform is Platform.WECOM:
        return (world.wecom_tokens,)
    return world.stable_tokens, world.plain_tokens


def _count(world: World, api: Api) -> None:
    counted, now = world.quotas[api.platform], world.now()
    if api.platform is Platform.OFFICIAL:
        is_allowed = not api.quota or counted.use(api.quota, now)
    else:
        is_allowed = not api.is_rated or (
            counted.use(quotas.API_MINUTE, now, of=api.path)
            and counted.use(quotas.API_HOUR, now, of=api.path)
        )
    if not is_allowed:
        raise ApiFaultError(45009)


def _refused(asked: Asked, answer: Answer | None = None) -> Told:
    """Tell a call that had no effect; the log names those for whom it was."""
    try:
        body = asked.json()
    except ApiFaultError:
        body = {}
    users = body.get("userids")
    named = [str(user) for user in users] if isinstance(users, list) else []
    return Told(answer or {}, about="|".join(named) or fields.text(body, "touser"))


def _record(world: World, api: Api, status: int, result: str, told: Told) -> None:
    world.record(
        api.platform,
        api.path,
        is_push=False,
        about=told.about,
        status=status,
        result=result,
        missed=told.missed,
    )
