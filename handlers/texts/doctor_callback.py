"""What ``jinlin doctor --url`` says about the way in from outside."""

from datetime import timedelta
from types import MappingProxyType

from handlers.texts.doctor import Advice, ago

SITE = "外面的网址"
CERTIFICATE = "证书"
CALLBACK = "接收地址"

URL_OPTION = "--url"

_NGINX = "照 docs/deploy/nginx.conf 配好，再运行 nginx -t 和 nginx -s reload。"
_RENEW = "续签证书，再运行 nginx -s reload；最好让它自动续。"

TROUBLE = MappingProxyType(
    {
        "name": Advice("找不到这个域名。", "在域名商那里把它解析到这台机器的公网地址。"),
        "refused": Advice(
            "那个端口上没有人在听。", "启动 nginx，并让云服务器的安全组放行 443 端口。"
        ),
        "connect timeout": Advice(
            "连了 3 秒没有连上。", "让防火墙和云服务器的安全组放行 443 端口；域名要先备案。"
        ),
        "read timeout": Advice(
            "5 秒没有回音，平台到这时就不等了。", "看看 jinlin serve 在不在跑、nginx 转发到哪里。"
        ),
        "broken off": Advice("说到一半断了。", f"看 nginx 的错误日志。{_NGINX}"),
        "no tls": Advice("那边说的不是 HTTPS。", _NGINX),
        "expired": Advice("证书过期了，平台不会再推消息来。", _RENEW),
        "wrong host": Advice("证书是别的域名的。", f"换成这个域名的证书。{_NGINX}"),
        "chain": Advice(
            "证书缺了中间那几张，平台不认。", "nginx 的 ssl_certificate 要用带完整链的那个文件。"
        ),
        "self-signed": Advice("证书是自签的，平台不认。", "换成公共机构签发的证书。"),
    }
)

NO_HTTPS = Advice("没有用 HTTPS，路上的人看得见。", f"换成 https:// 的网址。{_NGINX}")
REACHABLE = "从这台机器连得到。"

SETTINGS_DIFFER = Advice(
    "签名不对，被拒收（403）：在跑的 jinlin serve 用的 Token 或密钥和这里的设置不一样。",
    "改了设置要重启 jinlin serve；几台机器要用同样的设置文件。",
)
NO_SUCH_PATH = Advice(
    "没有这个地址（404）。",
    f"改了 accounts.name 要重启 jinlin serve；nginx 要转发 /webhook/。{_NGINX}",
)
SOMEBODY_ELSE = Advice(
    "有人回答，可是不是近邻：回声不对。", f"看看域名指到哪里、前面有没有别的网站。{_NGINX}"
)
ECHOED = "照平台的样子敲了一下，回声对。"


def slow(seconds: float) -> Advice:
    """WeCom gives up after one second when the address is saved there."""
    return Advice(
        f"回声对，可是用了 {seconds:.1f} 秒；企业微信保存地址时只等 1 秒。",
        "看看这台机器忙不忙、网络慢不慢。",
    )


def redirected(status: int, where: str) -> Advice:
    """The platforms follow no redirect."""
    there = f"到 {where}" if where else "到别处"
    return Advice(
        f"被转{there}（{status}），平台不会跟过去。",
        f"平台后台和 --url 都填转过去以后的地址，或者让 nginx 不要转。{_NGINX}",
    )


_GATEWAY = MappingProxyType(
    {
        413: Advice("nginx 嫌消息太大（413）。", "把 client_max_body_size 设成 1m。"),
        502: Advice(
            "nginx 后面没有人（502）。",
            "启动 jinlin serve，并核对 nginx 的 upstream 和 --port 是不是同一个端口。",
        ),
        503: Advice(
            "后面的人说现在不行（503）。", "看 jinlin serve 的日志，多半是数据库不在或者太忙。"
        ),
        504: Advice(
            "nginx 等后面的人等不到（504）。", "看 jinlin serve 的日志，它 4 秒内一定回答。"
        ),
    }
)


def gateway(status: int) -> Advice | None:
    """What a proxy says in our place, where its status has a meaning of its own."""
    return _GATEWAY.get(status)


def odd_status(status: int) -> Advice:
    """Any other answer that is not ours."""
    return Advice(f"回答的是 HTTP {status}。", f"看 nginx 和 jinlin serve 的日志。{_NGINX}")


def certificate(left: timedelta) -> str:
    """Valid for so long."""
    return f"还有 {ago(left)}到期。"


def certificate_ends_soon(left: timedelta) -> Advice:
    """Nobody seems to renew it."""
    return Advice(f"还有 {ago(left)}就到期了。", _RENEW)
