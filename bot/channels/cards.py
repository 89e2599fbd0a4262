"""Writes a notice as a WeCom template card with buttons; what a card cannot hold is said in words.

A button's key is the command that the tap says. One action may offer choices: they become the
card's selection, and its button's key is the command's template.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from bot.channels import Outgoing, limits, rendering
from handlers.messages import Action, Choice
from handlers.texts import lines

QUESTION_KEY = "choice"

_TASK_ID = re.compile(rf"[0-9A-Za-z_@-]{{1,{limits.CARD_TASK_ID_BYTES}}}")


def button_card(outgoing: Outgoing) -> dict[str, Any]:
    """Write the ``template_card`` object of message/send."""
    selecting = next((action for action in outgoing.actions if _options(action)), None)
    buttons, left = _buttons(outgoing.actions, selecting)
    shown = [(label, value) for label, value in outgoing.fields if value]
    title = rendering.shortened(outgoing.title, limits.CARD_TITLE_CHARACTERS)
    card: dict[str, Any] = {
        "card_type": "button_interaction",
        "main_title": {"title": title},
        "task_id": _task_id(outgoing.task_id),
        "button_list": [
            {
                "text": rendering.shortened(action.label, limits.CARD_BUTTON_CHARACTERS),
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
        "title": rendering.shortened(action.label, limits.CARD_BUTTON_CHARACTERS),
        "option_list": [
            {
                "id": choice.value,
                "text": rendering.shortened(choice.label, limits.CARD_OPTION_CHARACTERS),
            }
            for choice in options
        ],
        "selected_id": options[0].value,
    }


def _options(action: Action) -> list[Choice]:
    """Give the choices that fit; an id that was cut would say another command."""
    fitting = {
        choice.value: choice
        for choice in action.choices
        if len(choice.value.encode()) <= limits.CARD_OPTION_ID_BYTES
    }
    return list(fitting.values())[: limits.CARD_OPTIONS]


def _buttons(
    actions: Sequence[Action], selecting: Action | None
) -> tuple[list[Action], list[Action]]:
    """Divide the taps into the card's buttons and what has to be said in words."""
    buttons: dict[str, Action] = {}
    left: list[Action] = []
    for action in actions:
        for tap in (action,) if action is selecting else lines.complete([action]):
            fits = len(tap.command.encode()) <= limits.CARD_KEY_BYTES
            if fits and len(buttons) < limits.CARD_BUTTONS:
                buttons.setdefault(tap.command, tap)
            elif tap.command not in buttons:
                left.append(tap)
    return list(buttons.values()), left


def _text(outgoing: Outgoing, fields: Sequence[tuple[str, str]], left: Sequence[Action]) -> str:
    """Write what stands between title and fields, the words for missing buttons last."""
    parts = [outgoing.text, *(lines.field(label, value) for label, value in fields)]
    said = rendering.plain("\n".join(part for part in parts if part))
    room = limits.CARD_TEXT_CHARACTERS
    ending = "\n" + rendering.plain(lines.also(left)) if left else ""
    if len(ending) > room // 2:
        ending = ending[: room // 2 - 1] + rendering.ELLIPSIS
    if len(said) + len(ending) > room:
        said = said[: room - len(ending) - 1] + rendering.ELLIPSIS
    return (said + ending).strip()


def _task_id(given: str) -> str:
    """Keep a valid id; another one is named by its digest, the same in every retry."""
    if _TASK_ID.fullmatch(given):
        return given
    return hashlib.sha256(given.encode()).hexdigest()
