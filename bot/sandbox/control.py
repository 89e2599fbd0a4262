"""The sandbox's levers: time, faults, limits and what people and the account are like.

``control_routes(world)`` gives these JSON endpoints; a POST is answered as its GET would be
afterwards. PLATFORM below is ``official`` or ``wecom``; a platform or a field that a POST leaves
out stays as it is::

    GET  /sandbox/clock      {now: ISO 8601, offset: seconds ahead of the real time}
    POST /sandbox/clock      {advance: seconds}     negative goes back, never behind the real time
    GET  /sandbox/faults     {PLATFORM: {down, latency, hang, html, token, codes}}
    POST /sandbox/faults     {PLATFORM: {…}}        a platform that is named is set as a whole:
                                                    {} ends its faults
         down: "" | "unavailable" (503, no JSON) | "closed" (the connection breaks off)
         latency: seconds, 0 to 60      hang: true: no answer for two minutes
         html: 0 | 200 | 502            token: true: token calls answer 40001 for ever
         codes: [{path: "message/custom/send" or "*", code: errcode, times: n or null}]
    GET  /sandbox/limits     {PLATFORM: {name: {limit, used, per: minute|hour|day|month}}}
    POST /sandbox/limits     {PLATFORM: {name: limit}}     names: ``bot.sandbox.quotas``
         used: null for limits that each member has apart
    GET  /sandbox/menus      {PLATFORM: null or {button: [{name, type, key, url, sub_button}]}}
    GET  /sandbox/people/{key}/state    {blocked, refuses_messages, refuses_templates,
                                         unlicensed, outside, disabled}: all true or false
    POST /sandbox/people/{key}/state    any of them
    GET  /sandbox/account    {verified, echoes_menu_id, template_outcome, closed, redirect_domain}
    POST /sandbox/account    any of them

``blocked`` (43019), ``refuses_messages`` (48002) and ``refuses_templates`` (43101) are for the
official account; ``outside`` the visible range and ``disabled`` (invaliduser) and ``unlicensed``
(unlicenseduser) for WeCom. ``verified``: false takes templates, QR codes and msgmenu away.
``echoes_menu_id``: whether a tap on a msgmenu entry carries bizmsgmenuid. ``template_outcome`` is
"success", "failed:user block" or "failed: system failed", the Status of TEMPLATESENDJOBFINISH.
``closed`` and ``redirect_domain`` are the WeCom app's; a closed app cannot send (50003).

What cannot be is refused with 400, an unknown person with 404, as {error}.
"""

import json
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.clock import ClockError
from bot.sandbox.faults import Faults
from bot.sandbox.standing import AccountStanding, PersonStanding
from bot.sandbox.world import Phone, World
from storage.vocabulary import Platform

_BAD = 400
_NOT_FOUND = 404
_MOST = 1_000_000_000

Json: TypeAlias = dict[str, Any]
Show = Callable[[World, Request], Json]
Change = Callable[[World, Request, bytes], None]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Advance(_Body):
    advance: float


class _Faults(_Body):
    official: Faults | None = None
    wecom: Faults | None = None


_Numbers = dict[str, Annotated[int, Field(ge=0, le=_MOST)]]


class _Limits(_Body):
    official: _Numbers = {}
    wecom: _Numbers = {}


class _RefusedError(Exception):
    """Raised for what this world does not have; ``status`` is the HTTP answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def control_routes(world: World) -> list[Route]:
    """Give the routes of this module's endpoints, for the sandbox's own application only."""
    return [
        _route(world, "clock", _clock, _move),
        _route(world, "faults", _faults, _break),
        _route(world, "limits", _limits, _allow),
        _route(world, "menus", _menus, None),
        _route(world, "people/{key}/state", _person, _change_person),
        _route(world, "account", _account, _change_account),
    ]


def _route(world: World, path: str, show: Show, change: Change | None) -> Route:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        with world.lock:
            try:
                if change is not None and request.method == "POST":
                    change(world, request, body)
                return JSONResponse(show(world, request))
            except ValidationError as error:
                fault = error.errors(include_url=False, include_input=False)[0]
                place = ".".join(map(str, fault["loc"]))
                status, reason = _BAD, f"{place}: {fault['msg']}".removeprefix(": ")
            except ClockError as error:
                status, reason = _BAD, f"advance: {error}"
            except _RefusedError as error:
                status, reason = error.status, str(error)
            return JSONResponse({"error": reason}, status_code=status)

    return Route(f"/sandbox/{path}", endpoint, methods=["GET", "POST"] if change else ["GET"])


def _clock(world: World, request: Request) -> Json:
    del request
    return {"now": world.now().isoformat(), "offset": world.clock.offset.total_seconds()}


def _move(world: World, request: Request, body: bytes) -> None:
    del request
    world.move(_Advance.model_validate_json(body).advance)


def _faults(world: World, request: Request) -> Json:
    del request
    return {platform.value: faults.to_json() for platform, faults in world.faults.items()}


def _break(world: World, request: Request, body: bytes) -> None:
    del request
    asked = _Faults.model_validate_json(body)
    for platform, faults in ((Platform.OFFICIAL, asked.official), (Platform.WECOM, asked.wecom)):
        if faults is not None:
            world.faults[platform] = faults


def _limits(world: World, request: Request) -> Json:
    del request
    now = world.now()
    return {platform.value: quotas.to_json(now) for platform, quotas in world.quotas.items()}


def _allow(world: World, request: Request, body: bytes) -> None:
    del request
    asked = _Limits.model_validate_json(body)
    wanted = {Platform.OFFICIAL: asked.official, Platform.WECOM: asked.wecom}
    for platform, most in wanted.items():
        for name in most:
            if name not in world.quotas[platform].limits:
                raise _RefusedError(_BAD, f"{platform.value}.{name}: no such limit")
    for platform, most in wanted.items():
        world.quotas[platform].change(most)


def _menus(world: World, request: Request) -> Json:
    del request
    return {platform.value: world.menus.get(platform) for platform in world.accounts}


def _phone(world: World, request: Request) -> Phone:
    phone = world.phones.get(request.path_params["key"])
    if phone is None:
        raise _RefusedError(_NOT_FOUND, "no such person")
    return phone


def _person(world: World, request: Request) -> Json:
    return _phone(world, request).standing.model_dump()


def _change_person(world: World, request: Request, body: bytes) -> None:
    phone = _phone(world, request)
    phone.standing = PersonStanding.model_validate(phone.standing.model_dump() | _object(body))
    world.touch(phone)


def _account(world: World, request: Request) -> Json:
    del request
    return world.standing.model_dump()


def _change_account(world: World, request: Request, body: bytes) -> None:
    del request
    known = world.standing.model_dump()
    world.standing = AccountStanding.model_validate(known | _object(body))


def _object(body: bytes) -> Json:
    try:
        read = json.loads(body)
    except ValueError as error:
        raise _RefusedError(_BAD, "is not JSON") from error
    if not isinstance(read, dict):
        raise _RefusedError(_BAD, "is not an object")
    return read
