"""A month of home day reminders on the real job, with its clock moved; whoever is told, once."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, func, select, update
from structlog.testing import capture_logs

from handlers.messages import Notice as Message
from handlers.services import home_day_news
from handlers.services import notices as notice_service
from storage import home_days as store
from storage.database import transaction
from storage.home_days import Answered, Stored
from storage.models import Appointment, Delivery, Leave, Notice, Person, Reminder
from storage.vocabulary import Attendance, Moved, NoticeKind, ReminderKind
from tests.factories import POLICY, World, found
from workers import home_day

MONTH, DAY = date(2026, 11, 1), date(2026, 11, 29)
HOURS = (time(8, 35), time(9, 5), time(14), time(20, 5), time(23))
MEMBERS = ("周八", "张三", "李四", "赵敏")
DISPATCHERS = ("刘主任", "孙书记", "陈书记")


@pytest.fixture
def world(engine: Engine) -> World:
    return found(engine)


def at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, POLICY.timezone).astimezone(UTC)


def run(world: World, day: date, hour: time = HOURS[1]) -> Counter[str]:
    world.now = at(day, hour)
    counts = home_day.tell_due(world.engine, now=lambda: world.now, policy=world.policy)
    assert counts["failed"] == 0
    return counts


def play(world: World, first: date, last: date) -> None:
    for day in range((last - first).days + 1):
        for hour in HOURS:
            run(world, first + timedelta(days=day), hour)


def told(world: World) -> dict[tuple[date, ReminderKind], list[str]]:
    """Give who was told what on which day of the calendar."""
    with transaction(world.engine) as session:
        rows = session.execute(
            select(Reminder.reminded_at, Reminder.kind, Person.name)
            .join(Person, Person.id == Reminder.person_id)
            .order_by(Person.name)
        ).all()
    said: dict[tuple[date, ReminderKind], list[str]] = {}
    for moment, kind, name in rows:
        said.setdefault((POLICY.today(moment), kind), []).append(name or "")
    return {key: sorted(names) for key, names in said.items()}


def kinds(world: World) -> set[ReminderKind]:
    return {kind for _, kind in told(world)}


def stored(world: World, month: date = MONTH) -> Stored:
    with transaction(world.engine) as session:
        row = store.of(session, world.organisations["c1"], month)
    assert row is not None
    return row


def answer(world: World, name: str, said: Attendance, other: date | None = None) -> None:
    with transaction(world.engine) as session:
        row = store.of(session, world.organisations["c1"], MONTH)
        assert row is not None
        store.answer(session, row.id, world.people[name], Answered(said, other), now=world.now)


def notices(world: World) -> list[tuple[str, list[str]]]:
    """Give the notices, each with the names of those it went to."""
    with transaction(world.engine) as session:
        rows = session.execute(
            select(Notice.id, Notice.title, Person.name)
            .join(Delivery, Delivery.notice_id == Notice.id)
            .join(Person, Person.id == Delivery.person_id)
            .where(Notice.kind == NoticeKind.HOME_DAY)
            .order_by(Notice.id, Person.name)
        ).all()
    found: dict[int, tuple[str, list[str]]] = {}
    for number, title, name in rows:
        found.setdefault(number, (title, []))[1].append(name or "")
    return list(found.values())


def test_a_month_is_played_on_its_time_line(world: World) -> None:
    play(world, date(2026, 11, 10), date(2026, 11, 22))
    answer(world, "张三", Attendance.COMING)
    answer(world, "李四", Attendance.OTHER_DAY, date(2026, 11, 26))
    answer(world, "赵敏", Attendance.EXCUSED)
    play(world, date(2026, 11, 23), DAY)
    with transaction(world.engine) as session:
        store.check_in(session, world.people["张三"], stored(world).id, MONTH, now=world.now)
    play(world, date(2026, 11, 30), date(2026, 12, 10))

    assert told(world) == {
        (date(2026, 11, 15), ReminderKind.DATE): ["刘主任"],
        (date(2026, 11, 19), ReminderKind.PICK): sorted(DISPATCHERS),
        (date(2026, 11, 22), ReminderKind.INVITATION): sorted(MEMBERS),
        (date(2026, 11, 25), ReminderKind.EVE): ["李四"],
        (date(2026, 11, 26), ReminderKind.MORNING): ["李四"],
        (date(2026, 11, 28), ReminderKind.EVE): ["周八", "张三"],
        (date(2026, 11, 29), ReminderKind.MORNING): ["周八", "张三"],
        (date(2026, 11, 30), ReminderKind.THANKS): ["张三"],
        (date(2026, 12, 2), ReminderKind.SUMMARY): sorted(DISPATCHERS),
    }
    assert world.news_of("刘主任")[-1] == (
        "近邻社区11月29日回家日小结\n"
        "党员 4，到了 1，说来参加 1，换一天 1，请假 1，没有回音 1，当天办了几件 0。"
    )
    assert len(world.news_of("周八")) == 3  # invitation, evening, morning: then it is quiet


def test_every_notice_travels_in_the_queue_for_many(world: World) -> None:
    play(world, date(2026, 11, 15), date(2026, 11, 22))
    with transaction(world.engine) as session:
        urgent = session.scalar(select(func.count()).where(Delivery.is_bulk.is_(False)))
    assert urgent == 0


def test_neighbours_share_a_notice_so_that_one_call_carries_them(world: World) -> None:
    run(world, date(2026, 11, 22))
    assert notices(world)[-1] == ("11月29日（星期日）是回家日，您能来吗", sorted(MEMBERS))
    run(world, date(2026, 11, 28), HOURS[3])
    assert notices(world)[-2:] == [
        ("提醒一声，11月29日（星期日）是您的回家日", ["张三", "李四", "赵敏"]),
        ("提醒一声，11月29日（星期日）是您的回家日", ["周八"]),
    ]


@pytest.mark.parametrize(
    ("day", "hour", "kinds_told"),
    [
        pytest.param(28, HOURS[2], {"date", "pick", "invitation"}, id="the day before"),
        pytest.param(28, HOURS[3], {"eve"}, id="in the evening before"),
        pytest.param(29, HOURS[0], {"morning"}, id="in the morning"),
        pytest.param(29, HOURS[2], set(), id="in the afternoon"),
        pytest.param(30, HOURS[1], set(), id="the day after, when nobody came"),
    ],
)
def test_a_job_that_was_down_makes_up_for_what_is_still_useful(
    world: World, day: int, hour: time, kinds_told: set[str]
) -> None:
    with transaction(world.engine) as session:
        store.lay_down(session, world.organisations["c1"], MONTH, DAY, None, known=True)
    run(world, date(2026, 11, day), hour)
    assert {kind.value for kind in kinds(world)} == kinds_told


def test_a_summary_comes_late_but_not_a_month_late(world: World) -> None:
    with transaction(world.engine) as session:
        store.lay_down(session, world.organisations["c1"], MONTH, DAY, None, known=True)
    run(world, date(2026, 12, 10))
    assert kinds(world) == set()
    run(world, date(2026, 12, 9))
    assert kinds(world) == {ReminderKind.SUMMARY}


def test_nobody_is_woken_at_night(world: World) -> None:
    for day in range(15, 30):
        for hour in (time(0), time(6, 30), time(8, 29), time(22), time(23, 59)):
            run(world, date(2026, 11, day), hour)
    assert told(world) == {}


def test_who_joins_later_is_invited_later(world: World) -> None:
    run(world, date(2026, 11, 22))
    with transaction(world.engine) as session:
        session.execute(
            update(Reminder)
            .where(Reminder.person_id == world.people["赵敏"])
            .values(month=date(2026, 1, 1))
        )
    assert run(world, date(2026, 11, 23))[ReminderKind.INVITATION] == 1
    assert told(world)[date(2026, 11, 23), ReminderKind.INVITATION] == ["赵敏"]


def test_who_is_on_leave_that_day_is_left_in_peace(world: World) -> None:
    with transaction(world.engine) as session:
        session.add(
            Leave(
                person_id=world.people["张三"],
                starts_on=date(2026, 11, 29),
                ends_on=date(2026, 12, 3),
            )
        )
    play(world, date(2026, 11, 15), date(2026, 12, 3))
    assert world.news_of("张三") == []
    assert "请假 1，没有回音 3" in world.news_of("刘主任")[-1]


def test_many_jobs_at_once_tell_everybody_once(world: World) -> None:
    world.now = at(date(2026, 11, 22), HOURS[1])

    def once(_: int) -> Counter[str]:
        return home_day.tell_due(world.engine, now=lambda: world.now, policy=world.policy)

    with ThreadPoolExecutor(4) as pool:
        assert [counts["failed"] for counts in pool.map(once, range(4))] == [0] * 4
    named = Counter(name for _, names in notices(world) for name in names)
    assert named == dict.fromkeys(MEMBERS, 1) | {"刘主任": 2, "孙书记": 1, "陈书记": 1}


def test_what_fails_is_told_by_the_next_run_and_the_others_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.now = at(date(2026, 11, 22), HOURS[1])
    post = notice_service.post

    def broken(session: object, written: Sequence[Message], *, now: datetime) -> list[int]:
        if "您能来吗" in written[0].title:
            raise ValueError("broken")
        return post(session, written, now=now)  # type: ignore[arg-type]  # a session, handed on

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(notice_service, "post", broken)
        counts = home_day.tell_due(world.engine, now=lambda: world.now, policy=world.policy)
    assert counts["failed"] == 1
    assert [line["kind"] for line in logs if line["event"] == "errand failed"] == ["invitation"]
    assert kinds(world) == {ReminderKind.DATE, ReminderKind.PICK}
    assert run(world, date(2026, 11, 22))[ReminderKind.INVITATION] == 4


def test_many_people_are_told_in_chunks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_day_news, "CHUNK", 3)
    assert run(world, date(2026, 11, 22))[ReminderKind.INVITATION] == 4
    sizes = [len(names) for title, names in notices(world) if "您能来吗" in title]
    assert sizes == [3, 1]


def test_a_day_is_moved_between_two_chunks(world: World) -> None:
    run(world, date(2026, 11, 15))
    old = home_day_news.Errand(stored(world), ReminderKind.INVITATION, DAY)
    with transaction(world.engine) as session:
        store.decide(
            session,
            stored(world).id,
            date(2026, 11, 28),
            Moved.COMMUNITY,
            by=world.people["刘主任"],
            now=world.now,
        )
        assert home_day_news.tell(session, old, now=world.now, policy=POLICY) == 0
    run(world, date(2026, 11, 21))
    assert notices(world)[-1][0] == "11月28日（星期六）是回家日，您能来吗"
    assert "这是社区定的日子" in world.news_of("张三")[-1]


def test_a_day_that_was_confirmed_is_not_asked_about(world: World) -> None:
    with transaction(world.engine) as session:
        store.lay_down(session, world.organisations["c1"], MONTH, DAY, None, known=True)
        row = store.of(session, world.organisations["c1"], MONTH)
        assert row is not None
        store.decide(session, row.id, DAY, None, by=world.people["刘主任"], now=world.now)
    play(world, date(2026, 11, 15), date(2026, 11, 16))
    assert told(world) == {}


def test_without_an_office_the_branches_look_after_the_day(world: World) -> None:
    with transaction(world.engine) as session:
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == world.people["刘主任"])
            .values(ends_on=date(2026, 11, 1))
        )
    run(world, date(2026, 11, 15))
    assert told(world) == {(date(2026, 11, 15), ReminderKind.DATE): ["孙书记", "陈书记"]}


def _placed(world: World, resident: str, matter: str) -> None:
    world.say(resident, f"报事 {matter}")
    world.say(resident, "1")


def test_the_reminder_shows_what_was_picked_then_what_is_near(world: World) -> None:
    world.now = at(date(2026, 11, 26), HOURS[2])
    for number, place in enumerate(("1栋", "2栋", "3栋"), 1):
        _placed(world, f"r{number}", f"阳光小区{place}第{number}盏灯坏了")
        world.say("chenshuji", f"派单 {number} 全体")
    _placed(world, "r4", "和谐小区3栋大门坏了")
    with transaction(world.engine) as session:
        session.execute(
            update(Person)
            .where(Person.id == world.people["李四"])
            .values(home_id=world.organisations["e2-3"])
        )
        store.lay_down(session, world.organisations["c1"], MONTH, DAY, None, known=True)
    with transaction(world.engine) as session:
        store.pick(session, stored(world).id, 3, by=world.people["陈书记"], now=world.now)
    run(world, date(2026, 11, 28), HOURS[3])
    assert world.news_of("张三")[-1] == (
        "提醒一声，11月29日（星期日）是您的回家日\n"
        "附近等人搭把手的：\n"
        "#3 阳光小区3栋第3盏灯坏了 · 阳光小区3栋\n"
        "#1 阳光小区1栋第1盏灯坏了 · 阳光小区1栋\n"
        "#2 阳光小区2栋第2盏灯坏了 · 阳光小区2栋\n"
        "到了回“报到”，不报到直接接单也一样。"
    )
    assert "附近现在没有等着接的单" in world.news_of("周八")[-1]  # nobody was asked for #4 yet


def test_orders_sent_to_one_member_are_nobody_elses_to_see(world: World) -> None:
    world.now = at(date(2026, 11, 26), HOURS[2])
    _placed(world, "r1", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    run(world, date(2026, 11, 28), HOURS[3])
    assert "#1" not in world.news_of("李四")[-1]


def test_a_finished_order_of_the_day_is_thanked_and_counted(world: World) -> None:
    world.now = at(DAY, HOURS[2])
    _placed(world, "r1", "阳光小区1栋灯坏了")
    for sender, said in (
        ("chenshuji", "派单 1 全体"),
        ("lisi", "接单 1"),
        ("lisi", "完成 1"),
    ):
        world.say(sender, said)
    with transaction(world.engine) as session:
        store.lay_down(session, world.organisations["c1"], MONTH, DAY, None, known=True)
    world.now = at(date(2026, 11, 30), HOURS[0])
    world.say("r1", "确认 1")  # the day after: it still counts for the day of the work
    play(world, date(2026, 11, 30), date(2026, 12, 2))
    assert told(world)[date(2026, 11, 30), ReminderKind.THANKS] == ["李四"]
    assert world.news_of("陈书记")[-1] == (
        "第一支部11月29日回家日小结\n"
        "党员 3，到了 1，说来参加 0，换一天 0，请假 0，没有回音 2，当天办了几件 1。"
    )


def test_who_does_it_again_later_did_not_serve_that_day(world: World) -> None:
    world.now = at(DAY, HOURS[2])
    _placed(world, "r1", "阳光小区1栋灯坏了")
    for sender, said in (
        ("chenshuji", "派单 1 李四"),
        ("lisi", "接单 1"),
        ("lisi", "完成 1"),
    ):
        world.say(sender, said)
    with transaction(world.engine) as session:
        store.lay_down(session, world.organisations["c1"], MONTH, DAY, None, known=True)
    run(world, date(2026, 11, 30), HOURS[0])
    for sender, said in (
        ("r1", "没解决 1 又灭了"),
        ("liuzhuren", "派单 1 张三"),
        ("zhangsan", "接单 1"),
        ("zhangsan", "完成 1"),
    ):
        world.say(sender, said)
    play(world, date(2026, 11, 30), date(2026, 12, 2))
    assert told(world)[date(2026, 11, 30), ReminderKind.THANKS] == ["李四"]
    assert "党员 3，到了 1，" in world.news_of("陈书记")[-1]


def test_the_job_says_counts_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.now = at(date(2026, 11, 22), HOURS[1])
    runtime = SimpleNamespace(
        engine=world.engine, now=lambda: world.now, settings=SimpleNamespace(policy=POLICY)
    )
    monkeypatch.setattr(home_day, "current", lambda: runtime)
    with capture_logs() as logs:
        home_day.remind()
    assert logs == [
        {
            "event": "home days looked at",
            "log_level": "info",
            "laid_down": 1,
            "date": 1,
            "pick": 3,
            "invitation": 4,
        }
    ]


def test_a_year_nobody_knows_takes_the_rule_and_says_so(world: World) -> None:
    run(world, date(2027, 1, 17))
    row = stored(world, date(2027, 1, 1))
    assert (row.day, row.moved, row.is_known) == (date(2027, 1, 31), None, False)
    assert "2027年的放假安排还不知道，先按最后一个星期日" in world.news_of("刘主任")[-1]


def test_a_moved_day_says_why(world: World) -> None:
    run(world, date(2026, 8, 30))
    row = stored(world, date(2026, 9, 1))
    assert (row.day, row.moved) == (date(2026, 9, 13), Moved.HOLIDAY)
    assert "最后一个星期日9月27日在法定假期里，所以换到这天。" in world.news_of("刘主任")[-1]
