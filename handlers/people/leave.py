"""A member is away for some days, or back earlier than planned."""

from dataclasses import replace

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.leaves import DaysOff, LeaveError
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import cards, home_days
from handlers.texts import general, reports, words
from handlers.texts import leaves as texts
from handlers.texts import orders as order_texts
from storage import members, orders
from storage.members import Absence


def _answer_leave(ctx: Context, said: Said) -> Reply:
    try:
        days = texts.READER.read(said.rest, today=ctx.today)
    except LeaveError as error:
        return Reply(text=texts.not_kept(error.fault, error.said))
    known = members.absences(ctx.session, ctx.speaker.person_id, today=ctx.today)
    if days is None:
        return _explained(ctx, said, known)
    former = [each for each in known if _overlap(each, days)]
    members.drop_leaves(ctx.session, former, today=ctx.today)
    members.add_leave(ctx.session, ctx.speaker.person_id, days.starts_on, days.ends_on)
    changed = [each for each in map(_days, former) if each != days]
    held = orders.held_by(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)
    parts = [texts.kept(days, changed)]
    if held:
        parts.append(
            texts.still_held(
                [order_texts.head(one.order.id, cards.public_matter(one)) for one in held]
            )
        )
    releases = [texts.release_action(one.order.id) for one in held]
    return Reply(text="\n".join(parts), actions=(*releases, texts.OVER_ACTION))


def _explained(ctx: Context, said: Said, known: list[Absence]) -> Reply:
    """Without days, either of two things may be meant; other words may be a matter.

    While a home day is asked about, the word alone is the answer to that.
    """
    if not said.rest and home_days.is_asking(ctx):
        excused = home_days.excuse(ctx)
        return replace(excused, text=f"{excused.text}\n{texts.HOW}")
    lines = [texts.HOW, texts.HOME_DAY_ONLY]
    if known:
        lines.insert(0, texts.running([_days(each) for each in known]))
    taps = [texts.OVER_ACTION] if known else []
    if said.rest:
        taps.append(reports.these_words(ctx.incoming.text.strip()))
    return Reply(text="\n".join(lines), actions=tuple(taps))


def _answer_over(ctx: Context, said: Said) -> Reply:
    known = members.absences(ctx.session, ctx.speaker.person_id, today=ctx.today)
    if not known:
        return Reply(text=texts.NOT_ON_LEAVE, actions=(general.TAKEABLE_ACTION,))
    try:
        days = texts.READER.read(said.rest, today=ctx.today)
    except LeaveError as error:
        return Reply(text=texts.not_kept(error.fault, error.said))
    meant = known if days is None else [each for each in known if _overlap(each, days)]
    if len(meant) != 1:
        head = texts.WHICH_LEAVE if meant else texts.NO_SUCH_LEAVE
        return Reply(
            text=head, menu=tuple(texts.cancel_action(_ahead(ctx, each)) for each in known)
        )
    members.drop_leaves(ctx.session, meant, today=ctx.today)
    is_running = meant[0].starts_on <= ctx.today
    text = texts.cancelled(_days(meant[0]), is_running=is_running)
    return Reply(text=text, actions=(general.TAKEABLE_ACTION,))


def _days(leave: Absence) -> DaysOff:
    return DaysOff(leave.starts_on, leave.ends_on)


def _ahead(ctx: Context, leave: Absence) -> DaysOff:
    """Give what is left of a leave from today on: days that are over name none any more."""
    return DaysOff(max(leave.starts_on, ctx.today), leave.ends_on)


def _overlap(leave: Absence, days: DaysOff) -> bool:
    return leave.starts_on <= days.ends_on and days.starts_on <= leave.ends_on


leave: Command[Context] = Command(
    words=words.LEAVE, permission=Permission.TAKE, answer=_answer_leave, glued=True
)
over: Command[Context] = Command(
    words=words.LEAVE_OVER, permission=Permission.TAKE, answer=_answer_over
)
