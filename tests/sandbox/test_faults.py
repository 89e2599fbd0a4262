"""Outages on demand: what a bot meets at the address of a platform that is out of order."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import urllib3

from bot.sandbox.faults import Faults
from bot.sandbox.page import create_app
from bot.sandbox.serving import listening, port_of, served
from bot.sandbox.world import World
from storage.vocabulary import Platform
from tests.sandbox.calls import WANG, control, gettoken, official, stable_token, wecom
from tests.sandbox.conftest import OFFICIAL, WECOM, Sandbox

SEND = "message/custom/send"
TEXT = {"touser": WANG, "msgtype": "text", "text": {"content": "好"}}
TOKEN_QUERY = {"corpid": WECOM.app_id, "corpsecret": WECOM.secret}


def test_a_platform_that_is_down_answers_503_and_no_json(sandbox: Sandbox) -> None:
    control(sandbox, "faults", wecom={"down": "unavailable"})
    answered = sandbox.http.get("/cgi-bin/gettoken", params=TOKEN_QUERY)
    assert (answered.status_code, answered.content) == (503, b"")
    assert "access_token" in stable_token(sandbox)


@pytest.mark.parametrize("status", [200, 502])
def test_a_proxy_answers_html(sandbox: Sandbox, status: int) -> None:
    control(sandbox, "faults", wecom={"html": status})
    answered = sandbox.http.get("/cgi-bin/gettoken", params=TOKEN_QUERY)
    assert (answered.status_code, answered.text[:6]) == (status, "<html>")
    assert answered.headers["content-type"].startswith("text/html")


def test_a_token_server_answers_40001_for_ever_and_other_calls_go_on(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    token = sandbox.official_token()
    control(sandbox, "faults", official={"token": True}, wecom={"token": True})
    codes = [stable_token(sandbox)["errcode"] for _ in range(3)]
    assert (codes, gettoken(sandbox)["errcode"]) == ([40001] * 3, 40001)
    assert sandbox.call(SEND, TEXT, token=token)["errcode"] == 0


def test_a_code_is_answered_so_many_times_and_the_call_has_no_effect(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    control(sandbox, "faults", official={"codes": [{"path": SEND, "code": -1, "times": 2}]})
    answers = [official(sandbox, SEND, TEXT) for _ in range(3)]
    assert [answer["errcode"] for answer in answers] == [-1, -1, 0]
    assert answers[0]["errmsg"] == "system error"
    assert sum(message["pushed"] for message in sandbox.messages("wang")) == 1


def test_a_code_without_a_number_of_times_is_answered_until_it_is_lifted(sandbox: Sandbox) -> None:
    message = {
        "touser": "lisi",
        "agentid": WECOM.agent_id,
        "msgtype": "text",
        "text": {"content": "好"},
    }
    token = sandbox.wecom_token()
    control(sandbox, "faults", wecom={"codes": [{"path": "*", "code": 60020}]})
    codes = [sandbox.call("message/send", message, token=token)["errcode"] for _ in range(3)]
    assert (codes, gettoken(sandbox)["errcode"]) == ([60020] * 3, 60020)
    control(sandbox, "faults", wecom={})
    assert wecom(sandbox, "message/send", message)["errcode"] == 0


def test_faults_come_back_from_json_as_they_were() -> None:
    faults = Faults.model_validate(
        {"down": "closed", "latency": 1.5, "codes": [{"path": SEND, "code": 45009, "times": 3}]}
    )
    assert Faults.model_validate(faults.to_json()) == faults


def test_an_outage_stands_in_the_log(sandbox: Sandbox) -> None:
    control(sandbox, "faults", wecom={"down": "unavailable"})
    sandbox.http.get("/cgi-bin/gettoken", params=TOKEN_QUERY)
    call = sandbox.http.get("/sandbox/log").json()[-1]
    assert (call["name"], call["status"], call["result"]) == ("gettoken", 503, "unavailable")


@dataclass
class Served:
    """A stand-in on a real port, as a bot's HTTP client meets it."""

    world: World
    url: str

    def gettoken(self, *, timeout: float = 5.0) -> urllib3.BaseHTTPResponse:
        with urllib3.PoolManager(timeout=timeout, retries=False) as http:
            return http.request("GET", f"{self.url}/cgi-bin/gettoken", fields=TOKEN_QUERY)


@pytest.fixture
def stand_in() -> Iterator[Served]:
    with listening("127.0.0.1", 0) as listener, socket.socket() as nobody:
        listener.listen()  # so that nobody is refused before the server is up
        nobody.bind(("127.0.0.1", 0))
        webhook = f"http://127.0.0.1:{nobody.getsockname()[1]}/webhook"
        world = World(OFFICIAL, WECOM, webhook=webhook)
        with served(create_app(world), listener):
            yield Served(world, f"http://127.0.0.1:{port_of(listener)}")


def test_a_connection_is_broken_off(stand_in: Served) -> None:
    stand_in.world.faults[Platform.WECOM] = Faults(down="closed")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        stand_in.gettoken()


def test_a_slow_answer_comes_after_the_call_had_its_effect(stand_in: Served) -> None:
    stand_in.world.faults[Platform.WECOM] = Faults(latency=0.3)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        stand_in.gettoken(timeout=0.1)
    began = datetime.now(UTC)
    assert stand_in.gettoken().json()["errcode"] == 0
    assert datetime.now(UTC) - began >= timedelta(seconds=0.3)
    assert [call.status for call in stand_in.world.calls] == [0, 0]


def test_a_platform_that_hangs_takes_the_call_and_says_nothing(stand_in: Served) -> None:
    stand_in.world.faults[Platform.WECOM] = Faults(hang=True)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        stand_in.gettoken(timeout=0.2)
    assert [call.result for call in stand_in.world.calls] == ["hangs"]


def test_others_are_served_while_one_waits(stand_in: Served) -> None:
    stand_in.world.faults[Platform.OFFICIAL] = Faults(hang=True)
    url = f"{stand_in.url}/cgi-bin/stable_token"
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        urllib3.request("POST", url, json={}, timeout=0.2, retries=False)
    assert stand_in.gettoken(timeout=1.0).json()["errcode"] == 0


def test_answers_carry_the_date_of_the_stand_ins_clock_and_no_other(stand_in: Served) -> None:
    stand_in.world.move(300)
    dates = stand_in.gettoken().headers.getlist("date")
    assert len(dates) == 1
    ahead = parsedate_to_datetime(dates[0]) - datetime.now(UTC)
    assert timedelta(seconds=295) < ahead <= timedelta(seconds=300)
