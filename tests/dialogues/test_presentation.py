"""文字 instead of 卡片, and back."""

from sqlalchemy import select

from storage.database import transaction
from storage.models import Person
from tests.factories import World, shown

TABLE = [
    ("文字", "好的，以后给您发文字，不发卡片。想换回来就说“卡片”。\n[换回卡片]", True),
    ("卡片", "好的，以后给您发卡片。", False),
]


def test_the_choice_reads_as_written_and_is_kept(world: World) -> None:
    for said, answered, is_text in TABLE:
        assert shown(world.say("zhangsan", said)) == answered
        with transaction(world.engine) as session:
            kept = select(Person.prefers_text).where(Person.id == world.people["张三"])
            assert session.execute(kept).scalar_one() is is_text


def test_a_sentence_that_begins_with_the_word_is_no_choice(world: World) -> None:
    assert "报这件事" in world.say("wang", "文字看不清，单元门口的牌子").text
