"""The community's own words: where they are heard, and where ours come first."""

from dataclasses import replace

import pytest

from handlers.messages import IncomingKind
from handlers.rules.keywords import KeywordReply
from handlers.texts import general
from tests.dialogues.scenes import MATTER, taken
from tests.factories import POLICY, World, shown

HOURS = "周一到周五，九点到五点。\n周末不上班。"
CARD = "居住证在二号窗口办。"
FIND = "值班党员的名单贴在楼下。"
PHONE = "物业电话：0000-0000。"
SPRAY = "本周六上午灭蚊，请关窗。"
WELCOME = "欢迎来到我们社区。\n有事说一声。"
REPLIES = (
    KeywordReply(words=frozenset({"几点上班", "上班时间", "在吗"}), answer=HOURS),
    KeywordReply(words=frozenset({"居住证"}), answer=CARD, is_inside=True),
    KeywordReply(words=frozenset({"找党员"}), answer=FIND),
    KeywordReply(words=frozenset({"物业电话", "电话"}), answer=PHONE, is_inside=True),
    KeywordReply(words=frozenset({"灭蚊", "漏气"}), answer=SPRAY, is_inside=True),
)
ASK_MEANT = "您是想报这件事吗？"


@pytest.fixture
def world(world: World) -> World:
    world.policy = replace(POLICY, keywords=REPLIES, welcome=WELCOME)
    return world


def may_report(answer: str) -> str:
    return f"{answer}\n[这是要报的事]"


ALONE = {
    "exactly the word": ("几点上班", HOURS),
    "another word of the same answer": ("上班时间", HOURS),
    "with marks around it": ("  几点上班？", HOURS),
    "in full-width letters and marks": ("几点上班！", HOURS),
    "before small talk": ("在吗", HOURS),
    "before what is still to come": ("找党员", FIND),
    "inside a short text": ("居住证怎么办理", may_report(CARD)),
    "exactly, where it may stand inside": ("居住证", CARD),
    "the first that fits": ("居住证的电话", may_report(CARD)),
}


@pytest.mark.parametrize(("said", "answered"), ALONE.values(), ids=ALONE.keys())
def test_the_community_answers_to_its_own_words(world: World, said: str, answered: str) -> None:
    assert shown(world.say("wang", said)) == answered
    assert shown(world.say("chenshuji", said)) == answered


FREE = {
    "inside a text where it stands for itself only": "请问几点上班",
    "inside a longer text": "三楼王奶奶家的电话线断了好几天没有人来修啊",
}


@pytest.mark.parametrize("said", FREE.values(), ids=FREE.keys())
def test_what_only_mentions_a_word_is_a_matter(world: World, said: str) -> None:
    assert shown(world.say("wang", said)).startswith(ASK_MEANT)


def test_present_danger_is_heard_before_a_word_that_it_mentions(world: World) -> None:
    answered = shown(world.say("wang", "厨房漏气了"))
    assert answered.startswith(f"{general.HOTLINES}\n{ASK_MEANT}")
    assert shown(world.say("li", "漏气了")).startswith(general.HOTLINES)


def test_whoever_mentions_a_word_can_report_with_one_tap(world: World) -> None:
    answered = world.say("wang", "电话线断了")

    assert shown(answered) == may_report(PHONE)
    (tap,) = answered.actions
    assert tap.command == "报事 电话线断了"
    assert world.say("wang", tap.command, is_tap=True).text.startswith("问题在哪里？")


def test_right_after_a_report_the_tap_adds_to_it(world: World) -> None:
    number = world.report("wang", "阳光小区1栋灯坏了")

    answered = world.say("wang", "打我电话")

    assert shown(answered) == f"{PHONE}\n[补到 #{number}] [另外报一件]"
    assert [tap.command for tap in answered.actions] == [f"补充 {number} 打我电话", "报事 打我电话"]


def test_what_the_branch_waits_for_is_not_taken_away(world: World) -> None:
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "退补 1 家里电话是多少")

    assert "#1" in shown(world.say("wang", "电话是八位数的那个"))
    assert shown(world.say("wang", "几点上班")) == HOURS


OURS_FIRST = {
    "an open question": [
        ("报事 灯坏了", "问题在哪里？"),
        ("物业电话", "是哪个小区的？"),
    ],
    "cancelling": [("取消", general.NOTHING_TO_CANCEL)],
    "help": [("帮助", "可以这样说：")],
    "a command that mentions a word": [("报事 物业电话打不通", "问题在哪里？")],
    "a command with a number": [("进度 1", general.NO_SUCH_ORDER)],
    "a bare digit": [("3", general.NO_WAITING_QUESTION)],
}


@pytest.mark.parametrize("dialogue", OURS_FIRST.values(), ids=OURS_FIRST.keys())
def test_our_questions_and_commands_come_first(
    world: World, dialogue: list[tuple[str, str]]
) -> None:
    for said, answered in dialogue:
        assert world.say("wang", said).text.startswith(answered)


def test_a_word_wins_over_our_guess_that_something_was_a_report(world: World) -> None:
    assert world.say("wang", "垃圾车没来").text.startswith(ASK_MEANT)
    assert shown(world.say("wang", "物业电话")) == PHONE
    assert world.say("wang", "垃圾车没来").text.startswith(ASK_MEANT)
    assert world.say("wang", "楼下电话亭").text.startswith("是哪个小区的？")


def test_a_word_of_the_menu_leaves_the_open_question_open(world: World) -> None:
    world.say("wang", "报事 灯坏了")

    tapped = world.give(world.hear("wang", "几点上班", kind=IncomingKind.TAP, is_tap=True))

    assert tapped.text.startswith(f"{HOURS}\n\n刚才说到：\n问题在哪里？")
    assert "灯坏了" in world.say("wang", "阳光小区1栋").text


@pytest.mark.parametrize("said", ["积分怎么算", "V1001_OLD_KEY"])
def test_a_key_of_a_former_menu_is_neither_an_answer_nor_a_matter(world: World, said: str) -> None:
    def tap() -> str:
        return world.give(world.hear("wang", said, kind=IncomingKind.TAP, is_tap=True)).text

    assert tap() == general.UNCLEAR
    world.say("wang", "报事 灯坏了")
    assert tap().startswith(f"{general.UNCLEAR}\n\n刚才说到：\n问题在哪里？")


def test_a_tapped_word_that_is_still_to_come_says_so(world: World) -> None:
    world.say("wang", "报事 灯坏了")
    tapped = world.give(world.hear("wang", "我的资料", kind=IncomingKind.TAP, is_tap=True))
    assert tapped.text.startswith(f"{general.NOT_YET}\n\n刚才说到：")


def test_the_welcome_is_the_communitys_own(world: World) -> None:
    def follow(sender: str, scene: str) -> str:
        return shown(
            world.give(world.hear(sender, kind=IncomingKind.SUBSCRIBE, scene=scene, is_tap=True))
        )

    assert follow("wang", "") == f"{WELCOME}\n[我要报事] [绑定住处]"
    assert follow("li", "bind:e1-3") == (
        f"{WELCOME}\n好的，记下了：阳光小区3栋。以后报事不用再写小区。\n[我要报事] [帮助]"
    )


def test_who_is_in_the_middle_of_work_uses_commands_that_mention_words(world: World) -> None:
    taken(world)
    assert shown(world.say("zhangsan", "留言 1 电话打不通")).startswith("好的，这就转给居民。")
    assert MATTER in world.say("zhangsan", "进度 1").text
