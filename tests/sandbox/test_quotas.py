"""Quotas: counted as the platforms count them, refused in their words, changed while it runs."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import failures
from bot.sandbox import quotas
from bot.sandbox.errors import ERRORS
from bot.sandbox.quotas import Quotas
from storage.vocabulary import Platform
from tests.sandbox.calls import WANG, gettoken, limit, official, stable_token, wecom
from tests.sandbox.conftest import OFFICIAL, WECOM, Json, Sandbox

SEND = "message/custom/send"
TEXT = {"touser": WANG, "msgtype": "text", "text": {"content": "好"}}
LATE = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
"""One minute before midnight, and before December, in Shanghai."""


def to(*members: str) -> Json:
    return {
        "touser": "|".join(members),
        "agentid": WECOM.agent_id,
        "msgtype": "text",
        "text": {"content": "好"},
    }


def test_the_numbers_are_those_of_a_new_account() -> None:
    official_limits = {name: limit.most for name, limit in quotas.OFFICIAL.items()}
    wecom_limits = {name: limit.most for name, limit in quotas.WECOM.items()}
    assert official_limits == {
        "token": 2_000,
        "stable_token": 500_000,
        "stable_token_minute": 10_000,
        "stable_token_forced": 20,
        "custom_send": 500_000,
        "template_send": 100_000,
        "menu_create": 1_000,
        "menu_query": 10_000,
        "menu_delete": 1_000,
        "media_upload": 100_000,
        "media_download": 200_000,
        "qr_code": 100_000,
        "user_info": 5_000_000,
        "clear_quota": 10,
    }
    assert wecom_limits == {
        "api_minute": 10_000,
        "api_hour": 150_000,
        "person_sends": 200_000,
        "member_minute": 30,
        "member_hour": 1_000,
    }


@pytest.mark.parametrize(
    ("name", "platform", "span"),
    [
        pytest.param("api_minute", quotas.WECOM, timedelta(minutes=1), id="minute"),
        pytest.param("api_hour", quotas.WECOM, timedelta(minutes=1), id="hour"),
        pytest.param("custom_send", quotas.OFFICIAL, timedelta(minutes=1), id="day in Shanghai"),
        pytest.param("clear_quota", quotas.OFFICIAL, timedelta(minutes=1), id="month in Shanghai"),
    ],
)
def test_a_count_begins_again_with_its_span(
    name: str, platform: dict[str, quotas.Limit], span: timedelta
) -> None:
    counted = Quotas(dict(platform))
    counted.change({name: 2})
    before = [counted.use(name, LATE) for _ in range(3)]
    assert (before, counted.use(name, LATE + span)) == ([True, True, False], True)


def test_what_would_pass_a_limit_is_not_counted() -> None:
    counted = Quotas(dict(quotas.WECOM))
    counted.change({"person_sends": 3})
    uses = [counted.use("person_sends", LATE, times=times) for times in (2, 2, 1)]
    assert uses == [True, False, True]
    assert counted.to_json(LATE)["person_sends"] == {"limit": 3, "used": 3, "per": "day"}


def test_custom_sends_end_with_the_days_quota(sandbox: Sandbox) -> None:
    limit(sandbox, "official", custom_send=3)
    sandbox.act("wang", "follow")
    sandbox.act("wang", "say", text="在吗")
    answers = [official(sandbox, SEND, TEXT) for _ in range(4)]
    assert [answer["errcode"] for answer in answers] == [0, 0, 0, 45009]
    assert answers[3]["errmsg"] == "reach max api daily quota limit"
    sandbox.world.move(86400)
    assert official(sandbox, SEND, TEXT)["errcode"] == 0


@pytest.mark.parametrize(
    ("name", "method", "path"),
    [
        ("menu_create", "POST", "menu/create"),
        ("menu_query", "GET", "menu/get"),
        ("menu_query", "GET", "get_current_selfmenu_info"),
        ("menu_delete", "GET", "menu/delete"),
        ("media_upload", "POST", "media/upload"),
        ("media_download", "GET", "media/get"),
        ("template_send", "POST", "message/template/send"),
        ("qr_code", "POST", "qrcode/create"),
        ("user_info", "GET", "user/info"),
    ],
)
def test_each_api_has_its_quota(sandbox: Sandbox, name: str, method: str, path: str) -> None:
    limit(sandbox, "official", **{name: 0})
    payload: Json = {} if method == "POST" else None
    assert official(sandbox, path, payload)["errcode"] == 45009


def test_tokens_have_quotas_of_a_day_and_of_a_minute(sandbox: Sandbox) -> None:
    limit(sandbox, "official", stable_token=3, stable_token_minute=2, token=1)
    codes = [stable_token(sandbox).get("errcode", 0) for _ in range(3)]
    assert codes == [0, 0, 45011]
    sandbox.world.move(60)
    assert stable_token(sandbox)["errcode"] == 45009
    asked = {"grant_type": "client_credential", "appid": OFFICIAL.app_id}
    plain = [
        sandbox.http.get("/cgi-bin/token", params=asked | {"secret": OFFICIAL.secret}).json()
        for _ in range(2)
    ]
    assert [answer.get("errcode", 0) for answer in plain] == [0, 45009]


def test_a_forced_refresh_needs_thirty_seconds_and_comes_twenty_times_a_day(
    sandbox: Sandbox,
) -> None:
    limit(sandbox, "official", stable_token_forced=2)
    answers = []
    for seconds in (0, 29, 1, 30):
        sandbox.clock.move(seconds=seconds)
        answers.append(stable_token(sandbox, force_refresh=True))
    codes = [answer.get("errcode", 0) for answer in answers]
    assert codes == [0, 45011, 0, 45009]
    assert answers[0]["access_token"] != answers[2]["access_token"]


def test_clearing_gives_the_day_back_ten_times_a_month(sandbox: Sandbox) -> None:
    limit(sandbox, "official", custom_send=1, clear_quota=1)
    sandbox.act("wang", "follow")
    assert [sandbox.custom(WANG) for _ in range(2)] == [0, 45009]
    appid = {"appid": OFFICIAL.app_id}
    assert official(sandbox, "clear_quota", {"appid": "wx1"})["errcode"] == 40013
    assert official(sandbox, "clear_quota", appid)["errcode"] == 0
    assert sandbox.custom(WANG) == 0
    refused = official(sandbox, "clear_quota", appid)
    assert refused == {
        "errcode": 48006,
        "errmsg": "forbid to clear quota because of reaching the limit",
    }


def test_wecom_counts_each_api_by_the_minute_and_sends_apart(sandbox: Sandbox) -> None:
    limit(sandbox, "wecom", api_minute=2)
    token = gettoken(sandbox)["access_token"]
    query = {"access_token": token, "agentid": str(WECOM.agent_id)}
    codes = [
        sandbox.http.get("/cgi-bin/agent/get", params=query).json()["errcode"] for _ in range(3)
    ]
    sends = [sandbox.call("message/send", to("lisi"), token=token)["errcode"] for _ in range(3)]
    assert (codes, sends, gettoken(sandbox)["errcode"]) == ([0, 0, 45009], [0] * 3, 0)
    assert gettoken(sandbox) == {"errcode": 45009, "errmsg": "api freq out of limit"}
    sandbox.world.move(60)
    assert gettoken(sandbox)["errcode"] == 0


def test_wecom_counts_each_api_by_the_hour(sandbox: Sandbox) -> None:
    limit(sandbox, "wecom", api_hour=1)
    codes = [gettoken(sandbox)["errcode"] for _ in range(2)]
    sandbox.world.move(3600)
    assert (*codes, gettoken(sandbox)["errcode"]) == (0, 45009, 0)


def test_an_app_sends_so_many_times_a_day_counted_by_persons(sandbox: Sandbox) -> None:
    limit(sandbox, "wecom", person_sends=3)
    codes = [
        wecom(sandbox, "message/send", to(*names))["errcode"]
        for names in (("lisi", "zhangsan"), ("lisi", "zhangsan"), ("lisi",))
    ]
    assert codes == [0, 45009, 0]
    assert [len(sandbox.messages(name)) for name in ("lisi", "zhangsan")] == [2, 1]


@pytest.mark.parametrize("name", ["member_minute", "member_hour"])
def test_a_members_rate_can_be_lowered_and_the_rest_is_dropped(sandbox: Sandbox, name: str) -> None:
    limit(sandbox, "wecom", **{name: 2})
    codes = [wecom(sandbox, "message/send", to("lisi"))["errcode"] for _ in range(4)]
    assert (codes, len(sandbox.messages("lisi"))) == ([0] * 4, 2)


@pytest.mark.parametrize(
    ("platform", "known"),
    [(Platform.OFFICIAL, failures.OFFICIAL), (Platform.WECOM, failures.WECOM)],
    ids=["official", "wecom"],
)
def test_every_code_that_the_bot_knows_has_words_here(
    platform: Platform, known: dict[int, object]
) -> None:
    assert set(known) - set(ERRORS[platform]) == set()
