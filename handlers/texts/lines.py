"""How choices and taps are written as lines where a platform has no buttons for them."""

from collections.abc import Iterable

from handlers.messages import Action

CHOICE = "{choice}"
MORE = "……内容较长，没有显示完。"


def complete(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Give one action for each choice, so that every line has a whole command of its own.

    Digits that answer a notice count the actions in this order.
    """
    complete_actions: list[Action] = []
    for action in actions:
        if not action.choices:
            complete_actions.append(action)
        complete_actions.extend(
            Action(f"{action.label}：{choice.label}", action.command.replace(CHOICE, choice.value))
            for choice in action.choices
        )
    return tuple(complete_actions)


def numbered(number: int, label: str) -> str:
    """Write a choice that is answered by its digit."""
    return f"{number}. {label}"


def spoken(action: Action) -> str:
    """Say which words do what a tap would do."""
    return f"{action.label}：回复“{action.command}”"


def field(label: str, value: str) -> str:
    """Write one labelled value."""
    return f"{label}：{value}"


def also(actions: Iterable[Action]) -> str:
    """Name the commands that found no button on a card."""
    return "还可以回复：" + "".join(f"“{action.command}”" for action in actions)
