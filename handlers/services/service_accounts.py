"""Members' half-years of service: counted, shown to themselves first, released by their word."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from handlers.context import Policy
from handlers.messages import Notice
from handlers.rules import halves
from handlers.rules.halves import Half
from handlers.rules.permissions import TAKERS
from handlers.services import notices
from handlers.texts import service_accounts as texts
from storage import service_accounts as store
from storage.service_accounts import Period, Service
from storage.vocabulary import NoticeKind

_MORNING = time(9)


def period(half: Half, policy: Policy) -> Period:
    """Give a half with the instants at which it begins and ends where the community is."""
    first, after = half.starts_on, half.ends_before
    since, until = (datetime.combine(day, time(), policy.timezone) for day in (first, after))
    return Period(half.label, first, after, since, until)


def show(
    session: Session, *, above: int, most: int, now: datetime, policy: Policy
) -> tuple[int | None, int]:
    """Show the half that is over to the next members, and give the last of them and how many.

    Who did nothing is not told so. It is posted for the morning: the job runs at night. None: all
    have been looked at.
    """
    today = policy.today(now)
    half = halves.just_over(today)
    if half is None:
        return None, 0
    over = period(half, policy)
    members = store.untold(session, over, TAKERS, above=above, most=most)
    done = store.services(session, [member.person_id for member in members], over)
    served = [member for member in members if member.person_id in done]
    fresh = store.show(session, [member.person_id for member in served], half.label, now=now)
    letters = [
        _letter(half, done[member.person_id], member.employer, to=member.person_id)
        for member in served
        if member.person_id in fresh
    ]
    morning = datetime.combine(today, _MORNING, policy.timezone)
    notices.post(session, letters, now=max(now, morning))
    return (members[-1].person_id if members else None), len(letters)


def _letter(half: Half, service: Service, employer: str, *, to: int) -> Notice:
    return Notice(
        kind=NoticeKind.SERVICE,
        title=texts.title(half),
        text=texts.account(service, employer),
        actions=(texts.release_action(half), texts.keep_action(half)),
        recipients=(to,),
    )
