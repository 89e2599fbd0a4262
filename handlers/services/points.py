"""Points are written in the turn that confirms the work, and taken back in the one that reopens it.

Whoever takes a thing up as their own choice, and whoever reported or wrote it down, is not paid by
the rules: nobody decides over the own points (DOMAIN.md c5, c6.12).
"""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.rules import points as rules
from handlers.rules.points import Deed, Earned, PointRule
from handlers.services import branches, cards
from handlers.texts import orders as order_texts
from handlers.texts import points as texts
from storage import points as ledger
from storage.orders import Found
from storage.organisations import Tree
from storage.points import Day, Line, Server
from storage.vocabulary import OrderKind, OrganisationKind, Outcome, PointSource


def award(
    ctx: Context, found: Found, people: Sequence[int], outcome: Outcome
) -> Mapping[str, list[int]]:
    """Write what the just confirmed work of these members is worth; gives who is told what."""
    order = found.order
    served = ledger.servers(ctx.session, order.id, people, confirmed_at=ctx.now, today=ctx.today)
    news: dict[str, list[int]] = {"": sorted(set(people) - {each.person_id for each in served})}
    rows: list[dict[str, object]] = []
    for day, same_day in _by_day(ctx, served).items():
        known = _known(ctx, found, day, same_day)
        tariff = rules.tariff_of(day)
        for server in same_day:
            if _decides_itself(found, server):
                news.setdefault(texts.OWN_CHOICE, []).append(server.person_id)
                continue
            of_day = known[server.person_id]
            deed = _deed(found, server, of_day, is_whole=outcome is Outcome.RESOLVED)
            lines = rules.earned(deed, tariff)
            is_full = of_day.paid >= tariff.most_a_day and deed.kind is not OrderKind.WISH
            told = texts.earned(lines, is_full=is_full, most_a_day=tariff.most_a_day)
            news.setdefault(told, []).append(server.person_id)
            rows += [
                _row(ctx, found, server, line, version=tariff.version, day=day) for line in lines
            ]
    ledger.write(ctx.session, rows)
    return {told: who for told, who in news.items() if who}


def take_back(ctx: Context, found: Found) -> str:
    """Take back what was written for an order that is open again; gives what to tell of it."""
    was_paid = ledger.take_back(
        ctx.session,
        found.order.id,
        back={rule.value: rules.taken_back(rule) for rule in PointRule},
        now=ctx.now,
        month=rules.month_of(ctx.today),
    )
    return texts.TAKEN_BACK if was_paid else ""


def branch_at(tree: Tree, path: str | None) -> int | None:
    """Give the branch to which a post belongs, else the community above it."""
    nodes = [tree.by_id[node] for node in map(int, (path or "").split("/")[1:-1])]
    for kind in (OrganisationKind.BRANCH, OrganisationKind.COMMUNITY):
        if found := [node.id for node in nodes if node.kind is kind]:
            return found[-1]
    return None


def end_of_day(policy: Policy, day: date) -> datetime:
    """Give the instant at which a day is over where the community is."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=policy.timezone)


def last_of_working_days(policy: Policy, now: datetime, count: int) -> datetime:
    """Give the end of so many working days after today."""
    last = rules.after_working_days(policy.today(now), count, policy.calendar.is_working)
    return end_of_day(policy, last)


def month_now(session: Session, policy: Policy, person_id: int, now: datetime) -> ledger.Balance:
    """Sum up a member's points as of today."""
    month = rules.month_of(policy.today(now))
    return ledger.balance(session, person_id, month=month)


def described(policy: Policy, line: Line) -> str:
    """Write a line with its plain reason and its order."""
    entry, order = line.entry, line.order
    is_decision = entry.source is PointSource.APPEAL
    return texts.line(
        entry.id,
        entry.hundredths,
        texts.reason(entry.rule, entry.reason, is_decision=is_decision),
        entry.served_on or policy.today(entry.at),
        order_texts.head(order.id, cards.public_matter(Found(order, "", ""))) if order else "",
    )


def _by_day(ctx: Context, served: Sequence[Server]) -> dict[date, list[Server]]:
    days: dict[date, list[Server]] = {}
    for server in served:
        day = ctx.policy.today(server.finished_at or ctx.now)
        days.setdefault(day, []).append(server)
    return days


def _known(ctx: Context, found: Found, day: date, served: Sequence[Server]) -> dict[int, Day]:
    last = calendar.monthrange(day.year, day.month)[1]
    return ledger.days(
        ctx.session,
        [server.person_id for server in served],
        day=day,
        month=(rules.month_of(day), day.replace(day=last)),
        communities=[int(part) for part in found.branch_path.strip("/").split("/")],
        work=rules.both(PointRule.SERVICE),
        home=rules.both(PointRule.HOME_DAY),
    )


def _decides_itself(found: Found, server: Server) -> bool:
    order = found.order
    return server.is_own_choice or server.person_id in {order.reporter_id, order.proxy_id}


def _deed(found: Found, server: Server, of_day: Day, *, is_whole: bool) -> Deed:
    order, taken_at = found.order, server.accepted_at
    agreed = order.ends_at - order.starts_at if order.starts_at and order.ends_at else None
    return Deed(
        kind=order.kind,
        matter_class=order.matter_class,
        is_whole=is_whole,
        agreed=agreed,
        waited=taken_at - order.submitted_at if taken_at else timedelta(),
        answered=taken_at - server.given_at if taken_at and server.given_at else None,
        is_home_day=of_day.is_home_day and of_day.home_day_paid <= 0,
        paid=of_day.paid,
    )


def _row(
    ctx: Context, found: Found, server: Server, line: Earned, *, version: int, day: date
) -> dict[str, object]:
    return {
        "person_id": server.person_id,
        "branch_id": branch_at(branches.tree_of(ctx.session), server.path),
        "hundredths": line.hundredths,
        "rule": line.rule.value,
        "rule_version": version,
        "source": PointSource.ORDER,
        "source_id": found.order.id,
        "round": found.order.reopen_count,
        "order_id": found.order.id,
        "reason": "",
        "at": ctx.now,
        "month": rules.month_of(ctx.today),
        "served_on": day,
    }
