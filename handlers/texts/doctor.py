"""What ``jinlin doctor`` says as a whole, and about the settings themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Advice:
    """What was found, and what to do about it."""

    said: str
    remedy: str


DOCTOR = "逐项检查设置、数据库、后台进程、平台账号和花名册，说出哪里不对、怎么办；只看，不改。"
ACCOUNT = "只检查这个账号（accounts.name）；不填就是全部"
URL = "外面访问的网址，像 https://域名；填了就从外面试一遍接收地址"

MARK = MappingProxyType({"fine": "✓", "warning": "!", "fault": "✗", "skipped": "–"})

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

SETTINGS = "设置"
REST = "其余各项"
CONFIG_FILE = "设置文件"

CONFIG_IS_OPEN = Advice("里面有密钥，可是这台机器上谁都能读。", "运行 chmod o-rwx 文件名。")

MISSING = "没有填。"
UNKNOWN = "没有这个设置。"
LOOK_INTO_README = "对照 README 的“设置”一节改好，再运行一次 jinlin doctor。"

SETTING_REMEDY = MappingProxyType(
    {
        "JINLIN_CONFIG": "填设置文件（TOML）的路径，写法见 docs/operating.md。",
        "JINLIN_SECRET_KEY": (
            "填 openssl rand -base64 32 的输出；已经有数据的，填当初那一把，换了就读不出来。"
        ),
        "JINLIN_DATABASE_URL": (
            "填 postgresql://用户:口令@主机/库名；空着就用数据目录里的 SQLite。"
        ),
        "JINLIN_REDIS_URL": "填 redis://主机:6379/0，有口令写成 redis://:口令@主机:6379/0。",
        "JINLIN_DATA_DIR": "填一个能建立的文件夹，用绝对路径。",
        "JINLIN_CLOCK_FILE": "正式运行不要设，删掉这一项。",
        "community.name": "填社区的名称，30 个字以内。",
        "community.timezone": '填 "Asia/Shanghai"，或者删掉这一项。',
        "accounts": "至少写一节 [[accounts]]，写法见 docs/operating.md。",
        "accounts.name": "填字母、数字、- 或 _，每个账号不同；它是接收地址的最后一段。",
        "accounts.platform": '公众号填 "official"，企业微信填 "wecom"。',
        "accounts.app_id": (
            "公众号填 AppID（公众平台“设置与开发 → 基本配置”），"
            "企业微信填企业 ID（管理后台“我的企业”最下面）。"
        ),
        "accounts.secret": (
            "公众号填 AppSecret（公众平台“基本配置”里重置一次才看得到），"
            "企业微信填这个应用自己的 Secret（管理后台“应用管理”里点开它）。"
        ),
        "accounts.token": "和平台后台“服务器配置”或“接收消息”里的 Token 填成一样的。",
        "accounts.encoding_aes_key": (
            "和平台后台的 EncodingAESKey 填成一样的，43 个字符，前后不要有空格。"
        ),
        "accounts.previous_encoding_aes_key": "填换下来的那一把，43 个字符；不在换密钥就删掉。",
        "accounts.encryption": (
            '公众号填 "safe"、"compatible" 或 "plain"，和后台选的一样；企业微信删掉这一项。'
        ),
        "accounts.agent_id": "填企业微信应用的 AgentId（管理后台“应用管理”里点开它），是一个数。",
        "accounts.templates": "只有认证过的服务号有模板消息；别的账号把这一节删掉。",
        "accounts.message_menu": "只有认证过的服务号能发菜单消息；别的账号删掉这一项。",
    }
)


def head(mark: str, name: str, setting: str, said: str) -> str:
    """The first line of a finding; the setting stands in brackets."""
    where = f"（{setting}）" if setting else ""
    return f"{mark} {name}{where}：{said}"


def what_to_do(remedy: str) -> str:
    """The second line of a finding."""
    return f"    {remedy}"


def summary(*, faults: int, warnings: int, fine: int, skipped: int) -> str:
    """The last line: how many of each."""
    counts = [f"{faults} 项不对", f"{warnings} 项要留意", f"{fine} 项正常"]
    if skipped:
        counts.append(f"{skipped} 项没有看")
    return "，".join(counts) + "。"


def not_looked_at(because: str) -> str:
    """Something could not be looked at before something else is mended."""
    return f"“{because}”好了才能看。"


def took_too_long(seconds: int) -> Advice:
    """A look was given up."""
    return Advice(
        f"{seconds} 秒里没有看完，不等了。",
        "多半是域名解析或网络卡住了；稍后再试一次，还是这样就请管网络的人看看。",
    )


def read_well(accounts: Sequence[tuple[str, str]]) -> str:
    """The settings can be read; each account with the name of its platform."""
    listed = "、".join(f"{name}（{platform}）" for name, platform in accounts)
    return f"都读得懂；账号：{listed}。"


def is_wrong(problem: str) -> str:
    """A setting of which the settings' own reader says, in English, what is wrong."""
    known = _PROBLEM.get(problem)
    return known or f"填得不对：{problem}"


_PROBLEM = MappingProxyType(
    {
        "is missing": MISSING,
        "is not base64": "不是 base64。",
        "must be the base64 of 32 bytes": "要是 32 字节的 base64。",
        "must have 43 characters": "要 43 个字符。",
        "agent_id is missing": MISSING,
        "encoding_aes_key is missing": MISSING,
        "no such time zone": "没有这个时区。",
        "only sqlite: and postgresql: are supported": "只能用 sqlite: 或 postgresql:。",
        "must start with redis://, rediss:// or unix://": (
            "要以 redis://、rediss:// 或 unix:// 开头。"
        ),
        "is not a database URL": "不是数据库的地址。",
        "is not a Redis URL": "不是 Redis 的地址。",
        "two accounts have the same name": "有两个账号同名。",
        "Extra inputs are not permitted": UNKNOWN,
        'encryption: WeCom is always encrypted, leave it out or say "safe"': (
            "企业微信总是加密的。"
        ),
        "templates and message_menu: only an official account has them": "企业微信没有这一项。",
    }
)


def ago(span: timedelta) -> str:
    """How long ago: in seconds, minutes, hours or days, the largest that fits."""
    seconds = max(round(span.total_seconds()), 0)
    for size, unit in ((_DAY, "天"), (_HOUR, "小时"), (_MINUTE, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} 秒"


def unknown_account(name: str, known: Sequence[str]) -> str:
    """``--account`` names none of the settings."""
    return f"--account：设置里没有账号 {name}，有的是 {'、'.join(known)}。"


BAD_URL = "--url：要写成 https://域名，不带后面的路径。"
