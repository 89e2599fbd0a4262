"""``jinlin doctor`` as a process of its own: what it prints, how it ends, and what it leaves."""

import os
import re
import subprocess
import sys

from bot.doctor import findings
from bot.doctor.findings import State
from bot.embedded import free_port
from bot.sandbox.faults import Faults
from handlers.texts import doctor as texts
from storage.vocabulary import Platform
from tests.bot.conftest import Programs
from tests.bot.doctor.conftest import Town
from tests.servers import wait_until

MARKED = re.compile(r"[✓!✗–] .+：.+")


def doctor(town: Town, *options: str) -> "subprocess.CompletedProcess[str]":
    town.write()
    return subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", "from bot.cli import main; main()", "doctor", *options],
        env={**os.environ, **town.variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_where_nothing_is_wrong_the_status_is_0(town: Town) -> None:
    result = doctor(town)
    assert (result.returncode, result.stderr) == (0, "")
    *lines, last = result.stdout.splitlines()
    heads = [line for line in lines if not line.startswith("    ")]
    assert [line for line in heads if not MARKED.fullmatch(line)] == []
    assert last.startswith("0 项不对，3 项要留意，")


def test_what_is_wrong_is_said_with_its_setting_and_what_to_do(town: Town) -> None:
    town.oa["secret"] = "wrong"  # noqa: S105 (of this test)
    result = doctor(town)
    assert result.returncode == 2
    lines = result.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("✗"))
    assert lines[at] == "✗ 公众号 oa 的令牌（accounts.oa.secret）：AppSecret 不对（40125）。"
    assert lines[at + 1].startswith("    ")
    assert sum(line.startswith("✗") for line in lines) == 1
    assert lines[-1].startswith("1 项不对")


def test_nothing_secret_and_nothing_personal_is_printed(town: Town) -> None:
    town.world.faults[Platform.WECOM] = Faults(html=502)
    town.variables["JINLIN_REDIS_URL"] = f"redis://:hidden@127.0.0.1:{free_port()}/0"
    result = doctor(town, "--url", f"http://127.0.0.1:{free_port()}")
    said = result.stdout + result.stderr
    accounts = (town.oa, town.wecom)
    secrets = [one[key] for one in accounts for key in ("secret", "token", "encoding_aes_key")]
    secrets += [town.variables["JINLIN_SECRET_KEY"], "hidden", "access_token", "13900000001"]
    assert [hidden for hidden in secrets if hidden in said] == []
    assert "Traceback" not in said


def test_only_one_account_is_looked_at_where_only_one_is_asked_for(town: Town) -> None:
    town.wecom["secret"] = "wrong"  # noqa: S105 (of this test)
    result = doctor(town, "--account", "oa")
    assert result.returncode == 0
    assert "公众号 oa 的令牌" in result.stdout
    assert "企业微信 wecom 的" not in result.stdout


def test_an_account_that_is_none_is_refused(town: Town) -> None:
    result = doctor(town, "--account", "ao")
    expected = texts.unknown_account("ao", ["oa", "wecom"])
    assert (result.returncode, result.stdout, result.stderr) == (2, "", expected + "\n")


def test_an_address_that_is_none_is_refused(town: Town) -> None:
    result = doctor(town, "--url", "example.org/webhook")
    assert (result.returncode, result.stdout, result.stderr) == (2, "", texts.BAD_URL + "\n")


def test_without_settings_the_rest_is_not_looked_at(town: Town) -> None:
    town.variables["JINLIN_CONFIG"] = ""
    result = doctor(town)
    assert result.returncode == 2
    assert result.stdout.splitlines() == [
        "✗ 设置（JINLIN_CONFIG）：没有填。",
        "    填设置文件（TOML）的路径，写法见 docs/operating.md。",
        "– 其余各项：“设置”好了才能看。",
        "1 项不对，0 项要留意，0 项正常，1 项没有看。",
    ]


def test_the_real_webhook_echoes(town: Town, programs: Programs) -> None:
    town.write()
    port = free_port()
    programs.start("serve", "--port", str(port), **town.variables)
    wait_until(lambda: "web process started" in programs.said("serve"))
    result = doctor(town, "--url", f"http://127.0.0.1:{port}")
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("照平台的样子敲了一下，回声对。") == 2


def test_nothing_is_changed(town: Town) -> None:
    before = {key: town.redis.dump(key) for key in sorted(town.redis.keys())}
    files = sorted(str(path) for path in town.data_dir.rglob("*"))
    menus = dict(town.world.menus)
    assert doctor(town).returncode == 0
    assert {key: town.redis.dump(key) for key in sorted(town.redis.keys())} == before
    assert sorted(str(path) for path in town.data_dir.rglob("*")) == files
    assert town.world.menus == menus


def test_every_state_has_a_mark() -> None:
    assert set(texts.MARK) == set(State)
    assert len(set(texts.MARK.values())) == len(State)


def test_a_finding_without_a_remedy_is_one_line() -> None:
    assert findings.lines(findings.fine("这个", "好。")) == ["✓ 这个：好。"]
