"""A worker dies in the middle of a bulk send, again and again: nobody is missed.

Who may be written to twice is counted: only where the platform has no guard, and at most those of
the calls that were under way. WeCom knows a card by its task id, and an equal text to equal people.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.channels import ApiError, FailureKind, Outgoing, Sent
from bot.channels.failures import TASK_ID_USED
from storage.database import transaction
from storage.vocabulary import DeliveryStatus
from tests.conftest import ReportFigures
from tests.post_office import (
    NOW,
    OFFICIAL,
    TAKE,
    WECOM,
    Clock,
    FakeChannel,
    add_person,
    draft,
    post,
    rows,
)
from workers.calls import LEASE
from workers.delivery import deliver_bulk

NOWHERE = Path("nowhere")
MEMBERS, FOLLOWERS, A_CALL = 50, 45, 10
UNDER_WAY = 20  # single sends that are recorded together


class PowerCutError(BaseException):
    """What no code catches."""


@dataclass
class Platforms:
    """What people really got, and when the power goes: before or after the effect of a call."""

    got: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    calls: int = 0
    dies_at: int = -1
    dies_after_effect: bool = False

    def wecom(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        return self._called(lambda: self._guarded(recipients, outgoing))

    def official(self, recipients: Sequence[str], _: Outgoing) -> Sent:
        return self._called(lambda: self._delivered(recipients))

    def _called(self, effect: Callable[[], Sent]) -> Sent:
        self.calls += 1
        if self.calls != self.dies_at:
            return effect()
        if self.dies_after_effect:
            effect()
        raise PowerCutError

    def _guarded(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        guard = f"{outgoing.title} {sorted(recipients)}" if outgoing.as_text else outgoing.task_id
        if guard in self.known and not outgoing.as_text:
            raise ApiError(TASK_ID_USED, "known", FailureKind.REFUSED)
        if guard not in self.known:
            self._delivered(recipients)
        self.known.add(guard)
        return Sent()

    def _delivered(self, recipients: Sequence[str]) -> Sent:
        self.got.update(recipients)
        return Sent()


@pytest.mark.parametrize("is_card", [True, False], ids=["cards", "texts"])
@pytest.mark.parametrize("seed", range(4))
def test_whoever_dies_in_a_bulk_send_nobody_is_missed(
    *, engine: Engine, seed: int, is_card: bool, report_figures: ReportFigures
) -> None:
    chance = random.Random(seed)  # noqa: S311 (no secret)
    clock, platforms = Clock(), Platforms()
    channels = {
        "wecom": FakeChannel(WECOM, batch_size=A_CALL, answer=platforms.wecom),
        "oa": FakeChannel(OFFICIAL, answer=platforms.official),
    }
    with transaction(engine) as session:
        people = [add_person(session, wecom=f"w{n}") for n in range(MEMBERS)]
        people += [add_person(session, official=f"o{n}", messaged_at=NOW) for n in range(FOLLOWERS)]
    notice = draft(*people, actions=[TAKE] if is_card else [], title="#1 回家日")
    post(engine, replace(notice, is_bulk=True))

    kills = 0
    for _ in range(3):
        platforms.dies_at = platforms.calls + chance.randint(1, 12)
        platforms.dies_after_effect = chance.random() < 0.7
        with pytest.raises(PowerCutError):
            deliver_bulk(engine, channels, root=NOWHERE, now=clock)
        kills += 1
        clock.move(LEASE + timedelta(seconds=1))
    deliver_bulk(engine, channels, root=NOWHERE, now=clock)

    everybody = {f"w{n}" for n in range(MEMBERS)} | {f"o{n}" for n in range(FOLLOWERS)}
    twice = {name: count - 1 for name, count in platforms.got.items() if count > 1}
    assert set(platforms.got) == everybody
    assert {row.status for row in rows(engine)} == {DeliveryStatus.SENT}
    assert [name for name in twice if name.startswith("w")] == []
    assert sum(twice.values()) <= kills * UNDER_WAY
    report_figures(
        f"bulk send killed {kills} times, {'cards' if is_card else 'texts'}, seed {seed}: "
        f"{len(everybody)} reached, {sum(twice.values())} copies twice, all without a guard"
    )
