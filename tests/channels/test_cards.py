"""A card stays inside the platform's limits, and what it cannot hold is said in words."""

import re
from operator import mul
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import Outgoing
from bot.channels.cards import button_card, has_buttons
from bot.channels.cutting import units
from handlers.messages import Action, Choice

any_text = st.text(st.characters(), max_size=20)
emoji = st.sampled_from(["👨\u200d👩\u200d👧", "🇨🇳", "😀", "\ud800", "灯", " "])
pieces = st.one_of(any_text, st.builds(mul, emoji, st.integers(0, 400)))


def people(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"张{number}", f"张{number}") for number in range(count))


def card(*actions: Action, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of any type)
    outgoing: dict[str, Any] = {"title": "#12 楼道灯坏了", "task_id": "n-1", **changes}
    return button_card(Outgoing(actions=actions, **outgoing))


def test_a_card_has_title_text_fields_and_buttons_that_say_commands() -> None:
    written = card(
        Action("接单", "接单 12"),
        Action("不接", "不接 12"),
        text="三楼的灯坏了两天。",
        fields=(("地点", "3栋2单元"), ("电话", "")),
    )
    assert written == {
        "card_type": "button_interaction",
        "main_title": {"title": "#12 楼道灯坏了"},
        "sub_title_text": "三楼的灯坏了两天。",
        "horizontal_content_list": [{"keyname": "地点", "value": "3栋2单元"}],
        "task_id": "n-1",
        "button_list": [
            {"text": "接单", "style": 1, "key": "接单 12"},
            {"text": "不接", "style": 2, "key": "不接 12"},
        ],
    }


def test_choices_become_a_selection_whose_button_is_the_template() -> None:
    written = card(Action("派单", "派单 12 {choice}", people(2)), Action("全体", "派单 12 全体"))
    assert written["button_selection"] == {
        "question_key": "choice",
        "title": "派单",
        "option_list": [{"id": "张0", "text": "张0"}, {"id": "张1", "text": "张1"}],
        "selected_id": "张0",
    }
    keys = [button["key"] for button in written["button_list"]]
    assert keys == ["派单 12 {choice}", "派单 12 全体"]


def test_a_second_selection_becomes_buttons() -> None:
    written = card(
        Action("派单", "派单 12 {choice}", people(2)), Action("转办", "转办 12 {choice}", people(2))
    )
    keys = [button["key"] for button in written["button_list"]]
    assert keys == ["派单 12 {choice}", "转办 12 张0", "转办 12 张1"]


def test_no_more_than_ten_options_are_offered() -> None:
    written = card(Action("派单", "派单 12 {choice}", people(30)))
    assert len(written["button_selection"]["option_list"]) == 10


def test_what_a_selection_leaves_out_is_said_in_whole_commands() -> None:
    written = card(Action("派单", "派单 12 {choice}", people(12)), text="请派人来办。")
    said = "请派人来办。\n还可以回复：“派单 12 张10”“派单 12 张11”"
    assert written["sub_title_text"] == said


def test_commands_that_find_no_room_are_left_out_whole() -> None:
    written = card(Action("派单", "派单 12 {choice}", people(60)), text="长" * 200)
    text, _, also = written["sub_title_text"].partition("\n")
    assert (text[-1], also[-2:]) == ("…", "”…")
    assert len(written["sub_title_text"]) <= 160
    assert set(re.findall("“(.*?)”", also)) <= {f"派单 12 张{number}" for number in range(10, 60)}


def test_the_same_choice_is_offered_once() -> None:
    choices = (Choice("张三（3栋）", "张三"), Choice("张三", "张三"))
    written = card(Action("派单", "派单 12 {choice}", choices))
    options = written["button_selection"]["option_list"]
    assert options == [{"id": "张三", "text": "张三（3栋）"}]
    assert "sub_title_text" not in written


def test_a_card_always_has_a_title_and_its_buttons_words() -> None:
    written = card(
        Action(" ", "确认 12"), title="", text="办好了吗？\n请看看", fields=(("地点", " "),)
    )
    assert written["main_title"] == {"title": "办好了吗？ 请看看"}
    assert written["button_list"][0]["text"] == "确认 12"
    assert "horizontal_content_list" not in written
    assert card(Action("好了", "确认 12"), title="\x00")["main_title"] == {"title": "好了"}


def test_what_holds_no_button_is_no_card() -> None:
    assert has_buttons([Action("好", "确认 12")]) is True
    assert has_buttons([]) is False
    assert has_buttons([Action("空", " "), Action("长", "长" * 342)]) is False


@settings(deadline=None)
@given(
    st.builds(
        Outgoing,
        title=pieces,
        text=pieces,
        fields=st.lists(st.tuples(pieces, pieces), max_size=8).map(tuple),
        actions=st.lists(
            st.builds(
                Action,
                pieces,
                st.one_of(pieces, st.just("派单 12 {choice}")),
                st.lists(st.builds(Choice, pieces, pieces), max_size=14).map(tuple),
            ),
            max_size=9,
        ).map(tuple),
        task_id=pieces,
    )
)
def test_any_notice_makes_a_card_within_the_limits(outgoing: Outgoing) -> None:
    if not has_buttons(outgoing.actions):
        return
    written = button_card(outgoing)
    assert 1 <= units(written["main_title"]["title"]) <= 36
    assert units(written.get("sub_title_text", "x")) in range(1, 161)
    rows = written.get("horizontal_content_list", [])
    assert len(rows) <= 6
    assert all(units(row["keyname"]) <= 5 and units(row["value"]) <= 30 for row in rows)
    buttons = written["button_list"]
    assert len({button["key"] for button in buttons}) == len(buttons) in range(1, 7)
    assert all(1 <= units(button["text"]) <= 10 for button in buttons)
    assert all(1 <= len(button["key"].encode()) <= 1024 for button in buttons)
    selection = written.get("button_selection")
    if selection:
        ids = [option["id"] for option in selection["option_list"]]
        assert len(set(ids)) == len(ids) in range(1, 11)
        assert all(1 <= len(each.encode()) <= 128 for each in ids)
        assert all(1 <= units(option["text"]) <= 16 for option in selection["option_list"])
        assert selection["selected_id"] in ids
    assert re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", written["task_id"])


def test_a_choice_too_long_for_an_id_is_left_out_rather_than_cut() -> None:
    choices = (Choice("长", "长" * 43), Choice("短", "短" * 42))
    written = card(Action("派单", "派单 12 {choice}", choices))
    assert [option["text"] for option in written["button_selection"]["option_list"]] == ["短"]


def test_a_seventh_button_is_said_in_words() -> None:
    written = card(*(Action(f"第{number}", f"选 {number}") for number in range(8)), text="请选")
    assert len(written["button_list"]) == 6
    assert written["sub_title_text"] == "请选\n还可以回复：“选 6”“选 7”"


def test_the_same_command_has_one_button() -> None:
    written = card(Action("好", "确认 12"), Action("行", "确认 12"))
    assert [button["text"] for button in written["button_list"]] == ["好"]


def test_a_command_too_long_for_a_key_is_no_button() -> None:
    written = card(Action("好", "确认 12"), Action("长", "长" * 342))
    assert [button["key"] for button in written["button_list"]] == ["确认 12"]


def test_everything_is_cut_to_its_limit() -> None:
    written = card(
        Action("按钮" * 20, "确认 12", ()),
        *(Action("选" * 30, f"选 {number} " + "长" * 99) for number in range(9)),
        title="标题" * 50,
        text="内容" * 300,
        fields=tuple((f"字段名称{number}的", "值" * 99) for number in range(9)),
    )
    assert len(written["main_title"]["title"]) == 36
    assert len(written["sub_title_text"]) <= 160
    assert len(written["horizontal_content_list"]) == 6
    assert {len(row["keyname"]) for row in written["horizontal_content_list"]} == {5}
    assert {len(row["value"]) for row in written["horizontal_content_list"]} == {30}
    assert {len(button["text"]) for button in written["button_list"]} == {10}


@pytest.mark.parametrize("task_id", ["", "n 1", "号", "x" * 129])
def test_a_task_id_that_the_platform_would_refuse_is_replaced_by_its_digest(task_id: str) -> None:
    first, again = (card(Action("好", "确认 12"), task_id=task_id)["task_id"] for _ in range(2))
    assert first == again
    assert len(first) == 64
