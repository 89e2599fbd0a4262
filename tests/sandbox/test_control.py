"""The levers: what can be moved, and what is refused without moving anything."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.faults import Faults
from storage.vocabulary import Platform
from tests.sandbox.calls import control
from tests.sandbox.conftest import Sandbox


def shown(sandbox: Sandbox, path: str) -> dict[str, Any]:
    read: dict[str, Any] = sandbox.http.get(f"/sandbox/{path}").json()
    return read


def test_time_moves_on_and_is_told(sandbox: Sandbox) -> None:
    before = shown(sandbox, "clock")
    after = control(sandbox, "clock", advance=3600)
    assert (before["offset"], after["offset"]) == (0, 3600)
    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert moved == timedelta(hours=1)
    assert control(sandbox, "clock", advance=-3600) == before


def test_every_phone_is_drawn_anew_when_time_moves(sandbox: Sandbox) -> None:
    version = shown(sandbox, "changes")["version"]
    control(sandbox, "clock", advance=60)
    assert set(shown(sandbox, f"changes?after={version}")["phones"]) == set(sandbox.world.phones)


def test_a_platforms_faults_are_set_as_a_whole_and_the_others_stay(sandbox: Sandbox) -> None:
    control(sandbox, "faults", official={"latency": 0.5}, wecom={"hang": True})
    control(sandbox, "faults", official={"html": 502})
    assert sandbox.world.faults == {
        Platform.OFFICIAL: Faults(html=502),
        Platform.WECOM: Faults(hang=True),
    }
    control(sandbox, "faults", official={}, wecom={})
    assert shown(sandbox, "faults") == {
        platform: {
            "down": "",
            "latency": 0.0,
            "hang": False,
            "html": 0,
            "token": False,
            "codes": [],
        }
        for platform in ("official", "wecom")
    }


def test_limits_are_told_with_what_was_used(sandbox: Sandbox) -> None:
    control(sandbox, "limits", official={"custom_send": 3})
    sandbox.wecom_token()
    limits = shown(sandbox, "limits")
    assert limits["official"]["custom_send"] == {"limit": 3, "used": 0, "per": "day"}
    assert limits["wecom"]["api_minute"] == {"limit": 10000, "used": 1, "per": "minute"}
    assert limits["wecom"]["member_minute"] == {"limit": 30, "used": None, "per": "minute"}


def test_a_persons_state_changes_by_what_is_named(sandbox: Sandbox) -> None:
    control(sandbox, "people/lisi/state", outside=True)
    assert control(sandbox, "people/lisi/state", disabled=True) == {
        "blocked": False,
        "refuses_messages": False,
        "refuses_templates": False,
        "unlicensed": False,
        "outside": True,
        "disabled": True,
    }
    assert shown(sandbox, "people/zhangsan/state")["outside"] is False


def test_the_accounts_standing_changes_by_what_is_named(sandbox: Sandbox) -> None:
    control(sandbox, "account", echoes_menu_id=False)
    control(sandbox, "account", template_outcome="failed:user block")
    assert shown(sandbox, "account") == {
        "verified": True,
        "echoes_menu_id": False,
        "template_outcome": "failed:user block",
        "closed": False,
        "redirect_domain": "",
    }


def test_menus_are_empty_before_any_is_published(sandbox: Sandbox) -> None:
    assert shown(sandbox, "menus") == {"official": None, "wecom": None}


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        pytest.param("clock", {"advance": -1}, 400, "advance: ", id="behind the real time"),
        pytest.param("clock", {"advance": 1e12}, 400, "advance: ", id="too far"),
        pytest.param("clock", {}, 400, "advance: ", id="no number"),
        pytest.param("faults", {"wecom": {"down": "a bit"}}, 400, "wecom.down: ", id="fault"),
        pytest.param("faults", {"wecom": {"latency": 61}}, 400, "wecom.latency: ", id="latency"),
        pytest.param("faults", {"weixin": {}}, 400, "weixin: ", id="unknown platform"),
        pytest.param("limits", {"official": {"sends": 1}}, 400, "official.sends: ", id="limit"),
        pytest.param(
            "limits", {"wecom": {"api_hour": -1}}, 400, "wecom.api_hour: ", id="negative limit"
        ),
        pytest.param("people/nobody/state", {}, 404, "no such person", id="nobody"),
        pytest.param("people/lisi/state", {"asleep": True}, 400, "asleep: ", id="unknown state"),
        pytest.param("people/lisi/state", [], 400, "is not an object", id="no object"),
        pytest.param("account", {"template_outcome": "?"}, 400, "template_outcome: ", id="outcome"),
    ],
)
def test_what_cannot_be_is_refused_and_named(
    sandbox: Sandbox, path: str, body: object, status: int, error: str
) -> None:
    levers = ("clock", "faults", "limits", "account")
    before = {name: shown(sandbox, name) for name in levers}
    answered = sandbox.http.post(f"/sandbox/{path}", json=body)
    assert (answered.status_code, answered.json()["error"][: len(error)]) == (status, error)
    assert {name: shown(sandbox, name) for name in levers} == before


def test_a_limit_that_is_unknown_changes_none_of_the_others(sandbox: Sandbox) -> None:
    body = {"official": {"custom_send": 1}, "wecom": {"sends": 1}}
    assert sandbox.http.post("/sandbox/limits", json=body).status_code == 400
    assert shown(sandbox, "limits")["official"]["custom_send"]["limit"] == 500_000


def test_what_is_no_json_is_refused(sandbox: Sandbox) -> None:
    for path in ("clock", "account"):
        assert sandbox.http.post(f"/sandbox/{path}", content=b"{").status_code == 400
