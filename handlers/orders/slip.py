"""An order is looked up by its number and the code on a paper slip, on anybody's phone."""

from handlers.context import Context
from handlers.messages import Reply
from handlers.services import proxies
from handlers.services.moves import RefusedError
from handlers.services.steps import UNKNOWN
from storage.orders import Found


def look_up(ctx: Context, found: Found | None, code: str) -> Reply:
    """Show the order behind a code; a wrong one reads like a number that does not exist."""
    try:
        told = proxies.by_slip(ctx, found, code)
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    return Reply(text=told) if told else UNKNOWN
