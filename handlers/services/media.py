"""Photos and voices: noted in the turn, fetched by a worker, passed on to those who serve.

Who sees them: those who are asked to dispatch, and whoever holds the order. An offer goes to many
and carries none, because a photo may show people; it is there as soon as somebody has accepted.

A file is kept as long as the order it belongs to. One that belongs to no order was sent with a
report that nobody submitted; it is removed some nights later (``storage.media.LOOSE_KEPT``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.messages import IncomingKind, Notice, Nudge
from handlers.services.moves import RefusedError
from handlers.texts import media as texts
from handlers.texts import orders as order_texts
from storage import media
from storage.media import Draft, Item
from storage.orders import Found
from storage.vocabulary import MediaKind, MediaStatus, NoticeKind

KINDS: Mapping[IncomingKind, MediaKind] = MappingProxyType(
    {IncomingKind.IMAGE: MediaKind.IMAGE, IncomingKind.VOICE: MediaKind.VOICE}
)
"""What is kept; videos, files and links are not."""

MOST_OF_AN_ORDER = 9
"""As many as people know from sharing photos; readers are not flooded, nor their send windows."""

_DAY = timedelta(days=1)
_ALBUM = timedelta(minutes=1)  # what lies between two photos of an album on a slow network


def receive(ctx: Context) -> int:
    """Note a photo or voice that was just sent, have it fetched at once, and give its id.

    Raises:
        RefusedError: it came without a name to fetch it by, or the person sent very many today.
    """
    kind = KINDS[ctx.incoming.kind]
    media_id = ctx.incoming.media_id
    if not 0 < len(media_id) <= media.MEDIA_ID_CHARACTERS:
        raise RefusedError(texts.NOT_SENT[kind])
    sent = media.count_since(ctx.session, ctx.speaker.person_id, ctx.now - _DAY)
    if sent >= ctx.policy.media_a_day:
        raise RefusedError(texts.TOO_MANY)
    ctx.nudges.add(Nudge.MEDIA)
    return media.add(
        ctx.session,
        Draft(
            kind=kind,
            person_id=ctx.speaker.person_id,
            platform=ctx.incoming.platform,
            app_id=ctx.incoming.app_id,
            media_id=media_id,
            seconds=ctx.incoming.seconds,
        ),
        now=ctx.now,
    )


def album(ctx: Context) -> int | None:
    """Give the order that the speaker's last photo or voice went to, a moment ago.

    Phones send the photos of one album one by one: the first may have answered a question, and
    the others belong to the same order.
    """
    return media.shown_since(ctx.session, ctx.speaker.person_id, ctx.now - _ALBUM)


def bind(session: Session, medium_ids: Iterable[int], order_id: int) -> None:
    """Make media part of an order; call it before the notice that shall carry them."""
    media.bind(session, medium_ids, order_id)


def of_order(session: Session, order_id: int) -> list[Item]:
    """Give what can be passed on of an order's photos and voices, oldest first."""
    return media.of_order(session, order_id, most=MOST_OF_AN_ORDER)


def count_alive(session: Session, medium_ids: Iterable[int]) -> int:
    """Count those that are kept or still on their way; what was refused or lost is none."""
    known = media.items(session, medium_ids).values()
    return sum(item.status in {MediaStatus.DUE, MediaStatus.KEPT} for item in known)


def fields(items: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    """Say on a card what follows it; nothing where nothing does."""
    if not items:
        return ()
    counts = Counter(item.kind for item in items)
    words = texts.enclosed(counts[MediaKind.IMAGE], counts[MediaKind.VOICE])
    return ((texts.ENCLOSED_FIELD, words),)


def show(ctx: Context, found: Found, *, to: Iterable[int]) -> None:
    """Send an order's photos and voices to people who have its words already: its new holder."""
    items = of_order(ctx.session, found.order.id)
    if not items:
        return
    ctx.notify(
        Notice(
            kind=NoticeKind.MEDIUM,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, found.order.matter),
            media=tuple(item.medium_id for item in items),
            recipients=tuple(to),
        )
    )
