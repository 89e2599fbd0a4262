"""Custom menus of both platforms: what is refused (PLATFORM.md A14), kept and given back."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.sandbox import fields, quotas
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.gate import OK, Api, Asked, Told
from bot.sandbox.world import World
from storage.vocabulary import Platform

KEY_BYTES = 128
URL_BYTES = 1024

_WITH_KEY = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
# What else each type of button must have.
_NEEDS: Mapping[Platform, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        Platform.OFFICIAL: MappingProxyType(
            {
                "view": ("url",),
                "miniprogram": ("url", "appid", "pagepath"),
                "media_id": ("media_id",),
                "view_limited": ("media_id",),
                "article_id": ("article_id",),
                "article_view_limited": ("article_id",),
            }
        ),
        Platform.WECOM: MappingProxyType(
            {"view": ("url",), "view_miniprogram": ("pagepath", "appid")}
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Level:
    """The rules of one level of a menu and the codes that name what breaks them."""

    most: int
    name_bytes: int
    count_code: int
    type_code: int
    name_code: int
    key_code: int
    url_code: int


_TOP = _Level(3, 16, 40016, 40017, 40018, 40019, 40020)
_SUB = _Level(5, 40, 40023, 40024, 40025, 40026, 40027)


def _create(world: World, asked: Asked) -> Told:
    _check_agent(world, asked)
    menu = asked.json()
    _check(menu.get("button"), _TOP, asked.platform)
    world.menus[asked.platform] = {"button": [_kept(button) for button in menu["button"]]}
    _redraw(world, asked.platform)
    return Told(dict(OK))


def _check(buttons: object, level: _Level, platform: Platform) -> None:
    if not isinstance(buttons, list) or not 0 < len(buttons) <= level.most:
        raise ApiFaultError(level.count_code)
    for button in buttons:
        if not isinstance(button, dict):
            raise ApiFaultError(level.count_code)
        name = fields.text(button, "name")
        if not 0 < len(name.encode()) <= level.name_bytes:
            raise ApiFaultError(level.name_code)
        if button.get("sub_button"):
            if level is _SUB:
                raise ApiFaultError(40022)
            _check(button["sub_button"], _SUB, platform)
        else:
            _check_action(button, level, platform)


def _check_action(button: Answer, level: _Level, platform: Platform) -> None:
    kind = fields.text(button, "type")
    if kind in _WITH_KEY:
        if not 0 < len(fields.text(button, "key").encode()) <= KEY_BYTES:
            raise ApiFaultError(level.key_code)
        return
    needs = _NEEDS[platform].get(kind)
    if needs is None:
        raise ApiFaultError(level.type_code)
    for name in needs:
        if not 0 < len(fields.text(button, name).encode()) <= URL_BYTES:
            raise ApiFaultError(level.url_code)


def _kept(button: Answer) -> Answer:
    """Keep what the platforms give back: every button has a list of sub-buttons."""
    sub = [_kept(one) for one in fields.groups(button, "sub_button")]
    return {**button, "sub_button": sub}


def _get(world: World, asked: Asked) -> Told:
    _check_agent(world, asked)
    menu = world.menus.get(asked.platform)
    if menu is None:
        raise ApiFaultError(46003)
    return Told(OK | menu if asked.platform is Platform.WECOM else {"menu": menu})


def _delete(world: World, asked: Asked) -> Told:
    _check_agent(world, asked)
    world.menus.pop(asked.platform, None)
    _redraw(world, asked.platform)
    return Told(dict(OK))


def _current(world: World, asked: Asked) -> Told:
    menu = world.menus.get(asked.platform)
    if menu is None:
        return Told({"is_menu_open": 0})
    shown = [_current_button(button) for button in menu["button"]]
    return Told({"is_menu_open": 1, "selfmenu_info": {"button": shown}})


def _current_button(button: Answer) -> Answer:
    """Write a button as ``get_current_selfmenu_info`` does: sub-buttons stand in a list's list."""
    shown = {name: value for name, value in button.items() if name != "sub_button"}
    if button["sub_button"]:
        shown["sub_button"] = {"list": [_current_button(one) for one in button["sub_button"]]}
    return shown


def _check_agent(world: World, asked: Asked) -> None:
    if asked.platform is not Platform.WECOM:
        return
    agent = asked.query.get("agentid", "")
    if not agent.isdecimal():
        raise ApiFaultError(40056)
    if int(agent) != world.accounts[Platform.WECOM].agent_id:
        raise ApiFaultError(301002)


def _redraw(world: World, platform: Platform) -> None:
    for phone in world.phones.values():
        if phone.person.platform is platform:
            world.touch(phone)


_OFFICIAL, _WECOM = Platform.OFFICIAL, Platform.WECOM
MENU_APIS = (
    Api(_OFFICIAL, "POST", "menu/create", _create, quotas.MENU_CREATE),
    Api(_OFFICIAL, "GET", "menu/get", _get, quotas.MENU_QUERY),
    Api(_OFFICIAL, "GET", "menu/delete", _delete, quotas.MENU_DELETE),
    Api(_OFFICIAL, "GET", "get_current_selfmenu_info", _current, quotas.MENU_QUERY),
    Api(_WECOM, "POST", "menu/create", _create),
    Api(_WECOM, "GET", "menu/get", _get),
    Api(_WECOM, "GET", "menu/delete", _delete),
)
