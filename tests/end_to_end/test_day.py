"""A branch's day: forty orders, twelve members, and a clock that decides what the night allows."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from storage.database import transaction
from storage.models import OrderEvent
from storage.vocabulary import DeliveryStatus, NoticeKind, OrderAction, OrderStatus
from tests.conftest import ReportFigures
from tests.end_to_end.day import ENDS, MIDNIGHT, STEP, Day, Line, Story, branch
from tests.end_to_end.day_script import stories
from tests.end_to_end.day_truths import (
    ended_well,
    hold,
    is_night,
    nothing_comes_after_newer_news,
)


def played(day: Day, told: list[Story]) -> None:
    """Let the day pass: each line at its minute, the clock's work every five."""
    reports: list[tuple[timedelta, Story, Line | None]] = [(one.at, one, None) for one in told]
    lines = [(line.at, one, line) for one in told for line in one.lines]
    script = sorted([*reports, *lines], key=lambda entry: entry[0])
    for sender in ("m7", "m8", "m9"):  # the official account is open to those who write
        day.say(sender, "可接")
    known = 0
    while day.hour < ENDS:
        until = day.hour + STEP
        while script and script[0][0] <= until:
            at, story, line = script.pop(0)
            day.world.now = MIDNIGHT + at
            day.report(story) if line is None else day.play(story, line)
        day.world.now = MIDNIGHT + until
        day.tick()
        hold(day, day.pushes[known:])
        known = len(day.pushes)
    assert script == []


def widened(day: Day, story: Story) -> list[timedelta]:
    """Give how long after midnight an order was offered to more members by the clock."""
    with transaction(day.engine) as session:
        moments = session.scalars(
            select(OrderEvent.at).where(
                OrderEvent.order_id == story.number, OrderEvent.action == OrderAction.WIDEN
            )
        )
        return [at - MIDNIGHT for at in moments]


def test_a_branch_lives_through_a_day(
    engine: Engine, tmp_path: Path, report_figures: ReportFigures
) -> None:
    day = branch(engine, tmp_path)
    told = stories()
    played(day, told)

    ends = ended_well(day)
    nothing_comes_after_newer_news(day)
    plots = {story.name.partition(" ")[2]: story for story in told}
    assert len(told) == 40
    assert widened(day, plots["a wave in the evening"]) == [timedelta(hours=32)]
    assert widened(day, plots["five say no at night"]) == [timedelta(hours=32)]
    assert widened(day, plots["a wider wave by day"]) == [timedelta(hours=11, minutes=55)]
    with transaction(engine) as session:
        steps = session.execute(select(OrderEvent.action, OrderEvent.at)).all()
    assert not [at for action, at in steps if action is OrderAction.WIDEN and is_night(at)]
    kinds = Counter(push.kind for push in day.pushes)
    assert kinds[NoticeKind.DIGEST] == day.counts["digests"]
    stand = Counter(day.order(story.number).status for story in told)
    assert stand == {
        OrderStatus.CLOSED: 27,
        OrderStatus.WITHDRAWN: 4,
        OrderStatus.DONE: 3,
        OrderStatus.TAKEN: 3,
        OrderStatus.SUBMITTED: 2,
        OrderStatus.NEED_INFO: 1,
    }
    report_figures(
        f"{engine.dialect.name}: {len(told)} orders ({listed(stand)}), "
        f"{day.counts['said']} words said, {len(steps)} steps, {len(day.pushes)} pushes, "
        f"{day.counts['digests']} digests, {day.counts['fired']} timers, "
        f"{day.counts['cards_renewed']} cards renewed, deliveries {listed(ends)}"
    )


def listed(counts: Counter[OrderStatus] | Counter[DeliveryStatus]) -> str:
    """Give counts in words."""
    return ", ".join(f"{count} {state}" for state, count in counts.most_common())
