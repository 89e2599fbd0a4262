"""Whatever words a community takes for itself, a command of ours does what it did before."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot import wording
from handlers import routes
from handlers.rules.keywords import KeywordReply
from handlers.texts.reading import folded
from handlers.understanding import is_spoken_for
from tests.dialogues.test_properties import COMMANDS, FEW, PEOPLE, fresh, town
from tests.factories import POLICY, World, shown

__all__ = ["town"]

ANSWER = "社区自己的回答"
NUMBERED = sorted(
    {use.words[0] for use in routes.COMMANDS if use.numbered}
    | {one.keywords[0] for one in routes.CONVERSATIONS if one.numbered}
)
rests = st.sampled_from(["", "换了灯泡", "物业电话", "楼道灯坏了", "张三"])
sayings = st.one_of(
    st.sampled_from([*COMMANDS, "取消", "返回", "继续"]),
    st.builds("{} {} {}".format, st.sampled_from(NUMBERED), st.sampled_from("123"), rests),
    st.builds("报事 {}".format, rests),
)


def is_allowed(word: str) -> bool:
    try:
        wording.keyword(word)
        wording.check_words([word], are_inside=True)
    except ValueError:
        return False
    return True


def every_part(said: str) -> frozenset[str]:
    """Give whatever of these words a community may take: the worst that its settings could say."""
    parts = {
        said[start:end] for start in range(len(said)) for end in range(start + 1, len(said) + 1)
    }
    return frozenset(folded(part) for part in parts if is_allowed(part))


@FEW
@given(st.sampled_from(PEOPLE), st.lists(sayings, min_size=1, max_size=3))
@example("wang", ["进度", "撤回 1", "取消"])
@example("chenshuji", ["待办", "派单 1 张三"])
@example("wang", ["留言 1 物业电话"])
def test_a_keyword_never_changes_what_a_command_does(
    town: tuple[Path, World], sender: str, said: list[str]
) -> None:
    assume(all(map(is_spoken_for, said)))
    words = frozenset[str]().union(*map(every_part, said))
    replies = (KeywordReply(words=words, answer=ANSWER, is_inside=True),)
    answers = []
    for policy in (POLICY, replace(POLICY, keywords=replies)):
        with fresh(town) as world:
            world.report("wang", "阳光小区3栋灯坏了")
            world.policy = policy
            answers.append([shown(world.say(sender, text)) for text in said])
    assert answers[0] == answers[1]


@pytest.mark.parametrize("said", ["物业电话", "楼道灯", "今天几点上班"])
def test_the_same_words_alone_are_the_communitys(town: tuple[Path, World], said: str) -> None:
    replies = (KeywordReply(words=every_part(said), answer=ANSWER, is_inside=True),)
    with fresh(town) as world:
        world.policy = replace(POLICY, keywords=replies)
        assert shown(world.say("wang", said)) == ANSWER
