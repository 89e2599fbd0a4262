"""What the clock does about an order that waits (DOMAIN.md c3, c4): reminders, a new promise.

Reminders are lines of a digest, so that whoever was not told for a day is told once, of all of it.
Each is true for the version that the order has then: what has moved on meanwhile is left out. The
clock changes no state and no version; it keeps what was told in the order's row.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Policy
from handlers.messages import Notice
from handlers.rules import clocks as rules
from handlers.rules.clocks import Leg, Running, Stage, Town
from handlers.services import branches, cards, digests
from handlers.texts import clocks as texts
from handlers.texts import moments
from handlers.texts import orders as order_texts
from storage import clocks as store
from storage import digests as news
from storage import orders, people
from storage.models import Order
from storage.orders import Found, Step
from storage.vocabulary import (
    MatterClass,
    NoticeKind,
    OrderAction,
    OrganisationKind,
    Role,
    TimerKind,
)

_DUTY = (Role.SECRETARY, Role.DEPUTY)


def running(order: Order) -> Running | None:
    """Give the leg of an order that runs; None while nobody of ours is waited for."""
    leg = rules.LEGS.get(order.status)
    if leg is None:
        return None
    return Running(
        matter_class=order.matter_class,
        leg=leg,
        leg_at=order.leg_at or order.submitted_at,
        promised_at=order.promised_at,
        overdue_at=order.overdue_at,
    )


def strike(
    session: Session, order_id: int, version: int, *, now: datetime, policy: Policy
) -> list[Notice]:
    """Tell what the time demands, and look again at the next stage; stages gone by are skipped."""
    found = orders.find(session, order_id)
    leg = running(found.order) if found and found.order.version == version else None
    if found is None or leg is None:
        return []
    order, town = found.order, Town(policy.timezone, policy.calendar)
    morning = town.awake(now, order.matter_class)
    if morning > now:
        orders.set_timer(session, order_id, TimerKind.CLOCK, version=version, due_at=morning)
        return []
    is_broken = leg.is_broken(now)
    stage = max(leg.reached(now, town), Stage.OVER if is_broken else 0)
    after = leg
    if is_broken:
        promised_at = rules.renewed(order.matter_class, order.promised_at, now)
        after = replace(leg, promised_at=promised_at, overdue_at=order.promised_at)
    if stage > order.late_stage or is_broken:
        is_won = store.advance(
            session,
            order,
            stage=max(stage, order.late_stage),
            promised_at=after.promised_at,
            overdue_at=after.overdue_at,
        )
        if not is_won:
            return []  # somebody did it at this very moment
        _remind(session, found, leg, after, stage, now=now, policy=policy)
    if is_broken or order.late_stage < Stage.OVER <= stage:
        orders.record(
            session, order_id, Step(action=OrderAction.OVERDUE, at=now), leg=leg.leg.value
        )
    following = after.following(now, town)
    if following is not None:
        orders.set_timer(session, order_id, TimerKind.CLOCK, version=version, due_at=following)
    return [_for_resident(found, after, policy)] if is_broken else []


def above(
    session: Session, found: Found, *, now: datetime, policy: Policy
) -> tuple[str, list[int]] | None:
    """Find the level above an order's branch, and who answers there; None at the top."""
    tree, today = branches.tree_of(session), policy.today(now)
    higher = branches.one_level_higher(tree, found.order.branch_id)
    if higher is not None:
        officers = branches.dispatchers(session, tree, higher.id, today=today)
        return (higher.name, [each.person_id for each in officers]) if officers else None
    streets = [
        node
        for node in reversed(tree.ancestors(found.order.branch_id)[:-1])
        if node.kind is OrganisationKind.STREET
    ]
    if not streets:
        return None
    workers = people.officers(session, [streets[0].id], (Role.STREET_WORKER,), today=today)
    return (streets[0].name, [each.person_id for each in workers]) if workers else None


def desk(session: Session, found: Found, *, now: datetime, policy: Policy) -> list[int]:
    """Give those who dispatch an order."""
    officers = branches.dispatchers(
        session, branches.tree_of(session), found.order.branch_id, today=policy.today(now)
    )
    return [officer.person_id for officer in officers]


def _duty(session: Session, found: Found, *, now: datetime, policy: Policy) -> list[int]:
    """Give the secretaries and deputies of the branch who are there; else those who dispatch."""
    today = policy.today(now)
    officers = people.officers(session, [found.order.branch_id], _DUTY, today=today)
    duty = [officer.person_id for officer in officers]
    away = store.away(session, duty, today=today) if duty else set()
    present = [person for person in duty if person not in away]
    return present or duty or desk(session, found, now=now, policy=policy)


def _remind(
    session: Session,
    found: Found,
    leg: Running,
    after: Running,
    stage: int,
    *,
    now: datetime,
    policy: Policy,
) -> None:
    """Note the reminder for whom it concerns at this stage, for each of them once."""
    order = found.order
    is_broken = after is not leg
    limit = leg.due(Stage.OVER, Town(policy.timezone, policy.calendar))
    end = order.promised_at if is_broken or limit is None else limit

    def line(*, is_holder: bool) -> str:
        said = texts.reminder(
            order_texts.head(order.id, cards.public_matter(found)),
            leg.leg,
            is_over=stage >= Stage.OVER,
            is_holder=is_holder,
            who=found.holder_name,
            until=moments.soon(end, now, policy.timezone),
        )
        if not is_broken:
            return said
        promise = moments.date_and_hour(after.promised_at, policy.timezone)
        return texts.with_new_promise(said, promise)

    told: set[int] = {order.reporter_id}
    holders = [holder.id for holder in found.holders] if leg.leg is Leg.SERVICE else []
    first = [] if holders else desk(session, found, now=now, policy=policy)
    duty = _duty(session, found, now=now, policy=policy) if stage >= Stage.NEAR else []
    _note(session, order, holders, line(is_holder=True), told, now=now)
    _note(session, order, [*first, *duty], line(is_holder=False), told, now=now)
    if stage >= Stage.ABOVE and (higher := above(session, found, now=now, policy=policy)):
        words = texts.for_above(line(is_holder=False), found.branch_name)
        _note(session, order, higher[1], words, told, now=now)


def _note(
    session: Session,
    order: Order,
    to: Sequence[int],
    line: str,
    told: set[int],
    *,
    now: datetime,
) -> None:
    """Note a line for those who were not told yet; an emergency waits for no other news."""
    people = [person for person in dict.fromkeys(to) if person not in told]
    told.update(people)
    is_emergency = order.matter_class is MatterClass.EMERGENCY
    since = now - digests.PERIOD if is_emergency else now
    news.remind(session, people, order, line, now=since)


def _for_resident(found: Found, after: Running, policy: Policy) -> Notice:
    order = found.order
    return Notice(
        kind=NoticeKind.ORDER_CHANGED,
        order_id=order.id,
        title=order_texts.head(order.id, order.matter),
        text=texts.new_promise(
            order.id,
            found.holder_name,
            found.branch_name,
            moments.date_and_hour(after.promised_at, policy.timezone),
        ),
        actions=(order_texts.progress_action(order.id),),
        recipients=(order.reporter_id,),
    )
