"""How far our clock is from the platform's is seen with every answer, and told once an hour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import structlog
from redis import Redis
from structlog.testing import LogCapture

from bot.channels import Outgoing, WebhookError
from bot.channels.factory import open_channel
from bot.channels.skew import TOLERATED_SECONDS, Skew
from bot.config import Account
from tests.channels.conftest import NOW
from tests.channels.standin import standing_in
from tests.platform import official_account, seal_request, text_xml, wecom_account

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def told() -> Iterator[LogCapture]:
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(processors=before)


class Clocks:
    """The machine's clock and its ticks, moved by hand."""

    def __init__(self) -> None:
        self.now = NOON
        self.ticks = 0.0

    def seconds(self) -> float:
        return self.now.timestamp()

    def skew(self) -> Skew:
        return Skew(clock=self.seconds, ticks=lambda: self.ticks)


@pytest.mark.parametrize(
    ("seconds", "is_tolerated"), [(0, True), (60, True), (-60, True), (61, False), (-300, False)]
)
def test_a_minute_is_tolerated(told: LogCapture, seconds: int, *, is_tolerated: bool) -> None:
    clocks = Clocks()
    clocks.now += timedelta(seconds=seconds)
    skew = clocks.skew()
    assert (skew.seconds, skew.is_tolerated) == (None, True)
    skew.note(format_datetime(NOON, usegmt=True), host="api.example")
    assert (skew.seconds, skew.is_tolerated) == (seconds, is_tolerated)
    assert len(told.entries) == (not is_tolerated)


def test_it_is_told_once_an_hour_with_the_seconds(told: LogCapture) -> None:
    clocks = Clocks()
    clocks.now += timedelta(minutes=5)
    skew = clocks.skew()
    for moment in (0, 1, 3_599, 3_600, 3_601):
        clocks.ticks = moment
        skew.note(format_datetime(NOON, usegmt=True), host="api.example")
    assert (
        told.entries
        == [
            {
                "event": "clock differs from the platform's",
                "host": "api.example",
                "seconds": 300,
                "log_level": "warning",
            }
        ]
        * 2
    )


@pytest.mark.parametrize("date", [None, "", "soon", "Mon, 99 Nov 2026 99:00:00 GMT"])
def test_what_is_no_date_says_nothing(told: LogCapture, date: str | None) -> None:
    skew = Clocks().skew()
    skew.note(date, host="api.example")
    assert skew.seconds is None
    assert told.entries == []


def test_an_hour_without_a_place_is_utc() -> None:
    skew = Clocks().skew()
    skew.note("Sat, 21 Nov 2026 12:00:00 -0000", host="api.example")
    assert skew.seconds == 0


def test_a_clock_that_is_put_right_is_right() -> None:
    clocks = Clocks()
    skew = clocks.skew()
    clocks.now += timedelta(minutes=5)
    skew.note(format_datetime(NOON, usegmt=True), host="x")
    clocks.now = NOON
    skew.note(format_datetime(NOON, usegmt=True), host="x")
    assert skew.is_tolerated


@pytest.mark.parametrize("account", [official_account(), wecom_account()], ids=["oa", "wc"])
def test_a_channel_knows_how_far_its_clock_is_off(account: Account, redis_client: Redis) -> None:
    # The stand-in's answers carry the Date of this machine, so the two clocks are one.
    token = {"access_token": "t", "expires_in": 7200}
    paths = ("/cgi-bin/stable_token", "/cgi-bin/gettoken")
    sends = ("/cgi-bin/message/custom/send", "/cgi-bin/message/send")
    answers = {path: lambda _: token for path in paths}
    answers |= {path: lambda _: {"errcode": 0} for path in sends}
    with standing_in(answers) as standin:
        channel = open_channel(
            account.model_copy(update={"api_base_url": standin.url}), redis_client
        )
        assert channel.skew_seconds is None
        channel.send(["o1"], Outgoing(title="x"))
        assert channel.skew_seconds is not None
        assert abs(channel.skew_seconds) < TOLERATED_SECONDS


@pytest.mark.parametrize("seconds", [700, -700])
def test_a_stale_request_is_refused_with_the_difference(redis_client: Redis, seconds: int) -> None:
    channel = open_channel(official_account(), redis_client)
    xml = text_xml("o1", "gh_1", "灯坏了", message_id=1, at=NOW)
    query, body = seal_request(channel.account, xml, now=NOW)
    with pytest.raises(WebhookError) as raised:
        channel.read(query, body, now=NOW + timedelta(seconds=seconds))
    assert raised.value.reason == f"stale timestamp, our clock differs by {seconds:+} s"
