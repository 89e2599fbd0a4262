"""Rates of members, daily quotas, templates, and what is bulk: never more than a platform takes."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from bot.channels import Channel, FailureKind, Outgoing, Sent
from bot.config import Template
from storage import alerts, quotas
from storage.database import transaction
from storage.notices import Draft
from storage.vocabulary import AlertKind, DeliveryStatus, NoticeKind, Platform, Quota
from tests.post_office import (
    NOW,
    OFFICIAL,
    TAKE,
    WECOM,
    Clock,
    FakeChannel,
    Run,
    add_people,
    add_person,
    draft,
    fails,
    identity,
    post,
    rows,
)
from workers.delivery import deliver, deliver_bulk

DONE = NoticeKind.ORDER_DONE
TEMPLATE = {DONE: Template(id="t1")}


def digest(person: int) -> Draft:
    return replace(draft(person, kind=NoticeKind.DIGEST), is_bulk=True)


def statuses(engine: Engine) -> Counter[DeliveryStatus]:
    return Counter(row.status for row in rows(engine))


def follower(engine: Engine, openid: str = "o1") -> int:
    with transaction(engine) as session:
        return add_person(session, official=openid)


def writers(engine: Engine, count: int) -> list[int]:
    with transaction(engine) as session:
        return [
            add_person(session, official=f"o{number}", messaged_at=NOW) for number in range(count)
        ]


def test_a_member_gets_fifteen_a_minute_and_the_rest_a_minute_later(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, *[draft(person) for _ in range(40)])
    sent = []
    for _ in range(4):
        run()
        sent.append(len(wecom.sent))
        clock.move(timedelta(minutes=1))
    assert sent == [15, 30, 40, 40]
    assert {row.attempts for row in rows(engine)} == {1}


def test_no_sliding_minute_and_no_sliding_hour_holds_more_than_the_platform_takes(
    engine: Engine,
) -> None:
    add_people(engine, 1)
    (me,) = (identity(engine, "w0").id,)
    moments = []
    with transaction(engine) as session:
        for tick in range(1400):
            at = (NOW + timedelta(seconds=3 * tick)).astimezone(ZoneInfo("Asia/Shanghai"))
            if quotas.take_rates(session, [me], now=at, a_minute=15, an_hour=500):
                moments.append(at)
    assert len(moments) > 500
    for length, most in ((timedelta(minutes=1), 30), (timedelta(hours=1), 1000)):
        assert max(sum(m <= at < m + length for at in moments) for m in moments[::9]) <= most


def test_those_who_have_had_enough_do_not_hold_up_the_others(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    first, second = add_people(engine, 2)
    post(engine, *[draft(first) for _ in range(15)])
    run()
    post(engine, draft(first, second))
    run()
    assert wecom.readers.count("w1") == 1
    assert wecom.readers.count("w0") == 15


def test_the_official_day_ends_when_its_quota_is_used_up_and_begins_again(
    engine: Engine, clock: Clock, official_of: "Maker"
) -> None:
    official, run = official_of(daily_sends=3)
    people = writers(engine, 5)
    post(engine, *[draft(person) for person in people])
    run()
    assert len(official.sent) == 3
    waiting = [row for row in rows(engine) if row.status is DeliveryStatus.DUE]
    assert [row.failure for row in waiting] == ["official over quota"] * 2
    assert {row.due_at.isoformat() for row in waiting} == {"2026-11-21T16:05:00+00:00"}
    clock.move(timedelta(hours=7, minutes=5))
    run()
    assert len(official.sent) == 5
    assert statuses(engine) == {DeliveryStatus.SENT: 5}


def test_a_platform_that_says_the_day_is_used_up_is_believed(
    engine: Engine, official_of: "Maker"
) -> None:
    official, run = official_of()
    official.answer = fails(FailureKind.QUOTA, 45009)
    people = writers(engine, 30)
    post(engine, *[draft(person) for person in people])
    run()
    assert len(official.sent) <= 20  # those that were under way together
    assert statuses(engine) == {DeliveryStatus.DUE: 30}
    with transaction(engine) as session:
        (told,) = alerts.recent(session, NOW - timedelta(days=1))
    assert (told.app_id, told.kind, told.code) == ("wx", AlertKind.QUOTA, "45009")


def test_two_relays_never_overdraw_a_day(engine: Engine) -> None:
    taken = []

    def take() -> None:
        for _ in range(10):
            with transaction(engine) as session:
                taken.append(
                    quotas.take(session, "wx", Quota.SENDS, day=NOW.date(), sends=7, limit=100)
                )

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 100


def test_a_closed_window_is_followed_by_the_template_for_the_purpose(
    engine: Engine, official_of: "Maker"
) -> None:
    official, run = official_of(templates=TEMPLATE)
    post(engine, draft(follower(engine), kind=DONE))
    run()
    (row,) = rows(engine)
    assert (row.status, row.receipt, official.sent) == (DeliveryStatus.SENT, "1", [])
    ((openid, outgoing),) = official.templates
    assert (openid, outgoing.purpose) == ("o1", DONE)


def test_a_purpose_without_a_template_waits_for_the_person(
    engine: Engine, official_of: "Maker"
) -> None:
    official, run = official_of(templates=TEMPLATE)
    post(engine, draft(follower(engine)))
    run()
    assert (statuses(engine), official.templates) == ({DeliveryStatus.PENDING: 1}, [])


@pytest.mark.parametrize(
    ("kind", "code", "alert"),
    [
        (FailureKind.UNAUTHORISED, 40037, AlertKind.UNAUTHORISED),
        (FailureKind.REFUSED, 47003, AlertKind.REFUSED),
        (FailureKind.UNREACHABLE, 43101, None),
    ],
)
def test_a_template_that_is_refused_leaves_the_notice_for_the_next_reply(
    engine: Engine,
    official_of: "Maker",
    kind: FailureKind,
    code: int,
    alert: AlertKind | None,
) -> None:
    official, run = official_of(templates=TEMPLATE)
    official.template = fails(kind, code)
    people = [follower(engine, f"o{number}") for number in range(3)]
    post(engine, *[draft(person, kind=DONE) for person in people])
    with capture_logs() as logged:
        run()
    assert statuses(engine) == {DeliveryStatus.PENDING: 3}
    assert {row.failure for row in rows(engine)} == {f"official {code}"}
    said = [each for each in logged if each["log_level"] == "error"]
    with transaction(engine) as session:
        kept = [each.kind for each in alerts.recent(session, NOW - timedelta(days=1))]
    assert len(said) == len(kept) == (1 if alert else 0)
    assert kept == ([alert] if alert else [])


def test_templates_have_a_day_of_their_own(engine: Engine, official_of: "Maker") -> None:
    official, run = official_of(templates=TEMPLATE, daily_templates=2)
    people = [follower(engine, f"o{number}") for number in range(3)]
    post(engine, *[draft(person, kind=DONE) for person in people])
    run()
    assert len(official.templates) == 2
    assert statuses(engine) == {DeliveryStatus.SENT: 2, DeliveryStatus.DUE: 1}


def test_an_account_that_may_not_push_leaves_its_notices_for_the_next_reply(
    engine: Engine, official_of: "Maker"
) -> None:
    official, run = official_of()
    official.answer = fails(FailureKind.UNAUTHORISED, 48001)
    people = writers(engine, 50)
    post(engine, *[draft(person) for person in people])
    run()
    assert statuses(engine) == {DeliveryStatus.PENDING: 50}
    assert len(official.sent) <= 20  # after that nobody asks in vain


def test_single_sends_are_under_way_together(engine: Engine, official_of: "Maker") -> None:
    official, run = official_of()
    together = threading.Barrier(10, timeout=20)

    def answer(_: Sequence[str], __: Outgoing) -> Sent:
        together.wait()
        return Sent()

    official.answer = answer
    people = writers(engine, 20)
    post(engine, *[draft(person) for person in people])
    assert run()["sent"] == 20


def test_when_an_account_answers_again_everything_that_waited_goes_out(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    people = add_people(engine, 3)
    wecom.answer = fails(FailureKind.RETRY)
    post(engine, draft(people[0]))
    for wait in (10, 30, 120, 600):
        run()
        clock.move(timedelta(seconds=wait))
    post(engine, draft(people[1]))
    run()  # both fail once more: the one waits half an hour, the other ten seconds
    wecom.answer = lambda _, __: Sent()
    clock.move(timedelta(seconds=10))
    run()
    assert statuses(engine) == {DeliveryStatus.SENT: 2}


def test_what_is_urgent_goes_out_between_the_calls_of_what_is_bulk(
    engine: Engine, clock: Clock, wecom: FakeChannel, tmp_path: Path
) -> None:
    people = add_people(engine, 6)
    digests = [
        draft(person, kind=NoticeKind.DIGEST, title=f"早报{person}") for person in people[:5]
    ]
    for each in digests:
        object.__setattr__(each, "is_bulk", True)
    post(engine, *digests)

    def answer(_: Sequence[str], __: Outgoing) -> Sent:
        if len(wecom.sent) == 2:
            post(engine, draft(people[5], title="急"))
        return Sent()

    wecom.answer = answer
    channels: dict[str, Channel] = {"wecom": wecom}
    assert deliver_bulk(engine, channels, root=tmp_path, now=clock)["sent"] == 6
    assert [outgoing.title for _, outgoing in wecom.sent].index("急") == 2


def test_what_is_bulk_is_left_to_its_own_run_and_leaves_room_for_what_is_urgent(
    engine: Engine, clock: Clock, run: Run, wecom: FakeChannel, tmp_path: Path
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, *[digest(person) for _ in range(8)])
    assert run() == Counter()
    channels: dict[str, Channel] = {"wecom": wecom}
    assert deliver_bulk(engine, channels, root=tmp_path, now=clock)["sent"] == 5
    post(engine, draft(person))
    assert run()["sent"] == 1


def test_what_is_tried_again_is_listed(engine: Engine, run: Run, wecom: FakeChannel) -> None:
    wecom.answer = fails(FailureKind.RETRY)
    (person,) = add_people(engine, 1)
    post(engine, draft(person))
    run()
    (row,) = rows(engine)
    assert (row.status, row.channel, row.failure) == (
        DeliveryStatus.DUE,
        Platform.WECOM,
        "wecom no answer",
    )


class Maker:
    """Makes an official account with some settings, and a relay for it and a WeCom app."""

    def __init__(self, engine: Engine, clock: Clock, root: Path) -> None:
        self._engine = engine
        self._clock = clock
        self._root = root

    def __call__(self, **settings: object) -> tuple[FakeChannel, Run]:
        official = FakeChannel(OFFICIAL.model_copy(update=settings))
        channels: dict[str, Channel] = {
            "wecom": FakeChannel(WECOM, batch_size=1000),
            "oa": official,
        }
        return official, lambda: deliver(self._engine, channels, root=self._root, now=self._clock)


@pytest.fixture
def official_of(engine: Engine, clock: Clock, tmp_path: Path) -> Maker:
    return Maker(engine, clock, tmp_path)


def test_a_platform_with_another_time_is_told_to_the_operator(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    wecom.skew_seconds = 301.0
    run()
    with transaction(engine) as session:
        (told,) = alerts.recent(session, NOW - timedelta(days=1))
    assert (told.app_id, told.kind) == ("corp", AlertKind.CLOCK)


@pytest.mark.parametrize(("length", "as_text"), [(160, False), (161, True)])
def test_an_answer_that_a_card_would_cut_is_text(
    engine: Engine, run: Run, wecom: FakeChannel, length: int, *, as_text: bool
) -> None:
    (person,) = add_people(engine, 1)
    answer = draft(person, kind=NoticeKind.REPLY, actions=[TAKE])
    post(engine, replace(answer, text="字" * length))
    run()
    ((_, outgoing),) = wecom.sent
    assert outgoing.as_text is as_text
