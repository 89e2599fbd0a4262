"""Installing from a folder of wheels: what make would run, and one wheel installed for real."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs: apt install make")

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
NOBODY = "http://127.0.0.1:9/simple"  # the discard port: whoever asks there is refused at once


def environment() -> dict[str, str]:
    """Give pip no index that answers, and make nothing of the run that this test is part of."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "MAKE", "MFLAGS", "GNUMAKE"))
    }
    return kept | {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NOBODY}


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own Makefile)
        ["make", f"PYTHON={sys.executable}", *arguments],  # noqa: S607 (the one that is there)
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def pip_lines(*arguments: str) -> list[str]:
    """Give the uses of pip that make would run for a new environment."""
    said = make("--dry-run", "--always-make", *arguments)
    assert said.returncode == 0
    return [line for line in said.stdout.splitlines() if " -m pip " in line]


def test_an_installation_from_wheels_asks_no_network_and_checks_every_hash() -> None:
    packages, project = pip_lines("install", "WHEELS=wheels")
    assert ' install --no-index --find-links "wheels" ' in packages
    assert "--require-hashes --only-binary :all: --no-deps -r requirements.lock" in packages
    assert "--no-index --no-deps --no-build-isolation -e ." in project


def test_an_ordinary_installation_uses_the_index_and_checks_every_hash() -> None:
    packages, _ = pip_lines("install")
    assert "--no-index" not in packages
    assert "--require-hashes" in packages


def test_the_wheels_that_are_fetched_are_those_of_the_lock() -> None:
    *_, fetched = pip_lines("wheels")
    assert " download --dest wheels " in fetched
    assert "--require-hashes --only-binary :all: --no-deps -r wheels/requirements.txt" in fetched


def test_a_folder_that_is_not_there_is_named_before_anything_is_removed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / ".venv").mkdir()
    said = make(".venv/.locked", "WHEELS=nowhere", folder=tmp_path)
    assert said.returncode != 0
    assert "没有文件夹 nowhere" in said.stdout
    assert (tmp_path / ".venv").is_dir()


def small_wheel(folder: Path) -> Path:
    """Make a wheel with one module, as pip wants it."""
    folder.mkdir()
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", "WORD = 'here'\n")
        wheel.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        wheel.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    return path


def test_a_wheel_of_the_folder_is_installed_where_nobody_answers(tmp_path: Path) -> None:
    wheel = small_wheel(tmp_path / "wheels")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements.lock").write_text(f"tiny==1.0 --hash=sha256:{digest}\n")
    line, _ = pip_lines("install", "WHEELS=wheels")
    _, *words = shlex.split(line)  # what make runs, with the pip at hand, into a folder to look at
    said = subprocess.run(  # noqa: S603 (the line of our own Makefile)
        [sys.executable, *words, "--target", "installed"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert (tmp_path / "installed" / "tiny.py").read_text() == "WORD = 'here'\n"


def test_what_only_earlier_patch_releases_need_is_fetched_as_well() -> None:
    """Else wheels from Python 3.11.7 do not do for the 3.11.2 of Debian."""
    (edit,) = re.findall(r'^\tsed "([^"]+)" requirements\.lock', MAKEFILE, re.MULTILINE)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    fetched = subprocess.check_output(["sed", edit], input=lock, text=True)  # noqa: S603, S607 (the line of our Makefile)
    assert "python_full_version <" in lock
    assert "python_full_version <" not in fetched
    assert fetched.count("==") == lock.count("==")
