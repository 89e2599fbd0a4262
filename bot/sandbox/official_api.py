"""The official account's API: tokens, customer-service messages, QR codes, followers, quotas.

The rules are those of PLATFORM.md A7, A9-A11, A13 and A15.
"""

import secrets
from datetime import datetime, timedelta

from bot.sandbox import fields, messages, quotas
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.gate import OK, Api, Asked, Told
from bot.sandbox.screen import TEXT_BYTES, Kind, Part, Sender, read_text
from bot.sandbox.world import Phone, World
from handlers.texts import sandbox as texts
from storage.vocabulary import Platform

CALLBACK_IPS = ("203.0.113.10", "203.0.113.11")
API_IPS = ("203.0.113.20",)
FORCED_PAUSE = timedelta(seconds=30)

_COMMANDS = frozenset({"Typing", "CancelTyping"})
_SCENE_CHARACTERS = 64
_SCENE_ID_BITS = 32
_LASTING_SCENES = 100_000
_QR_SECONDS_AT_MOST = 2_592_000
_QR_SECONDS = 60
_TEMPORARY = frozenset({"QR_SCENE", "QR_STR_SCENE"})
_LASTING = frozenset({"QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"})


def _stable_token(world: World, asked: Asked) -> Told:
    body = asked.json()
    _check_credentials(
        world,
        fields.text(body, "grant_type"),
        fields.text(body, "appid"),
        fields.text(body, "secret"),
    )
    counted, now = world.quotas[Platform.OFFICIAL], world.now()
    if not counted.use(quotas.STABLE_TOKEN_MINUTE, now):
        raise ApiFaultError(45011)
    if not body.get("force_refresh"):
        return _told_token(*world.stable_tokens.current(now))
    if world.forced_at is not None and now - world.forced_at < FORCED_PAUSE:
        raise ApiFaultError(45011)
    if not counted.use(quotas.STABLE_TOKEN_FORCED, now):
        raise ApiFaultError(45009)
    world.forced_at = now
    return _told_token(*world.stable_tokens.issue(now))


def _token(world: World, asked: Asked) -> Told:
    names = ("grant_type", "appid", "secret")
    _check_credentials(world, *(asked.query.get(name, "") for name in names))
    return _told_token(*world.plain_tokens.issue(world.now()))


def _check_credentials(world: World, grant_type: str, app_id: str, secret: str) -> None:
    account = world.accounts[Platform.OFFICIAL]
    if grant_type != "client_credential":
        raise ApiFaultError(40002)
    if app_id != account.app_id:
        raise ApiFaultError(40013)
    if secret != account.secret:
        raise ApiFaultError(40125)


def _told_token(value: str, seconds: int) -> Told:
    return Told({"access_token": value, "expires_in": seconds})


def follower(world: World, openid: str) -> Phone:
    """Find the phone of an openid, follower or not.

    Raises:
        ApiFaultError: 40003, nobody's.
    """
    phone = world.find(Platform.OFFICIAL, openid)
    if phone is None:
        raise ApiFaultError(40003)
    return phone


def _custom_send(world: World, asked: Asked) -> Told:
    message = asked.json()
    phone = follower(world, fields.text(message, "touser"))
    medium = messages.medium(world, Platform.OFFICIAL, message)
    if medium is None:
        kind, parts = _custom_parts(world, message)
    else:
        kind, parts = messages.kind_of(medium), ()
    if phone.standing.blocked:
        raise ApiFaultError(43019)
    if phone.standing.refuses_messages:
        raise ApiFaultError(48002)
    refused = phone.windows.use(world.now())
    if refused:
        raise ApiFaultError(refused)
    world.show(phone, Sender.BOT, kind, parts, attached=medium, is_pushed=True)
    return Told(dict(OK), about=phone.person.external_id)


def _custom_parts(world: World, message: Answer) -> tuple[Kind, tuple[Part, ...]]:
    match message.get("msgtype"):
        case "text":
            content = messages.content(message)
            if len(content.encode()) > TEXT_BYTES:
                raise ApiFaultError(45002)
            return Kind.TEXT, read_text(content, Platform.OFFICIAL)
        case "msgmenu":
            if not world.standing.verified:
                raise ApiFaultError(40200)
            return Kind.MSGMENU, messages.menu_parts(message)
        case _:
            raise ApiFaultError(40008)


def _typing(world: World, asked: Asked) -> Told:
    body = asked.json()
    phone = follower(world, fields.text(body, "touser"))
    if body.get("command") not in _COMMANDS:
        raise ApiFaultError(47001, "command")
    if not phone.is_following:
        raise ApiFaultError(45015)
    return Told(dict(OK), about=phone.person.external_id)


def _qr_code(world: World, asked: Asked) -> Told:
    if not world.standing.verified:
        raise ApiFaultError(48001)
    body = asked.json()
    name = fields.text(body, "action_name")
    if name not in _TEMPORARY | _LASTING:
        raise ApiFaultError(40052)
    scene = fields.group(fields.group(body, "action_info"), "scene")
    given = scene.get("scene_str" if "STR" in name else "scene_id")
    if not _is_scene(given, is_lasting=name in _LASTING, is_text="STR" in name):
        raise ApiFaultError(40053)
    url = f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"
    answer: Answer = {"ticket": secrets.token_urlsafe(48), "url": url}
    if name in _TEMPORARY:
        seconds = body.get("expire_seconds", _QR_SECONDS)
        if not isinstance(seconds, int) or not 0 < seconds <= _QR_SECONDS_AT_MOST:
            raise ApiFaultError(40053, "expire_seconds")
        answer["expire_seconds"] = seconds
    return Told(answer, about=str(given))


def _is_scene(given: object, *, is_lasting: bool, is_text: bool) -> bool:
    if is_text:
        return isinstance(given, str) and 0 < len(given) <= _SCENE_CHARACTERS
    most = _LASTING_SCENES if is_lasting else 2**_SCENE_ID_BITS - 1
    return isinstance(given, int) and 0 < given <= most


def _user_info(world: World, asked: Asked) -> Told:
    phone = follower(world, asked.query.get("openid", ""))
    openid = phone.person.external_id
    if not phone.is_following:
        return Told({"subscribe": 0, "openid": openid}, about=openid)
    answer: Answer = {
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": int(_followed_at(world, phone).timestamp()),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_OTHERS",
        "qr_scene": 0,
        "qr_scene_str": "",
    }
    return Told(answer, about=openid)


def _followed_at(world: World, phone: Phone) -> datetime:
    """Read off the phone when it last followed; one that always has, does so now."""
    lines = (m for m in reversed(phone.messages) if m.kind is Kind.EVENT)
    return next((line.at for line in lines if line.text == texts.FOLLOWED), world.now())


def _callback_ips(world: World, asked: Asked) -> Told:
    del world, asked
    return Told({"ip_list": list(CALLBACK_IPS)})


def _api_ips(world: World, asked: Asked) -> Told:
    del world, asked
    return Told({"ip_list": list(API_IPS)})


def _clear_quota(world: World, asked: Asked) -> Told:
    if fields.text(asked.json(), "appid") != world.accounts[Platform.OFFICIAL].app_id:
        raise ApiFaultError(40013)
    counted = world.quotas[Platform.OFFICIAL]
    if not counted.use(quotas.CLEAR_QUOTA, world.now()):
        raise ApiFaultError(48006)
    counted.clear()
    return Told(dict(OK))


_OFFICIAL = Platform.OFFICIAL
OFFICIAL_APIS = (
    Api(_OFFICIAL, "POST", "stable_token", _stable_token, quotas.STABLE_TOKEN, is_open=True),
    Api(_OFFICIAL, "GET", "token", _token, quotas.TOKEN, is_open=True),
    Api(_OFFICIAL, "POST", "message/custom/send", _custom_send, quotas.CUSTOM_SEND),
    Api(_OFFICIAL, "POST", "message/custom/typing", _typing),
    Api(_OFFICIAL, "POST", "qrcode/create", _qr_code, quotas.QR_CODE),
    Api(_OFFICIAL, "GET", "user/info", _user_info, quotas.USER_INFO),
    Api(_OFFICIAL, "GET", "getcallbackip", _callback_ips),
    Api(_OFFICIAL, "GET", "get_api_domain_ip", _api_ips),
    Api(_OFFICIAL, "POST", "clear_quota", _clear_quota),
)
