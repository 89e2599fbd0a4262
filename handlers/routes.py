"""The routing table: what can be said, in the order in which it is tried. Nothing else."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.conversation import Command, Conversation
from handlers.home_day import answers as home_answers
from handlers.home_day import check_in, dates, picks, silent
from handlers.messages import Incoming, IncomingKind, Nudge, Reply
from handlers.orders import (
    answers,
    ask,
    briefing,
    decline,
    dispatch,
    finish,
    handle,
    lists,
    message,
    no_show,
    progress,
    proxy,
    rate,
    recall,
    reject,
    release,
    report,
    supplement,
    take,
    todo,
    undelivered,
    undo,
    urge,
    wait,
    withdraw,
)
from handlers.people import (
    arrivals,
    bind,
    duties,
    guidance,
    leave,
    memberships,
    presentation,
    profile,
    quiet,
    service_account,
    verify,
)
from handlers.points import appeal, balance, bonus, ranking
from handlers.services import accounts
from handlers.wishes import admit, claim, wish

COMMANDS: tuple[Command[Context], ...] = (
    guidance.assistance,
    guidance.privacy,
    *presentation.choices,
    progress.command,
    todo.command,
    undelivered.command,
    briefing.day,
    briefing.week,
    lists.overdue,
    lists.recurring,
    dispatch.command,
    wait.command,
    decline.command,
    take.take,
    take.takeable,
    finish.command,
    recall.recall,
    handle.handle,
    undo.undo,
    withdraw.withdraw,
    withdraw.know,
    urge.urge,
    no_show.missed,
    no_show.coming,
    check_in.command,
    home_answers.coming,
    home_answers.excused,
    dates.command,
    picks.pick,
    picks.drop,
    silent.command,
    answers.resolved,
    answers.unresolved,
    admit.admit,
    admit.unclaimed,
    claim.wall,
    claim.claim,
    verify.claim,
    verify.approve,
    verify.refuse,
    balance.balance,
    balance.lines,
    balance.the_rules,
    leave.leave,
    leave.over,
    quiet.command,
    duties.take,
    duties.give_back,
    *profile.commands,
    service_account.release,
    service_account.keep,
    appeal.decide,
    ranking.ranking,
    bonus.propose,
    bonus.agree,
    bonus.refuse,
)

CONVERSATIONS: tuple[Conversation[Context], ...] = (
    report.conversation,
    proxy.conversation,
    answers.partly,
    supplement.supplement,
    ask.ask,
    reject.reject,
    release.release,
    message.message,
    rate.rate,
    home_answers.other_day,
    bind.conversation,
    wish.conversation,
    appeal.appeal,
)

EVENTS: Mapping[IncomingKind, Callable[[Context], Reply]] = MappingProxyType(
    {
        IncomingKind.SUBSCRIBE: arrivals.subscribe,
        IncomingKind.SCAN: arrivals.scan,
        IncomingKind.ENTER: arrivals.enter,
        IncomingKind.UNSUBSCRIBE: arrivals.unsubscribe,
    }
)

NEWS: Mapping[IncomingKind, Callable[[Session, Incoming, datetime], frozenset[Nudge]]] = (
    MappingProxyType(
        {
            IncomingKind.JOINED: memberships.joined,
            IncomingKind.LEFT: memberships.left,
            IncomingKind.RENAMED: memberships.renamed,
            IncomingKind.RECEIPT: accounts.receipt,
            IncomingKind.WARNING: accounts.warning,
        }
    )
)
"""What the platform tells of its own accord: nobody speaks, nobody is answered or introduced."""

FREE_TEXT: Conversation[Context] = report.conversation
"""Takes what is neither command nor small talk, after asking whether it was meant so."""
