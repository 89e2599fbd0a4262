"""What is wrong with a menu or a reply of the community's own, and what is allowed in its place."""

from handlers.texts.menus import PLATFORM
from storage.vocabulary import Platform

NO_NAME = "名称不能空着。"
ONE_LINE = "名称要写成一行。"
ONE_PURPOSE = "请在 say、url、opens 里写一个，也只能写一个。"
ONE_PURPOSE_OR_ITEMS = "请在 say、url、opens、items 里写一个，也只能写一个。"
NOT_AN_ADDRESS = "网址要以 http:// 或 https:// 开头，中间没有空格。"
NO_WORDS = "words：至少写一个关键词。"
NO_WORD = "关键词里要有字。"
TOO_SHORT_INSIDE = '一个字的关键词容易误会，不能用 match = "contains"，请写长一点。'


def too_long_name(size: int, most: int) -> str:
    """Count a menu name in bytes of UTF-8, three for a Chinese character."""
    return f"名称太长：最多 {most} 字节（{most // 3} 个汉字），现在是 {size} 字节。请改短。"


def too_long(size: int, most: int) -> str:
    """Count what a tap says or opens, in bytes of UTF-8."""
    return f"太长：最多 {most} 字节，现在是 {size} 字节。请改短。"


def too_many_buttons(platform: Platform, count: int, most: int) -> str:
    """Count the buttons that one platform would get."""
    return f"{PLATFORM[platform]}上最多 {most} 个按钮，现在是 {count} 个。请减少，或用 only 分开。"


def too_many_items(platform: Platform, count: int, most: int) -> str:
    """Count the items below one button, on one platform."""
    where = PLATFORM[platform]
    return f"items：{where}上一个按钮最多 {most} 项，现在是 {count} 项。请减少，或用 only 分开。"


def is_taken(word: str) -> str:
    """The bot itself understands this word; residents rely on what it does."""
    return f"“{word}”是近邻自己的词，不能用作关键词。请换一个说法。"


def stands_twice(word: str) -> str:
    """Two answers claim one word."""
    return f"关键词“{word}”写了两次，只能有一个回答。"


def unknown_filling(filling: str) -> str:
    """Only one thing is filled into texts."""
    return f"不认识 {filling}，能填进去的只有 {{community}}。"
