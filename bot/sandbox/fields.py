"""Reads fields of a JSON body as the platforms do, who take a wrong type for a missing value."""

from bot.sandbox.errors import Answer


def text(body: Answer, name: str) -> str:
    """Give a string, empty where there is none."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def group(body: Answer, name: str) -> Answer:
    """Give an object, empty where there is none."""
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def groups(body: Answer, name: str) -> list[Answer]:
    """Give the objects of a list, and leave out what is none."""
    value = body.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
