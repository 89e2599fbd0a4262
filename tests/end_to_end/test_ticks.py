"""Two schedulers run in the town; their ticks are done once."""

import re
from collections import Counter

import pytest

from tests.end_to_end.town import Town
from tests.servers import wait_until


def ticks_in(log: str) -> Counter[tuple[str, str]]:
    """Count how often each tick's jobs were done."""
    return Counter(re.findall(r'"job_id": "([a-z]+)-(\d{8}T\d{6})"', log))


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_two_schedulers_make_each_tick_happen_once(town: Town) -> None:
    begun = len(town.programs.said("worker"))

    def ticks() -> Counter[tuple[str, str]]:
        return ticks_in(town.programs.said("worker")[begun:])

    wait_until(lambda: len({at for _, at in ticks()}) >= 2)

    assert set(ticks().values()) == {1}
    assert town.programs.is_running("scheduler")
    assert town.programs.is_running("another-scheduler")
