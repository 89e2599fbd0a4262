"""What the community may not write into its menu and its replies: each fault names its place."""

from pathlib import Path

import pytest

from bot import config, wording
from bot.config import SettingsError
from handlers import routes
from handlers.texts import words
from tests.bot.conftest import TOML

ITEM = '{ name = "一项", say = "进度" }'
BUTTON = '[[menu]]\nname = "按钮"\nsay = "进度"\n'


def button(name: str) -> str:
    return f'[[menu]]\nname = "{name}"\nsay = "进度"\n'


def items(*entries: str) -> str:
    return f'[[menu]]\nname = "我的"\nitems = [{", ".join(entries)}]\n'


def only(platform: str, entry: str = ITEM) -> str:
    return entry.replace(" }", f', only = "{platform}" }}')


def reply(words_of_it: str, more: str = "") -> str:
    return f'[[replies.keywords]]\nwords = {words_of_it}\nanswer = "好"\n{more}'


BAD = {
    "a button of 17 characters": (
        BUTTON + button("a" * 17),
        "menu.1.name: 名称太长：最多 16 字节（5 个汉字），现在是 17 字节。请改短。",
    ),
    "an item of 17 Chinese characters": (
        BUTTON + items(ITEM, ITEM, f'{{ name = "{"长" * 17}", say = "进度" }}'),
        "menu.1.items.2.name: 名称太长：最多 40 字节（13 个汉字），现在是 51 字节。请改短。",
    ),
    "no name": (button(" "), "menu.0.name: 名称不能空着。"),
    "a name of two lines": (button(r"我\n的"), "menu.0.name: 名称要写成一行。"),
    "a name left out": ('[[menu]]\nsay = "进度"\n', "menu.0.name: is missing"),
    "four buttons": (
        BUTTON * 4,
        "menu: 公众号上最多 3 个按钮，现在是 4 个。请减少，或用 only 分开。",
    ),
    "four buttons on one platform": (
        BUTTON * 3 + BUTTON + 'only = "wecom"\n',
        "menu: 企业微信上最多 3 个按钮，现在是 4 个。请减少，或用 only 分开。",
    ),
    "six items": (
        items(*[ITEM] * 6),
        "menu.0: items：公众号上一个按钮最多 5 项，现在是 6 项。请减少，或用 only 分开。",
    ),
    "six items on one platform": (
        items(*[ITEM] * 5, only("wecom")),
        "menu.0: items：企业微信上一个按钮最多 5 项，现在是 6 项。请减少，或用 only 分开。",
    ),
    "a button that does nothing": (
        '[[menu]]\nname = "空"\n',
        "menu.0: 请在 say、url、opens、items 里写一个，也只能写一个。",
    ),
    "a button with items that says something": (
        items(ITEM) + 'say = "进度"\n',
        "menu.0: 请在 say、url、opens、items 里写一个，也只能写一个。",
    ),
    "an item that does two things": (
        items('{ name = "一项", say = "进度", opens = "photo" }'),
        "menu.0.items.0: 请在 say、url、opens 里写一个，也只能写一个。",
    ),
    "words that are too long": (
        f'[[menu]]\nname = "说"\nsay = "{"长" * 43}"\n',
        "menu.0.say: 太长：最多 128 字节，现在是 129 字节。请改短。",
    ),
    "a page that is too long": (
        f'[[menu]]\nname = "看"\nurl = "https://example.org/{"a" * 237}"\n',
        "menu.0.url: 太长：最多 256 字节，现在是 257 字节。请改短。",
    ),
    "a page without a scheme": (
        '[[menu]]\nname = "看"\nurl = "example.org"\n',
        "menu.0.url: 网址要以 http:// 或 https:// 开头，中间没有空格。",
    ),
    "a page of another scheme": (
        '[[menu]]\nname = "看"\nurl = "javascript:alert(1)"\n',
        "menu.0.url: 网址要以 http:// 或 https:// 开头，中间没有空格。",
    ),
    "a page that is no address": (
        '[[menu]]\nname = "看"\nurl = "https://[example"\n',
        "menu.0.url: 网址要以 http:// 或 https:// 开头，中间没有空格。",
    ),
    "a keyword that is a command": (
        reply('["物业电话", "报修"]'),
        "replies.keywords.0.words.1: “报修”是近邻自己的词，不能用作关键词。请换一个说法。",
    ),
    "a keyword that is a command in full-width marks": (
        reply('["　接单，"]'),
        "replies.keywords.0.words.0: “　接单，”是近邻自己的词，不能用作关键词。请换一个说法。",
    ),
    "a keyword that is a numbered command": (
        reply('["进度12"]'),
        "replies.keywords.0.words.0: “进度12”是近邻自己的词，不能用作关键词。请换一个说法。",
    ),
    "a keyword that is a digit": (
        reply('["1"]'),
        "replies.keywords.0.words.0: “1”是近邻自己的词，不能用作关键词。请换一个说法。",
    ),
    "a keyword that answers our questions": (
        reply('["好的"]'),
        "replies.keywords.0.words.0: “好的”是近邻自己的词，不能用作关键词。请换一个说法。",
    ),
    "a keyword without letters": (
        reply('["。。"]'),
        "replies.keywords.0.words.0: 关键词里要有字。",
    ),
    "an empty keyword": (reply('[""]'), "replies.keywords.0.words.0: 关键词里要有字。"),
    "an answer without keywords": (
        reply("[]"),
        "replies.keywords.0: words：至少写一个关键词。",
    ),
    "one keyword in two answers": (
        reply('["物业电话"]') + reply('["物业电话？"]'),
        "replies.keywords: 关键词“物业电话？”写了两次，只能有一个回答。",
    ),
    "one character inside of texts": (
        reply('["水"]', 'match = "contains"\n'),
        'replies.keywords.0: 一个字的关键词容易误会，不能用 match = "contains"，请写长一点。',
    ),
    "a filling that nobody knows": (
        reply('["物业电话"]').replace("好", "{street}好"),
        "replies.keywords.0.answer: 不认识 {street}，能填进去的只有 {community}。",
    ),
    "a filling in the welcome": (
        '[replies]\nwelcome = "您好，{name}"\n',
        "replies.welcome: 不认识 {name}，能填进去的只有 {community}。",
    ),
}


def load(environment: dict[str, str], more: str) -> config.Settings:
    Path(environment["JINLIN_CONFIG"]).write_text(TOML + more, encoding="utf-8")
    return config.load()


@pytest.mark.parametrize(("more", "line"), BAD.values(), ids=BAD.keys())
def test_what_may_not_be_written_is_named_in_one_line(
    more: str, line: str, environment: dict[str, str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(environment, more)
    assert caught.value.lines == [line]


GOOD = {
    "16 bytes of a button": button("a" * 16),
    "40 bytes of an item": items(f'{{ name = "{"a" * 40}", say = "进度" }}'),
    "three buttons on each platform": (BUTTON + 'only = "official"\n') * 3
    + (BUTTON + 'only = "wecom"\n') * 3,
    "five items on each platform": items(*[only("official")] * 5, *[only("wecom")] * 5),
    "256 bytes of a page": f'[[menu]]\nname = "看"\nurl = "https://example.org/{"a" * 236}"\n',
    "a word that is still to come": reply('["找党员", "转人工"]'),
    "a keyword that begins like a command": reply('["接送孩子"]'),
    "one character alone": reply('["水"]'),
}


@pytest.mark.parametrize("more", GOOD.values(), ids=GOOD.keys())
def test_what_just_fits_is_taken(more: str, environment: dict[str, str]) -> None:
    settings = load(environment, more)
    assert settings.menu or settings.replies.keywords


def test_the_community_is_filled_in_and_keywords_are_folded(environment: dict[str, str]) -> None:
    more = '[replies]\nwelcome = "这里是{community}。"\n' + reply('["WiFi 密码？"]').replace(
        '"好"', '"{community}没有\\n公用的。"'
    )
    policy = load(environment, more).policy
    assert policy.welcome == "这里是近邻社区。"
    (told,) = policy.keywords
    assert (told.words, told.answer) == (frozenset({"wifi 密码"}), "近邻社区没有\n公用的。")


ROUTED = [word for use in routes.COMMANDS for word in use.words]
ROUTED += [word for use in routes.CONVERSATIONS for word in use.keywords]
ROUTED += [*words.CANCEL, *words.BACK, *words.RESUME, "跳过"]


@pytest.mark.parametrize("word", sorted(set(ROUTED)))
def test_no_word_of_ours_can_be_a_keyword(word: str) -> None:
    with pytest.raises(ValueError, match="近邻自己的词"):
        wording.keyword(word)


@pytest.mark.parametrize(
    ("name", "shown", "is_cut"),
    [
        ("我要报事", 4, False),
        ("我要报事啊", 4, True),
        ("abcdefgh", 4, False),
        ("abcdefghi", 4, True),
        ("党员看可接的单", 8, False),
        ("党员看可以接的单子", 8, True),
    ],
)
def test_a_name_that_phones_cut_is_known(name: str, shown: int, *, is_cut: bool) -> None:
    assert wording.is_cut(name, shown) is is_cut
