"""A local stand-in for the APIs of both platforms: what they check, refuse and quietly drop.

Official account: ``stable_token``, ``token``, ``message/custom/send`` (text, image, voice).
WeCom: ``gettoken``, ``message/send`` (the same and template_card),
``message/update_template_card``. The rules are those of PLATFORM.md A7-A10 and B4-B7. Where the
platforms publish no number for a refusal (a spent response code), 40058 stands in. Photos and
voices come and go in ``bot.sandbox.media_api``.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.config import Account
from bot.sandbox.media import Medium
from bot.sandbox.screen import (
    KIND_OF_MEDIA,
    TEXT_BYTES,
    Card,
    Kind,
    Part,
    Sender,
    cut,
    read_text,
)
from bot.sandbox.tokens import Tokens
from bot.sandbox.world import Phone, World
from storage.vocabulary import MediaKind, Platform

Query = Mapping[str, str]
Answer = dict[str, Any]

_RECEIVERS = 1000
_TASK_ID_BYTES = 128
_TASK_ID_SIGNS = frozenset("_-@")
_DUPLICATE_SECONDS = 1800
_DUPLICATE_SECONDS_AT_MOST = 4 * 3600

ERRORS = {
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40056: "invalid agentid",
    40058: "invalid Request Parameter",
    40125: "invalid appsecret",
    41001: "access_token missing",
    41005: "media data missing",
    41016: "missing title",
    42001: "access_token expired",
    42014: "invalid taskid",
    43001: "require GET method",
    43002: "require POST method",
    44001: "empty media data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45007: "voice playtime out of limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47001: "data format error",
    81013: "user & party & tag all invalid",
    301002: "not allow operate another agent with this accesstoken",
    830002: "file is too large, it has to be asked for with Range",
}


class ApiFaultError(Exception):
    """Raised for an answer with an errcode; its HTTP status stays 200, as the platforms' does."""

    def __init__(self, code: int, detail: str = "") -> None:
        message = f"{ERRORS[code]}: {detail}" if detail else ERRORS[code]
        super().__init__(message)
        self.answer: Answer = {"errcode": code, "errmsg": message}


def api_routes(world: World) -> list[Route]:
    """Give the routes that only one of the platforms has; one address serves both."""
    official, wecom = Platform.OFFICIAL, Platform.WECOM
    return [
        _route(world, official, "POST", "/cgi-bin/stable_token", _stable_token),
        _route(world, official, "GET", "/cgi-bin/token", _token),
        _route(world, official, "POST", "/cgi-bin/message/custom/send", _custom_send),
        _route(world, wecom, "GET", "/cgi-bin/gettoken", _gettoken),
        _route(world, wecom, "POST", "/cgi-bin/message/send", _message_send),
        _route(world, wecom, "POST", "/cgi-bin/message/update_template_card", _update_card),
    ]


def _route(
    world: World,
    platform: Platform,
    method: str,
    path: str,
    answer: Callable[[World, Query, bytes], Answer],
) -> Route:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        with world.lock:
            try:
                check_method(request.method, method)
                answered = answer(world, request.query_params, body)
            except ApiFaultError as fault:
                answered = fault.answer
            about = answered.pop("about", "")
            world.record(
                platform,
                path.removeprefix("/cgi-bin/"),
                is_push=False,
                about=about,
                status=answered.get("errcode", 0),
                result=answered.get("errmsg", "ok"),
            )
        return JSONResponse(answered)

    return Route(path, endpoint, methods=["GET", "POST", "PUT", "DELETE"])


def check_method(used: str, required: str) -> None:
    """Refuse another method than the one that a call has, with the number that names the right one.

    Raises:
        ApiFaultError: 43001 or 43002.
    """
    if used != required:
        raise ApiFaultError(43001 if required == "GET" else 43002)


def _json(body: bytes) -> Answer:
    try:
        read = json.loads(body)
    except ValueError as error:
        raise ApiFaultError(47001) from error
    if not isinstance(read, dict):
        raise ApiFaultError(47001)
    return read


def _text(body: Answer, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _check_secret(account: Account, app_id: str, secret: str, *, wrong: int) -> None:
    if app_id != account.app_id:
        raise ApiFaultError(40013)
    if secret != account.secret:
        raise ApiFaultError(wrong)


def check_token(world: World, query: Query, *books: Tokens) -> None:
    """Refuse a call whose token none of these books holds.

    Raises:
        ApiFaultError: missing, unknown, expired or replaced.
    """
    token = query.get("access_token", "")
    if not token:
        raise ApiFaultError(41001)
    codes = {book.check(token, world.clock()) for book in books}
    if 0 not in codes:
        raise ApiFaultError(min(codes - {40014}, default=40014))


def _stable_token(world: World, query: Query, body: bytes) -> Answer:
    del query
    asked = _json(body)
    if asked.get("grant_type") != "client_credential":
        raise ApiFaultError(40002)
    account = world.accounts[Platform.OFFICIAL]
    _check_secret(account, _text(asked, "appid"), _text(asked, "secret"), wrong=40125)
    tokens, now = world.stable_tokens, world.clock()
    value, seconds = tokens.issue(now) if asked.get("force_refresh") else tokens.current(now)
    return {"access_token": value, "expires_in": seconds}


def _token(world: World, query: Query, body: bytes) -> Answer:
    del body
    if query.get("grant_type") != "client_credential":
        raise ApiFaultError(40002)
    account = world.accounts[Platform.OFFICIAL]
    _check_secret(account, query.get("appid", ""), query.get("secret", ""), wrong=40125)
    value, seconds = world.plain_tokens.issue(world.clock())
    return {"access_token": value, "expires_in": seconds}


def _gettoken(world: World, query: Query, body: bytes) -> Answer:
    del body
    account = world.accounts[Platform.WECOM]
    corp_id, secret = query.get("corpid", ""), query.get("corpsecret", "")
    _check_secret(account, corp_id, secret, wrong=40001)
    value, seconds = world.wecom_tokens.current(world.clock())
    return {"errcode": 0, "errmsg": "ok", "access_token": value, "expires_in": seconds}


def _custom_send(world: World, query: Query, body: bytes) -> Answer:
    check_token(world, query, world.stable_tokens, world.plain_tokens)
    message = _json(body)
    phone = world.find(Platform.OFFICIAL, _text(message, "touser"))
    if phone is None:
        raise ApiFaultError(40003)
    medium = _medium(world, Platform.OFFICIAL, message)
    parts: tuple[Part, ...] = ()
    if medium is None:
        content = _content(message)
        if len(content.encode()) > TEXT_BYTES:
            raise ApiFaultError(45002)
        parts = read_text(content, Platform.OFFICIAL)
    refused = phone.windows.use(world.clock())
    if refused:
        raise ApiFaultError(refused)
    _arrive(world, phone, parts, medium)
    return {"errcode": 0, "errmsg": "ok", "about": phone.person.external_id}


def _medium(world: World, platform: Platform, message: Answer) -> Medium | None:
    """Find the photo or voice that a message names; None where it is no such message."""
    kind = message.get("msgtype")
    if kind not in list(MediaKind):
        return None
    named = message.get(kind)
    media_id = _text(named, "media_id") if isinstance(named, dict) else ""
    medium = world.media.find(media_id, platform, world.clock())
    if medium is None or medium.kind != kind:
        raise ApiFaultError(40007)
    return medium


def _content(message: Answer) -> str:
    if message.get("msgtype") != "text":
        raise ApiFaultError(40008)
    text = message.get("text")
    content = _text(text, "content") if isinstance(text, dict) else ""
    if not content.strip():
        raise ApiFaultError(44004)
    return content


def _check_agent(world: World, message: Answer) -> None:
    agent = message.get("agentid")
    if not isinstance(agent, int):
        raise ApiFaultError(40056)
    if agent != world.accounts[Platform.WECOM].agent_id:
        raise ApiFaultError(301002)


def _message_send(world: World, query: Query, body: bytes) -> Answer:
    check_token(world, query, world.wecom_tokens)
    message = _json(body)
    _check_agent(world, message)
    phones, unknown = _receivers(world, _text(message, "touser").split("|"))
    is_card = message.get("msgtype") == "template_card"
    medium = _medium(world, Platform.WECOM, message)
    parts: tuple[Part, ...] = ()
    if medium is None and not is_card:
        parts = read_text(cut(_content(message)), Platform.WECOM)
    payload = message.get("template_card") if is_card else None
    template = _read_card(payload) if is_card else None
    if not phones:
        raise ApiFaultError(81013)
    answer: Answer = {
        "errcode": 0,
        "errmsg": "ok",
        "invaliduser": "|".join(unknown),
        "invalidparty": "",
        "invalidtag": "",
        "unlicenseduser": "",
        "msgid": f"msg-{world.next_id()}",
        "about": "|".join(phone.person.external_id for phone in phones),
    }
    if _is_duplicate(world, message, body):
        return answer
    send_id = world.next_id()
    if template is not None:
        _take_task_id(world, template.task_id)
        if template.buttons:
            answer["response_code"] = world.issue_code(send_id)
    for phone in phones:
        if not phone.rate.use(world.clock()):
            continue
        card = Card.model_validate(payload) if is_card else None
        if card is not None:
            card.send_id = send_id
        _arrive(world, phone, parts, card or medium)
    return answer


def _arrive(
    world: World, phone: Phone, parts: tuple[Part, ...], attached: Card | Medium | None
) -> None:
    match attached:
        case Card():
            kind = Kind.CARD
        case Medium():
            kind = KIND_OF_MEDIA[attached.kind]
        case None:
            kind = Kind.TEXT
    world.show(phone, Sender.BOT, kind, parts, attached=attached, is_pushed=True)


def _receivers(world: World, names: list[str]) -> tuple[list[Phone], list[str]]:
    """Resolve userids; only WeCom's own lists of unknown ones are in lower case."""
    wanted = list(dict.fromkeys(name.lower() for name in names if name))
    if not wanted or len(wanted) > _RECEIVERS:
        raise ApiFaultError(40058, "touser")
    if wanted == ["@all"]:
        everyone = world.phones.values()
        return [p for p in everyone if p.person.platform is Platform.WECOM], []
    found = {name: world.find(Platform.WECOM, name) for name in wanted}
    unknown = [name for name, phone in found.items() if phone is None]
    return [phone for phone in found.values() if phone is not None], unknown


def _read_card(payload: object) -> Card:
    try:
        card = Card.model_validate(payload)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        code = 41016 if "title" in fault["msg"] else 40058
        raise ApiFaultError(code, f"template_card.{place} {fault['msg']}") from error
    return card


def _take_task_id(world: World, task_id: str) -> None:
    is_allowed = task_id.isascii() and all(c.isalnum() or c in _TASK_ID_SIGNS for c in task_id)
    if not 0 < len(task_id) <= _TASK_ID_BYTES or not is_allowed or task_id in world.task_ids:
        raise ApiFaultError(42014)
    world.task_ids.add(task_id)


def _is_duplicate(world: World, message: Answer, body: bytes) -> bool:
    """Say whether identical JSON came within the asked interval; it is then swallowed."""
    if message.get("enable_duplicate_check") != 1:
        return False
    asked = message.get("duplicate_check_interval")
    seconds = asked if isinstance(asked, int) else _DUPLICATE_SECONDS
    interval = timedelta(seconds=min(seconds, _DUPLICATE_SECONDS_AT_MOST))
    now, digest = world.clock(), hashlib.sha256(body).hexdigest()
    before = world.recent_sends.get(digest)
    world.recent_sends[digest] = now
    return before is not None and now - before < interval


def _update_card(world: World, query: Query, body: bytes) -> Answer:
    check_token(world, query, world.wecom_tokens)
    message = _json(body)
    _check_agent(world, message)
    note, template = _update_content(message)
    names = message.get("userids")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ApiFaultError(40058, "userids")
    phones, unknown = _receivers(world, names)
    send_id = world.spend_code(_text(message, "response_code"))
    if send_id is None:
        raise ApiFaultError(40058, "response_code")
    for phone in phones:
        cards = phone.cards(send_id)
        if not cards:
            unknown.append(phone.person.external_id)
        for card in cards:
            if template is None:
                card.settle(note)
            else:
                card.become(template)
            world.touch(phone)
    about = "|".join(phone.person.external_id for phone in phones)
    return {"errcode": 0, "errmsg": "ok", "invaliduser": unknown, "about": about}


def _update_content(message: Answer) -> tuple[str, Card | None]:
    button = message.get("button")
    note = _text(button, "replace_name") if isinstance(button, dict) else ""
    if note:
        return note, None
    if "template_card" not in message:
        raise ApiFaultError(40058, "button.replace_name")
    return "", _read_card(message["template_card"])
