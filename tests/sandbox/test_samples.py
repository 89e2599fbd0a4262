"""What the page offers to say is understood, and said by somebody whose part it is."""

import pytest
from sqlalchemy import Engine

from bot.sandbox.samples import PEOPLE, Sample
from handlers.texts import general
from storage.vocabulary import Platform
from tests.factories import World, found

REFUSED = (
    general.APOLOGY,
    general.NOT_ALLOWED,
    general.NOT_IN_ROSTER,
    general.NOT_VERIFIED,
    general.NOT_YET,
    general.UNCLEAR,
)
NOT_SAID_BY_MEMBERS = "您是想报这件事吗"


@pytest.fixture
def world(engine: Engine) -> World:
    return found(engine)


@pytest.mark.parametrize("person", PEOPLE, ids=[person.key for person in PEOPLE])
def test_whatever_is_offered_is_answered(world: World, person: Sample) -> None:
    for said in person.sayings:
        answer = world.say(person.key, said).text
        assert answer
        assert not [refused for refused in REFUSED if refused in answer], (said, answer)
        if person.platform is Platform.WECOM:
            assert NOT_SAID_BY_MEMBERS not in answer, (said, answer)
        world.say(person.key, "取消")
