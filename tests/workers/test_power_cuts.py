"""A relay that dies after a send and before it wrote so: the platforms' guards make it one send.

The official account has no guard for texts: whoever was just being written to may hear it twice.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.channels import Outgoing, Sent
from bot.config import Template
from bot.sandbox.catalogue import PROGRESS
from bot.sandbox.samples import Sample
from storage.database import transaction
from storage.notices import Draft
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform
from tests.post_office import TAKE, Clock, FakeChannel, add_person, draft, post, rows
from tests.workers.stand_in import SENDS, Chain, StandIn, chain, stand_in, tokens_on
from workers.calls import LEASE

OFFICIAL, WECOM = Platform.OFFICIAL, Platform.WECOM
DONE = NoticeKind.ORDER_DONE
FIELDS = {
    "character_string1": "number",
    "thing2": "title",
    "phrase3": "status",
    "time4": "time",
    "thing5": "field:地点",
}
PEOPLE = tuple(
    Sample(f"{prefix}{number}", "", "", platform, f"{prefix}{number}")
    for platform, prefix in ((WECOM, "w"), (OFFICIAL, "o"))
    for number in range(3)
)


class PowerCutError(BaseException):
    """What no code catches."""


@pytest.fixture(scope="module")
def platforms() -> Iterator[StandIn]:
    with stand_in() as found:
        yield found


@dataclass
class Scene:
    """Three members and three followers; the power goes with the send of that number."""

    chain: Chain
    engine: Engine
    members: Sequence[int]
    followers: Sequence[int]
    last_send: int = 1
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def cut(self, send: Callable[..., Sent]) -> Callable[..., Sent]:
        """Let a send arrive, and the process die before it knows."""

        def sent_and_dead(recipients: Sequence[str] | str, outgoing: Outgoing) -> Sent:
            sent = send(recipients, outgoing)
            if next(self._numbers) == self.last_send:
                raise PowerCutError
            return sent

        return sent_and_dead

    def copies(self) -> list[int]:
        """Count what each phone shows, fewest first."""
        return sorted(self.chain.seen().values())


@pytest.fixture
def scene(platforms: StandIn, engine: Engine, tmp_path: Path) -> Iterator[Scene]:
    clock = Clock()
    templates = {"templates": {DONE: Template(id=PROGRESS.id, fields=FIELDS)}}
    begun = chain(platforms, engine, clock, tmp_path, PEOPLE, official=templates)
    with transaction(engine) as session:
        members = [add_person(session, wecom=f"w{number}") for number in range(3)]
        followers = [add_person(session, official=f"o{number}") for number in range(3)]
    found = Scene(begun, engine, members, followers)
    dying = {}
    for name, each in begun.channels.items():
        dying[name] = FakeChannel(each.account, batch_size=each.batch_size)
        dying[name].answer = found.cut(each.send)
        dying[name].template = found.cut(each.send_template)
    begun.channels = dying
    for phone in begun.world.phones.values():
        phone.is_following = True
    with tokens_on(clock):
        yield found


def run_dies_and_another_goes_on(scene: Scene, *drafts: Draft) -> None:
    post(scene.engine, *drafts)
    with pytest.raises(PowerCutError):
        scene.chain.relay()
    scene.chain.clock.move(LEASE - timedelta(seconds=1))
    scene.chain.relay()
    assert {row.status for row in rows(scene.engine)} == {DeliveryStatus.DUE}
    scene.chain.clock.move(timedelta(seconds=1))
    scene.chain.relay()
    assert {row.status for row in rows(scene.engine)} == {DeliveryStatus.SENT}


def test_a_card_that_comes_again_is_known_by_its_task_id(scene: Scene) -> None:
    run_dies_and_another_goes_on(scene, draft(*scene.members, title="N1 派单", actions=[TAKE]))
    assert scene.copies() == [1, 1, 1]
    assert scene.chain.answers(*SENDS) == {(WECOM, 0): 1, (WECOM, 42014): 1}


def test_a_text_that_comes_again_is_swallowed_for_being_the_same(scene: Scene) -> None:
    run_dies_and_another_goes_on(scene, draft(*scene.members, title="N1 提醒"))
    assert scene.copies() == [1, 1, 1]
    assert scene.chain.answers(*SENDS) == {(WECOM, 0): 2}


def test_a_template_message_that_comes_again_is_known_by_its_own_number(scene: Scene) -> None:
    person = scene.followers[0]
    run_dies_and_another_goes_on(scene, draft(person, title="N1 完成了", kind=DONE))
    assert scene.copies() == [1]
    assert scene.chain.answers(*SENDS) == {(OFFICIAL, 0): 2}


def test_a_text_of_the_official_account_comes_twice_at_most(scene: Scene) -> None:
    for number in range(3):
        scene.chain.write(f"o{number}")
    scene.last_send = 3  # of three sends under way together the last one kills
    run_dies_and_another_goes_on(scene, draft(*scene.followers, title="N1 有人来了"))
    assert scene.copies() == [2, 2, 2]
