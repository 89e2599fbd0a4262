"""The secretary dispatches from chat: to members by name, to everybody, or is asked to whom."""

import difflib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Action, Reply
from handlers.orders.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.rules import orders as rules
from handlers.rules.permissions import TAKERS, Permission, Post, reaching
from handlers.rules.words import Said
from handlers.services import cards, moves, offers, views
from handlers.texts import general, words
from handlers.texts import orders as texts
from handlers.texts.reading import READER
from storage import orders, people
from storage.orders import Found
from storage.people import Taker
from storage.sealing import unseal
from storage.vocabulary import DispatchMode, OrderAction, OrderStatus

_EVERYBODY = 100_000
_NEAREST = 3
_LIKENESS = 0.4
_SHOWN = 9


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One name as the secretary typed it, with the last digits of the phone if they were given."""

    name: str
    digits: str = ""


def _candidates(ctx: Context) -> Sequence[Candidate]:
    paths = {post.path for post in ctx.posts if reaching((post,), Permission.DISPATCH, post.path)}
    waiting = [
        found
        for path in sorted(paths)
        for found in orders.below(
            ctx.session, path, (OrderStatus.SUBMITTED,), most=ctx.policy.list_length
        )
    ]
    return [candidate(found) for found in {one.order.id: one for one in waiting}.values()]


def _answer(ctx: Context, said: Said) -> Reply:
    found = orders.find(ctx.session, said.number or 0)
    if found is None or views.progress_fields(ctx, found) is None:
        return UNKNOWN
    post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
    if post is None:
        return Reply(text=general.NOT_ALLOWED)
    try:
        rules.after(found.order.status, OrderAction.DISPATCH)
    except rules.IllegalTransitionError:
        return standing(found)
    wanted = READER.stripped(said.rest)
    if not wanted:
        return _ask_whom(ctx, found)
    if wanted in words.EVERYONE_CHOICE:
        return _to_all(ctx, found, post)
    return _by_name(ctx, found, post, wanted)


def _members(ctx: Context, path: str, most: int) -> list[Taker]:
    return people.takers(ctx.session, path, TAKERS, today=ctx.today, most=most)


def _ask_whom(ctx: Context, found: Found) -> Reply:
    barred = moves.barred(ctx.session, found)
    members = [
        taker
        for taker in _members(ctx, found.branch_path, _SHOWN + len(barred))
        if taker.person_id not in barred
    ][: _SHOWN - 1]
    if not members:
        return Reply(text=texts.NOBODY_TO_OFFER)
    menu = _menu(found, members)
    return Reply(
        text=texts.ask_taker(found.order.id, found.order.matter),
        menu=(*menu, texts.dispatch_to_all(found.order.id)),
    )


def _menu(found: Found, members: Sequence[Taker]) -> tuple[Action, ...]:
    names = Counter(taker.name for taker in members)
    return tuple(
        texts.dispatch_to(
            found.order.id,
            texts.taker_label(taker.name, taker.organisation, taker.open_count),
            cards.taker_value(taker, names),
        )
        for taker in members
    )


def _to_all(ctx: Context, found: Found, post: Post) -> Reply:
    members = _members(ctx, found.branch_path, _EVERYBODY)
    barred = moves.barred(ctx.session, found)
    if all(taker.person_id in barred for taker in members):
        return Reply(text=texts.NOBODY_TO_OFFER)

    def step(found: Found) -> Reply:
        count = offers.dispatch(ctx, found, post, members, DispatchMode.EVERYONE)
        return _done(ctx, found, texts.dispatched_to_all(found.order.id, count))

    return attempt(ctx, found, step)


def _by_name(ctx: Context, found: Found, post: Post, rest: str) -> Reply:
    members = _members(ctx, post.path, _EVERYBODY)
    chosen: list[Taker] = []
    for wanted in _names(rest, {taker.name for taker in members}):
        same = [taker for taker in members if taker.name == wanted.name]
        if wanted.digits:
            same = [taker for taker in same if _last_digits(taker) == wanted.digits]
        if not same:
            return _nobody_of_that_name(found, wanted.name, members)
        if len(same) > 1:
            return _which_of_them(found, wanted.name, same)
        chosen += [taker for taker in same if taker not in chosen]
    barred = moves.barred(ctx.session, found)
    willing = [taker for taker in chosen if taker.person_id not in barred]
    if not willing:
        is_reporter = chosen[0].person_id == found.order.reporter_id
        refusal = texts.reporter_named if is_reporter else texts.served_named
        return Reply(text=refusal(chosen[0].name))

    def step(found: Found) -> Reply:
        offers.dispatch(ctx, found, post, willing, DispatchMode.NAMED)
        names = [taker.name for taker in willing]
        return _done(ctx, found, texts.dispatched_by_name(found.order.id, names))

    return attempt(ctx, found, step)


def _names(rest: str, known: Collection[str]) -> list[_Wanted]:
    """Split the typed names; four digits belong to the name before them."""
    wanted: list[_Wanted] = []
    for part in texts.NAME_SEPARATORS.split(rest):
        if part.isdigit() and wanted:
            wanted[-1] = _Wanted(wanted[-1].name, part)
        elif part:
            wanted += [_Wanted(name) for name in _apart(part, known)]
    return wanted


def _apart(part: str, known: Collection[str]) -> list[str]:
    """Split at the letter that says "and", which also stands inside names."""
    if part in known:
        return [part]
    for place, letter in enumerate(part):
        if letter == texts.NAME_JOINT and part[:place] in known:
            return [part[:place], *_apart(part[place + 1 :], known)]
    pieces = part.split(texts.NAME_JOINT)
    return pieces if any(piece in known for piece in pieces) else [part]


def _last_digits(taker: Taker) -> str:
    return unseal(taker.phone_sealed)[-4:] if taker.phone_sealed else ""


def _nobody_of_that_name(found: Found, name: str, members: Sequence[Taker]) -> Reply:
    near = difflib.get_close_matches(
        name, {taker.name for taker in members}, n=_NEAREST, cutoff=_LIKENESS
    )
    nearest = [taker for taker in members if taker.name in near]
    return Reply(text=texts.no_such_name(name, near), menu=_menu(found, nearest[:_SHOWN]))


def _which_of_them(found: Found, name: str, same: Sequence[Taker]) -> Reply:
    menu = tuple(
        texts.dispatch_to(
            found.order.id,
            texts.same_name_label(name, taker.organisation, _last_digits(taker)),
            f"{name} {_last_digits(taker)}",
        )
        for taker in same
    )
    return Reply(text=texts.same_name(name), menu=menu)


def _done(ctx: Context, found: Found, text: str) -> Reply:
    now = orders.find(ctx.session, found.order.id) or found
    return about(now, Reply(text=text, actions=(texts.progress_action(found.order.id),)))


command: Command[Context] = Command(
    words=words.DISPATCH,
    permission=Permission.DISPATCH,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_DISPATCH,
)
