"""What ``jinlin doctor`` says about this machine, the database, Redis and the processes."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.texts.doctor import Advice, ago

DATA_DIR = "数据目录"
DISK = "磁盘"
CLOCK_FILE = "拨钟文件"
DATABASE = "数据库"
SCHEMA = "数据库结构"
KEY = "密钥"
DATABASE_CLOCK = "数据库的时间"
REDIS = "Redis"
WORKER = "后台进程"
SCHEDULER = "定时器"
QUEUES = "队列"
DELIVERIES = "待发通知"
INBOX = "收到的消息"

_START_WORKER = "运行 jinlin worker，并让 systemd 之类看着它，见 docs/operating.md。"
_START_SCHEDULER = "运行 jinlin scheduler，并让 systemd 之类看着它，见 docs/operating.md。"

_MIB = 1024 * 1024

DATA_DIR_MISSING = Advice("还没有这个文件夹。", "用运行近邻的用户建好：install -d -m 700 文件夹。")
DATA_DIR_NO_FOLDER = Advice("这里是一个文件，不是文件夹。", "换一个路径，或者把这个文件挪走。")
DATA_DIR_CLOSED = Advice("写不进去。", "让运行近邻的用户能写：chown -R 用户 文件夹。")
DATA_DIR_OPEN = Advice(
    "这台机器上的别人也能看，里面有居民的照片和语音。", "运行 chmod 700 文件夹。"
)

CLOCK_FILE_SET = Advice(
    "设了拨钟文件，时间可能不是真的；只有试用时才这样。", "正式运行就删掉这一项，再重启各个进程。"
)
CLOCK_FILE_BROKEN = Advice("拨钟文件里不是一个数，读不出来。", "删掉这一项，再重启各个进程。")

DATABASE_REFUSED = Advice("没有人在那个地址上听。", "启动数据库，或者改对主机和端口。")
DATABASE_NO_NAME = Advice("找不到那个主机名。", "改对主机名，或者查一查 DNS。")
DATABASE_TIMEOUT = Advice("连了 2 秒没有回音。", "查一查主机、端口和防火墙。")
DATABASE_PASSWORD = Advice(
    "数据库不认这个用户或口令。", "改对用户和口令；口令里的 @ : / 要写成 %40 %3A %2F。"
)
DATABASE_NO_SUCH = Advice(
    "服务器在，可是没有这个库。", "让数据库管理员运行 createdb 库名，或者改对库名。"
)
DATABASE_AWAY = Advice("连不上。", "查一查地址、用户、口令和数据库服务。")
DATABASE_NO_FILE = Advice("还没有这个 SQLite 文件。", "运行 jinlin migrate。")
DATABASE_NO_SQLITE = Advice(
    "这个文件不是 SQLite 数据库。", "改对路径，或者把这个文件挪走再运行 jinlin migrate。"
)
SQLITE_HINT = Advice(
    "用的是 SQLite：只能有一个网页进程，也只能在一台机器上。",
    "正式运行、人多的社区请改用 PostgreSQL。",
)
NOT_MIGRATED = Advice("不是最新的结构。", "运行 jinlin migrate，再重启各个进程。")
MIGRATED = "是最新的。"
DATABASE_SLOW = Advice("查一次没有查完。", "看看数据库忙不忙、磁盘慢不慢，稍后再试一次。")

KEY_FITS = "打得开库里的内容。"
KEY_NOTHING_YET = "库里还没有加密的内容，等有了才知道合不合。"
KEY_WRONG = Advice(
    "这把密钥打不开这个库里的内容。",
    "填当初那一把（备份里应该有）；没有它，电话、事情和对话都读不出来。",
)
KEY_MIXED = Advice(
    "库里有一部分内容是用另一把密钥封的。",
    "找出另一把：两把都试着填一下，以打得开旧内容的为准，新封的那些读不出来。",
)

REDIS_REFUSED = Advice("连不上；通知和到期的事都停着。", "启动 Redis，或者改对主机和端口。")
REDIS_PASSWORD = Advice("Redis 要口令，或者口令不对。", "地址写成 redis://:口令@主机:6379/0。")
REDIS_TIMEOUT = Advice("连得上，可是没有回音。", "看看 Redis 忙不忙、是不是在加载数据，稍后再试。")
REDIS_ERROR = Advice("Redis 回答了错误。", "看 Redis 自己的日志，改好再试。")


def data_dir(path: str) -> str:
    """The folder is there, and nobody else looks in."""
    return f"{path}，能写，别人看不见。"


def disk(free: int) -> str:
    """So many bytes are free."""
    return f"还剩 {free // _MIB} MB。"


def disk_is_low(free: int) -> Advice:
    """Soon or already nothing more can be written."""
    return Advice(f"只剩 {free // _MIB} MB。", "清一清磁盘；满了就收不下消息和照片。")


def database(kind: str, version: str) -> str:
    """It can be reached."""
    return f"{kind} {version}，连得上。"


def redis(version: str) -> str:
    """It can be reached."""
    return f"{version}，连得上。"


def redis_is_old(version: str, wanted: str) -> Advice:
    """The queues need commands that this one has not."""
    return Advice(f"是 {version}，太旧了。", f"换成 {wanted} 或更新的 Redis。")


def database_clock(span: timedelta) -> str:
    """Both clocks agree."""
    return f"和本机相差 {ago(abs(span))}。"


def database_clock_is_off(span: timedelta) -> Advice:
    """``span`` is ours minus theirs."""
    return Advice(
        f"本机比数据库服务器{_fast(span)} {ago(abs(span))}。",
        "两边都打开自动对时：timedatectl set-ntp true。",
    )


def _fast(span: timedelta) -> str:
    return "快" if span > timedelta() else "慢"


def workers(count: int, since: timedelta) -> str:
    """So many are at work; the newest sign of life is so old."""
    return f"{count} 个在跑，最近一次报到在 {ago(since)}前。"


NO_WORKER = Advice("一个也没有在跑，通知发不出去。", _START_WORKER)


def worker_is_silent(since: timedelta) -> Advice:
    """All of them stopped signing."""
    return Advice(f"最近一次报到在 {ago(since)}前，看来停了。", _START_WORKER)


def queues_without_worker(names: Sequence[str]) -> Advice:
    """Jobs of these wait for nobody."""
    return Advice(
        f"没有进程处理队列 {'、'.join(names)}。", "启动一个不带 --queues 的 jinlin worker。"
    )


NO_SCHEDULER = Advice("没有在跑，到期的事不会提醒，没发出的通知也不会再发。", _START_SCHEDULER)


def scheduler(since: timedelta) -> str:
    """It ticks."""
    return f"在跑，最近一次报到在 {ago(since)}前。"


def scheduler_is_silent(since: timedelta) -> Advice:
    """It stopped signing."""
    return Advice(f"最近一次报到在 {ago(since)}前，看来停了。", _START_SCHEDULER)


def queue_lengths(lengths: Sequence[tuple[str, int]]) -> str:
    """How many jobs wait in each."""
    return "、".join(f"{name} {length}" for name, length in lengths) + " 件在等。"


def queue_is_long(name: str, length: int) -> Advice:
    """More jobs wait than workers take."""
    return Advice(
        f"队列 {name} 里有 {length} 件在等。",
        "看看后台进程是不是停了；一直这么多就加大 jinlin worker 的 --processes。",
    )


NOTHING_OVERDUE = "没有该发没发的。"


def overdue(count: int, oldest: timedelta) -> Advice:
    """Deliveries that were due long ago."""
    return Advice(
        f"{count} 条该发没发，最早的一条晚了 {ago(oldest)}。",
        "看看后台进程和定时器是不是在跑，再看 jinlin worker 的日志。",
    )


INBOX_FINE = "最近一天没有处理出错的。"


def inbox_failed(count: int) -> Advice:
    """Turns that ended with an apology."""
    return Advice(
        f"最近一天有 {count} 条处理出错，对方看到的是道歉。",
        "看 jinlin serve 的日志里当时的那几行，把它们发给维护的人。",
    )
