"""When the home day is: members read it with their own answer, the community sets it."""

from datetime import date

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules import home_day as rules
from handlers.rules.days import DayError
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, home_days
from handlers.services.home_days import Known
from handlers.texts import days as day_texts
from handlers.texts import general, words
from handlers.texts import home_day as texts
from storage import home_days as store
from storage.organisations import Place
from storage.vocabulary import Attendance


def _answer(ctx: Context, said: Said) -> Reply:
    tree = branches.tree_of(ctx.session)
    after = [place for place, _ in home_days.looked_after(ctx.posts, tree)]
    if said.rest and ctx.may(Permission.DISPATCH):
        return _set(ctx, after, said.rest)
    served = home_days.served(ctx.posts, tree)
    if after:
        whole = _overview(ctx, after)
        own = _own(ctx, served[0]) if served else Reply()
        text = "\n\n".join(part for part in (whole.text, own.text) if part)
        return Reply(text=text, menu=own.menu, actions=whole.actions)
    if not ctx.may(Permission.TAKE):
        return Reply(text=texts.FOR_MEMBERS, actions=(general.REPORT_ACTION,))
    if not served:
        return Reply(text=texts.NO_COMMUNITY)
    if said.rest:
        return Reply(text=texts.NO_DECIDER, actions=(texts.OTHER_DAY_ACTION,))
    return _own(ctx, served[0])


def _own(ctx: Context, community: Place) -> Reply:
    """Tell a member the date and what they answered."""
    this = home_days.known(ctx.session, community, rules.first_of(ctx.today), ctx.policy)
    day = (
        this
        if _has_own_day(ctx, this)
        else home_days.coming(ctx.session, community, ctx.policy, ctx.today)
    )
    here = store.checked_in_at(ctx.session, ctx.speaker.person_id, day.month)
    if here is not None:
        answer = texts.you_were_here(ctx.policy.today(here))
        return Reply(text=texts.about(day.day, day.explanation, answer))
    said = day.stored and store.answer_of(ctx.session, day.stored.id, ctx.speaker.person_id)
    taps: tuple[Action, ...]
    match said.answer if said else None:
        case Attendance.COMING:
            answer, taps = texts.YOU_COME, (texts.OTHER_DAY_ACTION, texts.EXCUSE_ACTION)
        case Attendance.EXCUSED:
            answer, taps = texts.YOU_ARE_EXCUSED, (texts.COME_ACTION, texts.OTHER_DAY_ACTION)
        case Attendance.OTHER_DAY:
            chosen = (said.other_day if said else None) or day.day
            answer, taps = texts.you_come_on(chosen), (texts.COME_ACTION, texts.EXCUSE_ACTION)
        case _:
            answer, taps = texts.YOU_HAVE_NOT_SAID, texts.ANSWERS
    return Reply(text=texts.about(day.day, day.explanation, answer), menu=taps)


def _has_own_day(ctx: Context, this: Known) -> bool:
    """Say whether the speaker still has a day of their own ahead in a month that is over."""
    said = this.stored and store.answer_of(ctx.session, this.stored.id, ctx.speaker.person_id)
    return bool(said and said.other_day and said.other_day >= ctx.today)


def _overview(ctx: Context, after: list[Place]) -> Reply:
    """Tell those who look after the day how it stands, in each of their communities."""
    shown = after[: ctx.policy.list_length]
    days = [home_days.coming(ctx.session, each, ctx.policy, ctx.today) for each in shown]
    lines = [
        texts.overview(day.community.name, day.day, day.explanation, is_decided=day.is_decided)
        for day in days
    ]
    first = days[0]
    may_set = len(after) == 1 and not _is_settled(ctx, first)
    taps: tuple[Action, ...] = (texts.PICK_ACTION, texts.SILENT_ACTION)
    if may_set and home_days.may_decide(ctx, first.community):
        lines.append(texts.move_hint(first.day))
        if not first.is_decided:
            taps = (texts.decide_action(first.day), *taps)
    return Reply(text="\n".join(lines), actions=taps)


def _set(ctx: Context, after: list[Place], words_for_it: str) -> Reply:
    """Set the date in the month it lies in, where the one community is the speaker's to decide."""
    mine = [each for each in after if home_days.may_decide(ctx, each)]
    if len(mine) != 1:
        return Reply(text=texts.SEVERAL_COMMUNITIES if mine else texts.NO_DECIDER)
    try:
        found = day_texts.DAYS.read(words_for_it, today=ctx.today, is_answer=True)
    except DayError as error:
        return Reply(text=day_texts.not_kept(error.fault, error.said))
    if found is None:
        return Reply(text=texts.DECIDE_HINT)
    month, this = rules.first_of(found.on), rules.first_of(ctx.today)
    if month not in {this, rules.next_month(this)}:
        return Reply(text=texts.too_far(found.on))
    day = home_days.known(ctx.session, mine[0], month, ctx.policy)
    if _is_settled(ctx, day):
        note = texts.card_decided(day.day)
        return Reply(text=texts.too_late_to_move(day.day), card_note=note)
    return _decided(ctx, day, found.on)


def _decided(ctx: Context, before: Known, on: date) -> Reply:
    """Keep the date, and say whether anybody has to be told of it."""
    note = texts.card_decided(on)
    if told := home_days.move(ctx, before, on):
        text = texts.decided_late(on, told)
        return Reply(text=text, actions=(texts.SILENT_ACTION,), card_note=note)
    now = home_days.known(ctx.session, before.community, before.month, ctx.policy)
    if before.is_decided and before.day == on:
        text = texts.same_day(on)
    else:
        is_asked = ctx.today >= on + rules.INVITED
        text = texts.decided(on, now.explanation, is_asked=is_asked)
    return Reply(text=text, actions=(texts.PICK_ACTION,), card_note=note)


def _is_settled(ctx: Context, day: Known) -> bool:
    return rules.is_settled(day.day, ctx.now.astimezone(ctx.policy.timezone))


command: Command[Context] = Command(
    words=words.HOME_DAY, permission=Permission.FOLLOW, answer=_answer
)
