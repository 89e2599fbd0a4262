"""A member takes an order, by tap or by word, and sees what is open."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission, serving
from handlers.rules.words import Said
from handlers.services import cards, offers, openings, pool, views, wishes
from handlers.services.steps import UNKNOWN, about, attempt, candidate
from handlers.texts import dispatch as dispatch_texts
from handlers.texts import moments, words
from handlers.texts import orders as texts
from storage import offers as offered
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderStatus


def _candidates(ctx: Context) -> Sequence[Candidate]:
    return [candidate(found) for found in openings.takeable(ctx)]


def _answer_take(ctx: Context, said: Said) -> Reply:
    found = orders.find(ctx.session, said.number or 0)
    if found is None or not _is_visible(ctx, found):
        return UNKNOWN
    if pool.is_wish(found.order):
        return wishes.claim(ctx, found)

    def step(found: Found) -> Reply:
        found = offers.take(ctx, found)
        order = found.order
        reply = Reply(
            text="\n".join(
                [
                    _taken(ctx, found),
                    *texts.lines_of(
                        texts.fields(
                            order.place,
                            cards.contact(found),
                            moments.date_and_hour(order.promised_at, ctx.policy.timezone),
                        )
                    ),
                    *texts.lines_of(cards.agreed(found, ctx.policy)),
                ]
            ),
            actions=(texts.finish_action(order.id),),
            card_note=texts.taken_short(),
        )
        return about(found, reply)

    return attempt(ctx, found, step, otherwise=lambda now: _too_late(ctx, now))


def _taken(ctx: Context, found: Found) -> str:
    order = found.order
    if order.seats == 1:
        return texts.taken(order.id, order.matter)
    others = [each.name for each in found.holders if each.id != ctx.speaker.person_id]
    missing = order.seats - len(found.holders)
    return dispatch_texts.taken_with_others(
        order.id, order.matter, [name for name in others if name], missing
    )


def _is_visible(ctx: Context, found: Found) -> bool:
    """Hide orders of other branches like numbers that do not exist (DESIGN.md 7.9)."""
    return (
        serving(ctx.posts, found.branch_path) is not None
        or views.progress_fields(ctx, found) is not None
        or orders.assignment_of(ctx.session, found.order.id, ctx.speaker.person_id) is not None
    )


def _too_late(ctx: Context, found: Found) -> Reply:
    order = found.order
    if order.status is OrderStatus.SUBMITTED:
        truth = texts.not_dispatched_yet(order.id)
    else:
        holder = found.holder_name
        if order.status in {OrderStatus.DONE, OrderStatus.CLOSED} and holder is None:
            finishers = offered.last_finishers(ctx.session, order.id)
            holder = texts.names([each.name for each in finishers if each.name])
        truth = texts.too_late(order.id, holder, order.status, order.outcome)
    others = openings.takeable(ctx, besides=order.id)
    more = texts.WHAT_IS_OPEN if others else texts.NOTHING_ELSE_OPEN
    return about(found, Reply(text=f"{truth}\n{more}", menu=openings.menu(others)))


def _answer_takeable(ctx: Context, said: Said) -> Reply:
    del said
    found = openings.takeable(ctx)
    if not found:
        return Reply(text=texts.NOTHING_TO_TAKE)
    return Reply(text=texts.takeable_head(), menu=openings.menu(found))


take: Command[Context] = Command(
    words=words.TAKE,
    permission=Permission.TAKE,
    answer=_answer_take,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_TAKE,
)
takeable: Command[Context] = Command(
    words=words.TAKEABLE, permission=Permission.TAKE, answer=_answer_takeable
)
