"""Looks whether the menu on the phones is the one that the settings have."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot import menus
from bot.channels.menus import content
from bot.config import MenuButton
from bot.doctor.findings import Finding, fault, fine, warning
from bot.doctor.platforms import Access, Told
from handlers.texts import doctor_platforms as texts
from storage.vocabulary import Platform

_PATH = "/cgi-bin/menu/get"
_NONE = 46003
_UNAUTHORISED = 48001
_SETTING = "menu"
_TOLD = ("name", "type", "key", "url")


def look(access: Access, menu: Sequence[MenuButton]) -> Iterator[Finding]:
    """Compare the published menu with ours.

    Args:
        access: has a token.
        menu: as the settings have it; empty for the one of the texts.

    Raises:
        OutOfOrderError: no platform answered.
    """
    name, platform = access.name(texts.MENU), access.account.platform
    ours = menus.shown_on(menu or menus.default(), platform)
    if not ours:
        yield fine(name, texts.MENU_NOT_OURS)
        return
    is_wecom = platform is Platform.WECOM
    told = access.ask(_PATH, {"agentid": str(access.account.agent_id)} if is_wecom else None)
    if told.code == _NONE:
        yield warning(name, texts.MENU_NONE, setting=_SETTING)
    elif told.code == _UNAUTHORISED:
        yield warning(name, texts.MENU_NOT_ALLOWED)
    elif told.code:
        advice, setting = access.refusal(told)
        yield fault(name, advice, setting=setting)
    elif _buttons(_published(told)) == _buttons(content(ours)):
        yield fine(name, texts.MENU_PUBLISHED)
    else:
        yield warning(name, texts.MENU_DIFFERS, setting=_SETTING)


def _published(told: Told) -> Mapping[str, Any]:
    """Find the menu: the official account wraps it once more."""
    wrapped = told.payload.get("menu")
    return wrapped if isinstance(wrapped, dict) else told.payload


def _buttons(menu: Mapping[str, Any], inner: str = "button") -> list[dict[str, Any]]:
    """Keep what a person sees and what a tap does; platforms add what they like."""
    rows = menu.get(inner)
    kept = []
    for row in rows if isinstance(rows, list) else ():
        below = _buttons(row, "sub_button")
        told = {key: row[key] for key in _TOLD if row.get(key)}
        kept.append({"name": row.get("name"), "sub_button": below} if below else told)
    return kept
