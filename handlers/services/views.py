"""What somebody may see of an order, and what its cards may still say."""

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.rules import clocks
from handlers.rules.permissions import Permission, reaching, serving
from handlers.services import cards, pool
from handlers.services.moves import read
from handlers.texts import clocks as clock_texts
from handlers.texts import dispatch as dispatch_texts
from handlers.texts import moments, proxies
from handlers.texts import orders as texts
from storage.orders import Found
from storage.vocabulary import OrderStatus


def card_note(session: Session, order_id: int) -> str:
    """Say what is true of an order now, for cards that were sent about it earlier."""
    found = read(session, order_id)
    return cards.note(found)


def progress_fields(ctx: Context, found: Found) -> tuple[tuple[str, str], ...] | None:
    """Describe an order as far as the speaker may see it (DESIGN.md 7.9); None: not at all."""
    order = found.order
    person = ctx.speaker.person_id
    state = (texts.STATUS_FIELD, texts.state(order.status, order.outcome, order.kind))
    promise = (texts.PROMISE_FIELD, _promise(ctx, found))
    holder = ((texts.HOLDER_FIELD, _who_comes(found)),) if found.holder_name else ()
    agreed = cards.agreed(found, ctx.policy)
    where = (texts.PLACE_FIELD, order.place or texts.PLACE_UNKNOWN)
    contact = (texts.CONTACT_FIELD, cards.contact(found) or texts.CONTACT_NONE)
    if found.is_held_by(person):
        wish = pool.facts_of(ctx.session, order)
        return (state, *_together(found), *wish, where, *agreed, contact, promise)
    if person == order.reporter_id:
        wish = pool.facts_of(ctx.session, order)
        return (state, *holder, *wish, where, *agreed, *_written_down(found), promise)
    if reaching(ctx.posts, Permission.SUPERVISE, found.branch_path):
        wish = pool.facts_of(ctx.session, order)
        return (state, *holder, *wish, where, *agreed, contact, promise)
    if serving(ctx.posts, found.branch_path) and pool.is_wish(order):
        return (state, *pool.facts_of(ctx.session, order))
    if serving(ctx.posts, found.branch_path):
        return (state, (texts.PLACE_FIELD, order.place_name or texts.PLACE_UNKNOWN), *agreed)
    return None


def is_late(ctx: Context, found: Found) -> bool:
    """Say whether a promise is broken while the order waits for somebody of ours."""
    order = found.order
    return clocks.is_late(order.status, order.promised_at, order.overdue_at, ctx.now)


def _promise(ctx: Context, found: Found) -> str:
    """Say by when it was promised, and what has become of that while the order is open."""
    order, zone = found.order, ctx.policy.timezone
    promise = moments.date_and_hour(order.promised_at, zone)
    if order.status is OrderStatus.NEED_INFO:
        return clock_texts.paused(promise)
    if not is_late(ctx, found):
        return promise
    if order.promised_at <= ctx.now:
        return clock_texts.passed(promise)
    former = order.overdue_at or order.promised_at
    return clock_texts.moved(promise, moments.date_and_hour(former, zone))


def _who_comes(found: Found) -> str:
    """Name the holders, with how many are still looked for."""
    count = len(found.holders)
    return dispatch_texts.come(found.holder_name or "", count, found.order.seats)


def _together(found: Found) -> tuple[tuple[str, str], ...]:
    """Name to a holder who else comes, where several are needed."""
    return ((texts.HOLDER_FIELD, _who_comes(found)),) if found.order.seats > 1 else ()


def _written_down(found: Found) -> tuple[tuple[str, str], ...]:
    """Tell whoever wrote an order down for somebody else for whom, and what is on the paper."""
    order = found.order
    if order.proxy_id != order.reporter_id or order.slip is None:
        return ()
    return ((proxies.WHOM_LABEL, cards.contact(found)), (proxies.CODE_FIELD, order.slip))


def is_reader_inside(ctx: Context, found: Found) -> bool:
    """Say whether the speaker may read the matter unmasked."""
    return (
        ctx.speaker.person_id == found.order.reporter_id
        or found.is_held_by(ctx.speaker.person_id)
        or reaching(ctx.posts, Permission.SUPERVISE, found.branch_path) is not None
    )
