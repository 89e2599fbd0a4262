"""The pool of wishes: its cards, what may be said of a wish, and the ones that nobody claims.

A wish is an order of its own kind: letting it pass is dispatching it to everybody, claiming is
taking, delivering is finishing. Here is what differs from a report.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Policy
from handlers.messages import Notice
from handlers.rules import waves
from handlers.rules import wishes as rules
from handlers.services import branches, cards, media, moves, recommendations
from handlers.services.moves import LostError
from handlers.texts import corrections, moments
from handlers.texts import dispatch as dispatch_texts
from handlers.texts import orders as order_texts
from handlers.texts import wishes as texts
from storage import offers, orders, wishes
from storage.media import Item
from storage.models import Order, Wish
from storage.orders import Found, Step
from storage.vocabulary import NoticeKind, OrderAction, OrderKind, OrderStatus, TimerKind

MOST_ASKED = 15
"""How many who fit are asked when nobody has claimed a wish for long."""


def is_wish(order: Order) -> bool:
    """Say whether an order is a wish."""
    return order.kind is OrderKind.WISH


def facts(wish: Wish) -> tuple[tuple[str, str], ...]:
    """Give what everybody who may see a wish may know of it besides its words."""
    return (
        (texts.KIND_LABEL, texts.KIND[wish.kind]),
        (texts.COST_LABEL, texts.COST[wish.cost]),
        (texts.BY_LABEL, texts.by(wish.wished_by)),
    )


def facts_of(session: Session, order: Order) -> tuple[tuple[str, str], ...]:
    """Give the facts of an order that is a wish; of any other none, without asking."""
    return facts(wishes.of(session, order.id)) if is_wish(order) else ()


def to_check(
    session: Session,
    found: Found,
    *,
    reopened: bool,
    words: str,
    policy: Policy,
    to: Sequence[int],
    enclosed: Sequence[Item],
) -> Notice:
    """Ask those who dispatch whether a wish may stand on the wall."""
    order = found.order
    promise = moments.date_and_hour(order.promised_at, policy.timezone)
    return Notice(
        kind=NoticeKind.ORDER_REOPENED if reopened else NoticeKind.ORDER_SUBMITTED,
        order_id=order.id,
        title=order_texts.head(order.id, cards.public_matter(found)),
        text=words or texts.to_check(reopened=reopened),
        fields=(
            *facts_of(session, order),
            *order_texts.fields(order.place_name, None, promise),
            *media.fields(enclosed),
        ),
        actions=texts.check_actions(order.id),
        media=tuple(item.medium_id for item in enclosed),
        recipients=tuple(to),
    )


def enter(session: Session, order_id: int, version: int, *, now: datetime, policy: Policy) -> None:
    """Let the days on the wall begin, and remember to look when nobody has claimed it for long."""
    wishes.pool(session, order_id, now=now)
    offers.drop_timers(session, order_id, TimerKind.UNCLAIMED)
    due_at = waves.awake(now + policy.wish_patience, policy.timezone)
    orders.set_timer(session, order_id, TimerKind.UNCLAIMED, version=version, due_at=due_at)


def look_after(
    session: Session, order_id: int, version: int, *, now: datetime, policy: Policy
) -> list[Notice]:
    """Show a wish that nobody claims to the secretary, and ask the members who fit, once."""
    offers.lock(session, order_id)
    found = moves.read(session, order_id)
    if found.order.version != version or found.order.status is not OrderStatus.DISPATCHED:
        return []
    if (morning := waves.awake(now, policy.timezone)) > now:
        orders.set_timer(session, order_id, TimerKind.UNCLAIMED, version=version, due_at=morning)
        return []
    wish = wishes.of(session, order_id)
    today = policy.today(now)
    fitting = _fitting(session, found, now=now, policy=policy)
    if fitting:
        step = Step(action=OrderAction.WIDEN, at=now)
        try:
            moves.make(session, found, step, details={"people": fitting}, wave=waves.LAST)
        except LostError:
            return []  # claimed at this very moment
        orders.offer(session, order_id, fitting, now=now)
    officers = branches.dispatchers(
        session, branches.tree_of(session), found.order.branch_id, today=today
    )
    title = order_texts.head(order_id, cards.public_matter(found))
    days = rules.days_open(wish.pooled_at or now, now)
    return [
        Notice(
            kind=NoticeKind.ORDER_UNTAKEN,
            order_id=order_id,
            title=title,
            text=texts.unclaimed_for_desk(days, len(fitting)),
            fields=facts(wish),
            actions=(corrections.handle_action(order_id), corrections.recall_action(order_id)),
            recipients=tuple(officer.person_id for officer in officers),
        ),
        Notice(
            kind=NoticeKind.ORDER_OFFERED,
            order_id=order_id,
            title=title,
            text=texts.offered(),
            fields=facts(wish),
            actions=(texts.claim_action(order_id), dispatch_texts.decline_action(order_id)),
            recipients=tuple(fitting),
        ),
    ]


def _fitting(session: Session, found: Found, *, now: datetime, policy: Policy) -> list[int]:
    """Give whom to ask: those who have taken on to look after others, those with the skill."""
    today = policy.today(now)
    carers = wishes.carers(session, found.branch_path, today=today)
    asked = offers.asked(session, found.order.id)
    return [
        taker.person_id
        for taker in recommendations.askable(session, found, today=today)
        if taker.person_id not in asked
        and (taker.person_id in carers or waves.is_skilled(taker, found.order.matter))
    ][:MOST_ASKED]
