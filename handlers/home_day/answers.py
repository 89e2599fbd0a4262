"""What a member answers to the invitation: comes, comes another day, is excused this time."""

from datetime import date

from handlers.context import Context
from handlers.conversation import Answers, Command, Conversation, Prompt, Step, UnclearError
from handlers.messages import Reply
from handlers.rules import home_day as rules
from handlers.rules.days import DayError, DayFault
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, home_days
from handlers.texts import days as day_texts
from handlers.texts import home_day as texts
from handlers.texts import words
from storage.home_days import Answered
from storage.organisations import Place
from storage.vocabulary import Attendance

_HINT = "hint"


def _communities(ctx: Context) -> list[Place]:
    return home_days.served(ctx.posts, branches.tree_of(ctx.session))


def _answer_coming(ctx: Context, said: Said) -> Reply:
    del said
    communities = _communities(ctx)
    if not communities:
        return Reply(text=texts.NO_COMMUNITY)
    about = [home_days.coming(ctx.session, each, ctx.policy, ctx.today) for each in communities]
    for day in about:
        home_days.say(ctx, day, Answered(Attendance.COMING, None))
    on = about[0].day
    text = texts.noted_today() if on == ctx.today else texts.noted_coming(on)
    return Reply(
        text=text,
        actions=(texts.CHECK_IN_ACTION,) if on == ctx.today else (texts.OTHER_DAY_ACTION,),
        card_note=texts.CARD_COMING,
    )


def _answer_excused(ctx: Context, said: Said) -> Reply:
    del said
    return home_days.excuse(ctx)


def _refuse(ctx: Context, answers: Answers) -> Reply | None:
    del answers
    return None if _communities(ctx) else Reply(text=texts.NO_COMMUNITY)


def _opening(ctx: Context, said: Said) -> Answers:
    """Take the day from the first message; what is wrong with it is said above the question."""
    if not said.rest:
        return {}
    try:
        return {"day": _read(ctx, {}, said.rest)}
    except UnclearError as unclear:
        return {_HINT: unclear.hint}


def _ask(ctx: Context, answers: Answers) -> Prompt:
    has_begun = other_day.read(ctx.incoming.text) is None
    hint = None if has_begun else answers.get(_HINT)
    return Prompt(f"{hint}\n{texts.ASK_OTHER_DAY}" if hint else texts.ASK_OTHER_DAY)


def _read(ctx: Context, answers: Answers, text: str) -> str:
    del answers
    try:
        found = day_texts.DAYS.read(text, today=ctx.today, is_answer=True, takes_today=True)
    except DayError as error:
        past = error.fault is DayFault.PAST
        raise UnclearError(
            texts.is_over(error.said) if past else day_texts.not_kept(error.fault, error.said)
        ) from None
    if found is None:
        raise UnclearError(texts.DAY_HINT)
    month = _month(ctx)
    if not rules.may_choose(found.on, month=month, today=ctx.today):
        raise UnclearError(texts.not_this_month(found.on, month))
    return found.on.isoformat()


def _month(ctx: Context) -> date:
    """Give the month in which a day may be chosen: that of the home day answers are about."""
    community = _communities(ctx)[0]
    this = home_days.known(ctx.session, community, rules.first_of(ctx.today), ctx.policy)
    coming = home_days.coming(ctx.session, community, ctx.policy, ctx.today)
    is_asked = coming.day - ctx.today <= -rules.INVITED
    return coming.month if is_asked else this.month


def _finish(ctx: Context, answers: Answers) -> Reply:
    on = date.fromisoformat(answers["day"])
    days = [
        home_days.known(ctx.session, each, rules.first_of(on), ctx.policy)
        for each in _communities(ctx)
    ]
    for day in days:
        is_same = on == day.day
        other = Answered(Attendance.OTHER_DAY, on)
        home_days.say(ctx, day, Answered(Attendance.COMING, None) if is_same else other)
    if on == ctx.today:
        return Reply(text=texts.noted_today(), actions=(texts.CHECK_IN_ACTION,))
    is_home_day = on == days[0].day
    text = texts.noted_coming(on) if is_home_day else texts.noted_other_day(on)
    return Reply(text=text, actions=(texts.EXCUSE_ACTION,))


coming: Command[Context] = Command(
    words=words.COME_HOME, permission=Permission.TAKE, answer=_answer_coming, alone=True
)
excused: Command[Context] = Command(
    words=words.EXCUSE, permission=Permission.TAKE, answer=_answer_excused
)
other_day: Conversation[Context] = Conversation(
    name="other_day",
    keywords=words.OTHER_DAY,
    permission=Permission.TAKE,
    steps=(Step(key="day", ask=_ask, read=_read),),
    opening=_opening,
    refuse=_refuse,
    finish=_finish,
)
