"""Redis only makes things quicker: without it orders are placed, and afterwards everybody hears."""

import pytest

from tests.end_to_end.town import Town


def tries_of(town: Town, who: str) -> list[str]:
    """Give the outcome of every try to reach the webhook, each within the platform's limit."""
    openid = town.world.phones[who].person.external_id
    with town.world.lock:
        calls = [call for call in town.world.calls if call.about.startswith(f"{openid}:")]
    return [f"{call.status} {call.result.partition(':')[0]}" for call in calls]


def test_orders_are_placed_while_redis_is_dead_and_the_secretary_hears_when_it_is_back_empty(
    town: Town,
) -> None:
    resident = town.newcomer()
    town.redis.kill()
    try:
        number = town.report(resident, "楼道灯坏了")
        assert "现在：待派单" in town.say(resident, f"进度 {number}")
    finally:
        town.redis.start_empty()

    assert town.card("chenshuji", number).main_title.title == f"#{number} 楼道灯坏了"
    assert set(tries_of(town, resident)) == {"200 try 1"}


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_turns_are_answered_while_redis_hangs_and_the_secretary_hears_when_it_goes_on(
    town: Town,
) -> None:
    resident = town.newcomer()
    town.redis.pause()
    try:
        number = town.report(resident, "楼道灯坏了")
        assert "现在：待派单" in town.say(resident, f"进度 {number}")
    finally:
        town.redis.resume()

    assert town.card("chenshuji", number).main_title.title == f"#{number} 楼道灯坏了"
    assert set(tries_of(town, resident)) == {"200 try 1"}
