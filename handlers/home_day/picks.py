"""Whoever dispatches picks orders for the home day: members are shown them first."""

import re

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, cards, desks, home_days
from handlers.services.home_days import Known
from handlers.services.steps import UNKNOWN
from handlers.texts import home_day as texts
from handlers.texts import orders as order_texts
from handlers.texts import words
from storage import home_days as store
from storage.orders import Found
from storage.vocabulary import DispatchMode, OrderKind, OrderStatus, OrganisationKind

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_STATES = (OrderStatus.SUBMITTED, OrderStatus.DISPATCHED)


def _fitting(ctx: Context) -> list[Found]:
    """Give the reports on the speaker's desk that members could still take."""
    return [
        one
        for one in desks.open_orders(ctx)
        if one.order.status in _STATES
        and one.order.dispatch_mode is not DispatchMode.NAMED
        and one.order.kind is not OrderKind.WISH
    ]


def _day_of(ctx: Context, found: Found) -> Known | None:
    tree = branches.tree_of(ctx.session)
    community = tree.nearest(found.order.branch_id, OrganisationKind.COMMUNITY)
    if community is None:
        return None
    return home_days.coming(ctx.session, community, ctx.policy, ctx.today)


def _answer_pick(ctx: Context, said: Said) -> Reply:
    fitting = {one.order.id: one for one in _fitting(ctx)}
    if said.number is None:
        return _list(ctx, fitting)
    wanted = dict.fromkeys([said.number, *map(int, _NUMBER.findall(said.rest))])
    added = [number for number in wanted if number in fitting]
    for number in added:
        day = _day_of(ctx, fitting[number])
        if day is not None:
            row = home_days.kept(ctx.session, day)
            store.pick(ctx.session, row.id, number, by=ctx.speaker.person_id, now=ctx.now)
    lines = [texts.pick_added(added)] if added else []
    if unknown := [number for number in wanted if number not in fitting]:
        lines.append(texts.pick_unknown(unknown))
    loose = [n for n in added if fitting[n].order.status is OrderStatus.SUBMITTED]
    if loose:
        lines.append(texts.pick_undispatched(loose))
    taps = tuple(
        Action(texts.dispatch_label(number), order_texts.dispatch_to_all(number).command)
        for number in loose
    )
    return _list(ctx, fitting, "\n".join(lines), taps)


def _answer_drop(ctx: Context, said: Said) -> Reply:
    found = next((one for one in desks.open_orders(ctx) if one.order.id == said.number), None)
    day = _day_of(ctx, found) if found else None
    if day is None:
        return UNKNOWN
    was = day.stored and store.unpick(ctx.session, day.stored.id, said.number or 0)
    text = texts.pick_dropped(said.number or 0) if was else texts.NOTHING_PICKED
    return Reply(text=text, actions=(texts.PICK_ACTION,))


def _list(
    ctx: Context, fitting: dict[int, Found], head: str = "", taps: tuple[Action, ...] = ()
) -> Reply:
    """Show what is not chosen yet; each line chooses one, so several digits choose several."""
    if not fitting:
        return Reply(text="\n".join(part for part in (head, texts.NOTHING_TO_PICK) if part))
    days = {day.community.id: day for one in fitting.values() if (day := _day_of(ctx, one))}
    chosen = [
        number
        for day in days.values()
        if day.stored
        for number in store.picks(ctx.session, day.stored.id)
    ]
    left = [one for one in fitting.values() if one.order.id not in chosen]
    shown = left[: ctx.policy.list_length]
    on = min(day.day for day in days.values()) if days else ctx.today
    lines = [head, texts.pick_head(on, chosen)]
    if len(left) > len(shown):
        lines.append(texts.more_to_pick(len(left) - len(shown)))
    menu = tuple(
        Action(
            order_texts.take_label(one.order.id, cards.public_matter(one), one.order.place_name),
            f"{words.PICK[0]} {one.order.id}",
        )
        for one in shown
    )
    return Reply(text="\n".join(line for line in lines if line), menu=menu, actions=taps)


pick: Command[Context] = Command(
    words=words.PICK, permission=Permission.DISPATCH, answer=_answer_pick, numbered=True
)
drop: Command[Context] = Command(
    words=words.UNPICK, permission=Permission.DISPATCH, answer=_answer_drop, numbered=True
)
