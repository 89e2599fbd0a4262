"""Use cases of an order: submit, dispatch, take, finish, and what the resident answers.

Every step is one won transition, its event row, its notices, and the truth on every card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Notice
from handlers.rules import masking
from handlers.rules import orders as rules
from handlers.rules.permissions import TAKERS, Permission, Post, reaching, serving
from handlers.services import branches, cards
from handlers.texts import moments
from handlers.texts import orders as texts
from handlers.texts.roster import ROLE
from storage import notices as deliveries
from storage import orders, people
from storage.orders import Found, Step
from storage.sealing import seal, unseal
from storage.vocabulary import (
    AssignmentStatus,
    DispatchMode,
    NoticeKind,
    OrderAction,
    OrderStatus,
    Outcome,
    TimerKind,
)


class LostError(rules.RuleError):
    """Raised when somebody else was faster; the order has to be read again."""


class RefusedError(rules.RuleError):
    """Raised when a rule says no; ``sentence`` is the truth for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__("refused")
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a resident said: the matter, the place in their words and in the tree, a contact."""

    matter: str
    place: str
    place_id: int | None
    contact_name: str | None = None
    contact_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A new order's number and promise."""

    number: int
    promised_at: datetime


def move(
    ctx: Context,
    found: Found,
    action: OrderAction,
    post: Post | None = None,
    *,
    details: dict[str, object] | None = None,
    **changes: object,
) -> None:
    """Make one step of an order: the won transition and its event.

    Raises:
        IllegalTransitionError: the table does not allow the step.
        LostError: the order has moved on since it was read.
    """
    status = rules.after(found.order.status, action)
    if not orders.transition(ctx.session, found.order, status, **changes):
        raise LostError
    orders.record(ctx.session, found.order.id, ctx.step(action, post), **(details or {}))
    deliveries.mark_stale(ctx.session, found.order.id)
    ctx.has_outdated_cards = True


def submit(ctx: Context, report: Report, *, parent: Found | None = None) -> Submitted:
    """Place a report, tell those who dispatch, and promise a time (DESIGN.md 7.1, 7.2).

    Raises:
        RefusedError: the deployment has no organisation that could answer for it.
    """
    tree = branches.tree_of(ctx.session)
    branch = branches.responsible(tree, report.place_id, ctx.speaker.home_id)
    if branch is None:
        raise RefusedError(texts.NOBODY_TO_OFFER)
    promised_at = ctx.now + ctx.policy.promise
    public = (
        branches.place_name(tree, report.place_id)
        if report.place_id is not None
        else masking.door(report.place)
    )
    number = orders.add(
        ctx.session,
        matter=report.matter,
        place=report.place,
        place_name=public,
        place_id=report.place_id,
        branch_id=branch.id,
        reporter_id=parent.order.reporter_id if parent else ctx.speaker.person_id,
        contact_name=report.contact_name,
        contact_sealed=seal(report.contact_phone) if report.contact_phone else None,
        parent_id=parent.order.id if parent else None,
        submitted_at=ctx.now,
        promised_at=promised_at,
    )
    orders.record(ctx.session, number, ctx.step(OrderAction.SUBMIT))
    if report.contact_phone and ctx.speaker.contact_sealed is None:
        people.remember_contact(
            ctx.session, ctx.speaker.person_id, report.contact_name, seal(report.contact_phone)
        )
    found = _read(ctx.session, number)
    _ask_to_dispatch(ctx, found, reopened=False)
    return Submitted(number, promised_at)


def dispatch(
    ctx: Context, found: Found, post: Post, members: Sequence[people.Taker], mode: DispatchMode
) -> int:
    """Offer an order to members and give how many were asked; the first to take it has it.

    Offers that were open before are revoked unless the member is asked again. Nobody is asked to
    do their own order, or one that the resident sent back after them.
    """
    not_asked = barred(ctx.session, found)
    asked = [taker for taker in members if taker.person_id not in not_asked]
    move(
        ctx,
        found,
        OrderAction.DISPATCH,
        post,
        dispatch_mode=mode,
        details={"mode": mode, "people": [taker.person_id for taker in asked]},
    )
    ids = [taker.person_id for taker in asked]
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.OFFERED,
        becomes=AssignmentStatus.REVOKED,
        now=ctx.now,
        keep=ids,
    )
    orders.offer(ctx.session, found.order.id, ids, now=ctx.now)
    ctx.notify(cards.offer(found, by_name=mode is DispatchMode.NAMED, policy=ctx.policy, to=ids))
    return len(ids)


def barred(session: Session, found: Found) -> set[int]:
    """Give those who may not take an order: its reporter, and after a reopening its holders."""
    reporter = {found.order.reporter_id}
    if not found.order.reopen_count:
        return reporter
    return reporter | orders.served_by(session, found.order.id)


def take(ctx: Context, found: Found) -> None:
    """Give the order to the speaker (DESIGN.md 7.5).

    Raises:
        RefusedError: a rule says no.
        IllegalTransitionError: the order is not waiting for a taker.
        LostError: somebody else was faster.
    """
    post = serving(ctx.posts, found.branch_path)
    person = ctx.speaker.person_id
    if found.order.reporter_id == person:
        raise RefusedError(texts.OWN_ORDER)
    if found.holder_id == person:
        raise RefusedError(texts.YOURS_ALREADY)
    rules.after(found.order.status, OrderAction.TAKE)
    mine = orders.assignment_of(ctx.session, found.order.id, person)
    is_offered = mine is not None and mine.status is AssignmentStatus.OFFERED
    if not is_offered and post is None:
        raise RefusedError(texts.NOT_YOUR_BRANCH)
    if not is_offered and found.order.dispatch_mode is DispatchMode.NAMED:
        raise RefusedError(texts.named_only(found.order.id))
    if person in barred(ctx.session, found):
        raise RefusedError(texts.NOT_AFTER_REOPENING)
    move(ctx, found, OrderAction.TAKE, post)
    orders.accept(ctx.session, found.order.id, person, now=ctx.now)
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.OFFERED,
        becomes=AssignmentStatus.LOST,
        now=ctx.now,
    )
    deliveries.revoke_due(ctx.session, found.order.id, NoticeKind.ORDER_OFFERED)
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_TAKEN,
            order_id=found.order.id,
            title=texts.head(found.order.id, found.order.matter),
            text=texts.somebody_comes(found.order.id, _member(ctx, post)),
            recipients=(found.order.reporter_id,),
        )
    )


def finish(ctx: Context, found: Found, said: str) -> None:
    """Say that the work is done; only the resident will say whether it is solved.

    Raises:
        RefusedError: the speaker does not hold the order.
        LostError: the order has moved on.
    """
    if found.holder_id != ctx.speaker.person_id:
        raise RefusedError(texts.NOT_YOURS_TO_FINISH)
    post = serving(ctx.posts, found.branch_path)
    move(ctx, found, OrderAction.FINISH, post, details={"said": said} if said else None)
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.ACCEPTED,
        becomes=AssignmentStatus.FINISHED,
        now=ctx.now,
    )
    orders.set_timer(
        ctx.session,
        found.order.id,
        TimerKind.CONFIRM_WINDOW,
        version=found.order.version + 1,
        due_at=ctx.now + ctx.policy.confirm_window,
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_DONE,
            order_id=found.order.id,
            title=texts.head(found.order.id, found.order.matter),
            text=texts.please_confirm(found.order.id, _member(ctx, post), said),
            actions=texts.resident_answers(found.order.id),
            recipients=(found.order.reporter_id,),
        )
    )


def confirm(ctx: Context, found: Found) -> None:
    """Close an order as solved, in the resident's word."""
    move(ctx, found, OrderAction.CONFIRM, outcome=Outcome.RESOLVED, closed_at=ctx.now)
    _end_finished(ctx, found, texts.confirmed_for_holder(found.order.id))


def partly(ctx: Context, found: Found, missing: str) -> Submitted:
    """Close an order as partly solved and open a linked one for what is missing."""
    move(
        ctx,
        found,
        OrderAction.PARTLY,
        outcome=Outcome.PARTLY,
        closed_at=ctx.now,
        details={"missing": missing},
    )
    _end_finished(ctx, found, texts.partly_for_holder(found.order.id, masking.phones(missing)))
    order = found.order
    return submit(
        ctx,
        Report(
            matter=missing,
            place=order.place,
            place_id=order.place_id,
            contact_name=order.contact_name,
            contact_phone=unseal(order.contact_sealed) if order.contact_sealed else None,
        ),
        parent=found,
    )


def reopen(ctx: Context, found: Found, said: str) -> str:
    """Bring an order back, one level higher (DESIGN.md 7.8); gives who arranges it now."""
    tree = branches.tree_of(ctx.session)
    higher = branches.one_level_higher(tree, found.order.branch_id)
    holder = orders.last_finisher(ctx.session, found.order.id)
    move(
        ctx,
        found,
        OrderAction.REOPEN,
        branch_id=higher.id if higher else found.order.branch_id,
        reopen_count=found.order.reopen_count + 1,
        is_flagged=True,
        dispatch_mode=None,
        outcome=None,
        closed_at=None,
        details={"said": said} if said else None,
    )
    again = _read(ctx.session, found.order.id)
    _ask_to_dispatch(ctx, again, reopened=True)
    if holder is not None:
        ctx.notify(
            Notice(
                kind=NoticeKind.ORDER_REOPENED,
                order_id=found.order.id,
                title=texts.head(found.order.id, found.order.matter),
                text=texts.reopened_for_holder(found.order.id, masking.phones(said)),
                recipients=(holder[0],),
            )
        )
    return again.branch_name


def lapse(
    session: Session, order_id: int, version: int, *, now: datetime, policy: Policy
) -> list[Notice]:
    """Close an order that the resident did not answer in time: unrated, never solved.

    Nothing is pushed to the resident, whose send window is kept for news that matters.
    """
    del policy
    found = orders.find(session, order_id)
    if found is None or found.order.version != version:
        return []
    status = rules.after(found.order.status, OrderAction.LAPSE)
    if orders.transition(session, found.order, status, outcome=Outcome.UNRATED, closed_at=now):
        orders.record(session, order_id, Step(action=OrderAction.LAPSE, at=now))
        deliveries.mark_stale(session, order_id)
    return []


def card_note(session: Session, order_id: int) -> str:
    """Say what is true of an order now, for cards that were sent about it earlier."""
    found = _read(session, order_id)
    return cards.note(found)


def may_reopen(found: Found, policy: Policy, now: datetime) -> bool:
    """Say whether a closed order is still young enough to be reopened by the resident."""
    closed_at = found.order.closed_at
    return (
        found.order.status is OrderStatus.CLOSED
        and closed_at is not None
        and now - closed_at <= policy.reopen_window
        and found.order.outcome is not Outcome.PARTLY
    )


def progress_fields(ctx: Context, found: Found) -> tuple[tuple[str, str], ...] | None:
    """Describe an order as far as the speaker may see it (DESIGN.md 7.9); None: not at all."""
    order = found.order
    person = ctx.speaker.person_id
    state = (texts.STATUS_FIELD, texts.state(order.status, order.outcome))
    promise = (texts.PROMISE_FIELD, moments.date_and_hour(order.promised_at, ctx.policy.timezone))
    holder = ((texts.HOLDER_FIELD, found.holder_name),) if found.holder_name else ()
    where = (texts.PLACE_FIELD, order.place or texts.PLACE_UNKNOWN)
    if person == found.holder_id:
        return (state, where, (texts.CONTACT_FIELD, cards.contact(found)), promise)
    if person == order.reporter_id:
        return (state, *holder, where, promise)
    if reaching(ctx.posts, Permission.SUPERVISE, found.branch_path):
        return (state, *holder, where, (texts.CONTACT_FIELD, cards.contact(found)), promise)
    if serving(ctx.posts, found.branch_path):
        return (state, (texts.PLACE_FIELD, order.place_name or texts.PLACE_UNKNOWN))
    return None


def is_reader_inside(ctx: Context, found: Found) -> bool:
    """Say whether the speaker may read the matter unmasked."""
    return (
        ctx.speaker.person_id in {found.holder_id, found.order.reporter_id}
        or reaching(ctx.posts, Permission.SUPERVISE, found.branch_path) is not None
    )


def _read(session: Session, number: int) -> Found:
    found = orders.find(session, number)
    if found is None:
        raise LookupError(f"order {number} is gone")
    return found


def _member(ctx: Context, post: Post | None) -> str:
    return texts.member(
        ctx.speaker.name, ROLE[post.role] if post else None, post.name if post else None
    )


def _ask_to_dispatch(ctx: Context, found: Found, *, reopened: bool) -> None:
    tree = branches.tree_of(ctx.session)
    officers = branches.dispatchers(ctx.session, tree, found.order.branch_id, today=ctx.today)
    members = people.takers(
        ctx.session, found.branch_path, TAKERS, today=ctx.today, most=cards.MOST_CHOICES
    )
    not_asked = barred(ctx.session, found)
    choices = [taker for taker in members if taker.person_id not in not_asked]
    ctx.notify(
        cards.to_dispatch(
            found,
            choices,
            reopened=reopened,
            policy=ctx.policy,
            to=[officer.person_id for officer in officers],
        )
    )


def _end_finished(ctx: Context, found: Found, news: str) -> None:
    served = orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.FINISHED,
        becomes=AssignmentStatus.CONFIRMED,
        now=ctx.now,
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_CLOSED,
            order_id=found.order.id,
            title=texts.head(found.order.id, found.order.matter),
            text=news,
            recipients=tuple(served),
        )
    )
