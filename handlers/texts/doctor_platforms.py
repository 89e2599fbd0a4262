"""What ``jinlin doctor`` says about the accounts: their APIs, tokens, templates, menus and apps."""

from collections.abc import Sequence
from datetime import timedelta
from types import MappingProxyType

from handlers.texts import platform_errors
from handlers.texts.doctor import Advice, ago
from handlers.texts.persons import PLATFORM
from storage.vocabulary import AlertKind, Platform

TRY_LATER = "过几分钟再试一次。"

_OWN_PROXY = "空着就是平台官方的地址；自己设了代理就改对它。"
_NETWORK = "查一查这台机器能不能上网、DNS 和防火墙；accounts.api_base_url 要空着，除非用代理。"

API_TROUBLE = MappingProxyType(
    {
        "name": Advice("找不到接口的主机名。", f"查一查 DNS。{_OWN_PROXY}"),
        "refused": Advice("接口那边没有人在听。", _NETWORK),
        "connect timeout": Advice("连接口连了 3 秒没有连上。", _NETWORK),
        "read timeout": Advice("接口连上了，可是 5 秒没有回音。", f"{TRY_LATER}{_OWN_PROXY}"),
        "broken off": Advice("接口说到一半断了。", f"{TRY_LATER}{_OWN_PROXY}"),
        "no tls": Advice("接口那边说的不是 HTTPS。", f"查一查中间的代理。{_OWN_PROXY}"),
        "expired": Advice("接口的证书过期了。", "多半是中间的代理，或者本机的时间不对。"),
        "wrong host": Advice("接口的证书是别的域名的。", f"查一查中间的代理。{_OWN_PROXY}"),
        "chain": Advice("接口的证书查不到签发的人。", "运行 apt install ca-certificates。"),
        "self-signed": Advice("接口的证书是自签的。", f"查一查中间的代理。{_OWN_PROXY}"),
    }
)
NOT_OFFICIAL_ADDRESS = Advice(
    "不是平台官方的地址。", "正式运行就删掉这一项；自己的代理、试用的替身可以不管。"
)

WHITELIST = "IP 白名单"
TRUSTED_IPS = "企业可信 IP"

_UNKNOWN_IP = "这台机器的出口 IP"

BUSY_CODES = frozenset({-1, 45009, 45011, 45033})

CLOCK = "本机时间"
CLOCK_UNKNOWN = "平台的回答里没有时间，没法比。"

KIND = "账号类型"
VERIFIED = "有模板消息，是认证过的服务号。"
UNVERIFIED = Advice(
    "不是认证过的服务号（48001）：没有模板消息、菜单消息和带参数的二维码，也可能不能主动发消息。",
    "可以照用：回话照常，没送到的下次说话时带上，住处让居民说“绑定”。要这些就去认证服务号。",
)
TEMPLATES_NOT_ALLOWED = Advice(
    "这个账号没有模板消息（48001）。", "把这一节删掉，或者先去认证服务号。"
)
MESSAGE_MENU_NOT_ALLOWED = Advice(
    "这个账号不能发菜单消息，发了会被平台拒收（40200）。", "删掉这一项；选项会写成可以点的文字。"
)
NO_TEMPLATES_SET = "没有设，通知只在对方说过话的 48 小时里发。"
TEMPLATE = "模板"
MESSAGE_MENU = "菜单消息"

APP = "应用"
APP_CLOSED = Advice("应用停用了，消息发不出去。", "在管理后台“应用管理”里启用它。")
NOBODY_SEES = Advice(
    "可见范围是空的，没有人看得见它，也收不到消息。",
    "在管理后台“应用管理”里点开它，把书记、党员、网格员加进可见范围。",
)
VISIBLE_RANGE = "可见范围"

MENU = "菜单"
MENU_PUBLISHED = "发布了，和设置里的一样。"
MENU_DIFFERS = Advice("平台上的菜单和设置里的不一样。", "运行 jinlin menu publish。")
MENU_NONE = Advice("还没有发布。", "运行 jinlin menu publish。")
MENU_NOT_ALLOWED = Advice(
    "这个账号没有自定义菜单的接口（48001）。", "在公众平台后台手工配，或者先去认证。"
)
MENU_NOT_OURS = "设置里没有给这个平台的按钮，平台上的菜单不管。"

RECEIVING = "收消息"
NEVER_RECEIVED = Advice(
    "还没有收到过这个账号的消息。",
    "在平台后台填好接收地址、Token 和 EncodingAESKey，发一句话试试；"
    "再用 jinlin doctor --url https://域名 从外面试。",
)

ALERTS = "告警"
NO_ALERTS = "最近 7 天没有。"


def of(account: str, platform: Platform, what: str) -> str:
    """Name one thing of an account."""
    return f"{PLATFORM[platform]} {account} 的{what}"


API = "接口"
TOKEN = "令牌"  # noqa: S105 (what it is called)


def reachable(host: str) -> str:
    """The API answers as the platform does."""
    return f"{host} 通。"


def not_json(status: int) -> Advice:
    """Somebody in between answers in the platform's place."""
    return Advice(
        f"回答的不是平台的话（HTTP {status}），是中间的代理或别的网站。",
        f"查一查这台机器上网要不要登录、有没有代理。{_OWN_PROXY}",
    )


def unavailable(status: int) -> Advice:
    """The API says itself that it is out of order."""
    return Advice(f"接口暂时不能用（HTTP {status}）。", f"{TRY_LATER}{_OWN_PROXY}")


TOKEN_OBTAINED = "拿到了，账号和密钥都对。"  # noqa: S105 (what is said about one)
TOKEN_ODD = Advice("平台的回答里没有令牌。", f"查一查中间的代理。{_OWN_PROXY}")


def busy(code: int) -> Advice:
    """The platform is, or the day's calls are used up."""
    return Advice(f"平台正忙，或者今天的次数用完了（{code}）。", TRY_LATER)


def unknown_code(code: int, message: str) -> Advice:
    """A code that stands in no table of ours."""
    return Advice(f"平台回答 {code}：{message}", "照这个错误码查平台的说明，改好再试。")


def ip_refused(platform: Platform, ip: str) -> Advice:
    """The platform does not let this machine in; ``ip`` as it sees us, or empty."""
    seen = ip or _UNKNOWN_IP
    where = (
        "公众平台“设置与开发 → 基本配置”的 IP 白名单"
        if platform is Platform.OFFICIAL
        else "管理后台这个应用的“企业可信 IP”"
    )
    return Advice(f"平台不让 {seen} 进来。", f"把 {seen} 加进{where}，等一分钟再试。")


def ip_unconfirmed(ip: str) -> Advice:
    """An administrator has to allow this machine on the phone."""
    return Advice(
        f"{ip or _UNKNOWN_IP}要等管理员确认。",
        "请公众号的管理员在微信里点“公众平台安全助手”的确认，再试一次。",
    )


def clock(span: timedelta, host: str) -> str:
    """Both clocks agree."""
    return f"和 {host} 相差 {ago(abs(span))}。"


def clock_is_off(span: timedelta, host: str) -> Advice:
    """``span`` is ours minus theirs; beyond ten minutes the webhook refuses everything."""
    direction = "快" if span > timedelta() else "慢"
    return Advice(
        f"比 {host} {direction}了 {ago(abs(span))}；差到 10 分钟，平台推来的消息会全被拒收。",
        "打开自动对时：timedatectl set-ntp true，再看 timedatectl status。",
    )


def template_is_there(title: str) -> str:
    """The account has it, and its fields can be filled."""
    return f"“{title}”，字段都对。"


def template_is_gone(purpose: str, template_id: str) -> Advice:
    """The account has no template of this id."""
    return Advice(
        f"用途 {purpose} 的模板 {template_id} 不在这个账号里。",
        "从公众平台“模板消息 → 我的模板”复制编号，或者删掉这一行。",
    )


def template_has_no(keys: Sequence[str], known: Sequence[str]) -> Advice:
    """Settings fill fields that the template has not."""
    return Advice(f"模板里没有字段 {'、'.join(keys)}。", f"改成模板里有的：{'、'.join(known)}。")


def template_needs(keys: Sequence[str]) -> Advice:
    """The platform takes no message that leaves a field empty."""
    return Advice(
        f"模板的字段 {'、'.join(keys)} 没有填，平台会拒收。", "在 fields 里给它们各写一行。"
    )


def template_needs_words(keys: Sequence[str]) -> Advice:
    """Fields that nobody can guess: a list of the template's own, or a type that is not known."""
    return Advice(
        f"模板的字段 {'、'.join(keys)} 猜不出该填什么。",
        '在 fields 里给它们各写一行，固定的词写成 "=词"；或者换一个模板。',
    )


def app(name: str) -> str:
    """The app is there and switched on."""
    return f"“{name}”，启用着。"


def visible_to(members: int, parties: int, tags: int) -> str:
    """Who sees the app."""
    return f"{members} 个成员、{parties} 个部门、{tags} 个标签。"


def received(since: timedelta) -> str:
    """The webhook accepted something: its signature and its key fit."""
    return f"最近一次收到消息在 {ago(since)}前，Token 和密钥都对。"


def received_long_ago(since: timedelta) -> Advice:
    """Nobody wrote, or nothing comes through."""
    return Advice(
        f"最近一次收到消息在 {ago(since)}前。",
        "发一句话试试；没有回音就用 jinlin doctor --url https://域名 从外面试。",
    )


ALERT = MappingProxyType(
    {
        AlertKind.MISCONFIGURED: Advice("设置不对", "先把上面说不对的改好。"),
        AlertKind.UNAUTHORISED: Advice("账号没有这个权限", "到平台后台看这个账号有哪些接口权限。"),
        AlertKind.REFUSED: Advice(
            "平台不接受发出去的内容", "把这个错误码和发生的时间告诉开发人员。"
        ),
        AlertKind.QUOTA: Advice("当天的次数用完了", "第二天自动恢复；常常用完就少发一些。"),
        AlertKind.IDLE: Advice(
            "平台说应用很久没有人用，快要停用或已经停用",
            "请大家在企业微信里点开应用、说句话；已经停用的，在管理后台启用它。",
        ),
        AlertKind.CLOCK: Advice("本机时间和平台差得多", "打开自动对时：timedatectl set-ntp true。"),
    }
)


def of_kind(kind: AlertKind, code: str) -> Advice:
    """What a fault means whose code stands in no table: an errcode, or an event.

    A clock has no code that anybody could look up.
    """
    shown = "" if kind is AlertKind.CLOCK else f"（{code}）"
    return Advice(f"{ALERT[kind].said}{shown}。", ALERT[kind].remedy)


def alert(meaning: Advice, count: int, since: timedelta) -> Advice:
    """A fault that the service met while it ran."""
    how_often = f"一共 {count} 次，最近一次在 {ago(since)}前。"
    return Advice(f"{meaning.said.rstrip('。')}，{how_often}", meaning.remedy)


def explained(platform: Platform, code: int) -> Advice | None:
    """What a code means; None for one that stands in no table."""
    found = platform_errors.explained(platform, code)
    if found is platform_errors.UNKNOWN:
        return None
    return Advice(f"{found.meaning.rstrip('。')}（{code}）。", found.remedy)
