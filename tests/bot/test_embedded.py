import importlib.util
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, SimpleWorker

from bot import embedded
from bot.embedded import EmbeddedRedis, EmbeddedRedisError
from tests.servers import wait_until

STARTER = """
import sys, time
from pathlib import Path
from bot.embedded import EmbeddedRedis
server = EmbeddedRedis(Path(sys.argv[1]))
server.start()
print(server.port, flush=True)
time.sleep(60)
"""


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_what_was_kept_is_there_again_after_a_kill(own_redis: EmbeddedRedis) -> None:
    with Redis.from_url(own_redis.url) as client:
        client.set("kept", "yes")
        own_redis.kill()
        own_redis.start()
        assert client.get("kept") == b"yes"


def test_an_empty_start_keeps_nothing_but_the_address(own_redis: EmbeddedRedis) -> None:
    with Redis.from_url(own_redis.url) as client:
        client.set("kept", "no")
        own_redis.kill()
        own_redis.start_empty()
        assert client.get("kept") is None


def test_a_port_that_was_taken_meanwhile_is_given_up_for_another(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "redis")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server.port = taken.getsockname()[1]
        server.start()
        assert server.port != taken.getsockname()[1]
    server.stop()


def test_a_server_on_the_path_serves_where_the_wheel_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "redis-server"
    binary.touch(mode=0o755)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert embedded.find_redis_server() == binary


def test_jobs_run_on_a_server_from_the_path_as_on_arm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "redis-server").symlink_to(embedded.find_redis_server())
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with (
        embedded.embedded_redis(tmp_path / "redis") as server,
        Redis.from_url(server.url) as client,
    ):
        job = Queue(connection=client).enqueue("operator.add", 1, 2)
        worker = SimpleWorker([job.origin], connection=client)
        worker.work(burst=True, logging_level=None)
        assert (embedded.find_redis_server().parent, job.return_value()) == (tmp_path / "bin", 3)


def test_where_there_is_no_server_at_all_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedRedisError, match="redis-server"):
        embedded.find_redis_server()


def test_the_server_dies_with_whoever_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 (the interpreter that runs this test)
        [sys.executable, "-c", STARTER, str(tmp_path / "redis")], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline())
        assert is_listening(port)
        os.kill(starter.pid, signal.SIGKILL)
    wait_until(lambda: not is_listening(port))
