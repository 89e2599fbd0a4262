"""What the doctor makes of an account's API: words, clocks, templates, menus; and what it asks."""

import pytest

from bot.doctor import platforms, probe
from bot.doctor.findings import Finding, State
from bot.sandbox import catalogue
from bot.sandbox.faults import Faults
from handlers.texts import doctor_platforms as texts
from storage.vocabulary import Platform
from tests.bot.doctor.conftest import Town, blamed
from tests.channels.standin import standing_in

OA, WECOM = Platform.OFFICIAL, Platform.WECOM
DISPATCHED = catalogue.DISPATCHED.id
EACH = {"character_string1": "number", "thing2": "title", "name3": "field:处理人", "time4": "time"}


def shown(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.setting, finding.said) for finding in found]


def test_a_platform_that_hangs_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platforms, "Prober", lambda: probe.Prober(read_seconds=0.3))
    monkeypatch.setattr("bot.doctor.examination.Prober", lambda: probe.Prober(read_seconds=0.3))
    town.world.faults[OA] = Faults(hang=True)
    assert shown(town.wrong()) == [
        ("accounts.oa.api_base_url", texts.API_TROUBLE["read timeout"].said)
    ]


@pytest.mark.parametrize(
    ("platform", "code", "words", "setting"),
    [
        (
            OA,
            40164,
            "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist",
            "IP 白名单",
        ),
        (
            WECOM,
            60020,
            "not allow to access from your ip, from ip: 203.0.113.9, more",
            "企业可信 IP",
        ),
    ],
    ids=["official", "wecom"],
)
def test_the_address_that_the_platform_saw_is_named(
    town: Town, platform: Platform, code: int, words: str, setting: str
) -> None:
    refused = {"errcode": code, "errmsg": words}
    paths = ("/cgi-bin/stable_token", "/cgi-bin/gettoken")
    with standing_in({path: lambda _: refused for path in paths}) as platform_api:
        table = town.oa if platform is OA else town.wecom
        table["api_base_url"] = platform_api.url
        (finding,) = [each for each in town.wrong() if each.name != texts.CLOCK]
    assert finding.setting == setting
    assert "203.0.113.9" in finding.said
    assert "把 203.0.113.9 加进" in finding.remedy


def test_a_platforms_words_give_no_secret_away(town: Town) -> None:
    refused = {"errcode": 61024, "errmsg": f"no component for {town.oa['secret']} here"}
    with standing_in({"/cgi-bin/stable_token": lambda _: refused}) as platform_api:
        town.oa["api_base_url"] = platform_api.url
        (finding,) = town.wrong()
    assert finding.said == "平台回答 61024：no component for **** here"


@pytest.mark.parametrize(
    ("ahead", "state", "said"),
    [
        (-300, State.FAULT, "快了 5 分钟"),
        (300, State.FAULT, "慢了"),
        (-120, State.WARNING, "快了 2 分钟"),
        (90, State.WARNING, "慢了"),
    ],
    ids=["five minutes fast", "five minutes slow", "two minutes fast", "a minute and a half slow"],
)
def test_a_clock_that_differs_from_the_platforms_is_named(
    town: Town, ahead: int, state: State, said: str
) -> None:
    town.platform_clock.ahead = ahead
    found = town.wrong()
    assert [(finding.name, finding.state) for finding in found] == [(texts.CLOCK, state)] * 2
    assert all(said in finding.said for finding in found)
    assert all("timedatectl" in finding.remedy for finding in found)


def test_a_clock_that_is_right_within_a_minute_is_fine(town: Town) -> None:
    town.platform_clock.ahead = 40
    assert town.wrong() == []


def test_templates_that_fit_are_fine(town: Town) -> None:
    town.oa["templates"] = {
        "order_taken": catalogue.PROGRESS.id,
        "order_offered": {"id": DISPATCHED, "fields": EACH},
    }
    assert town.wrong() == []
    said = [finding.said for finding in town.examined() if "模板" in finding.name]
    assert said == ["“服务进度通知”，字段都对。", "“派单通知”，字段都对。"]


def test_a_menu_of_the_settings_own_is_the_one_to_compare(town: Town) -> None:
    town.tables["menu"] = [{"name": "报事", "say": "报事", "only": "official"}]
    assert blamed(town.wrong()) == [(State.WARNING, "menu")]
    own = {"type": "click", "name": "报事", "key": "报事", "sub_button": []}
    town.world.menus[OA] = {"button": [own]}
    assert town.wrong() == []


def test_a_broken_account_leaves_the_other_one_alone(town: Town) -> None:
    town.world.faults[OA] = Faults(down="closed")
    findings = town.examined()
    named = {finding.name for finding in findings if finding.state is State.SKIPPED}
    assert named == {"公众号 oa 的令牌", "公众号 oa 的账号类型", "公众号 oa 的菜单"}


def test_nothing_is_asked_that_would_change_anything(town: Town) -> None:
    with town.world.lock:
        town.world.calls.clear()
    town.examined()
    asked = [call.name for call in town.world.calls]
    assert asked == [
        "stable_token",
        "template/get_all_private_template",
        "menu/get",
        "gettoken",
        "agent/get",
        "menu/get",
    ]
