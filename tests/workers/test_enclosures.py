from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from bot.channels import ApiError, Enclosed, FailureKind, Sent
from storage.database import transaction
from storage.models import Assignment, Medium
from storage.notices import OUTDATED, Draft
from storage.vocabulary import (
    AssignmentStatus,
    DeliveryStatus,
    MediaKind,
    MediaStatus,
    NoticeKind,
    Platform,
)
from tests.post_office import (
    NOW,
    Clock,
    FakeChannel,
    Run,
    add_order,
    add_people,
    add_person,
    add_writer,
    draft,
    fails,
    identity,
    post,
    rows,
)
from workers.calls import LEASE

PHOTO = Enclosed(MediaKind.IMAGE, "uploaded")
WORDS = "有一张照片，发不过去。"


@dataclass
class Desk:
    """Where photos lie and notices with photos are written."""

    engine: Engine
    root: Path

    def keep(
        self,
        content: bytes | None = b"a photo",
        *,
        kind: MediaKind = MediaKind.IMAGE,
        status: MediaStatus = MediaStatus.KEPT,
    ) -> int:
        """Store a medium, with its file if there is content."""
        with transaction(self.engine) as session:
            medium = Medium(
                kind=kind,
                status=status,
                person_id=add_person(session),
                platform=Platform.OFFICIAL,
                app_id="wx",
                media_id="m1",
                due_at=NOW,
                created_at=NOW,
            )
            session.add(medium)
            session.flush()
            if status is MediaStatus.KEPT:
                medium.path, medium.content_type = f"{medium.id}.jpg", "image/jpeg"
            if content is not None:
                (self.root / f"{medium.id}.jpg").write_bytes(content)
            return medium.id

    def fetched(self, medium_id: int, status: MediaStatus = MediaStatus.KEPT) -> None:
        """Say that a medium's file has come, or what else became of it."""
        values = {"status": status, "path": f"{medium_id}.jpg", "content_type": "image/jpeg"}
        with transaction(self.engine) as session:
            session.execute(update(Medium).where(Medium.id == medium_id).values(values))

    def enclose(self, *people: int, medium_id: int, order_id: int | None = None) -> None:
        """Write a notice that is a photo."""
        medium = Draft(
            kind=NoticeKind.MEDIUM,
            title="#12 楼道灯坏了",
            text=WORDS,
            media=[medium_id],
            order_id=order_id,
            recipients=people,
        )
        post(self.engine, medium)


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


def refuses(code: int | None, kind: FailureKind) -> Callable[[Path], str]:
    def answer(_: Path) -> str:
        raise ApiError(code, "said no", kind)

    return answer


def test_words_go_first_and_the_photo_follows_to_all_with_one_upload_and_one_call(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk
) -> None:
    people = add_people(engine, 3)
    desk.enclose(*people, medium_id=desk.keep())
    post(engine, draft(*people))
    assert run() == Counter(sent=6)
    assert [(len(names), outgoing.enclosed) for names, outgoing in wecom.sent] == [
        (3, None),
        (3, PHOTO),
    ]
    assert wecom.uploads == [(b"a photo", MediaKind.IMAGE, "image/jpeg")]


def test_a_voice_goes_as_a_voice(engine: Engine, run: Run, wecom: FakeChannel, desk: Desk) -> None:
    desk.enclose(*add_people(engine, 1), medium_id=desk.keep(kind=MediaKind.VOICE))
    run()
    ((_, outgoing),) = wecom.sent
    assert outgoing.enclosed == Enclosed(MediaKind.VOICE, "uploaded")


def test_a_photo_that_is_still_being_fetched_delays_only_itself(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk, clock: Clock
) -> None:
    people = add_people(engine, 1)
    medium_id = desk.keep(None, status=MediaStatus.DUE)
    post(engine, draft(*people))
    desk.enclose(*people, medium_id=medium_id)
    assert run() == Counter(sent=1, postponed=1)
    _, waiting = rows(engine)
    assert (waiting.status, waiting.attempts, waiting.due_at, waiting.leased_until) == (
        DeliveryStatus.DUE,
        0,
        NOW + timedelta(seconds=5),
        None,
    )
    (desk.root / f"{medium_id}.jpg").write_bytes(b"a photo")
    desk.fetched(medium_id)
    clock.move(timedelta(seconds=5))
    assert run() == Counter(sent=1)
    assert [outgoing.enclosed for _, outgoing in wecom.sent] == [None, PHOTO]


def test_a_name_on_the_platform_is_used_until_shortly_before_its_end(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    medium_id = desk.keep()
    uploads = []
    for hours in (0, 69, 2):
        clock.move(timedelta(hours=hours))
        desk.enclose(person, medium_id=medium_id)
        assert run() == Counter(sent=1)
        uploads.append(len(wecom.uploads))
    assert uploads == [1, 1, 2]


def test_each_platform_gets_an_upload_of_its_own(
    engine: Engine, run: Run, wecom: FakeChannel, official: FakeChannel, desk: Desk
) -> None:
    people = [*add_people(engine, 1), add_writer(engine)]
    desk.enclose(*people, medium_id=desk.keep())
    official.name = lambda _: "official name"
    run()
    assert [outgoing.enclosed for _, outgoing in wecom.sent] == [PHOTO]
    assert [outgoing.enclosed for _, outgoing in official.sent] == [
        Enclosed(MediaKind.IMAGE, "official name")
    ]


def test_a_name_that_the_platform_has_forgotten_is_uploaded_anew(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    desk.enclose(person, medium_id=desk.keep())
    wecom.answer = fails(FailureKind.REFUSED, 40007)
    assert run() == Counter(retried=1)
    wecom.answer = lambda _, __: Sent()
    wecom.name = lambda _: "second name"
    clock.move(timedelta(seconds=10))
    assert run() == Counter(sent=1)
    assert wecom.sent[-1][1].enclosed == Enclosed(MediaKind.IMAGE, "second name")
    assert len(wecom.uploads) == 2


def test_what_wecom_does_not_carry_is_said_there_in_words(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk
) -> None:
    desk.enclose(*add_people(engine, 2), medium_id=desk.keep())
    wecom.name = refuses(None, FailureKind.REFUSED)
    assert run() == Counter(sent=2)
    ((names, outgoing),) = wecom.sent
    assert (names, outgoing.title, outgoing.text, outgoing.enclosed) == (
        ("w0", "w1"),
        "#12 楼道灯坏了",
        WORDS,
        None,
    )
    assert {row.failure for row in rows(engine)} == {"wecom refused"}


def test_what_wecom_does_not_carry_goes_where_it_is_carried(
    engine: Engine, run: Run, wecom: FakeChannel, official: FakeChannel, desk: Desk
) -> None:
    desk.enclose(add_writer(engine, wecom="w1"), medium_id=desk.keep())
    wecom.name = refuses(40005, FailureKind.REFUSED)
    assert run() == Counter(sent=1)
    assert wecom.sent == []
    assert [outgoing.enclosed for _, outgoing in official.sent] == [PHOTO]
    (row,) = rows(engine)
    assert (row.channel, row.failure) == (Platform.OFFICIAL, "wecom 40005")


@pytest.mark.parametrize("status", [MediaStatus.LOST, MediaStatus.REFUSED])
def test_what_never_came_is_said_in_words_at_once(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk, status: MediaStatus
) -> None:
    desk.enclose(*add_people(engine, 1), medium_id=desk.keep(None, status=status))
    assert run() == Counter(sent=1)
    ((_, outgoing),) = wecom.sent
    assert (outgoing.text, outgoing.enclosed, wecom.uploads) == (WORDS, None, [])


def test_such_words_are_not_worth_a_send_of_a_window(
    engine: Engine, run: Run, official: FakeChannel, desk: Desk
) -> None:
    desk.enclose(add_writer(engine), medium_id=desk.keep(None, status=MediaStatus.LOST))
    assert run() == Counter(pending=1)
    (row,) = rows(engine)
    assert (row.status, row.failure) == (DeliveryStatus.PENDING, "medium lost")
    assert (official.sent, identity(engine, "o1").message_sends) == ([], 0)


def test_a_file_that_is_gone_is_said_in_words(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk
) -> None:
    desk.enclose(*add_people(engine, 1), medium_id=desk.keep(None))
    assert run() == Counter(sent=1)
    ((_, outgoing),) = wecom.sent
    assert (outgoing.text, outgoing.enclosed) == (WORDS, None)


def test_photos_leave_a_windows_last_sends_to_words(
    engine: Engine, run: Run, official: FakeChannel, desk: Desk
) -> None:
    person = add_writer(engine)
    for _ in range(5):
        desk.enclose(person, medium_id=desk.keep())
    assert run() == Counter(sent=3, pending=2)
    assert {row.failure for row in rows(engine)} == {None, "window closed"}
    post(engine, draft(person), draft(person))
    assert run() == Counter(sent=2)
    assert [outgoing.enclosed for _, outgoing in official.sent] == [PHOTO] * 3 + [None] * 2


def test_a_platform_that_takes_no_uploads_still_gets_words(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk, clock: Clock
) -> None:
    people = add_people(engine, 1)
    for _ in range(4):
        desk.enclose(*people, medium_id=desk.keep())
    asked: list[Path] = []

    def away(path: Path) -> str:
        asked.append(path)
        raise ApiError(None, "no answer", FailureKind.RETRY)

    wecom.name = away
    assert run() == Counter(retried=4)
    assert len(asked) == 3
    post(engine, draft(*people), now=clock.at)
    assert run() == Counter(sent=1)
    assert {row.failure for row in rows(engine)[:4]} == {"wecom no answer"}


def test_a_fault_of_ours_puts_one_photo_off_and_words_go_on(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk
) -> None:
    people = add_people(engine, 1)
    desk.enclose(*people, medium_id=desk.keep())
    post(engine, draft(*people))

    def broken(path: Path) -> str:
        raise KeyError(path)

    wecom.name = broken
    assert run() == Counter(sent=1, retried=1)


def test_no_photo_is_sent_after_an_upload_that_lasted_too_long(
    engine: Engine, run: Run, wecom: FakeChannel, desk: Desk, clock: Clock
) -> None:
    desk.enclose(*add_people(engine, 1), medium_id=desk.keep())

    def slow(_: Path) -> str:
        clock.move(timedelta(seconds=26))
        return "uploaded"

    wecom.name = slow
    started = clock.at
    assert run() == Counter(sent=1, released=1)
    assert len(wecom.uploads) == 1
    assert clock.at - started < LEASE
    (row,) = rows(engine)
    assert row.attempts == 1


def test_a_photo_travels_to_many_who_were_not_found_by_wecom_in_their_windows(
    engine: Engine, run: Run, wecom: FakeChannel, official: FakeChannel, desk: Desk
) -> None:
    with transaction(engine) as session:
        people = [
            add_person(session, wecom=f"w{n}", official=f"o{n}", tapped_at=NOW) for n in range(2)
        ]
    desk.enclose(*people, medium_id=desk.keep())
    wecom.answer = lambda names, _: Sent(failures=dict.fromkeys(names, "invaliduser"))
    assert run() == Counter(sent=2)
    assert official.readers == ["o0", "o1"]
    assert [outgoing.enclosed for _, outgoing in official.sent] == [PHOTO] * 2
    assert len(official.uploads) == 1


LEFT = {
    "gave it back": ([(AssignmentStatus.RELEASED, NOW)], False),
    "was not seen": ([(AssignmentStatus.NO_SHOW, NOW)], False),
    "was taken off it": ([(AssignmentStatus.REVOKED, NOW)], False),
    "has come back": ([(AssignmentStatus.RELEASED, NOW), (AssignmentStatus.ACCEPTED, NOW)], True),
    "has done it": ([(AssignmentStatus.FINISHED, NOW)], True),
    "was only asked": ([(AssignmentStatus.REVOKED, None)], True),
    "dispatches": ([], True),
}


@pytest.mark.parametrize(("past", "is_sent"), LEFT.values(), ids=LEFT.keys())
def test_whoever_has_left_an_order_gets_no_photo_of_it(
    engine: Engine,
    run: Run,
    desk: Desk,
    past: list[tuple[AssignmentStatus, datetime | None]],
    *,
    is_sent: bool,
) -> None:
    (person,) = add_people(engine, 1)
    with transaction(engine) as session:
        order_id, other = add_order(session), add_order(session)
        assignments = [(order_id, *step) for step in past]
        for order, status, accepted_at in (*assignments, (other, AssignmentStatus.RELEASED, NOW)):
            session.add(
                Assignment(order_id=order, person_id=person, status=status, accepted_at=accepted_at)
            )
    desk.enclose(person, medium_id=desk.keep(), order_id=order_id)
    post(engine, draft(person, order_id=order_id))
    counts = run()
    photo, words = rows(engine)
    assert counts["sent"] == 1 + is_sent
    assert words.status is DeliveryStatus.SENT
    assert (photo.status, photo.failure) == (
        (DeliveryStatus.SENT, None) if is_sent else (DeliveryStatus.FAILED, OUTDATED)
    )
