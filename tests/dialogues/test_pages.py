"""Answers that are too long for one message: turned page by page, true on every page."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from handlers.messages import IncomingKind, Reply
from handlers.rules import paging
from handlers.rules.keywords import KeywordReply
from handlers.texts import general, reports
from storage.database import transaction
from storage.models import Conversation, Delivery
from storage.vocabulary import DeliveryStatus
from tests.dialogues import scenes
from tests.factories import World, shown

STORY = "".join(f"第{number}处的灯不亮，晚上看不见路，老人走路不方便。" for number in range(40))
GUIDE = "\n".join(f"{number}. 办第{number}件事，请带身份证到社区服务大厅。" for number in range(60))
MORE = "[更多]"


@pytest.fixture
def world(world: World) -> World:
    """A community that answers 办事指南 at length, whoever asks."""
    keywords = (
        KeywordReply(words=frozenset({"办事指南"}), answer=GUIDE),
        KeywordReply(words=frozenset({"证件"}), answer=GUIDE, is_inside=True),
    )
    world.policy = replace(world.policy, keywords=keywords)
    return world


def turned(world: World, sender: str, reply: Reply) -> list[Reply]:
    """Turn the pages of an answer to its end, and give them all."""
    found = [reply]
    while general.MORE_ACTION in found[-1].actions:
        found.append(world.say(sender, "更多"))
    return found


def text_of(pages: list[Reply]) -> str:
    return "".join(page.text for page in pages)


@pytest.mark.parametrize("sender", ["wang", "zhangsan"])
@pytest.mark.parametrize("said", ["办事指南", "要带什么证件"])
def test_the_pages_are_the_answer(world: World, sender: str, said: str) -> None:
    pages = turned(world, sender, world.say(sender, said))

    assert text_of(pages) == GUIDE
    assert len(pages) > 2
    assert all(paging.size(page.text) <= paging.PAGE_BYTES for page in pages)
    assert all(page.text.endswith("\n") for page in pages[:-1])
    assert [page.actions for page in pages[:-1]] == [(general.MORE_ACTION,)] * (len(pages) - 1)


def test_further_taps_stand_under_the_last_page(world: World) -> None:
    pages = turned(world, "wang", world.say("wang", "要带什么证件"))

    assert pages[-1].actions == (reports.these_words("要带什么证件"),)


@pytest.mark.parametrize("word", ["更多", "下一页", "更多。", " 更多 "])
def test_either_word_turns_the_page(world: World, word: str) -> None:
    first = world.say("wang", "办事指南")

    second = world.say("wang", word)

    assert GUIDE.startswith(first.text + second.text)


def test_a_question_can_be_answered_on_its_first_page(world: World) -> None:
    first = world.say("wang", f"报事 阳光小区1栋{STORY}")
    assert shown(first).endswith(f"1. 提交\n2. 改一下\n{MORE}")

    assert world.say("wang", "1").text.startswith("收到了，编号 #1。")


def test_a_question_can_be_answered_on_every_page(world: World) -> None:
    pages = turned(world, "wang", world.say("wang", f"报事 阳光小区1栋{STORY}"))
    assert len(pages) > 2
    assert {page.menu for page in pages} == {pages[0].menu}
    assert "第39处" in text_of(pages)

    assert world.say("wang", "2").text == general.ASK_CHANGE


def test_any_other_answer_ends_the_turning(world: World) -> None:
    world.say("wang", "办事指南")
    world.say("wang", "谢谢")

    assert world.say("wang", "更多").text == general.NO_MORE


def test_what_needs_no_answer_does_not(world: World) -> None:
    first = world.say("wang", "办事指南")
    world.give(world.hear("wang", kind=IncomingKind.TAP, is_tap=True))

    assert GUIDE.startswith(first.text + world.say("wang", "更多").text)


def test_after_ten_minutes_only_the_question_is_left(world: World) -> None:
    world.say("wang", f"报事 阳光小区1栋{STORY}")
    world.later(minutes=11)

    late = world.say("wang", "更多")

    assert late.text.startswith(f"{general.NO_MORE}\n\n刚才说到：\n请看看对不对：")
    assert world.say("wang", "1").text.startswith("收到了，编号 #1。")


def test_a_page_is_kept_as_long_as_a_list(world: World) -> None:
    world.say("wang", "办事指南")
    world.later(minutes=10)

    assert world.say("wang", "更多").text != general.NO_MORE


@pytest.mark.parametrize("sender", ["wang", "zhangsan"])
def test_without_anything_to_turn_the_word_says_so(world: World, sender: str) -> None:
    assert shown(world.say(sender, "更多")) == general.NO_MORE


def test_in_the_middle_of_a_question_the_word_is_no_answer(world: World) -> None:
    asked = world.say("wang", "报事")

    answered = world.say("wang", "下一页")

    assert answered.text == f"{general.NO_MORE}\n\n刚才说到：\n{asked.text}"


def test_a_list_has_pages_of_its_own(world: World) -> None:
    for number in range(10):
        world.report("wang", f"阳光小区1栋第{number}盏灯坏了")
    assert "（第 1 页，共 2 页）" in world.say("chenshuji", "待办 全部").text

    assert "（第 2 页，共 2 页）" in world.say("chenshuji", "下一页").text
    assert world.say("chenshuji", "更多").text == general.NO_MORE


def test_the_words_after_a_tapped_card_are_turned_too(world: World) -> None:
    reply = world.press("chenshuji", "办事指南")
    (told,) = world.news_of("陈书记")

    assert (reply.text, scenes.taps(world, "陈书记")) == ("", ["更多"])
    title, _, page = told.partition("\n")
    rest = turned(world, "chenshuji", world.say("chenshuji", "更多"))
    assert (title, page + text_of(rest)) == ("近邻社区", GUIDE)


def test_the_tap_on_a_card_turns_the_page_as_well(world: World) -> None:
    world.press("chenshuji", "办事指南")
    for _ in range(9):
        if scenes.taps(world, "陈书记") != ["更多"]:
            break
        assert world.press("chenshuji", "更多").text == ""

    told = [one.partition("\n")[2] for one in world.news_of("陈书记")]
    assert ("".join(told), len(told) > 2) == (GUIDE, True)


def test_news_that_waited_is_turned_with_the_answer(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1 张三")
    for number in range(3):
        world.say("wang", f"补充 1 {number}：{STORY[:500]}")
    with transaction(world.engine) as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.status = DeliveryStatus.PENDING
    waiting = world.news_of("陈书记")

    pages = turned(world, "chenshuji", world.say("chenshuji", "办事指南"))

    said = text_of(pages)
    assert said.endswith(GUIDE)
    assert all(one.partition("\n")[2] in said for one in waiting[:3])
    assert all(paging.size(page.text) <= paging.PAGE_BYTES for page in pages)


def test_what_is_left_is_sealed_and_dropped_by_whoever_leaves(world: World) -> None:
    def kept() -> list[str]:
        with transaction(world.engine) as session:
            raw = session.connection().exec_driver_sql("SELECT pages FROM conversations")
            return [row[0] for row in raw if row[0]]

    world.say("wang", "办事指南")
    assert [("办" in text, "reply" in text) for text in kept()] == [(False, False)]

    world.give(world.hear("wang", kind=IncomingKind.UNSUBSCRIBE))

    with transaction(world.engine) as session:
        assert [left for left in session.scalars(select(Conversation.pages)) if left] == []
