"""The daily backup and the lines of the page, run on a folder of this test."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, section, shell_lines, without_user

PAGE = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
SCRIPT = (ROOT / "docs" / "deploy" / "backup.sh").read_text(encoding="utf-8")
SHIMS = {"sudo": 'shift 2\nexec "$@"\n', "pg_dump": 'echo "dump of $2"\n'}

needs_sqlite = pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs: apt install sqlite3")


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory in use: one row is committed, another not yet; one photo."""
    folder = tmp_path / "data"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "photo.jpg").write_bytes(b"photo")
    living = sqlite3.connect(folder / "jinlin.db")
    living.execute("PRAGMA journal_mode=WAL")
    living.execute("CREATE TABLE kept (word TEXT)")
    living.execute("INSERT INTO kept VALUES ('yes')")
    living.commit()
    living.execute("INSERT INTO kept VALUES ('not yet')")
    yield folder
    living.close()


def words_kept(database: Path) -> list[tuple[str]]:
    copy = sqlite3.connect(database)
    kept: list[tuple[str]] = copy.execute("SELECT word FROM kept").fetchall()
    copy.close()
    return kept


def back_up(data_dir: Path, database_url: str) -> Path:
    """Run the script with its folders moved here and without other users; give its folder."""
    root = data_dir.parent
    for name, body in SHIMS.items():
        (root / name).write_text(f"#!/bin/sh\n{body}")
        (root / name).chmod(0o755)
    (root / "jinlin.env").write_text(
        f"JINLIN_DATA_DIR='{data_dir}'\nJINLIN_DATABASE_URL='{database_url}'\n"
    )
    script = SCRIPT.replace("/etc/jinlin/jinlin.env", str(root / "jinlin.env"))
    path = f"{root}:{os.environ['PATH']}"
    subprocess.run(  # noqa: S603 (our own script)
        ["/bin/sh", "-c", script.replace("/backup/jinlin", str(root / "backup" / "jinlin"))],
        env={**os.environ, "PATH": path},
        check=True,
    )
    return root / "backup" / "jinlin"


@needs_sqlite
def test_the_daily_backup_of_a_living_sqlite_file_has_what_was_committed(data_dir: Path) -> None:
    folder = back_up(data_dir, "")
    (database,) = folder.glob("database-[1-7]")
    (media,) = folder.glob("media-[1-7].tar.gz")
    with tarfile.open(media) as kept:
        names = kept.getnames()
    assert (words_kept(database), names) == ([("yes",)], ["media", "media/photo.jpg"])
    assert {path.stat().st_mode & 0o77 for path in (folder, database, media)} == {0}


def test_the_daily_backup_asks_postgresql_where_it_is_used(data_dir: Path) -> None:
    (database,) = back_up(data_dir, "postgresql://jinlin@127.0.0.1/jinlin").glob("database-*")
    assert database.read_text() == "dump of jinlin\n"


@needs_sqlite
def test_the_lines_for_sqlite_copy_what_was_committed(data_dir: Path) -> None:
    lines = [words for words in shell_lines(section(PAGE, "2. 备份")) if "sqlite3" in words]
    for words in lines:
        here = [word.replace("/var/lib/jinlin", str(data_dir)) for word in without_user(words)]
        shown = subprocess.check_output(here, text=True)  # noqa: S603 (lines of our own page)
    assert (shown, words_kept(data_dir / "backup.db")) == ("ok\n", [("yes",)])
