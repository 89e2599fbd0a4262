"""The secretary's report: what happened at a desk and what waits there, asked for or by itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Policy
from handlers.messages import Notice
from handlers.rules import briefings as rules
from handlers.rules.briefings import Issue, Numbers, Recurring, Span, Trouble
from handlers.rules.permissions import GRANTS, Permission
from handlers.services import branches, desks, notices
from handlers.texts import briefings as texts
from storage import briefings as store
from storage.vocabulary import BriefingKind, NoticeKind, OrganisationKind

READERS = tuple(role for role, granted in GRANTS.items() if Permission.DISPATCH in granted)
_CHUNK = 100


def numbers(
    session: Session, paths: Sequence[str], span: Span, *, now: datetime, policy: Policy
) -> Numbers:
    """Count for the subtrees of one desk: three statements, however many subtrees it has."""
    counted = store.count(
        session,
        paths,
        since=span.since,
        until=span.until,
        now=now,
        pooled_before=now - policy.wish_patience,
    )
    return Numbers(**counted)


def recurring(session: Session, paths: Sequence[str], *, now: datetime) -> list[Recurring]:
    """Give what keeps coming back at a desk."""
    tree = branches.tree_of(session)

    def building_of(place_id: int) -> int | None:
        building = tree.nearest(place_id, OrganisationKind.BUILDING)
        return building.id if building else None

    rows = store.troubles(session, paths, since=now - rules.RECENT)
    return rules.recurring((Trouble(*row) for row in rows), building_of)


def tell(session: Session, issue: Issue, *, now: datetime, policy: Policy) -> tuple[int, int]:
    """Write a report for some of those who have not had it; gives how many people and notices.

    Nobody is told of nothing, and whoever has the same desk reads the same report. Zero people: all
    have been looked after.
    """
    posts = store.claim(session, issue.kind, issue.day, READERS, now=now, most=_CHUNK)
    readers: dict[tuple[str, ...], list[int]] = {}
    for person_id, paths in posts.items():
        readers.setdefault(tuple(desks.outermost(paths)), []).append(person_id)
    title = texts.title(issue.kind, issue.span.since, issue.span.until, policy.timezone)
    written = []
    for desk, people in readers.items():
        counted = numbers(session, desk, issue.span, now=now, policy=policy)
        if not counted.is_silent:
            written.append(
                Notice(
                    kind=NoticeKind.BRIEFING,
                    title=title,
                    text=texts.report(counted, is_week=issue.kind is BriefingKind.WEEKLY),
                    actions=texts.ways_on(counted),
                    recipients=tuple(people),
                )
            )
    notices.post(session, written, now=now)
    return len(posts), len(written)
