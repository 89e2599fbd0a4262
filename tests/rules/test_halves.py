"""Halves of years, and when they are told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.halves import Half, just_over, read


@pytest.mark.parametrize(
    ("said", "half"),
    [
        ("2026H2", Half(2026, 2)),
        (" 2026h1 ", Half(2026, 1)),
        ("2026H3", None),
        ("26H1", None),
        ("2026-H1", None),
        ("2026H12", None),
        ("", None),
    ],
)
def test_how_halves_are_written(said: str, half: Half | None) -> None:
    assert read(said) == half


@pytest.mark.parametrize(
    ("today", "label"),
    [
        (date(2027, 1, 1), "2026H2"),
        (date(2027, 1, 14), "2026H2"),
        (date(2027, 1, 15), None),
        (date(2026, 7, 1), "2026H1"),
        (date(2026, 6, 30), None),
        (date(2026, 12, 31), None),
    ],
)
def test_a_half_is_told_in_the_two_weeks_after_it(today: date, label: str | None) -> None:
    half = just_over(today)
    assert (half.label if half else None) == label


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)))
def test_what_is_told_is_over_and_follows_on_the_one_before(today: date) -> None:
    half = just_over(today)
    if half is None:
        return
    assert half.ends_before <= today < half.ends_before + timedelta(days=14)
    assert read(half.label) == half
    assert just_over(half.starts_on) is not None
