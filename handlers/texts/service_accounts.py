"""What is said about a member's half-year of service for the employer, and the workbook's words."""

from handlers.messages import Action
from handlers.rules.halves import Half
from handlers.texts import points, words
from storage.service_accounts import Service

NOTHING_TO_RELEASE = "现在没有要发给单位的服务情况。每年一月、七月会先给您过目。"


def name(half: Half) -> str:
    """Name a half."""
    return f"{half.year}年{'上' if half.part == 1 else '下'}半年"


def title(half: Half) -> str:
    """Head the account that a member sees first."""
    return f"{name(half)}的服务情况"


def account(service: Service, employer: str) -> str:
    """Show a member what was done, and ask whether the employer may see it."""
    parts = []
    if service.finished:
        parts.append(f"办好 {service.finished} 件事，居民确认 {service.confirmed} 件")
    if service.home_days:
        parts.append(f"参加回家日 {service.home_days} 次")
    if service.hundredths:
        parts.append(f"积分 {points.amount(service.hundredths)} 分")
    return (
        f"这半年您{'；'.join(parts)}。辛苦了。\n"
        f"这些数字可以发给{employer}，里面没有居民的信息。您同意了才发。"
    )


def release_action(half: Half) -> Action:
    """Let the employer see it."""
    return Action("可以发给单位", f"{words.TO_EMPLOYER[0]} {half.label}")


def keep_action(half: Half) -> Action:
    """Keep it back."""
    return Action("先不发", f"{words.NOT_YET_TO_EMPLOYER[0]} {half.label}")


def released(half: Half, employer: str) -> str:
    """Say that the employer may see a half."""
    return f"好的，{title(half)}可以发给{employer}，只有数字。改主意了就回“先不发”。"


def kept(half: Half) -> str:
    """Say that the employer does not see a half."""
    return f"好的，{title(half)}先不发，往后给单位的表里没有您。想好了再回“发给单位”。"


RELEASED_SHORT, KEPT_SHORT = "可以发给单位", "先不发"
