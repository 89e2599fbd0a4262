from datetime import timedelta

import pytest

from handlers.rules.retries import Retry, retry


@pytest.mark.parametrize(
    ("attempts", "seconds", "expected"),
    [
        pytest.param(1, 0, Retry(timedelta(seconds=10)), id="the first try"),
        pytest.param(3, 40, Retry(timedelta(minutes=2)), id="in its time"),
        pytest.param(3, 30, Retry(timedelta(seconds=10), is_early=True), id="just before its time"),
        pytest.param(
            6, 760, Retry(timedelta(seconds=1800), is_early=True), id="long before its time"
        ),
        pytest.param(11, 86_400, None, id="after a day"),
    ],
)
def test_a_try_before_its_time_leaves_the_times_of_the_others_alone(
    attempts: int, seconds: int, expected: Retry | None
) -> None:
    assert retry(attempts, timedelta(seconds=seconds)) == expected
