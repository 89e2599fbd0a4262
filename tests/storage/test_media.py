from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from storage import media
from storage.database import transaction
from storage.media import Claimed, Draft
from storage.models import Medium
from storage.vocabulary import MediaKind, MediaStatus, Platform
from tests.post_office import NOW, add_order, add_person, together

LEASE = timedelta(minutes=2)


@pytest.fixture
def person(engine: Engine) -> int:
    with transaction(engine) as session:
        return add_person(session, official="o1")


def add(engine: Engine, person: int, *, media_id: str = "m1", at: datetime = NOW) -> int:
    with transaction(engine) as session:
        draft = Draft(
            kind=MediaKind.IMAGE,
            person_id=person,
            platform=Platform.OFFICIAL,
            app_id="wx",
            media_id=media_id,
        )
        return media.add(session, draft, now=at)


def claim(engine: Engine, *, at: datetime = NOW, limit: int = 10) -> list[Claimed]:
    with transaction(engine) as session:
        return media.claim_due(session, now=at, limit=limit, lease=LEASE)


def keep(engine: Engine, medium_id: int, *, lease: datetime = NOW + LEASE) -> bool:
    with transaction(engine) as session:
        return media.keep(
            session, medium_id, lease=lease, path="media/a.jpg", content_type="image/jpeg", size=9
        )


def medium(engine: Engine, medium_id: int) -> Medium:
    with transaction(engine) as session:
        return session.get_one(Medium, medium_id)


def test_what_was_sent_is_due_at_once_oldest_first(engine: Engine, person: int) -> None:
    young = add(engine, person, at=NOW + timedelta(seconds=1))
    old = add(engine, person)
    assert [each.medium_id for each in claim(engine)] == [old]
    (second,) = claim(engine, at=NOW + timedelta(seconds=1))
    assert (second.medium_id, second.attempts, second.media_id) == (young, 1, "m1")
    assert second.created_at == NOW + timedelta(seconds=1)


def test_a_claim_is_one_workers_until_its_lease_runs_out(engine: Engine, person: int) -> None:
    medium_id = add(engine, person)
    assert len(claim(engine)) == 1
    assert claim(engine, at=NOW + LEASE - timedelta(seconds=1)) == []
    (again,) = claim(engine, at=NOW + LEASE)
    assert (again.medium_id, again.attempts) == (medium_id, 2)


def test_two_workers_at_once_never_claim_the_same(engine: Engine, person: int) -> None:
    for number in range(6):
        add(engine, person, media_id=f"m{number}")
    claimed: list[int] = []
    together(2, lambda: claimed.extend(each.medium_id for each in claim(engine, limit=3)))
    assert len(claimed) == len(set(claimed))
    assert len(claimed) >= 3


def test_a_kept_file_is_fetched_no_more(engine: Engine, person: int) -> None:
    medium_id = add(engine, person)
    claim(engine)
    assert keep(engine, medium_id)
    row = medium(engine, medium_id)
    assert (row.status, row.path, row.content_type, row.size) == (
        MediaStatus.KEPT,
        "media/a.jpg",
        "image/jpeg",
        9,
    )
    assert row.leased_until is None
    assert claim(engine, at=NOW + 2 * LEASE) == []


def test_who_lost_the_claim_changes_nothing(engine: Engine, person: int) -> None:
    medium_id = add(engine, person)
    claim(engine)
    claim(engine, at=NOW + LEASE)
    assert not keep(engine, medium_id)
    with transaction(engine) as session:
        media.put_off(
            session, medium_id, lease=NOW + LEASE, due_at=NOW + timedelta(days=1), failure="late"
        )
        assert not media.give_up(
            session, medium_id, lease=NOW + LEASE, status=MediaStatus.LOST, failure="late"
        )
    row = medium(engine, medium_id)
    assert (row.status, row.due_at, row.failure) == (MediaStatus.DUE, NOW, None)
    assert keep(engine, medium_id, lease=NOW + 2 * LEASE)


def test_what_was_put_off_comes_again_when_it_is_due(engine: Engine, person: int) -> None:
    medium_id = add(engine, person)
    claim(engine)
    later = NOW + timedelta(seconds=10)
    with transaction(engine) as session:
        media.put_off(session, medium_id, lease=NOW + LEASE, due_at=later, failure="x" * 300)
    assert medium(engine, medium_id).failure == "x" * media.FAILURE_CHARACTERS
    assert claim(engine, at=later - timedelta(seconds=1)) == []
    assert [each.attempts for each in claim(engine, at=later)] == [2]


def test_only_loose_media_are_bound_and_an_order_keeps_its_own(engine: Engine, person: int) -> None:
    first, second, third = (add(engine, person, media_id=f"m{number}") for number in range(3))
    with transaction(engine) as session:
        one, other = add_order(session), add_order(session)
        media.bind(session, [first, second], one)
        media.bind(session, [second, third], other)
        media.bind(session, [], other)
        assert [item.medium_id for item in media.of_order(session, one, most=9)] == [first, second]
        assert [item.medium_id for item in media.of_order(session, one, most=1)] == [first]
        assert [item.medium_id for item in media.of_order(session, other, most=9)] == [third]


def test_an_orders_media_are_those_that_can_still_be_shown(engine: Engine, person: int) -> None:
    ids = [add(engine, person, media_id=f"m{number}") for number in range(4)]
    with transaction(engine) as session:
        order = add_order(session)
        media.bind(session, ids, order)
    claim(engine)
    keep(engine, ids[1])
    with transaction(engine) as session:
        for row, status in ((ids[2], MediaStatus.REFUSED), (ids[3], MediaStatus.LOST)):
            assert media.give_up(session, row, lease=NOW + LEASE, status=status, failure="no")
    with transaction(engine) as session:
        shown = media.of_order(session, order, most=9)
        known = media.items(session, ids)
    assert [(item.medium_id, item.status) for item in shown] == [
        (ids[0], MediaStatus.DUE),
        (ids[1], MediaStatus.KEPT),
    ]
    assert [known[each].status for each in ids[2:]] == [MediaStatus.REFUSED, MediaStatus.LOST]


def test_what_a_person_sent_is_counted_from_a_moment_on(engine: Engine, person: int) -> None:
    add(engine, person)
    add(engine, person, at=NOW + timedelta(hours=1))
    with transaction(engine) as session:
        stranger = add_person(session, official="o2")
        assert media.count_since(session, person, NOW - timedelta(seconds=1)) == 2
        assert media.count_since(session, person, NOW) == 1
        assert media.count_since(session, stranger, NOW - timedelta(days=1)) == 0


def test_another_failure_of_the_same_person_is_known(engine: Engine, person: int) -> None:
    first, second = add(engine, person, media_id="m1"), add(engine, person, media_id="m2")
    claim(engine)
    before = NOW - timedelta(seconds=1)
    with transaction(engine) as session:
        media.give_up(session, first, lease=NOW + LEASE, status=MediaStatus.LOST, failure="40007")
    with transaction(engine) as session:
        assert media.has_failed_since(session, person, before, besides=second)
        assert not media.has_failed_since(session, person, before, besides=first)
        assert not media.has_failed_since(session, person, NOW, besides=second)


def test_a_name_on_a_platform_is_known_until_it_ends(engine: Engine, person: int) -> None:
    medium_id = add(engine, person)
    end = NOW + timedelta(days=3)
    with transaction(engine) as session:
        media.remember_upload(session, medium_id, "corp", media_id="u1", expires_at=NOW)
        media.remember_upload(session, medium_id, "corp", media_id="u2", expires_at=end)
        assert media.upload_of(session, medium_id, "corp", now=NOW) == "u2"
        assert media.upload_of(session, medium_id, "wx", now=NOW) is None
        assert media.upload_of(session, medium_id, "corp", now=end) is None
        media.forget_upload(session, medium_id, "corp")
        assert media.upload_of(session, medium_id, "corp", now=NOW) is None
