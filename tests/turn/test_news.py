"""What the platform tells of its own accord: nobody is answered, introduced or asked anything."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from structlog.testing import capture_logs

from handlers import turn
from handlers.messages import Answer, Incoming, IncomingKind, Nudge, Reply
from storage import alerts
from storage.database import transaction
from storage.models import Identity, InboxMessage, Person, Receipt
from storage.vocabulary import AlertKind, InboxStatus
from tests.factories import OFFICIAL, POLICY, WECOM, World

JOINED, LEFT, RENAMED = IncomingKind.JOINED, IncomingKind.LEFT, IncomingKind.RENAMED


def told(
    world: World, sender: str, kind: IncomingKind, text: str = "", *, task_id: str = ""
) -> Answer:
    return turn.many(world.engine, [news(world, sender, kind, text, task_id)], policy=POLICY)[0]


def news(
    world: World, sender: str, kind: IncomingKind, text: str = "", task_id: str = ""
) -> Incoming:
    heard = world.hear("zhangsan" if kind is not IncomingKind.RECEIPT else "wang", text, kind=kind)
    return replace(heard, sender=sender, task_id=task_id)


def counts(world: World) -> tuple[int, int]:
    """Count persons and identities."""
    with transaction(world.engine) as session:
        return (
            session.execute(select(func.count()).select_from(Person)).scalar_one(),
            session.execute(select(func.count()).select_from(Identity)).scalar_one(),
        )


def identity(world: World, userid: str) -> Identity | None:
    with transaction(world.engine) as session:
        return session.scalars(
            select(Identity).where(Identity.app_id == WECOM, Identity.external_id == userid)
        ).one_or_none()


def known(world: World, userid: str) -> Identity:
    found = identity(world, userid)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", [JOINED, LEFT, RENAMED, IncomingKind.RECEIPT])
def test_nobody_is_invented(world: World, kind: IncomingKind) -> None:
    before = counts(world)

    answer = told(world, "nobody", kind, "someone", task_id="7")

    assert (answer.reply, counts(world)) == (Reply(), before)
    with transaction(world.engine) as session:
        (row,) = session.scalars(select(InboxMessage))
    assert (row.kind, row.sender, row.status) == (kind, "nobody", InboxStatus.ANSWERED)


def test_who_left_is_not_written_to_and_keeps_everything(world: World) -> None:
    person = known(world, "zhangsan").person_id

    assert told(world, "zhangsan", LEFT).reply == Reply()
    assert (known(world, "zhangsan").is_following, known(world, "lisi").is_following) == (
        False,
        True,
    )
    assert known(world, "zhangsan").person_id == person
    told(world, "zhangsan", JOINED)
    assert known(world, "zhangsan").is_following


def test_whoever_speaks_is_there(world: World) -> None:
    told(world, "zhangsan", LEFT)

    world.say("zhangsan", "你好")

    assert known(world, "zhangsan").is_following


def test_who_leaves_and_speaks_in_one_batch_is_there(world: World) -> None:
    batch = [world.hear("zhangsan", "你好"), news(world, "zhangsan", LEFT)]

    turn.many(world.engine, batch, policy=POLICY, now=world.now)

    assert known(world, "zhangsan").is_following


def test_a_new_userid_takes_everything_along(world: World) -> None:
    world.say("zhangsan", "报事 阳光小区1栋灯坏了")
    former = known(world, "zhangsan")

    told(world, "zhangsan", RENAMED, "zhang.san")

    assert identity(world, "zhangsan") is None
    renamed = known(world, "zhang.san")
    assert (renamed.id, renamed.person_id) == (former.id, former.person_id)
    spoken = replace(world.hear("zhangsan", "1"), sender="zhang.san")
    assert "#1" in world.give(spoken).text


def test_who_wrote_under_the_new_userid_first_is_the_same_person(world: World) -> None:
    person = known(world, "zhangsan").person_id
    for said in ("报事 阳光小区1栋灯坏了", "1"):
        world.give(replace(world.hear("zhangsan", said), sender="zhang.san"))
    assert known(world, "zhang.san").person_id != person

    told(world, "zhangsan", RENAMED, "zhang.san")

    old, new = known(world, "zhangsan"), known(world, "zhang.san")
    assert (old.person_id, new.person_id) == (person, person)
    assert (old.is_following, new.is_following) == (False, True)
    progress = world.give(replace(world.hear("zhangsan", "进度 1"), sender="zhang.san"))
    assert "灯坏了" in progress.text


def test_the_rename_and_the_first_word_in_one_batch(world: World) -> None:
    batch = [
        replace(world.hear("zhangsan", "可接"), sender="zhang.san"),
        news(world, "zhangsan", RENAMED, "zhang.san"),
    ]
    before = counts(world)

    turn.many(world.engine, batch, policy=POLICY, now=world.now)

    assert (counts(world), identity(world, "zhangsan")) == (before, None)


def test_a_resident_becomes_the_member_who_bears_the_new_userid(world: World) -> None:
    member = known(world, "lisi").person_id
    for said in ("报事 阳光小区1栋灯坏了", "1"):
        world.give(replace(world.hear("zhangsan", said), sender="li.si"))

    told(world, "li.si", RENAMED, "lisi")

    assert (known(world, "li.si").person_id, known(world, "lisi").person_id) == (member, member)
    assert "灯坏了" in world.say("lisi", "进度 1").text


def test_two_of_the_roster_stay_two(world: World) -> None:
    persons = known(world, "zhangsan").person_id, known(world, "lisi").person_id

    told(world, "zhangsan", RENAMED, "lisi")

    assert (known(world, "zhangsan").person_id, known(world, "lisi").person_id) == persons
    assert not known(world, "zhangsan").is_following


def test_a_rename_that_comes_again_changes_nothing(world: World) -> None:
    told(world, "zhangsan", RENAMED, "zhang.san")
    told(world, "zhangsan", RENAMED, "zhang.san")

    assert known(world, "zhang.san").is_following


def test_the_same_userid_of_another_company_is_another_person(world: World) -> None:
    elsewhere = replace(news(world, "zhangsan", LEFT), app_id="ww9")

    turn.many(world.engine, [elsewhere], policy=POLICY)

    assert known(world, "zhangsan").is_following


def test_a_receipt_is_kept_once_and_the_relay_is_hurried(world: World) -> None:
    heard = news(world, "wang", IncomingKind.RECEIPT, "failed:user block", "200163836")

    first = turn.many(world.engine, [heard], policy=POLICY, now=world.now)[0]
    repeat = turn.many(world.engine, [heard], policy=POLICY, now=world.now)[0]
    told(world, "wang", IncomingKind.RECEIPT, "success", task_id="200163836")

    assert (first.reply, first.nudges) == (Reply(), frozenset({Nudge.DELIVERY}))
    assert repeat == Answer(reply=Reply())
    with transaction(world.engine) as session:
        (kept,) = session.scalars(select(Receipt))
        windows = session.execute(select(Identity.messaged_at, Identity.tapped_at))
        assert {tuple(row) for row in windows} == {(None, None)}
    assert (kept.app_id, kept.message_id, kept.outcome) == (
        OFFICIAL,
        "200163836",
        "failed:user block",
    )


IDLE = ["inactive_alert", "low_active_alert", "low_active", "close_inactive_agent"]


def raised(world: World) -> list[tuple[str, int]]:
    with transaction(world.engine) as session:
        found = alerts.recent(session, world.now - timedelta(days=36500))
        assert {(one.app_id, one.kind) for one in found} <= {(WECOM, AlertKind.IDLE)}
        return [(one.code, one.count) for one in found]


@pytest.mark.parametrize("event", IDLE)
def test_an_idle_app_is_an_alert_and_an_error(world: World, event: str) -> None:
    with capture_logs() as logged:
        for _ in range(2):
            told(world, "sys", IncomingKind.WARNING, event)

    assert raised(world) == [(event, 2)]
    errors = [entry for entry in logged if entry["log_level"] == "error"]
    assert (
        errors
        == [{"event": "app idle", "log_level": "error", "app_id": WECOM, "warning": event}] * 2
    )


@pytest.mark.parametrize("event", ["reopen_inactive_agent", "active_restored"])
def test_an_app_in_use_again_ends_every_such_alert(world: World, event: str) -> None:
    for idle in IDLE:
        told(world, "sys", IncomingKind.WARNING, idle)

    told(world, "sys", IncomingKind.WARNING, event)

    assert raised(world) == []


def test_news_that_fails_is_kept_and_says_nothing(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(alerts, "raise_alert", broken)

    assert told(world, "sys", IncomingKind.WARNING, "low_active").reply == Reply()
    with transaction(engine) as session:
        (row,) = session.scalars(select(InboxMessage))
    assert (row.status, row.failure) == (InboxStatus.FAILED, "ValueError")
