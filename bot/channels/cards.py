"""Writes a notice as a WeCom template card with buttons; what a card cannot hold is said in words.

A button's key is the command that the tap says. One action may offer choices: they become the
card's selection, and its button's key is the command's template. What asks for several selections
at once (vote_interaction, multiple_interaction) is not written: no notice does.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from bot.channels import Outgoing, limits, rendering
from bot.channels.cutting import ELLIPSIS, ended, size, units
from bot.channels.documents import clean
from handlers.messages import Action, Choice
from handlers.texts import lines

QUESTION_KEY = "choice"

_TITLE = limits.CARD_TITLE_CHARACTERS
_TASK_ID = re.compile(rf"[0-9A-Za-z_@-]{{1,{limits.CARD_TASK_ID_BYTES}}}")


def has_buttons(actions: Sequence[Action]) -> bool:
    """Say whether there is anything to tap that a card can hold; without it there is no card."""
    return any(_is_key(tap.command) for tap in lines.complete(actions))


def button_card(outgoing: Outgoing) -> dict[str, Any]:
    """Write the ``template_card`` object of message/send; the notice ``has_buttons``."""
    selecting = next((action for action in outgoing.actions if _options(action)), None)
    buttons, left = _buttons(outgoing.actions, selecting)
    shown = [(label, value) for label, value in outgoing.fields if rendering.one_line(value)]
    titles = (outgoing.title, outgoing.text, buttons[0].label, buttons[0].command)
    title = next(filter(None, (rendering.shortened(each, _TITLE) for each in titles)))
    card: dict[str, Any] = {
        "card_type": "button_interaction",
        "main_title": {"title": title},
        "task_id": _task_id(outgoing.task_id),
        "button_list": [
            {
                "text": _label(action.label, action.command, limits.CARD_BUTTON_CHARACTERS),
                "style": 1 if number == 0 else 2,
                "key": action.command,
            }
            for number, action in enumerate(buttons)
        ],
    }
    text = _text(outgoing, shown[limits.CARD_FIELDS :], left)
    if text:
        card["sub_title_text"] = text
    if shown:
        card["horizontal_content_list"] = [
            {
                "keyname": rendering.shortened(label, limits.CARD_FIELD_NAME_CHARACTERS),
                "value": rendering.shortened(value, limits.CARD_FIELD_VALUE_CHARACTERS),
            }
            for label, value in shown[: limits.CARD_FIELDS]
        ]
    if selecting:
        card["button_selection"] = _selection(selecting)
    return card


def _selection(action: Action) -> dict[str, Any]:
    options = _options(action)
    return {
        "question_key": QUESTION_KEY,
        "title": _label(action.label, action.command, limits.CARD_BUTTON_CHARACTERS),
        "option_list": [
            {
                "id": choice.value,
                "text": _label(choice.label, choice.value, limits.CARD_OPTION_CHARACTERS),
            }
            for choice in options
        ],
        "selected_id": options[0].value,
    }


def _options(action: Action) -> list[Choice]:
    """Give the choices that fit; an id that was cut would say another command."""
    fitting: dict[str, Choice] = {}
    for choice in action.choices:
        value = clean(choice.value).strip()
        if value and size(value) <= limits.CARD_OPTION_ID_BYTES:
            fitting.setdefault(value, Choice(choice.label, value))
    return list(fitting.values())[: limits.CARD_OPTIONS]


def _not_offered(action: Action) -> tuple[Action, ...]:
    """Give what a selection leaves out as whole commands."""
    offered = {choice.value for choice in _options(action)}
    rest = tuple(choice for choice in action.choices if clean(choice.value).strip() not in offered)
    return lines.complete([Action(action.label, action.command, rest)]) if rest else ()


def _is_key(command: str) -> bool:
    return 0 < size(clean(command).strip()) <= limits.CARD_KEY_BYTES


def _buttons(
    actions: Sequence[Action], selecting: Action | None
) -> tuple[list[Action], list[Action]]:
    """Divide the taps into the card's buttons and what has to be said in words."""
    buttons: dict[str, Action] = {}
    left: list[Action] = []
    for action in actions:
        for tap in (action,) if action is selecting else lines.complete([action]):
            command = clean(tap.command).strip()
            if _is_key(command) and len(buttons) < limits.CARD_BUTTONS:
                buttons.setdefault(command, Action(tap.label, command, tap.choices))
            elif command and command not in buttons:
                left.append(tap)
        if action is selecting:
            left += _not_offered(action)
    return list(buttons.values()), left


def _label(said: str, otherwise: str, most: int) -> str:
    """Cut a label; what has none shows the words it says."""
    return rendering.shortened(said, most) or rendering.shortened(otherwise, most)


def _text(outgoing: Outgoing, fields: Sequence[tuple[str, str]], left: Sequence[Action]) -> str:
    """Write what stands between title and fields, the words for missing buttons last."""
    parts = [outgoing.text, *(lines.field(label, value) for label, value in fields)]
    said = rendering.plain("\n".join(part for part in parts if part))
    room = limits.CARD_TEXT_CHARACTERS
    ending = _also(left, room // 2)
    return (ended(said, room - units(ending)) + ending).strip()


def _also(left: Sequence[Action], room: int) -> str:
    """Name the commands that found no button, as many as there is room for: half a one misleads."""
    for count in range(len(left), 0, -1):
        cut = "" if count == len(left) else ELLIPSIS
        ending = "\n" + rendering.plain(lines.also(left[:count])) + cut
        if units(ending) <= room:
            return ending
    return ""


def _task_id(given: str) -> str:
    """Keep a valid id; another one is named by its digest, the same in every retry."""
    if _TASK_ID.fullmatch(given):
        return given
    return hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()
