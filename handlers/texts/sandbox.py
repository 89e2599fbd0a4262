"""What the sandbox says: lines on the sample phones, and the demo's lines for its operator."""

from pathlib import Path

SERVICE_FAULT = "该公众号提供的服务出现故障，请稍后再试"
FOLLOWED = "已关注公众号"
SCANNED = "扫描了二维码"
UNFOLLOWED = "已取消关注"
ENTERED = "进入了应用"

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
