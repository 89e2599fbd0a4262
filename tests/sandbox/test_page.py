"""What the page asks for, and the sample neighbourhood that it shows."""

from pathlib import Path

from openpyxl import load_workbook

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


def test_the_page_brings_everything_it_needs_itself(sandbox: Sandbox) -> None:
    page = sandbox.http.get("/")
    files = ["sandbox.css", "enclosures.js", "sandbox.js"]
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert all(f"/static/{name}" in page.text for name in files)
    texts = [page.text, *(sandbox.http.get(f"/static/{name}").text for name in files)]
    outside = [text for text in texts if "https://" in text or "//cdn" in text]
    assert outside == []


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
