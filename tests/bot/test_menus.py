"""``jinlin menu publish`` against a platform that plays by its rules: the sandbox's stand-in."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot import config, menus
from bot.cli import app
from bot.embedded import free_port
from bot.sandbox.faults import Faults
from bot.sandbox.page import create_app
from bot.sandbox.serving import listening, port_of, served
from bot.sandbox.world import World
from handlers.texts import menus as texts
from handlers.understanding import is_spoken_for
from storage.vocabulary import Platform
from tests.bot.conftest import TOML

OFFICIAL, WECOM = Platform.OFFICIAL, Platform.WECOM
ON_OFFICIAL = """\
已发布：oa（公众号）。手机上最多等 5 分钟换成新的。
  我要报事：说“报事”
  我的
    办到哪一步了：说“进度”
    确认办好了：说“确认”
    评价：说“评价”
    绑定住处：说“绑定”
    党员看可接的单：说“可接”
  帮助
    能说什么：说“帮助”
    我的信息谁能看：说“隐私”
"""
ON_WECOM = """\
已发布：wecom（企业微信）。手机上最多等 5 分钟换成新的。
  待办：说“待办”
  可接的单：说“可接”
  我的
    我要报事：说“报事”
    替人代报：说“代报”
    办到哪一步了：说“进度”
    没送到的消息：说“未送达”
    能说什么：说“帮助”
"""
OWN = """
[[replies.keywords]]
words = ["物业电话"]
answer = "0000-0000"

[[menu]]
name = "报事"
items = [
  { name = "说一件事", say = "报事" },
  { name = "拍一张照片", opens = "photo" },
  { name = "楼门口的码", opens = "scan", only = "official" },
  { name = "发个位置", opens = "place", only = "wecom" },
]

[[menu]]
name = "物业"
say = "物业电话"

[[menu]]
name = "公告"
url = "https://www.example.org/notice"
only = "official"
"""
PUBLISHED = {
    OFFICIAL: [
        {
            "name": "报事",
            "sub_button": [
                {"type": "click", "name": "说一件事", "key": "报事"},
                {"type": "pic_photo_or_album", "name": "拍一张照片", "key": "photo"},
                {"type": "scancode_waitmsg", "name": "楼门口的码", "key": "scan"},
            ],
        },
        {"type": "click", "name": "物业", "key": "物业电话"},
        {"type": "view", "name": "公告", "url": "https://www.example.org/notice"},
    ],
    WECOM: [
        {
            "name": "报事",
            "sub_button": [
                {"type": "click", "name": "说一件事", "key": "报事"},
                {"type": "pic_photo_or_album", "name": "拍一张照片", "key": "photo"},
                {"type": "location_select", "name": "发个位置", "key": "place"},
            ],
        },
        {"type": "click", "name": "物业", "key": "物业电话"},
    ],
}


@dataclass
class Town:
    """Both platforms, and settings that name them."""

    world: World
    config: Path
    toml: str

    def write(self, more: str) -> None:
        self.config.write_text(self.toml + more, encoding="utf-8")

    def shown(self, platform: Platform) -> Any:  # noqa: ANN401 (JSON)
        menu = self.world.menus.get(platform)
        return menu and [_without_empty_lists(button) for button in menu["button"]]


def _without_empty_lists(button: dict[str, Any]) -> dict[str, Any]:
    below = [_without_empty_lists(one) for one in button["sub_button"]]
    return (
        {**button, "sub_button": below}
        if below
        else {name: value for name, value in button.items() if name != "sub_button"}
    )


@pytest.fixture
def town(environment: dict[str, str]) -> Iterator[Town]:
    with listening("127.0.0.1", 0) as listener:
        listener.listen()  # so that nobody is refused before the server is up
        url = f"http://127.0.0.1:{port_of(listener)}"
        toml = TOML.replace('token = "token"', f'token = "token"\napi_base_url = "{url}"')
        path = Path(environment["JINLIN_CONFIG"])
        path.write_text(toml, encoding="utf-8")
        official, wecom = config.load().accounts
        world = World(official, wecom, webhook="http://127.0.0.1:1")
        with served(create_app(world), listener):
            yield Town(world, path, toml)


def publish(*options: str) -> Result:
    return CliRunner().invoke(app, ["menu", "publish", *options])


def test_without_a_menu_in_the_settings_ours_is_published(town: Town) -> None:
    result = publish()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == ON_OFFICIAL + ON_WECOM
    assert [button["name"] for button in town.shown(OFFICIAL)] == ["我要报事", "我的", "帮助"]
    assert [button["name"] for button in town.shown(WECOM)] == ["待办", "可接的单", "我的"]


def test_one_menu_of_the_settings_goes_to_both_platforms(town: Town) -> None:
    town.write(OWN)
    result = publish()
    assert (result.exit_code, result.stderr) == (0, "")
    assert {platform: town.shown(platform) for platform in Platform} == PUBLISHED
    assert "    拍一张照片：拍照或选照片\n" in result.stdout
    assert "  公告：打开 https://www.example.org/notice\n" in result.stdout


def test_publishing_again_changes_nothing(town: Town) -> None:
    town.write(OWN)
    first = publish()
    second = publish()
    assert (second.exit_code, second.stdout) == (0, first.stdout)
    assert {platform: town.shown(platform) for platform in Platform} == PUBLISHED


def test_one_account_can_be_meant_alone(town: Town) -> None:
    result = publish("--account", "wecom")
    assert (result.exit_code, result.stdout) == (0, ON_WECOM)
    assert town.shown(OFFICIAL) is None


def test_an_account_that_is_none_is_named(town: Town) -> None:
    result = publish("--account", "oaa")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "--account：设置里没有账号 oaa，有的是 oa、wecom。\n"
    assert town.world.menus == {}


def test_a_dry_run_shows_the_menu_and_sends_nothing(town: Town) -> None:
    result = publish("--dry-run")
    assert result.exit_code == 0
    assert result.stdout == (ON_OFFICIAL + ON_WECOM).replace(
        "。手机上最多等 5 分钟换成新的。", ""
    ).replace("已发布", "将发布")
    assert (town.world.menus, list(town.world.calls)) == ({}, [])


@pytest.mark.parametrize(
    ("menu", "line"),
    [
        pytest.param(
            '[[menu]]\nname = "aaaaaaaaaaaaaaaaa"\nsay = "报事"\n',
            "设置有误：menu.0.name: 名称太长：最多 16 字节（5 个汉字），现在是 17 字节。请改短。\n",
            id="17 characters",
        ),
        pytest.param(
            OWN.replace("说一件事", "一" * 17),
            "设置有误：menu.0.items.0.name: "
            "名称太长：最多 40 字节（13 个汉字），现在是 51 字节。请改短。\n",
            id="17 Chinese characters below a button",
        ),
    ],
)
def test_a_bad_menu_is_named_and_sent_nowhere(town: Town, menu: str, line: str) -> None:
    town.write(menu)
    result = publish()
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", line)
    assert list(town.world.calls) == []


NOT_UNDERSTOOD = (
    "注意：菜单“怎么样交物业费才对”说的“物业费”，近邻现在听不懂，"
    "也不在 [[replies.keywords]] 里，点了没有用。"
)


def test_what_people_would_stumble_over_is_said_and_published_all_the_same(town: Town) -> None:
    town.write(
        '[[menu]]\nname = "我要报事吧"\nsay = "报事"\nonly = "official"\n'
        '[[menu]]\nname = "社区"\nonly = "official"\n'
        'items = [{ name = "怎么样交物业费才对", say = "物业费" }]\n'
    )
    result = publish()
    assert result.exit_code == 0
    assert result.stdout.splitlines()[4:] == [
        "注意：菜单“我要报事吧”超过 4 个汉字，手机上会显示不全。",
        "注意：菜单“怎么样交物业费才对”超过 8 个汉字，手机上会显示不全。",
        NOT_UNDERSTOOD,
        "没有发布：wecom（企业微信），[[menu]] 里没有给它的按钮，原来的菜单不动。",
    ]
    assert town.shown(OFFICIAL) is not None
    assert town.shown(WECOM) is None


HEAD = "没有发布：oa（公众号），原来的菜单不动。"
REACH = "检查服务器能不能上外网、api_base_url 是否写对，再运行 jinlin menu publish。"
NO_ANSWER = f"{HEAD}连不上平台的接口，或者等了很久没有正常的回答。怎么办：{REACH}"
SHORTER = "改短配置文件 [[menu]] 里这一项，再运行 jinlin menu publish。"
LOOK = "到公众平台“接口权限”查看，一般要先完成微信认证。"
ALLOW = "到公众平台“基本配置 → IP 白名单”加上服务器的公网 IP，几分钟后生效。"
COMPARE = "核对配置文件里这个账号的 secret，重置过就换成新的。"
AGAIN = "过几分钟再运行 jinlin menu publish。"


def forced(code: int, path: str = "menu/create") -> Faults:
    return Faults.model_validate({"codes": [{"path": path, "code": code}]})


FAILURES = {
    "the platform is busy": (forced(-1), f"{HEAD}-1：平台正忙。怎么办：{AGAIN}"),
    "a name that it finds too long": (
        forced(40018),
        f"{HEAD}40018：一级菜单的名字太长。怎么办：{SHORTER}",
    ),
    "an account without the right": (
        forced(48001),
        f"{HEAD}48001：公众号没有这项接口的权限。怎么办：{LOOK}",
    ),
    "an address that is not on the list": (
        forced(40164, "stable_token"),
        f"{HEAD}40164：服务器的 IP 不在白名单里。怎么办：{ALLOW}",
    ),
    "a token that is refused for ever": (
        forced(40001),
        f"{HEAD}40001：secret 不对，或者接口凭证失效了。怎么办：{COMPARE}",
    ),
    "a code that nobody knows": (
        forced(99999),
        f"{HEAD}99999：平台不接受这次调用。怎么办：在平台的“全局错误码”页面查这个号码。",
    ),
    "no answer": (Faults(down="closed"), NO_ANSWER),
    "a proxy's page": (Faults(html=502), NO_ANSWER),
}


@pytest.mark.parametrize(("fault", "line"), FAILURES.values(), ids=FAILURES.keys())
def test_an_account_that_fails_is_named_and_the_others_are_published(
    town: Town, fault: Faults, line: str
) -> None:
    town.world.faults[OFFICIAL] = fault
    result = publish()
    assert (result.exit_code, result.stderr) == (2, line + "\n")
    assert result.stdout == ON_WECOM
    assert town.shown(OFFICIAL) is None
    assert len([entry for entry in town.world.calls if entry.platform is OFFICIAL]) <= 4


def test_a_platform_where_nobody_listens_is_named(town: Town) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    town.config.write_text(town.toml.replace('api_base_url = "', f'api_base_url = "{nowhere}#', 1))
    result = publish("--account", "oa")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", NO_ANSWER + "\n")


def test_our_own_menu_fits_both_platforms_and_every_word_in_it_is_understood() -> None:
    menu = menus.default()
    entries = [entry for button in menu for entry in (button, *button.items)]
    said = [entry.say for entry in entries if entry.say]
    assert [word for word in said if not is_spoken_for(word)] == []
    assert {entry.only for entry in menu} == set(Platform)
    assert len(said) >= len(menu)


def test_names_of_our_own_menu_are_shown_whole(town: Town) -> None:
    assert "注意" not in publish("--dry-run").stdout
    assert town.world.menus == {}


def test_our_own_menu_is_written_as_operators_write_theirs(town: Town) -> None:
    before = publish("--dry-run").stdout
    town.write(texts.DEFAULT)
    assert len(config.load().menu) == len(tomllib.loads(texts.DEFAULT)["menu"])
    assert publish("--dry-run").stdout == before
