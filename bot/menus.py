"""``jinlin menu publish``: one menu for both platforms, from the settings or from the texts."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from redis import Redis

from bot import queue, wording
from bot.channels import ApiError, FailureKind
from bot.channels.factory import open_channel
from bot.config import Account, MenuButton, MenuItem, Settings
from handlers.rules import keywords
from handlers.texts import menus as texts
from handlers.texts.reading import folded
from handlers.understanding import is_spoken_for
from storage.vocabulary import Platform

_WRONG_SECRET = 40001  # also to a token fetched a moment ago: waiting will not mend it


class NoSuchAccountError(Exception):
    """Raised when the settings have no account of the name asked for; the line says so."""

    def __init__(self, line: str) -> None:
        super().__init__("no such account")
        self.line = line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one account's menu, in lines for the operator."""

    lines: tuple[str, ...]
    is_published: bool = True


def default() -> tuple[MenuButton, ...]:
    """Read the menu of the texts as settings are read."""
    return tuple(map(MenuButton.model_validate, tomllib.loads(texts.DEFAULT)["menu"]))


def shown_on(menu: Sequence[MenuButton], platform: Platform) -> tuple[MenuButton, ...]:
    """Leave out what is for the other platform only, and buttons that lose all their items."""
    shown = []
    for button in menu:
        if button.only not in {None, platform}:
            continue
        items = tuple(item for item in button.items if item.only in {None, platform})
        if items or not button.items:
            shown.append(button.model_copy(update={"items": items}))
    return tuple(shown)


def publish(settings: Settings, *, name: str = "", is_dry: bool = False) -> Iterator[Outcome]:
    """Publish to one account or to all; one that fails keeps no other from its menu.

    Args:
        settings: their ``menu``, or else the default.
        name: of the only account that is meant.
        is_dry: nothing is sent anywhere.

    Raises:
        NoSuchAccountError: nothing was published.
    """
    accounts = [account for account in settings.accounts if name in {"", account.name}]
    if not accounts:
        known = [account.name for account in settings.accounts]
        raise NoSuchAccountError(texts.no_such_account(name, known))
    menu = settings.menu or default()
    with queue.connect(settings.redis_url) as redis:
        for account in accounts:
            shown = shown_on(menu, account.platform)
            if not shown:
                yield Outcome((texts.nothing_to_publish(account.name, account.platform),))
                continue
            if is_dry:
                head = texts.would_publish(account.name, account.platform)
            elif fault := _sent(account, shown, redis):
                yield Outcome((fault,), is_published=False)
                continue
            else:
                head = texts.published(account.name, account.platform)
            yield Outcome((head, *_described(shown), *_warnings(settings, shown)))


def _sent(account: Account, menu: Sequence[MenuButton], redis: Redis) -> str:
    """Publish to one account; give the line that says why it did not work, if so."""
    try:
        open_channel(account, redis).publish_menu(menu)
    except ApiError as error:
        may_pass = error.kind is FailureKind.RETRY and error.code != _WRONG_SECRET
        return texts.not_published(account.name, account.platform, error.code, may_pass=may_pass)
    return ""


def _described(menu: Sequence[MenuButton]) -> Iterator[str]:
    for button in menu:
        if button.items:
            yield texts.button(button.name)
            yield from (texts.item(_does(item)) for item in button.items)
        else:
            yield texts.button(_does(button))


def _does(entry: MenuItem) -> str:
    return texts.does(entry.name, say=entry.say, url=entry.url, opens=entry.opens)


def _warnings(settings: Settings, menu: Sequence[MenuButton]) -> Iterator[str]:
    """Warn of what the platforms take, and people will stumble over."""
    own = settings.policy.keywords
    for button in menu:
        if wording.is_cut(button.name, wording.BUTTON_SHOWN):
            yield texts.is_cut(button.name, wording.BUTTON_SHOWN)
        for item in button.items:
            if wording.is_cut(item.name, wording.ITEM_SHOWN):
                yield texts.is_cut(item.name, wording.ITEM_SHOWN)
        for entry in (button, *button.items):
            is_own = keywords.exactly(own, folded(entry.say)) is not None
            if entry.say and not is_own and not is_spoken_for(entry.say):
                yield texts.is_not_understood(entry.name, entry.say)
