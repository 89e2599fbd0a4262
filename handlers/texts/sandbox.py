"""What the sandbox says: lines on the sample phones, and the lines for who starts it."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from storage.vocabulary import Platform

SERVICE_FAULT = "该公众号提供的服务出现故障，请稍后再试"
FOLLOWED = "已关注公众号"
SCANNED = "扫描了二维码"
UNFOLLOWED = "已取消关注"
ENTERED = "进入了应用"
TRANSFERRED = "转给了人工客服"


def chose(name: str) -> str:
    """Show which entry of the menu a person tapped."""
    return f"点了菜单“{name}”"


def scanned_code(found: str) -> str:
    """Show what a code said that a person scanned from the menu."""
    return f"扫到：{found}"


STARTING = "近邻 · 正在准备演示，请稍等几秒……"
STOPPING = "正在停止演示……"
STOPPED = "演示已停止。"


def ready(url: str) -> str:
    """Name the one address that the operator opens in a browser."""
    return f"演示已就绪，请用浏览器打开：{url}　（按 Ctrl-C 停止）"


def details(webhook: str, data_dir: Path, *, is_kept: bool) -> str:
    """Say where the bot listens, and where data and logs are while the demo runs."""
    fate = "保留" if is_kept else "停止后删除"
    return f"机器人的接收地址：{webhook}　数据和日志：{data_dir}（{fate}）"


def port_taken(wanted: int, used: int) -> str:
    """Tell that another port than the usual one is used."""
    return f"端口 {wanted} 已被占用，改用 {used}。"


def child_died(name: str, code: int, log: str) -> str:
    """Say which process ended by itself, with the end of its log."""
    return f"进程 {name} 意外退出（状态 {code}），日志的最后几行：\n{log}"


def not_ready(seconds: int, logs: Path) -> str:
    """Say that the bot did not become ready in time, and where its logs are."""
    return f"等了 {seconds} 秒机器人还没有就绪，演示停止。日志在 {logs}"


def cannot_start(problem: str) -> str:
    """Name what is missing; the problem itself is in English."""
    return f"演示无法开始：{problem}"


SANDBOX = "只启动沙盒：在本机代替公众号和企业微信的接口，给任何机器人开发用"
SANDBOX_HOST = "监听的地址"
SANDBOX_PORT = "监听的端口"
SANDBOX_URL = "机器人访问沙盒用的地址，不写就用监听的地址和端口"
SANDBOX_WEBHOOK = "机器人接收消息的地址，{account} 换成账号的名字"
SANDBOX_CONFIG = "TOML 文件，照里面的 [[accounts]] 代替；没写的随机生成"
SANDBOX_OFFICIAL = "公众号的一项设置，可以写多次，例如 token=abc、encryption=plain"
SANDBOX_WECOM = "企业微信应用的一项设置，可以写多次，例如 agent_id=1000009"
SANDBOX_STOPPED = "沙盒已停止。"

_HEADING = MappingProxyType({Platform.OFFICIAL: "公众号", Platform.WECOM: "企业微信"})
_LABELS: Mapping[Platform, Mapping[str, str]] = MappingProxyType(
    {
        Platform.OFFICIAL: MappingProxyType(
            {
                "app_id": "AppID",
                "secret": "AppSecret",
                "token": "Token",
                "encoding_aes_key": "EncodingAESKey",
                "encryption": "加密方式",
            }
        ),
        Platform.WECOM: MappingProxyType(
            {
                "app_id": "CorpID",
                "agent_id": "AgentId",
                "secret": "Secret",
                "token": "Token",
                "encoding_aes_key": "EncodingAESKey",
            }
        ),
    }
)


def sandbox_ready(url: str) -> str:
    """Name the page's address to a developer."""
    return f"沙盒已就绪，请用浏览器打开：{url}　（按 Ctrl-C 停止）"


def api_instead(url: str) -> str:
    """Say what replaces the platforms' own hosts; ``api_base_url`` is our settings' name for it."""
    return (
        f"接口地址（api_base_url）：{url}　"
        "代替 https://api.weixin.qq.com 和 https://qyapi.weixin.qq.com"
    )


def account_to_set_up(platform: Platform, values: Mapping[str, str], pushed_to: str) -> list[str]:
    """List what the bot has to be told of one account, by the platforms' own names.

    Args:
        platform: whose account it is.
        values: the account's settings by their names in our file; what has no label is left out.
        pushed_to: where the stand-in pushes.
    """
    shown = [(label, values[key]) for key, label in _LABELS[platform].items()]
    lines = [f"  {label:<16}{value}" for label, value in shown if value]
    return ["", _HEADING[platform], *lines, f"  推送到　{pushed_to}"]


def not_an_address(option: str, value: str) -> str:
    """Refuse a web address on the command line."""
    return f"{option} 要写 http:// 或 https:// 开头、不带问号的地址，现在是 {value}"


def not_key_and_value(option: str, value: str) -> str:
    """Refuse a setting without an equals sign, such as a bare token."""
    return f"{option} 要写成 名字=值，例如 token=abc，现在是 {value}"


def value_is_wrong(option: str, key: str, problem: str) -> str:
    """Name the account, the key and what is wrong with its value; the problem is in English."""
    return f"{option} 的设置有误：{key or 'account'}: {problem.removeprefix('Value error, ')}"


def file_not_read(path: Path, problem: str) -> str:
    """Say which file cannot be opened and why, in the system's words."""
    return f"--config 的文件 {path} 读不了：{problem}"


def file_is_no_toml(path: Path, problem: str) -> str:
    """Say where the file breaks off."""
    return f"--config 的文件 {path} 不是 TOML：{problem}"


def one_account_of_each(path: Path) -> str:
    """Refuse a file with two accounts of one platform."""
    return f"{path} 里同一个平台有两个账号，沙盒每个平台只能代替一个，请另写一个文件"
