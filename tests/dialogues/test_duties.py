"""A member takes posts of 5+X on; who holds a fitting post is asked first."""

import pytest
from sqlalchemy import select

from handlers.texts import duties
from storage.database import transaction
from storage.models import DutyHolding
from storage.vocabulary import DutyPost
from tests.dialogues.scenes import news, taken, taps
from tests.factories import World, shown

CHOOSE = "想认哪个岗？回数字，或者自己起个名字，比如“认岗 夜间照看”。"
FIVE = ["理论宣传", "治安联防", "文明劝导", "环境卫生督导", "关爱互助"]


def listed(head: str, *lines: str) -> str:
    return "\n".join([head, *(f"{number}. {line}" for number, line in enumerate(lines, 1))])


ALL_FIVE = listed(f"您还没有认岗。\n{CHOOSE}", *(f"认{name}" for name in FIVE))
CARE = "好的，您认了关爱互助岗。有合适的事先来问您。\n[退关爱互助]"
GONE = "好的，关爱互助岗退了。手上的单还是您的。"
BAD = "岗名写 2 到 12 个字，不带电话和号码，比如“认岗 夜间照看”。什么也没有改。"

DUTIES = {
    "from the list, by its digit": [
        ("认岗", ALL_FIVE),
        ("5", CARE),
        (
            "认岗",
            listed(
                f"您认的岗：关爱互助。\n{CHOOSE}", *(f"认{name}" for name in FIVE[:4]), "退关爱互助"
            ),
        ),
        ("5", GONE),
        ("认岗", ALL_FIVE),
    ],
    "by name": [
        ("认岗 关爱互助", CARE),
        ("认岗 关爱互助", "关爱互助岗您已经认了，不用再认。\n[退关爱互助]"),
    ],
    "by a part of the name": [
        ("认岗 卫生", "好的，您认了环境卫生督导岗。有合适的事先来问您。\n[退环境卫生督导]"),
        (
            "认岗 治安联防岗",
            (
                "好的，您认了治安联防岗。有合适的事先来问您。\n"
                "您认的岗：环境卫生督导、治安联防。\n[退治安联防]"
            ),
        ),
    ],
    "an own name": [
        ("认岗 夜间照看", "好的，您认了夜间照看岗。有合适的事先来问您。\n[退夜间照看]"),
        ("退岗 夜间照看", "好的，夜间照看岗退了。手上的单还是您的。"),
    ],
    "a name that is none": [
        ("认岗 巡13800000001", BAD),
        ("认岗 好", BAD),
        ("认岗 每天晚上在小区里面走一走看一看", BAD),
        ("认岗", ALL_FIVE),
    ],
    "given back": [
        ("退岗", "您还没有认岗。"),
        ("退岗 关爱互助", "这个岗您没有认，不用退。"),
        ("认岗 关爱互助", CARE),
        ("退岗", GONE),
        ("认岗 关爱", CARE),
        ("退岗 关爱", GONE),
    ],
    "which of two": [
        ("认岗 关爱互助", CARE),
        (
            "认岗 夜间照看",
            (
                "好的，您认了夜间照看岗。有合适的事先来问您。\n"
                "您认的岗：关爱互助、夜间照看。\n[退夜间照看]"
            ),
        ),
        ("退岗", listed("您认的岗：关爱互助、夜间照看。", "退关爱互助", "退夜间照看")),
        ("1", GONE),
        ("认岗 夜间照看", "夜间照看岗您已经认了，不用再认。\n[退夜间照看]"),
    ],
}


@pytest.mark.parametrize("dialogue", DUTIES.values(), ids=DUTIES)
def test_duties(world: World, dialogue: list[tuple[str, str]]) -> None:
    for said, answered in dialogue:
        assert shown(world.say("zhangsan", said)) == answered


def test_nobody_takes_everything_on(world: World) -> None:
    for name in FIVE:
        world.say("zhangsan", f"认岗 {name}")
    assert shown(world.say("zhangsan", "认岗 夜间照看")) == listed(
        "一个人最多认 5 个岗，请先退一个再认：", *(f"退{name}" for name in FIVE)
    )


def test_what_was_held_stays_on_record(world: World) -> None:
    world.say("zhangsan", "认岗 关爱互助")
    world.later(days=3)
    world.say("zhangsan", "退岗")
    with transaction(world.engine) as session:
        (row,) = session.scalars(select(DutyHolding)).all()
        assert (
            row.post,
            row.organisation_id,
            f"{row.starts_on:%m-%d}",
            f"{row.ends_on:%m-%d}",
        ) == (
            DutyPost.CARE,
            world.organisations["b1"],
            "11-21",
            "11-24",
        )


def test_residents_have_no_posts(world: World) -> None:
    assert shown(world.say("wang", "认岗")).startswith("这项要党员或支部来办。")


def first_recommended(world: World, matter: str) -> str:
    """Give the member who is named first on the secretary's card."""
    world.report("wang", matter)
    (template,) = [one for one in taps(world, "陈书记") if "{choice}" in one]
    answer = shown(world.say("chenshuji", template.replace("{choice}", "选人")))
    return answer.split("1. ")[1].split("（")[0]


def test_who_holds_a_fitting_post_is_asked_first(world: World) -> None:
    world.say("zhaomin", "认岗 环境卫生督导")
    assert first_recommended(world, "阳光小区3栋2单元堆了一地垃圾") == "赵敏"
    assert first_recommended(world, "阳光小区3栋2单元灯坏了") == "张三"
    world.say("zhaomin", "退岗")
    assert first_recommended(world, "阳光小区3栋2单元又堆了垃圾") == "张三"


def test_residents_read_the_post_of_who_comes(world: World) -> None:
    world.say("zhangsan", "认岗 关爱互助")
    taken(world)
    assert news(world, "wang") == ["张三（第一支部党员，关爱互助岗）已接下 #1，会来办这件事。"]


def test_the_words_of_the_posts_are_apart() -> None:
    every = [word for known in duties.MATTERS.values() for word in known]
    assert len(every) == len(set(every))
