from collections.abc import Callable

from bot.doctor.findings import State
from tests.bot.doctor.conftest import Town


def test_where_nothing_is_wrong_nothing_is_said_to_be(
    make_town: Callable[[str], Town], database_url: str
) -> None:
    town = make_town(database_url)
    findings = town.examined()
    assert [finding for finding in findings if finding.state is State.SKIPPED] == []
    assert town.wrong() == []
    assert len(findings) > 25
