"""What the page asks for, and the sample neighbourhood that it shows."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook

from bot.sandbox.page import STATIC
from bot.sandbox.samples import ORGANISATIONS, PEOPLE, ROSTER, write_roster
from storage.vocabulary import Platform
from tests.sandbox.conftest import Sandbox


def test_people_are_listed_with_what_they_can_do(sandbox: Sandbox) -> None:
    people = sandbox.http.get("/sandbox/people").json()
    assert [(one["name"], one["platform"]) for one in people] == [
        ("王阿姨", "official"),
        ("李奶奶", "official"),
        ("陈书记", "wecom"),
        ("张三", "wecom"),
        ("李四", "wecom"),
        ("赵敏", "wecom"),
        ("刘主任", "wecom"),
    ]
    assert people[0]["scene"] == "bind:YG-3-2"


def test_only_the_official_account_counts_what_may_still_be_sent(sandbox: Sandbox) -> None:
    before = sandbox.http.get("/sandbox/phones/wang").json()
    after = sandbox.act("wang", "follow")
    wecom = sandbox.act("lisi", "open")
    shown = [(one["is_following"], one["sends_left"]) for one in (before, after, wecom)]
    assert shown == [(False, 0), (True, 3), (None, None)]


def test_the_page_asks_only_for_what_changed(sandbox: Sandbox) -> None:
    sandbox.act("lisi", "open")
    first = sandbox.http.get("/sandbox/changes").json()
    assert set(first["phones"]) == {person.key for person in PEOPLE}
    sandbox.act("lisi", "say", text="在吗")
    second = sandbox.http.get(f"/sandbox/changes?after={first['version']}").json()
    assert set(second["phones"]) == {"lisi"}
    third = sandbox.http.get(f"/sandbox/changes?after={second['version']}").json()
    assert (third["version"], third["phones"], third["log"]) == (second["version"], {}, [])
    assert [call["name"] for call in second["log"]] == ["webhook/wecom"]


def test_a_page_older_than_the_sandbox_gets_everything(sandbox: Sandbox) -> None:
    sandbox.act("lisi", "say", text="在吗")
    changes = sandbox.http.get("/sandbox/changes?after=99999").json()
    assert set(changes["phones"]) == {person.key for person in PEOPLE}
    assert sandbox.http.get("/sandbox/changes?after=x").status_code == 400


def test_the_page_learns_of_menus_time_and_what_a_person_is_like(sandbox: Sandbox) -> None:
    menu = {"button": [{"type": "click", "name": "帮助", "key": "帮助"}]}
    before = sandbox.http.get("/sandbox/changes").json()
    sandbox.world.menus[Platform.WECOM] = menu
    sandbox.http.post("/sandbox/clock", json={"advance": 3600})
    sandbox.http.post("/sandbox/people/lisi/state", json={"outside": True})
    after = sandbox.http.get("/sandbox/changes").json()
    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert (before["menus"], after["menus"]) == (
        {"official": None, "wecom": None},
        {"official": None, "wecom": menu},
    )
    assert (before["offset"], after["offset"], moved) == (0.0, 3600.0, timedelta(hours=1))
    assert [one["phones"]["lisi"]["state"]["outside"] for one in (before, after)] == [False, True]


def test_the_windows_say_until_when_how_much_may_be_sent(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    now = sandbox.world.now()
    windows = sandbox.act("wang", "say", text="在吗")["windows"]
    assert windows == {
        "message": {"closes_at": (now + timedelta(hours=48)).isoformat(), "left": 5},
        "tap": {"closes_at": (now + timedelta(minutes=1)).isoformat(), "left": 3},
    }
    sandbox.clock.move(hours=1)
    assert list(sandbox.http.get("/sandbox/phones/wang").json()["windows"]) == ["message"]
    assert sandbox.act("lisi", "say", text="在吗")["windows"] == {}


def last_call(sandbox: Sandbox) -> tuple[str, int, dict[str, list[str]]]:
    call = sandbox.http.get("/sandbox/log").json()[-1]
    return call["about"], call["status"], call["missed"]


def test_the_log_says_whom_a_message_missed_although_it_went_well(sandbox: Sandbox) -> None:
    state = "/sandbox/people/{}/state"
    sandbox.http.post(state.format("zhaomin"), json={"unlicensed": True})
    sandbox.http.post("/sandbox/limits", json={"wecom": {"member_minute": 1}})
    sandbox.send("lisi", "text", {"content": "1"})
    sandbox.send("lisi|zhangsan|zhaomin|nobody", "text", {"content": "2"})
    assert last_call(sandbox) == (
        "lisi|zhangsan",
        0,
        {"invaliduser": ["nobody"], "unlicenseduser": ["zhaomin"], "dropped": ["lisi"]},
    )


def test_the_log_says_for_whom_a_refused_message_was(sandbox: Sandbox) -> None:
    wang = PEOPLE[0].external_id
    assert sandbox.custom(wang) == 45015
    assert last_call(sandbox) == (wang, 45015, {})
    sandbox.http.post("/sandbox/faults", json={"official": {"down": "unavailable"}})
    token = "any"  # noqa: S105 (nobody looks at it)
    url, body = f"/cgi-bin/message/custom/send?access_token={token}", {"touser": wang}
    assert sandbox.http.post(url, json=body).status_code == 503
    assert last_call(sandbox) == (wang, 503, {})


def test_the_log_says_whose_card_could_not_be_updated(sandbox: Sandbox) -> None:
    body = {"userids": ["lisi", "zhangsan"], "agentid": 1000002, "response_code": "spent"}
    sandbox.call("message/update_template_card", body | {"button": {"replace_name": "已接"}})
    assert last_call(sandbox)[:2] == ("lisi|zhangsan", 40058)


def test_a_template_that_is_repeated_or_refused_is_told(sandbox: Sandbox) -> None:
    wang = PEOPLE[0].external_id
    sandbox.act("wang", "follow")
    (template, *_) = sandbox.world.templates.values()
    values = {"character_string1": "12", "thing2": "灯", "name3": "张三", "time4": "09:30"}
    body = {
        "touser": wang,
        "template_id": template.id,
        "client_msg_id": "1",
        "data": {key: {"value": value} for key, value in values.items()},
    }
    token = sandbox.official_token()
    send = f"/cgi-bin/message/template/send?access_token={token}"
    missed = []
    for outcome in ("success", "success", "failed:user block"):
        sandbox.http.post("/sandbox/account", json={"template_outcome": outcome})
        sandbox.http.post(send, json=body | {"client_msg_id": outcome})
        calls = sandbox.http.get("/sandbox/log").json()
        missed.append(next(one for one in reversed(calls) if "template" in one["name"])["missed"])
    assert missed == [{}, {"repeated": [wang]}, {"failed:user block": [wang]}]


def test_the_page_brings_everything_it_needs_itself(sandbox: Sandbox) -> None:
    page = sandbox.http.get("/")
    files = sorted(path.name for path in STATIC.iterdir() if path.name != "index.html")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert [name for name in files if f'"/static/{name}"' not in page.text] == []
    texts = [page.text, *(sandbox.http.get(f"/static/{name}").text for name in files)]
    outside = re.compile(r"(?:src|href)=\"(?:https?:)?//|url\(|@import|https?://(?!example\.test)")
    found = [line for text in texts for line in text.splitlines() if outside.search(line)]
    assert [line for line in found if "data:image/svg+xml" not in line] == []


def test_the_sample_roster_names_everybody_with_a_wecom_phone(tmp_path: Path) -> None:
    write_roster(tmp_path / "roster.xlsx")
    workbook = load_workbook(tmp_path / "roster.xlsx", read_only=True)
    places, people = (list(workbook[name].iter_rows(values_only=True)) for name in ("组织", "人员"))
    workbook.close()
    assert (len(places), len(people)) == (1 + len(ORGANISATIONS), 1 + len(ROSTER))
    assert places[0] == ("编码", "名称", "类型", "上级编码")
    userids = {row[2] for row in people[1:]}
    assert {one.external_id for one in PEOPLE if one.platform is Platform.WECOM} <= userids


def test_every_door_on_the_phones_exists_in_the_sample_roster() -> None:
    codes = {row[0] for row in ORGANISATIONS}
    parents = {row[3] for row in ORGANISATIONS if row[3]}
    assert parents <= codes
    assert {one.scene.removeprefix("bind:") for one in PEOPLE if one.scene} <= codes
    assert {row[4] for row in ROSTER} <= codes
