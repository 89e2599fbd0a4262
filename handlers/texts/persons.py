"""What operators read about a person of the roster or a follower, and about untying an account."""

from datetime import date
from types import MappingProxyType

from handlers.texts.roster import ROLE
from storage.vocabulary import Platform, Role

PLATFORM = MappingProxyType({Platform.OFFICIAL: "公众号", Platform.WECOM: "企业微信"})

NO_POST = "  任职：没有"
NO_HOME = "  住处：没有绑定"
NO_ACCOUNT = "  账号：没有"
NOTHING_OPEN = "  没办完的单：没有"
_NOBODYS = "不在名册里"
_HIDDEN = "****"


def nobody(query: str) -> str:
    """Say that a name, phone or number leads to nobody."""
    return f"没有找到“{query}”。姓名要写全，手机号要写 11 位，编号是一个数。"


def head(number: int, name: str | None, phone: str | None) -> str:
    """Name a person; ``phone`` is what may be shown of it."""
    return f"编号 {number}：{name or '没有姓名'}，{f'手机 {phone}' if phone else _NOBODYS}"


def end_of(phone: str | None) -> str | None:
    """Show the end of a phone, if there is one."""
    return f"尾号 {phone[-4:]}" if phone else None


def post(role: Role, organisation: str, since: date) -> str:
    """Name a running appointment."""
    return f"  任职：{organisation}{ROLE[role]}，{since.isoformat()} 起"


def home(name: str) -> str:
    """Name where somebody lives."""
    return f"  住处：{name}"


def account(number: int, platform: Platform, external_id: str, *, is_following: bool) -> str:
    """Name an account without giving it away."""
    left = "" if is_following else "，已取消关注"
    return f"  账号 {number}：{PLATFORM[platform]} {masked(external_id)}{left}"


def masked(external_id: str) -> str:
    """Leave of an openid or userid what tells two apart."""
    if len(external_id) <= len(_HIDDEN):
        return _HIDDEN
    return f"{external_id[:2]}{_HIDDEN}{external_id[-2:]}"


def order(number: int, state: str, *, is_held: bool) -> str:
    """Name an open order and what it is to the person."""
    return f"  没办完的单：#{number} {state}（{'接的' if is_held else '报的'}）"


def not_theirs(person: int, identity: int) -> str:
    """Say that an account belongs to somebody else, or to nobody."""
    return f"编号 {person} 没有账号 {identity}，请先用 jinlin person show {person} 核对。"


def not_in_roster(person: int) -> str:
    """Say that an unknown person's account need not be untied."""
    return f"编号 {person} {_NOBODYS}，这个账号就是本人的，不用解开。"


def unbound(identity: int, name: str | None, person: int, stranger: int) -> str:
    """Say whose account it is now."""
    who = f"{name or ''}（编号 {person}）"
    return f"账号 {identity} 已从{who}解开，现在归新编号 {stranger}，不在名册里。"


def placed_went_along(numbers: list[int]) -> str:
    """Name the orders that followed the account."""
    if not numbers:
        return "没有用这个账号报的单。"
    return f"用它报的单跟着走了：{_listed(numbers)}。"


def taken_stayed(name: str | None, numbers: list[int]) -> str:
    """Name the orders that the account took, which somebody has to decide about."""
    return f"用它接的单还记在{name or '本人'}名下，请支部收回另派：{_listed(numbers)}。"


def stays(name: str | None) -> str:
    """Say what did not change."""
    return f"{name or '本人'}还在名册里，任职不变。"


def in_the_workbook() -> str:
    """Warn that the roster would tie a WeCom account again."""
    return "花名册里还写着这个企业微信账号的话，下次导入又会绑上，请先改花名册。"


def _listed(numbers: list[int]) -> str:
    return "、".join(f"#{number}" for number in numbers)
