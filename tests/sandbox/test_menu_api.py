"""Custom menus: what each platform refuses, keeps and gives back."""

import pytest

from tests.sandbox.calls import official, wecom
from tests.sandbox.conftest import WECOM, Json, Sandbox

AGENT = str(WECOM.agent_id)


def click(name: str = "报事", key: str = "报事") -> Json:
    return {"type": "click", "name": name, "key": key}


def view(url: str) -> Json:
    return {"type": "view", "name": "网页", "url": url}


MENU: Json = {
    "button": [
        click(),
        {"name": "我的", "sub_button": [click("进度", "进度"), view("https://example.org/")]},
    ]
}


def create(sandbox: Sandbox, platform: str, menu: Json) -> int:
    if platform == "official":
        answer = official(sandbox, "menu/create", menu)
    else:
        answer = wecom(sandbox, "menu/create", menu, agentid=AGENT)
    code: int = answer["errcode"]
    return code


def below(*sub: Json) -> list[Json]:
    return [{"name": "我的", "sub_button": list(sub)}]


@pytest.mark.parametrize("platform", ["official", "wecom"])
@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        pytest.param([], 40016, id="none"),
        pytest.param([click()] * 4, 40016, id="four"),
        pytest.param("menu", 40016, id="no list"),
        pytest.param([click(name="")], 40018, id="no name"),
        pytest.param([click(name="a" * 16)], 0, id="16 bytes"),
        pytest.param([click(name="a" * 17)], 40018, id="17 characters"),
        pytest.param([click(name="六个汉字过长")], 40018, id="18 bytes"),
        pytest.param([click(key="")], 40019, id="no key"),
        pytest.param([click(key="k" * 128)], 0, id="128 bytes of key"),
        pytest.param([click(key="k" * 129)], 40019, id="long key"),
        pytest.param([{"type": "shout", "name": "喊"}], 40017, id="unknown type"),
        pytest.param([{"name": "空"}], 40017, id="no type"),
        pytest.param([view("")], 40020, id="no url"),
        pytest.param([view("https://example.org/" + "u" * 1004)], 0, id="1024 bytes of url"),
        pytest.param([view("https://example.org/" + "u" * 1005)], 40020, id="long url"),
        pytest.param(below(*[click()] * 5), 0, id="five below"),
        pytest.param(below(*[click()] * 6), 40023, id="six below"),
        pytest.param(below(click(name="a" * 40)), 0, id="40 bytes below"),
        pytest.param(below(click(name="a" * 41)), 40025, id="41 bytes below"),
        pytest.param(below({"type": "shout", "name": "喊"}), 40024, id="unknown type below"),
        pytest.param(below(click(key="k" * 129)), 40026, id="long key below"),
        pytest.param(below(view("")), 40027, id="no url below"),
        pytest.param(below(*below(click())), 40022, id="three levels"),
        pytest.param([{"type": "location_select", "name": "位", "key": "k"}], 0, id="location"),
        pytest.param([{"type": "scancode_waitmsg", "name": "扫", "key": "k"}], 0, id="scan"),
        pytest.param([{"type": "pic_photo_or_album", "name": "图", "key": "k"}], 0, id="photos"),
    ],
)
def test_a_menu_is_checked(sandbox: Sandbox, platform: str, buttons: object, code: int) -> None:
    assert create(sandbox, platform, {"button": buttons}) == code
    assert (sandbox.http.get("/sandbox/menus").json()[platform] is not None) == (code == 0)


def test_each_platform_has_types_of_its_own(sandbox: Sandbox) -> None:
    app = {"name": "小程序", "appid": "wx1", "pagepath": "index"}
    foreign = {"type": "miniprogram", "url": "https://example.org/", **app}
    own = {"type": "view_miniprogram", **app}
    codes = [
        create(sandbox, platform, {"button": [button]})
        for platform, button in (
            ("official", foreign),
            ("official", own),
            ("wecom", foreign),
            ("wecom", own),
        )
    ]
    assert codes == [0, 40017, 40017, 0]


def test_a_published_menu_is_given_back(sandbox: Sandbox) -> None:
    assert create(sandbox, "official", MENU) == 0
    got = official(sandbox, "menu/get")["menu"]["button"]
    assert [button["name"] for button in got] == ["报事", "我的"]
    assert got[0]["sub_button"] == []
    assert [button["name"] for button in got[1]["sub_button"]] == ["进度", "网页"]
    current = official(sandbox, "get_current_selfmenu_info")
    assert current["is_menu_open"] == 1
    listed = current["selfmenu_info"]["button"][1]["sub_button"]["list"]
    assert [button["name"] for button in listed] == ["进度", "网页"]


def test_a_menu_that_is_not_there_is_said_so(sandbox: Sandbox) -> None:
    assert official(sandbox, "menu/get") == {"errcode": 46003, "errmsg": "menu no exist"}
    assert wecom(sandbox, "menu/get", agentid=AGENT)["errcode"] == 46003
    assert official(sandbox, "get_current_selfmenu_info") == {"is_menu_open": 0}


def test_menus_of_the_platforms_do_not_touch_each_other(sandbox: Sandbox) -> None:
    create(sandbox, "official", MENU)
    create(sandbox, "wecom", {"button": [click("待办", "待办")]})
    assert official(sandbox, "menu/delete")["errcode"] == 0
    assert sandbox.http.get("/sandbox/menus").json()["official"] is None
    got = wecom(sandbox, "menu/get", agentid=AGENT)
    assert (got["errcode"], got["button"][0]["name"]) == (0, "待办")
    assert wecom(sandbox, "menu/delete", agentid=AGENT)["errcode"] == 0
    assert wecom(sandbox, "menu/get", agentid=AGENT)["errcode"] == 46003


@pytest.mark.parametrize(("agent", "code"), [("", 40056), ("x", 40056), ("7", 301002)])
def test_a_wecom_menu_needs_the_apps_agent_id(sandbox: Sandbox, agent: str, code: int) -> None:
    assert wecom(sandbox, "menu/create", MENU, agentid=agent)["errcode"] == code
    assert wecom(sandbox, "menu/get", agentid=agent)["errcode"] == code
