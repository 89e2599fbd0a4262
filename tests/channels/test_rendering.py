"""Long texts are cut where it hurts least, and nobody's words become a link."""

import pytest

from bot.channels import limits
from bot.channels.rendering import composed, plain, shortened, tappable
from handlers.messages import Action, Choice
from handlers.texts import lines

TAPS = ("1. 好了", "2. 没解决")


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert composed("谢谢", TAPS) == "谢谢\n1. 好了\n2. 没解决"


def test_of_a_long_text_the_end_goes_and_the_taps_stay() -> None:
    written = composed("长" * 2_000, TAPS)
    assert len(written.encode()) <= limits.TEXT_BYTES
    assert written.endswith("长\n" + lines.MORE + "\n1. 好了\n2. 没解决")


def test_emoji_are_never_cut_in_the_middle() -> None:
    written = composed("😀" * 600, ())
    assert len(written.encode()) <= limits.TEXT_BYTES
    assert set(written.removesuffix("\n" + lines.MORE)) == {"😀"}


def test_taps_that_do_not_fit_are_dropped_whole() -> None:
    taps = [f"{number}. " + "长" * 60 for number in range(1, 31)]
    shown = composed("派给谁？", taps).split("\n")
    assert shown[0] == "派给谁？"
    assert shown[-1] == lines.MORE
    assert shown[1:-1] == taps[: len(shown) - 2]
    assert len(shown) > 5


def test_links_that_take_too_much_room_give_way_to_words() -> None:
    links = [tappable(Action("长" * 10, "长" * 30)) for _ in range(10)]
    words = [lines.numbered(number, "长" * 10) for number in range(1, 11)]
    assert composed("派给谁？", links, shorter=words) == "\n".join(["派给谁？", *words])


def test_links_give_way_before_any_of_the_text_does() -> None:
    link = tappable(Action("长" * 10, "长" * 30))
    room = limits.TEXT_BYTES - len(link.encode())
    text = "好" * (room // 3)
    assert (
        composed(text, [link, "2. 跳过"], shorter=["1. 长", "2. 跳过"]) == f"{text}\n1. 长\n2. 跳过"
    )


def test_links_stay_where_only_the_text_is_too_long() -> None:
    links = [tappable(Action("好了", "确认 12"))]
    assert composed("长" * 2_000, links, shorter=["1. 好了"]).endswith("\n" + links[0])


@pytest.mark.parametrize("text", ['<a href="http://evil">领奖</a>', "</a>", "a<b"])
def test_what_people_wrote_holds_no_markup(text: str) -> None:
    assert "<" not in plain(text)


def test_a_label_and_a_command_cannot_break_out_of_their_link() -> None:
    link = tappable(Action('"></a><a href="x">', '"><b>&msgmenuid=9'))
    # One element: its attribute's two quotes, and the label's three, which are text.
    assert (link.count("<"), link.count('"')) == (2, 2 + 3)
    assert "msgmenucontent=%22%3E%3Cb%3E%26msgmenuid%3D9&msgmenuid=1" in link


def test_a_label_has_one_line_and_says_that_it_was_cut() -> None:
    assert (shortened("楼道\n灯", 10), shortened("一二三四五", 4)) == ("楼道 灯", "一二三…")


def test_each_choice_has_a_line_with_a_whole_command() -> None:
    choices = (Choice("张三（3栋）", "张三"), Choice("全体", "全体"))
    actions = [Action("待办", "待办"), Action("派单", "派单 12 {choice}", choices)]
    assert lines.complete(actions) == (
        Action("待办", "待办"),
        Action("派单：张三（3栋）", "派单 12 张三"),
        Action("派单：全体", "派单 12 全体"),
    )
