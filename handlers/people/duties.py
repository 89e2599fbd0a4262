"""A member takes a post of 5+X on, or gives one back."""

import re
from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission, serving
from handlers.rules.words import Said
from handlers.texts import duties as texts
from handlers.texts import words
from handlers.texts.reading import READER
from storage import members
from storage.members import Holding
from storage.vocabulary import DutyPost

_FEWEST_LETTERS = 2
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")


def _held(ctx: Context) -> list[Holding]:
    return members.holdings(ctx.session, ctx.speaker.person_id, today=ctx.today)


def _names(held: Sequence[Holding]) -> list[str]:
    return [texts.name(each.post, each.name) for each in held]


def _answer_take(ctx: Context, said: Said) -> Reply:
    wanted, held = READER.stripped(said.rest), _held(ctx)
    names = _names(held)
    if not wanted:
        free = [name for post, name in texts.NAMES.items() if post is not DutyPost.OWN_CHOICE]
        menu = [texts.take_action(name) for name in free if name not in names]
        menu += [texts.give_back_action(name) for name in names]
        return Reply(text=f"{texts.held(names)}\n{texts.CHOOSE}", menu=tuple(menu))
    post = texts.meant(wanted) or DutyPost.OWN_CHOICE
    name = texts.name(post, wanted)
    if name in names:
        return Reply(text=texts.held_already(name), actions=(texts.give_back_action(name),))
    if post is DutyPost.OWN_CHOICE and not _is_name(wanted):
        return Reply(text=texts.BAD_NAME)
    if len(held) >= texts.MOST_POSTS:
        return Reply(text=texts.TOO_MANY, menu=tuple(map(texts.give_back_action, names)))
    served = [each for each in ctx.posts if serving((each,), "/")]
    place = max(served, key=lambda each: len(each.path))
    members.hold(
        ctx.session,
        ctx.speaker.person_id,
        place.organisation_id,
        post,
        name=wanted if post is DutyPost.OWN_CHOICE else "",
        today=ctx.today,
    )
    return Reply(text=texts.taken_on(name, [*names, name]), actions=(texts.give_back_action(name),))


def _is_name(wanted: str) -> bool:
    is_short = _FEWEST_LETTERS <= len(wanted) <= texts.MOST_LETTERS
    return is_short and bool(_LETTERS_ONLY.fullmatch(wanted))


def _answer_give_back(ctx: Context, said: Said) -> Reply:
    wanted, held = READER.stripped(said.rest), _held(ctx)
    post = texts.meant(wanted) if wanted else None
    name = texts.NAMES[post] if post else wanted
    fitting = [each for each in held if texts.name(each.post, each.name) == name]
    if not wanted and len(held) == 1:
        fitting = held
    if fitting:
        members.give_back(ctx.session, [each.id for each in fitting], today=ctx.today)
        return Reply(text=texts.given_back(*_names(fitting[:1])))
    head = texts.NO_SUCH_POST if wanted else texts.held(_names(held))
    return Reply(text=head, menu=tuple(map(texts.give_back_action, _names(held))))


take: Command[Context] = Command(words=words.DUTY, permission=Permission.TAKE, answer=_answer_take)
give_back: Command[Context] = Command(
    words=words.DUTY_BACK, permission=Permission.TAKE, answer=_answer_give_back
)
