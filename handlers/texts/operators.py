"""What operators read on the command line: help, results, and what is wrong."""

PROGRAM = "近邻：社区里的报事、派单、接单，在公众号和企业微信里办。"
SERVE = "启动网页服务：接收公众号和企业微信的消息。"
HOST = "监听的地址"
PORT = "监听的端口"
WORKERS = "网页进程数；数据库是 SQLite 时只能是 1"
WORKER = "启动后台进程：发送通知，处理到期事项。"
QUEUES = "处理哪些队列，用逗号隔开；不填就是全部"
PROCESSES = "进程数"
SCHEDULER = "启动定时器：每 10 秒查看一次；开几个都可以，不会重复。"
MIGRATE = "建立数据库，或升级到最新的结构。"
ROSTER = "花名册。"
ROSTER_IMPORT = "导入 Excel 花名册：全部正确才写入；再次导入就是更新。"
ROSTER_FILE = "花名册文件（.xlsx）"
DRY_RUN = "只检查，不写入"
REPLACE = "表里没有的任职到今天为止"
PERSON = "人和账号。"
PERSON_SHOW = "看一个人的任职、住处、账号和没办完的单。"
PERSON_QUERY = "姓名、手机号或编号"
PERSON_PHONE = "显示完整手机号"
PERSON_UNBIND = "把认错的账号从一个人身上解开；人还在名册里，用它报的单跟着账号走。"
PERSON_ID = "编号（person show 里有）"
PERSON_IDENTITY = "账号的编号（person show 里有）"
DEMO = "在本机试用：自带数据库、Redis 和几位居民、党员。"

MIGRATED = "数据库已是最新结构。"
NOT_MIGRATED = "数据库还不是最新结构，请先运行 jinlin migrate。"
DATABASE_AWAY = "连不上数据库，请检查 JINLIN_DATABASE_URL 和数据库服务。"
DATABASE_BUSY = "数据库正忙，什么也没有改，请再试一次。"
ONE_PROCESS_ON_SQLITE = "--workers：SQLite 只能用 1 个网页进程；要更多请改用 PostgreSQL。"
INTERRUPTED = "已停止。"


def setting_is_wrong(line: str) -> str:
    """One missing or bad setting; ``line`` begins with its name."""
    return f"设置有误：{line}"


def unknown_queue(name: str, known: tuple[str, ...]) -> str:
    """A queue that no job uses."""
    return f"--queues：没有队列 {name}，可用的是 {'、'.join(known)}。"


def port_is_taken(host: str, port: int) -> str:
    """Somebody else listens there, or the address is not this machine's."""
    return f"不能监听 {host}:{port}：端口已被占用，或地址不对（--host、--port）。"
