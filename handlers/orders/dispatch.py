"""The secretary dispatches from chat: to those who fit best, by name, to everybody, or is asked."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.orders import named
from handlers.rules import orders as rules
from handlers.rules import waves as wave_rules
from handlers.rules.permissions import Permission, Post, reaching
from handlers.rules.terms import Terms, TermsError
from handlers.rules.words import Said
from handlers.services import cards, moves, offers, pool, recommendations, views, waves
from handlers.services.offers import Plan
from handlers.services.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.texts import corrections, general, moments, words
from handlers.texts import dispatch as texts
from handlers.texts import orders as order_texts
from handlers.texts import wishes as wish_texts
from handlers.texts.reading import READER
from storage import offers as offered
from storage import orders
from storage.orders import Found
from storage.people import Taker
from storage.vocabulary import DispatchMode, OrderAction, OrderStatus


def _candidates(ctx: Context) -> Sequence[Candidate]:
    paths = {post.path for post in ctx.posts if reaching((post,), Permission.DISPATCH, post.path)}
    waiting = [
        found
        for path in sorted(paths)
        for found in orders.below(
            ctx.session, path, (OrderStatus.SUBMITTED,), most=ctx.policy.list_length
        )
    ]
    reports = {one.order.id: one for one in waiting if not pool.is_wish(one.order)}
    return [candidate(found) for found in reports.values()]


def _answer(ctx: Context, said: Said) -> Reply:
    found = orders.find(ctx.session, said.number or 0)
    if found is None or views.progress_fields(ctx, found) is None:
        return UNKNOWN
    post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
    if post is None:
        return Reply(text=general.NOT_ALLOWED)
    if pool.is_wish(found.order):
        return _wish_instead(found)
    try:
        rules.after(found.order.status, OrderAction.DISPATCH)
        terms = texts.TERMS.read(said.rest, now=ctx.now.astimezone(ctx.policy.timezone))
    except rules.IllegalTransitionError:
        return standing(found)
    except TermsError as refusal:
        sentence = texts.ask_terms_again(found.order.id, refusal.fault, refusal.said)
        return about(found, Reply(text=sentence))
    return _to_whom(ctx, found, post, replace(terms, rest=READER.stripped(terms.rest)))


def _wish_instead(found: Found) -> Reply:
    """A wish is not dispatched: it is let pass, and whoever wants to claims it."""
    number = found.order.id
    match found.order.status:
        case OrderStatus.SUBMITTED:
            actions = wish_texts.check_actions(number)
            return about(found, Reply(text=wish_texts.pass_instead(number), actions=actions))
        case OrderStatus.DISPATCHED:
            handle = (corrections.handle_action(number),)
            return about(found, Reply(text=wish_texts.on_wall_already(number), actions=handle))
        case _:
            return standing(found)


def _to_whom(ctx: Context, found: Found, post: Post, terms: Terms) -> Reply:
    if terms.rest in words.CHOOSE:
        return _ask_whom(ctx, found)
    if terms.seats and found.holders and terms.seats == len(found.holders) and not terms.rest:
        return _settle(ctx, found, post)
    if not terms.rest:
        return _to_the_recommended(ctx, found, post, terms)
    if terms.rest in words.EVERYONE_CHOICE:
        return _to_all(ctx, found, post, terms)
    return _by_name(ctx, found, post, terms)


def _ask_whom(ctx: Context, found: Found) -> Reply:
    members = recommendations.recommended(
        ctx.session, found, today=ctx.today, most=named.MOST_SHOWN - 2
    )
    if not members:
        return _nobody(ctx, found)
    return Reply(
        text=order_texts.ask_taker(found.order.id, found.order.matter),
        menu=(
            *named.menu(found, members),
            texts.recommended_action(found.order.id),
            order_texts.dispatch_to_all(found.order.id),
        ),
    )


def _nobody(ctx: Context, found: Found) -> Reply:
    """Say why there is nobody to ask: a roster without members, or members who cannot."""
    members = recommendations.everybody(ctx.session, found.branch_path, today=ctx.today)
    barred = moves.barred(ctx.session, found)
    if all(taker.person_id in barred for taker in members):
        return about(found, Reply(text=order_texts.NOBODY_TO_OFFER))
    return about(found, Reply(text=texts.NOBODY_LEFT))


def _settle(ctx: Context, found: Found, post: Post) -> Reply:
    def step(found: Found) -> Reply:
        offers.settle(ctx, found, post)
        now = moves.read(ctx.session, found.order.id)
        return _truth(now, [texts.settled(now.order.id, now.holder_name or "")])

    return attempt(ctx, found, step)


def _to_the_recommended(ctx: Context, found: Found, post: Post, terms: Terms) -> Reply:
    order = found.order
    is_running = order.status is OrderStatus.DISPATCHED and (
        order.dispatch_mode is not DispatchMode.NAMED
    )
    asked = offered.awaited(ctx.session, order.id) if is_running else set[int]()
    if asked and terms == Terms(""):
        return about(
            found,
            Reply(
                text=texts.already_asking(order.id, len(asked)),
                actions=texts.others_instead(order.id),
            ),
        )
    if not recommendations.askable(ctx.session, found, today=ctx.today):
        return _nobody(ctx, found)

    def step(found: Found) -> Reply:
        begun = waves.begin(ctx, found, post, terms)
        until = moments.soon(begun.until, ctx.now, ctx.policy.timezone)
        text = texts.asked_in_waves(order.id, begun.count, until, is_last=begun.is_last)
        return _done(ctx, found, text)

    return attempt(ctx, found, step)


def _to_all(ctx: Context, found: Found, post: Post, terms: Terms) -> Reply:
    members = recommendations.askable(ctx.session, found, today=ctx.today)
    if not members:
        return _nobody(ctx, found)
    plan = Plan(
        mode=DispatchMode.EVERYONE,
        people=tuple(taker.person_id for taker in members),
        patience=wave_rules.PATIENCE,
        wave=wave_rules.LAST,
        seats=terms.seats,
        span=terms.span,
    )

    def step(found: Found) -> Reply:
        offers.dispatch(ctx, found, post, plan)
        return _done(ctx, found, order_texts.dispatched_to_all(found.order.id, len(plan.people)))

    return attempt(ctx, found, step)


def _by_name(ctx: Context, found: Found, post: Post, terms: Terms) -> Reply:
    said, is_sure = _insisting(terms.rest)
    members = recommendations.everybody(ctx.session, post.path, today=ctx.today)
    chosen = named.find(found, said, members)
    if isinstance(chosen, Reply):
        return chosen
    held = {holder.id for holder in found.holders}
    barred = moves.barred(ctx.session, found) | held
    willing = [taker for taker in chosen if taker.person_id not in barred]
    if not willing:
        return about(found, Reply(text=_why_not(found, chosen[0])))
    if not is_sure and (question := _question(ctx, found, said, willing, terms)):
        return question
    plan = Plan(
        mode=DispatchMode.NAMED,
        people=tuple(taker.person_id for taker in willing),
        patience=wave_rules.NAMED_PATIENCE,
        seats=terms.seats,
        span=terms.span,
    )

    def step(found: Found) -> Reply:
        offers.dispatch(ctx, found, post, plan)
        names = [taker.name for taker in willing]
        return _done(ctx, found, order_texts.dispatched_by_name(found.order.id, names))

    return attempt(ctx, found, step)


def _insisting(said: str) -> tuple[str, bool]:
    """Split off the word that says that the named are meant although they are away."""
    for word in words.INSIST:
        if said.endswith(word):
            return said.removesuffix(word).rstrip(), True
    return said, False


def _why_not(found: Found, taker: Taker) -> str:
    if taker.person_id == found.order.reporter_id:
        return order_texts.reporter_named(taker.name)
    if found.is_held_by(taker.person_id):
        return texts.has_it_already(taker.name)
    return order_texts.served_named(taker.name)


def _question(
    ctx: Context, found: Found, said: str, willing: Sequence[Taker], terms: Terms
) -> Reply | None:
    """Ask first where somebody who is named is on leave, or has said no or left this order."""
    never = offered.not_again(ctx.session, found.order.id)
    sentences = [
        texts.away(taker.name, moments.day(taker.away_until))
        if taker.away_until
        else texts.said_no(taker.name)
        for taker in willing
        if taker.away_until or taker.person_id in never
    ]
    if not sentences:
        return None
    repeated = " ".join([said, *texts.repeated(terms.seats, terms.span)])
    return about(
        found,
        Reply(
            text=sentences[0],
            menu=(
                texts.insist_action(found.order.id, repeated),
                texts.choose_action(found.order.id, texts.SOMEBODY_ELSE),
            ),
        ),
    )


def _done(ctx: Context, found: Found, text: str) -> Reply:
    """Say what was done, and the terms as they were understood."""
    now = moves.read(ctx.session, found.order.id)
    span = cards.agreed_time(now, ctx.policy)
    return _truth(now, [text, *texts.terms(now.order.seats, span)])


def _truth(now: Found, lines: Sequence[str]) -> Reply:
    actions = (order_texts.progress_action(now.order.id),)
    return about(now, Reply(text="\n".join(lines), actions=actions))


command: Command[Context] = Command(
    words=words.DISPATCH,
    permission=Permission.DISPATCH,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=order_texts.NOTHING_TO_DISPATCH,
)
