"""Small news for those who dispatch is told together, once in fifteen minutes (DOMAIN.md c6.10)."""

from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.messages import Notice
from handlers.services import cards, notices
from handlers.texts import clocks, general
from handlers.texts import desk as texts
from handlers.texts import orders as order_texts
from storage import digests
from storage.orders import Found
from storage.vocabulary import NoticeKind

PERIOD = timedelta(minutes=15)
_MOST_LINES = 10


def note_taken(ctx: Context, found: Found, who: str) -> None:
    """Note for whoever dispatched an order that somebody has taken it."""
    dispatcher = digests.dispatcher_of(ctx.session, found.order.id)
    if dispatcher is not None and dispatcher != ctx.speaker.person_id:
        news = texts.taken_line(order_texts.head(found.order.id, cards.public_matter(found)), who)
        digests.note(ctx.session, dispatcher, found.order.id, news, now=ctx.now)


def tell(session: Session, *, now: datetime) -> int:
    """Write one notice for each person whose news has waited long enough; give how many.

    However much has gathered, it is one notice of a few lines; the rest is counted.
    """
    digests.forget_untrue(session)
    items = digests.ripe(session, before=now - PERIOD)
    count = 0
    for person_id, mine in groupby(items, key=lambda item: item.person_id):
        news = list(mine)
        left = len(news) - _MOST_LINES
        lines = [item.text for item in news[:_MOST_LINES]]
        notice = Notice(
            kind=NoticeKind.DIGEST,
            title=texts.digest_title(len(news)),
            text="\n".join([*lines, clocks.further(left)] if left > 0 else lines),
            actions=(general.TODO_ACTION,) if left > 0 else (),
            recipients=(person_id,),
        )
        (notice_id,) = notices.post(session, [notice], now=now)
        digests.told(session, [item.id for item in news], notice_id)
        count += 1
    return count
