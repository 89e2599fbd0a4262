"""A card stays inside the platform's limits, and what it cannot hold is said in words."""

from typing import Any

import pytest

from bot.channels import Outgoing
from bot.channels.cards import button_card
from handlers.messages import Action, Choice


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
