"""What the platforms' error codes say to an operator: the meaning, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from storage.vocabulary import Platform


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code: its meaning, and what an operator does about it; a sentence each."""

    meaning: str
    remedy: str


_NOTHING = "不用处理，系统会自己再试。"
_REPORT = "把这个错误码和发生的时间告诉开发人员。"
_PERSON = "不用处理，消息会换一条路送，或者等本人下次说话时一并告诉。"
_MENU = "改短配置文件 [[menu]] 里这一项，再运行 jinlin menu publish。"
_MENU_COUNT = "一级菜单最多 3 个，每个下面最多 5 项，改好再运行 jinlin menu publish。"

NO_ANSWER = Explanation(
    "连不上平台的接口，或者等了很久没有正常的回答。",
    "检查服务器能不能上外网、api_base_url 是否写对；网络恢复后系统会自己再试。",
)
UNKNOWN = Explanation("平台不接受这次调用。", "在平台的“全局错误码”页面查这个号码。")

_BOTH: Mapping[int, Explanation] = MappingProxyType(
    {
        -1: Explanation("平台正忙。", _NOTHING),
        40001: Explanation(
            "secret 不对，或者接口凭证失效了。",
            "核对配置文件里这个账号的 secret，重置过就换成新的。",
        ),
        40003: Explanation("平台不认识这个收信人。", "多半已经取消关注或离职，不用处理。"),
        40007: Explanation("照片或语音在平台上过期了。", "不用处理，系统会重新上传。"),
        40014: Explanation("接口凭证失效了。", _NOTHING),
        41001: Explanation("调用时没有带接口凭证。", _REPORT),
        42001: Explanation("接口凭证过期了。", _NOTHING),
        44004: Explanation("文字内容是空的。", _REPORT),
        45002: Explanation("内容太长。", _REPORT),
        47001: Explanation("内容的格式不对。", _REPORT),
        40016: Explanation("菜单的个数不对。", _MENU_COUNT),
        40017: Explanation("菜单项的类型不对。", "检查 [[menu]] 里这一项的 say、url、opens。"),
        40018: Explanation("一级菜单的名字太长。", _MENU),
        40019: Explanation("一级菜单要说的话太长。", _MENU),
        40020: Explanation("一级菜单的网址太长。", _MENU),
        40023: Explanation("二级菜单的个数不对。", _MENU_COUNT),
        40024: Explanation("二级菜单项的类型不对。", "检查 [[menu]] 里这一项的 say、url、opens。"),
        40025: Explanation("二级菜单的名字太长。", _MENU),
        40026: Explanation("二级菜单要说的话太长。", _MENU),
        40027: Explanation("二级菜单的网址太长。", _MENU),
        46003: Explanation("平台上还没有菜单。", "运行 jinlin menu publish。"),
    }
)

OFFICIAL: Mapping[int, Explanation] = MappingProxyType(
    {
        **_BOTH,
        40013: Explanation(
            "AppID 不对。", "到公众平台“设置与开发 → 基本配置”核对 app_id，注意大小写。"
        ),
        40037: Explanation(
            "没有这个模板，可能已被删除。",
            "到公众平台“模板消息”核对模板 ID，改配置文件里这个账号的 templates。",
        ),
        40125: Explanation(
            "AppSecret 不对。", "到公众平台“基本配置”核对或重置 AppSecret，再改 secret。"
        ),
        40163: Explanation("网页授权码已经用过。", "请本人重新打开页面。"),
        40164: Explanation(
            "服务器的 IP 不在白名单里。",
            "到公众平台“基本配置 → IP 白名单”加上服务器的公网 IP，几分钟后生效。",
        ),
        40200: Explanation(
            "这种类型的公众号没有这项功能。",
            "先完成微信认证；没有认证就把 message_menu 改成 false，并去掉 templates。",
        ),
        40243: Explanation("AppSecret 被冻结了。", "到公众平台“基本配置”解冻 AppSecret。"),
        41030: Explanation("要打开的小程序页面不存在。", _REPORT),
        43004: Explanation("收信人没有关注公众号。", _PERSON),
        43019: Explanation("收信人在公众号的黑名单里。", "要恢复就到“用户管理”把他移出黑名单。"),
        43101: Explanation("收信人拒收这类消息。", _PERSON),
        45009: Explanation(
            "今天的调用次数用完了。",
            "明天自动恢复；急用可以到公众平台“接口权限”把次数清零，一个月最多 10 次。",
        ),
        45011: Explanation("这一分钟调用得太多。", _NOTHING),
        45015: Explanation("收信人 48 小时没有说话，或者取消了关注。", _PERSON),
        45047: Explanation("这次对话能主动发的条数用完了。", _PERSON),
        47003: Explanation(
            "模板里有一项填得不合要求。",
            "核对这个模板的字段，在 templates 的 fields 里写明每一项填什么。",
        ),
        48001: Explanation(
            "公众号没有这项接口的权限。", "到公众平台“接口权限”查看，一般要先完成微信认证。"
        ),
        48002: Explanation("收信人关闭了公众号的消息。", _PERSON),
        48004: Explanation(
            "接口因违规被封禁。", "到公众平台看站内通知，按要求整改或申诉；期间只能被动回复。"
        ),
        48006: Explanation("这个月清零的次数用完了。", "等次数明天自动恢复。"),
        50002: Explanation("账号的功能受到限制。", "到公众平台看站内通知，按要求处理。"),
        50005: Explanation("收信人没有关注公众号。", _PERSON),
        89503: Explanation("这个 IP 的调用要管理员确认。", "请公众号管理员在微信里点确认。"),
    }
)

WECOM: Mapping[int, Explanation] = MappingProxyType(
    {
        **_BOTH,
        40013: Explanation("企业 ID 不对。", "到企业微信管理后台“我的企业”核对 app_id。"),
        40056: Explanation(
            "没有这个应用。", "到管理后台“应用管理”核对 agent_id 和 secret 是不是同一个应用的。"
        ),
        40058: Explanation(
            "参数不对，或者卡片已经更新过。", "卡片更新过的不用处理；反复出现就告诉开发人员。"
        ),
        40091: Explanation(
            "secret 不是这家企业的。", "核对 app_id 和 secret，两个要来自同一家企业的同一个应用。"
        ),
        41016: Explanation("卡片没有标题。", _REPORT),
        42014: Explanation("这张卡片已经发过。", "不用处理，不会重复发。"),
        45009: Explanation("调用得太多，一分钟或一小时后恢复。", _NOTHING),
        45033: Explanation("同时调用得太多。", _NOTHING),
        48002: Explanation(
            "应用没有这项接口的权限。", "到管理后台“应用管理”打开这个应用，查看接口权限。"
        ),
        50001: Explanation(
            "网页授权的域名没有登记。", "到应用的“网页授权及 JS-SDK”填上可信域名，并完成校验。"
        ),
        50002: Explanation(
            "收信人不在应用的可见范围里。", "到应用详情把他，或他的部门，加进“可见范围”。"
        ),
        50003: Explanation("应用被停用了。", "到管理后台“应用管理”重新启用这个应用。"),
        60011: Explanation(
            "应用无权管理这位成员或这个应用。", "检查应用的可见范围，并核对 secret 属于这个应用。"
        ),
        60020: Explanation(
            "服务器的 IP 不在企业可信 IP 里。",
            "到应用详情“企业可信 IP”加上服务器的公网 IP，约 1 分钟后生效。",
        ),
        60111: Explanation(
            "企业微信里没有这位成员。", "核对花名册里的企业微信账号，改好后重新导入。"
        ),
        81013: Explanation(
            "收信人一个也收不到。", "检查他们的企业微信账号、可见范围，以及账号是否已激活。"
        ),
        82001: Explanation(
            "收信人一个也收不到。", "检查他们的企业微信账号、可见范围，以及账号是否已激活。"
        ),
        301002: Explanation(
            "secret 和 agent_id 不是同一个应用的。", "到管理后台“应用管理”核对这两项。"
        ),
        830002: Explanation("文件超过 20 MB，取不回来。", "请本人发小一点的照片。"),
    }
)

_TABLES: Mapping[Platform, Mapping[int, Explanation]] = MappingProxyType(
    {Platform.OFFICIAL: OFFICIAL, Platform.WECOM: WECOM}
)


def explained(platform: Platform, code: int | None) -> Explanation:
    """Explain a code; None is a call that got no answer, or none of the platform's."""
    if code is None:
        return NO_ANSWER
    return _TABLES[platform].get(code, UNKNOWN)


def told(platform: Platform, code: int | None) -> str:
    """Write the one line that an operator reads, in the log of alerts and on the command line."""
    explanation = explained(platform, code)
    number = "" if code is None else f"{code}："
    return f"{number}{explanation.meaning}怎么办：{explanation.remedy}"
