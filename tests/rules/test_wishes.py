"""What a wish says of itself, and what of it may stand on the wall."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import wishes
from handlers.texts import wishes as texts
from storage.vocabulary import Cost, WishKind

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("打我13800000001", "打我138****"),
        ("打138 0000 0001", "打138****"),
        ("座机84123456", "座机***"),
        ("010-84123456", "010****"),
        ("身份证110101195001011234", "身份证****"),
        ("身份证11010119500101123X", "身份证****"),
        ("卡号6222 0202 0000 1234 567", "卡号***"),
        ("2026-12-31前，200度", "2026-12-31前，200度"),
        ("20261231前", "20261231前"),
        ("100元以内，3栋", "100元以内，3栋"),
    ],
)
def test_long_numbers_are_masked_and_days_are_not(said: str, shown: str) -> None:
    assert wishes.without_numbers(said) == shown
    assert wishes.has_hidden(wishes.without_numbers(said)) is (said != shown)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("住501", "住***"),
        ("3栋2单元501", "3栋2单元***"),
        ("501室", "***室"),
        ("3-2-501", "***"),
        ("刘奶奶要一副老花镜", "***要一副老花镜"),
        ("要200度的，300元", "要200度的，300元"),
        ("二楼300元以内", "二楼300元以内"),
    ],
)
def test_the_wall_shows_no_door_and_no_name(said: str, shown: str) -> None:
    assert wishes.for_everybody(said, ("刘奶奶", None), texts.DOORS) == shown


@given(
    st.text(alphabet="想要一副老花镜，。 ", max_size=10),
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    st.text(alphabet="送到我家，。 ", max_size=10),
)
def test_no_phone_ever_stands_on_the_wall(before: str, phone: str, after: str) -> None:
    assert phone not in wishes.for_everybody(f"{before}{phone}{after}", (), texts.DOORS)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("想要一副老花镜", WishKind.THING),
        ("轮椅坏了想修一修", WishKind.REPAIR),
        ("想请人代买菜", WishKind.ERRAND),
        ("想请人陪我聊天", WishKind.COMPANY),
        ("想过个生日", None),
    ],
)
def test_the_kind_is_guessed_from_words(said: str, kind: WishKind | None) -> None:
    assert wishes.kind_in(said, texts.HINTS) is kind


@pytest.mark.parametrize(
    ("said", "cost"),
    [
        ("不花钱", Cost.NONE),
        ("免费的就行", Cost.NONE),
        ("80块", Cost.UP_TO_100),
        ("100元以内", Cost.UP_TO_100),
        ("101 元", Cost.UP_TO_300),
        ("300块钱左右", Cost.UP_TO_300),
        ("一副老花镜", None),
    ],
)
def test_the_cost_is_read(said: str, cost: Cost | None) -> None:
    assert wishes.cost_in(said, texts.NO_MONEY, texts.MONEY) is cost


def test_more_than_the_highest_class_is_no_small_wish() -> None:
    with pytest.raises(wishes.TooDearError) as refusal:
        wishes.cost_in("要301元", texts.NO_MONEY, texts.MONEY)

    assert refusal.value.said == "301元"


def test_days_on_the_wall_are_whole_ones() -> None:
    assert wishes.days_open(NOW - timedelta(days=14), NOW) == 14
    assert wishes.days_open(NOW - timedelta(hours=47), NOW) == 1
    assert wishes.days_open(NOW + timedelta(hours=1), NOW) == 0
