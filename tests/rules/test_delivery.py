from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.delivery import (
    ALLOWANCES,
    NO_CHANNEL,
    WINDOW_CLOSED,
    Send,
    Wait,
    Way,
    backoff,
    is_open,
    next_platform_day,
    next_step,
    platform_day,
)
from storage.vocabulary import Platform

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ACCOUNTS = {(Platform.WECOM, "corp"), (Platform.OFFICIAL, "wx")}


@dataclass(frozen=True, kw_only=True)
class Place:
    identity_id: int
    platform: Platform
    app_id: str
    is_following: bool = True
    messaged_at: datetime | None = None
    message_sends: int = 0
    tapped_at: datetime | None = None
    tap_sends: int = 0


WECOM = Place(identity_id=2, platform=Platform.WECOM, app_id="corp")
FOLLOWER = Place(identity_id=1, platform=Platform.OFFICIAL, app_id="wx")
WRITER = replace(FOLLOWER, messaged_at=NOW - timedelta(hours=1))
TAPPER = replace(FOLLOWER, tapped_at=NOW - timedelta(seconds=10))


def test_wecom_comes_before_the_official_account() -> None:
    assert next_step([WRITER, WECOM], now=NOW, accounts=ACCOUNTS) == Send(WECOM, Way.WECOM)


def test_the_open_window_of_the_official_account_comes_after_a_wecom_that_refused() -> None:
    step = next_step([WRITER, WECOM], now=NOW, accounts=ACCOUNTS, tried={(2, Way.WECOM)})
    assert step == Send(WRITER, Way.MESSAGE)


def test_the_short_window_is_used_before_the_long_one() -> None:
    both = replace(WRITER, tapped_at=TAPPER.tapped_at)
    assert next_step([both], now=NOW, accounts=ACCOUNTS) == Send(both, Way.TAP)
    used_up = replace(both, tap_sends=3)
    assert next_step([used_up], now=NOW, accounts=ACCOUNTS) == Send(used_up, Way.MESSAGE)


def test_a_chain_goes_on_where_it_stood_and_not_from_its_beginning() -> None:
    step = next_step([WRITER, WECOM], now=NOW, accounts=ACCOUNTS, resume_at=WRITER.identity_id)
    assert step == Send(WRITER, Way.MESSAGE)


def test_a_chain_whose_last_identity_is_gone_begins_anew() -> None:
    assert next_step([WECOM], now=NOW, accounts=ACCOUNTS, resume_at=99) == Send(WECOM, Way.WECOM)


@pytest.mark.parametrize(
    ("places", "reason"),
    [
        pytest.param([], NO_CHANNEL, id="nobody known"),
        pytest.param([FOLLOWER], WINDOW_CLOSED, id="never wrote"),
        pytest.param([replace(WRITER, message_sends=5)], WINDOW_CLOSED, id="quota used"),
        pytest.param([replace(WRITER, is_following=False)], NO_CHANNEL, id="unfollowed"),
        pytest.param([replace(WECOM, is_following=False)], NO_CHANNEL, id="left the app"),
        pytest.param([replace(WECOM, app_id="other")], NO_CHANNEL, id="no account of ours"),
    ],
)
def test_what_cannot_be_pushed_waits(places: list[Place], reason: str) -> None:
    assert next_step(places, now=NOW, accounts=ACCOUNTS) == Wait(reason)


def test_a_template_comes_after_both_windows_and_before_waiting() -> None:
    steps = []
    tried: set[tuple[int, Way]] = set()
    both = replace(WRITER, tapped_at=TAPPER.tapped_at)
    while isinstance(
        step := next_step([both], now=NOW, accounts=ACCOUNTS, templates={"wx"}, tried=tried), Send
    ):
        steps.append(step.way)
        tried.add(step.key)
    assert steps == [Way.TAP, Way.MESSAGE, Way.TEMPLATE]
    assert step == Wait(WINDOW_CLOSED)


def test_a_template_is_only_used_where_the_account_has_one_and_the_person_follows() -> None:
    silent = replace(FOLLOWER, is_following=False)
    assert next_step([FOLLOWER], now=NOW, accounts=ACCOUNTS) == Wait(WINDOW_CLOSED)
    assert next_step([silent], now=NOW, accounts=ACCOUNTS, templates={"wx"}) == Wait(NO_CHANNEL)


def test_daily_quotas_are_fresh_when_the_platforms_day_begins() -> None:
    evening = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
    assert platform_day(evening).isoformat() == "2026-11-21"
    assert platform_day(evening + timedelta(minutes=1)).isoformat() == "2026-11-22"
    assert next_platform_day(evening) == evening + timedelta(minutes=6)


@pytest.mark.parametrize(
    ("window", "age", "expected"),
    [
        pytest.param(Way.MESSAGE, timedelta(hours=47, minutes=59, seconds=29), True, id="48h"),
        pytest.param(Way.MESSAGE, timedelta(hours=47, minutes=59, seconds=30), False, id="-30s"),
        pytest.param(Way.TAP, timedelta(seconds=54), True, id="minute"),
        pytest.param(Way.TAP, timedelta(seconds=55), False, id="-5s"),
    ],
)
def test_windows_are_trusted_a_little_less_long_than_they_last(
    window: Way, age: timedelta, *, expected: bool
) -> None:
    place = replace(FOLLOWER, messaged_at=NOW - age, tapped_at=NOW - age)
    assert is_open(place, window, now=NOW) == expected


def test_quotas_are_those_of_the_platform() -> None:
    assert {window: each.sends for window, each in ALLOWANCES.items()} == {
        Way.MESSAGE: 5,
        Way.TAP: 3,
    }


def test_retries_come_ever_later_and_end_after_about_a_day() -> None:
    delays: list[timedelta] = []
    while (delay := backoff(len(delays) + 1)) is not None:
        delays.append(delay)
    assert delays == sorted(delays)
    assert delays[0] == timedelta(seconds=10)
    assert timedelta(hours=23) < sum(delays, timedelta()) < timedelta(hours=25)


_moments = st.none() | st.integers(0, 60 * 60 * 60).map(lambda age: NOW - timedelta(seconds=age))
_places = st.lists(
    st.builds(
        Place,
        identity_id=st.integers(1, 6),
        platform=st.sampled_from(Platform),
        app_id=st.sampled_from(["corp", "wx", "other"]),
        is_following=st.booleans(),
        messaged_at=_moments,
        message_sends=st.integers(0, 6),
        tapped_at=_moments | st.integers(0, 70).map(lambda age: NOW - timedelta(seconds=age)),
        tap_sends=st.integers(0, 4),
    ),
    max_size=6,
    unique_by=lambda place: place.identity_id,
)


@given(
    places=_places,
    notices=st.lists(st.lists(st.sampled_from(["sent", "refused", "closed"])), max_size=12),
    templates=st.sampled_from([frozenset[str](), frozenset({"wx"})]),
)
def test_every_chain_ends_and_no_window_is_overdrawn(
    places: list[Place], notices: list[list[str]], templates: frozenset[str]
) -> None:
    rows = {place.identity_id: place for place in places}
    used: Counter[tuple[int, Way]] = Counter()
    for outcomes in notices:
        answers = iter(outcomes)
        tried: set[tuple[int, Way]] = set()
        for _ in range(4 * len(places) + 1):
            step = next_step(
                list(rows.values()), now=NOW, accounts=ACCOUNTS, templates=templates, tried=tried
            )
            if isinstance(step, Wait):
                break
            assert step.key not in tried
            place, outcome = step.address, next(answers, "sent")
            if outcome == "sent":
                if step.way not in ALLOWANCES:
                    break
                used[place.identity_id, step.way] += 1
                column = "tap_sends" if step.way is Way.TAP else "message_sends"
                spent = getattr(place, column) + 1
                rows[place.identity_id] = replace(place, **{column: spent})
                break
            every = outcome == "refused"
            tried |= {(place.identity_id, way) for way in (Way if every else (step.way,))}
        else:
            pytest.fail("the chain did not end")
    for place in places:
        left = {
            Way.MESSAGE: max(0, 5 - place.message_sends),
            Way.TAP: max(0, 3 - place.tap_sends),
        }
        for window, most in left.items():
            assert used[place.identity_id, window] <= most
