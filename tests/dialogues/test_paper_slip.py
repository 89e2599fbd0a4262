"""Following an order by its number and the code on a paper slip."""

import pytest
from sqlalchemy import func, select

from storage.database import transaction
from storage.models import SlipMiss
from tests.dialogues.proxied import write_down
from tests.factories import World, shown

UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"


def test_the_writer_reads_for_whom_and_the_code_again(world: World) -> None:
    code = write_down(world)

    answered = world.say("zhaomin", "进度 1").text

    assert f"\n替谁：刘奶奶 13800000021\n查询码：{code}\n" in answered
    assert "查询码" not in world.say("chenshuji", "进度 1").text
    assert world.say("zhaomin", f"进度 1 {code}").text == answered


STATES = {
    "waiting": ((), "#1\n现在：待派单\n最晚：11月22日12点"),
    "taken": (
        (("chenshuji", "派单 1 张三"), ("zhangsan", "接单 1")),
        "#1\n现在：已接单\n谁来办：张三\n最晚：11月22日12点",
    ),
    "finished": (
        (("chenshuji", "派单 1 张三"), ("zhangsan", "接单 1"), ("zhangsan", "完成 1")),
        "#1\n现在：待确认\n最晚：11月22日12点",
    ),
    "closed": (
        (
            ("chenshuji", "派单 1 张三"),
            ("zhangsan", "接单 1"),
            ("zhangsan", "完成 1"),
            ("zhaomin", "确认 1"),
        ),
        "#1\n现在：已办结（已解决）",
    ),
}


@pytest.mark.parametrize(("said", "answered"), STATES.values(), ids=STATES.keys())
def test_anybody_with_the_slip_reads_state_promise_and_who_comes(
    world: World, said: tuple[tuple[str, str], ...], answered: str
) -> None:
    code = write_down(world)
    for sender, words in said:
        world.say(sender, words)

    assert shown(world.say("stranger", f"进度 1 {code}")) == answered


SPELLINGS = ["进度 1 {}", "进度1 {}", "进度 1号 {}", "查询 #1，{}", "进度 1 查询码{}", "进度 １ {}"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_slip_is_read_in_many_spellings(world: World, spelling: str) -> None:
    code = write_down(world)

    assert world.say("stranger", spelling.format(code)).text.startswith("#1\n现在：待派单")


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04}"


def test_a_wrong_code_reads_like_an_unknown_number(world: World) -> None:
    code = write_down(world)
    number = world.report("wang", "阳光小区1栋灯坏了")

    answers = [
        shown(world.say("stranger", said))
        for said in (
            f"进度 1 {_wrong(code)}",
            f"进度 99 {code}",
            f"进度 {number} {code}",
            "进度 1",
        )
    ]

    assert answers == [UNKNOWN] * 4


def test_a_member_who_sees_the_order_anyway_may_not_guess_either(world: World) -> None:
    code = write_down(world)

    assert shown(world.say("lisi", f"进度 1 {_wrong(code)}")) == UNKNOWN
    assert "谁来办" not in world.say("lisi", "进度 1").text
    assert world.say("lisi", f"进度 1 {code}").text.startswith("#1\n现在：待派单")


def test_five_wrong_codes_a_day_and_no_more(world: World) -> None:
    code = write_down(world)
    for _ in range(5):
        assert shown(world.say("stranger", f"进度 1 {_wrong(code)}")) == UNKNOWN

    used_up = "今天查错的次数用完了，请明天再查，或者请写纸条的人帮着看看。"
    assert shown(world.say("stranger", f"进度 1 {_wrong(code)}")) == used_up
    assert shown(world.say("stranger", f"进度 1 {code}")) == used_up
    assert world.say("li", f"进度 1 {code}").text.startswith("#1\n")
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(SlipMiss)) == 5
    world.later(hours=12)
    assert world.say("stranger", f"进度 1 {code}").text.startswith("#1\n")
