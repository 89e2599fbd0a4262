"""Writes a notice as a msgmenu: entries to tap below its words, where the account may send one.

A tap says the entry's content as a text of the person's, and not every account tells the entry's
id with it (PLATFORM.md A7). So the content is the command itself.
"""

from collections.abc import Iterable
from typing import Any

from bot.channels import limits, rendering
from bot.channels.cutting import size
from handlers.messages import Action


def message_menu(text: str, actions: Iterable[Action]) -> dict[str, Any] | None:
    """Write the part of a send that says what is sent; None where a msgmenu cannot hold it.

    Args:
        text: the words above the entries, already made safe.
        actions: each with a whole command.
    """
    commands = list(dict.fromkeys(rendering.one_line(action.command) for action in actions))
    fits = (
        0 < len(commands) <= limits.MENU_ENTRIES
        and 0 < size(text) <= limits.MENU_HEAD_BYTES
        and all(0 < size(command) <= limits.MENU_ENTRY_BYTES for command in commands)
        and size("\n".join((text, *commands))) <= limits.TEXT_BYTES
    )
    if not fits:
        return None
    entries = [{"id": str(n), "content": command} for n, command in enumerate(commands, 1)]
    return {
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": text, "list": entries, "tail_content": ""},
    }
