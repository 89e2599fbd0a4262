"""The resident has seen nobody: the member is asked, says so, or makes room for somebody else."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.orders.withdraw import said_to_be_done
from handlers.orders.worded import own, visible
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import sightings
from handlers.services.moves import read
from handlers.services.sightings import Sighting
from handlers.services.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.texts import leavings as texts
from handlers.texts import moments, words
from handlers.texts import orders as order_texts
from storage import orders
from storage.orders import Found, Holder
from storage.vocabulary import OrderStatus

_WAITING = (OrderStatus.SUBMITTED, OrderStatus.NEED_INFO, OrderStatus.DISPATCHED)


def _expected(ctx: Context) -> list[Found]:
    mine = orders.reported_by(
        ctx.session, ctx.speaker.person_id, since=ctx.now, most=ctx.policy.list_length
    )
    return [found for found in mine if found.holders]


def _candidates(ctx: Context) -> Sequence[Candidate]:
    return [candidate(found) for found in _expected(ctx)]


def _missed(ctx: Context, said: Said) -> Reply:
    found = own(ctx, said.number or 0)
    if found is None:
        return UNKNOWN
    return attempt(
        ctx,
        found,
        lambda found: _look_for(ctx, found, said.rest),
        otherwise=lambda now: _nobody(ctx, now),
    )


def _look_for(ctx: Context, found: Found, name: str) -> Reply:
    number, zone = found.order.id, ctx.policy.timezone
    if not found.holders:
        return _nobody(ctx, found)
    starts_at = found.order.starts_at
    if starts_at is not None and ctx.now < starts_at:
        at = moments.soon(starts_at, ctx.now, zone)
        text = texts.agreed_for_later(number, found.holder_name or "", at)
        return about(found, Reply(text=text))
    chosen = _chosen(found.holders, name)
    if not chosen:
        return about(found, _which(found))
    seen = sightings.look(ctx, found, chosen)
    if fresh := [sighting for sighting in seen if not sighting.is_asked]:
        sightings.ask(ctx, found, fresh)
        until = moments.soon(fresh[0].until, ctx.now, zone)
        return about(found, Reply(text=texts.missed(_names(fresh), until)))
    if over := [sighting.holder for sighting in seen if sighting.is_over]:
        sentence = sightings.give_up(ctx, found, over)
        return about(read(ctx.session, number), Reply(text=texts.sorry(sentence)))
    return about(found, _patience(ctx, found, seen))


def _chosen(holders: Sequence[Holder], name: str) -> Sequence[Holder]:
    """Find who is meant: the only one there is, somebody by name, or all of them."""
    if len(holders) == 1 or name == texts.ALL_MISSED:
        return holders
    return [holder for holder in holders if holder.name == name]


def _which(found: Found) -> Reply:
    number = found.order.id
    names = dict.fromkeys(holder.name for holder in found.holders if holder.name)
    menu = tuple(texts.missed_action(number, name) for name in (*names, texts.ALL_MISSED))
    return Reply(text=texts.which_missed(number), menu=menu)


def _patience(ctx: Context, found: Found, seen: Sequence[Sighting]) -> Reply:
    """Say of somebody who was asked already what was answered, and until when to wait."""
    until = moments.soon(max(sighting.until for sighting in seen), ctx.now, ctx.policy.timezone)
    coming = all(sighting.is_coming for sighting in seen)
    sentence = texts.still_coming if coming else texts.still_asking
    return Reply(text=sentence(found.order.id, _names(seen), until))


def _names(seen: Sequence[Sighting]) -> str:
    return texts.together([sighting.holder.name for sighting in seen])


def _nobody(ctx: Context, found: Found) -> Reply:
    order = found.order
    if order.status is OrderStatus.DONE:
        return about(found, said_to_be_done(ctx, found))
    if order.status in _WAITING:
        state = order_texts.state(order.status, order.outcome, order.kind)
        return about(found, Reply(text=texts.nobody_comes_yet(order.id, state)))
    return standing(found)


def _held(ctx: Context) -> Sequence[Candidate]:
    held = orders.held_by(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)
    return [candidate(found) for found in held]


def _coming(ctx: Context, said: Said) -> Reply:
    found = visible(ctx, said.number or 0)
    if found is None:
        return UNKNOWN

    def step(found: Found) -> Reply:
        if not found.is_held_by(ctx.speaker.person_id):
            return standing(found)
        is_told = sightings.come(ctx, found)
        reply = Reply(
            text=texts.coming(found.order.id, is_told=is_told),
            actions=(order_texts.finish_action(found.order.id),),
        )
        return about(found, reply)

    return attempt(ctx, found, step)


missed: Command[Context] = Command(
    words=words.MISSED,
    permission=Permission.FOLLOW,
    answer=_missed,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_MISS,
    alone=True,
)
coming: Command[Context] = Command(
    words=words.COMING,
    permission=Permission.FOLLOW,
    answer=_coming,
    numbered=True,
    candidates=_held,
    nothing_fits=order_texts.NOTHING_HELD,
    alone=True,
)
