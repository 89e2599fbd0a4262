import stat
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from bot.channels import ApiError, FailureKind
from storage import media
from storage.database import transaction
from storage.media import Draft
from storage.models import Medium, Notice, Upload
from storage.vocabulary import MediaKind, MediaStatus, NoticeKind, Platform
from tests.post_office import NOW, Clock, FakeChannel, add_order, add_person, rows, together
from workers.delivery import accounts_of
from workers.media import LEASE, fetch_due, forget_loose

JPEG = b"\xff\xd8\xff\xe0 a photo"
AMR = b"#!AMR\n a voice"
COMMUNITY = "近邻社区"


@dataclass
class Bench:
    """A database, a platform, a clock and a folder, with somebody who sends photos."""

    engine: Engine
    clock: Clock
    official: FakeChannel
    root: Path
    person: int

    def fetch(self) -> Counter[str]:
        return fetch_due(
            self.engine,
            accounts_of({"oa": self.official}),
            root=self.root,
            community=COMMUNITY,
            now=self.clock,
        )

    def sent(
        self, *, kind: MediaKind = MediaKind.IMAGE, media_id: str = "m1", app_id: str = "wx"
    ) -> None:
        """Note a photo or voice that is due to be fetched."""
        with transaction(self.engine) as session:
            draft = Draft(
                kind=kind,
                person_id=self.person,
                platform=Platform.OFFICIAL,
                app_id=app_id,
                media_id=media_id,
            )
            media.add(session, draft, now=NOW)

    @property
    def medium(self) -> Medium:
        """The only one."""
        with transaction(self.engine) as session:
            return session.scalars(select(Medium)).one()

    @property
    def told(self) -> list[tuple[NoticeKind, str, str]]:
        """Every notice: kind, title, text."""
        with transaction(self.engine) as session:
            notices = session.execute(
                select(Notice.kind, Notice.title, Notice.text).order_by(Notice.id)
            )
            return [(kind, title, text) for kind, title, text in notices]

    @property
    def files(self) -> list[str]:
        """Every file in the media folder, also hidden and half written ones."""
        found = (path for path in (self.root / "media").rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.root)) for path in found)


@pytest.fixture
def bench(engine: Engine, clock: Clock, official: FakeChannel, tmp_path: Path) -> Bench:
    with transaction(engine) as session:
        person = add_person(session, official="o1", messaged_at=NOW)
    return Bench(engine, clock, official, tmp_path, person)


def raises(code: int | None, kind: FailureKind) -> Callable[[str], bytes]:
    def answer(_: str) -> bytes:
        raise ApiError(code, "said no", kind)

    return answer


@pytest.mark.parametrize(
    ("kind", "content", "content_type", "suffix"),
    [
        (MediaKind.IMAGE, JPEG, "image/jpeg", ".jpg"),
        (MediaKind.IMAGE, b"\x89PNG\r\n\x1a\n...", "image/png", ".png"),
        (MediaKind.VOICE, AMR, "audio/amr", ".amr"),
    ],
    ids=["photo", "drawing", "voice"],
)
def test_what_was_sent_is_kept_under_a_name_of_ours(
    bench: Bench, kind: MediaKind, content: bytes, content_type: str, suffix: str
) -> None:
    bench.sent(kind=kind)
    asked: list[str] = []

    def answer(media_id: str) -> bytes:
        asked.append(media_id)
        return content

    bench.official.photos = answer
    assert bench.fetch() == Counter(kept=1)
    row = bench.medium
    assert asked == ["m1"]
    assert (row.status, row.content_type, row.size, row.failure) == (
        MediaStatus.KEPT,
        content_type,
        len(content),
        None,
    )
    assert row.path
    assert row.path.startswith("media/2026/11/")
    assert row.path.endswith(suffix)
    assert bench.files == [row.path]
    assert (bench.root / row.path).read_bytes() == content
    assert bench.told == []


def test_nobody_else_on_the_machine_can_read_it(bench: Bench) -> None:
    bench.sent()
    bench.official.photos = lambda _: JPEG
    bench.fetch()
    (name,) = bench.files
    path = bench.root / name
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, *list(path.parents)[:3])]
    assert modes == [0o600, 0o700, 0o700, 0o700]


TOO_LARGE = "您发的照片太大，没能收下。发送时不选“原图”再发一次，或用文字说说。"
REFUSALS = {
    "thirty megabytes": (MediaKind.IMAGE, JPEG + bytes(30 * 1024 * 1024), "too large", TOO_LARGE),
    "a long voice": (
        MediaKind.VOICE,
        AMR + bytes(2 * 1024 * 1024),
        "too large",
        "您发的语音太长，没能收下。请分成几段说，或用文字说说。",
    ),
    "a document": (
        MediaKind.IMAGE,
        b"%PDF-1.7",
        "unknown format",
        "您发的照片打不开，没能收下。请再拍一张发来，或用文字说说。",
    ),
    "a voice called a photo": (
        MediaKind.IMAGE,
        AMR,
        "unknown format",
        "您发的照片打不开，没能收下。请再拍一张发来，或用文字说说。",
    ),
    "nothing": (
        MediaKind.VOICE,
        b"",
        "unknown format",
        "您发的语音打不开，没能收下。请再说一次，或用文字说说。",
    ),
}


@pytest.mark.parametrize(
    ("kind", "content", "failure", "text"), REFUSALS.values(), ids=REFUSALS.keys()
)
def test_what_is_no_photo_or_voice_is_refused_and_its_sender_told(
    bench: Bench, kind: MediaKind, content: bytes, failure: str, text: str
) -> None:
    bench.sent(kind=kind)
    bench.official.photos = lambda _: content
    assert bench.fetch() == Counter(refused=1, notices=1)
    row = bench.medium
    assert (row.status, row.failure, row.path) == (MediaStatus.REFUSED, failure, None)
    assert bench.files == []
    assert bench.told == [(NoticeKind.REPLY, COMMUNITY, text)]
    assert [delivery.person_id for delivery in rows(bench.engine)] == [bench.person]
    assert bench.fetch() == Counter()


def test_three_large_photos_are_spoken_of_once(bench: Bench) -> None:
    for number in range(3):
        bench.sent(media_id=f"m{number}")
    bench.official.photos = lambda _: b"%PDF"
    assert bench.fetch() == Counter(refused=3, notices=1)


def test_a_name_that_the_platform_has_forgotten_is_lost_and_its_sender_told(bench: Bench) -> None:
    bench.sent()
    bench.official.photos = raises(40007, FailureKind.REFUSED)
    assert bench.fetch() == Counter(lost=1, notices=1)
    assert (bench.medium.status, bench.medium.failure) == (MediaStatus.LOST, "40007")
    assert bench.told == [
        (NoticeKind.REPLY, COMMUNITY, "您发的照片没能取到。请再发一次，或用文字说说。")
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [(None, FailureKind.RETRY), (-1, FailureKind.RETRY), (40164, FailureKind.MISCONFIGURED)],
)
def test_trouble_is_tried_again_with_growing_pauses(
    bench: Bench, code: int | None, kind: FailureKind
) -> None:
    bench.sent()
    bench.official.photos = raises(code, kind)
    for seconds in (10, 30, 120, 600, 600):
        before = bench.clock.at
        assert bench.fetch() == Counter(put_off=1)
        assert bench.medium.due_at == before + timedelta(seconds=seconds)
        assert bench.fetch() == Counter()
        bench.clock.move(timedelta(seconds=seconds))
    bench.official.photos = lambda _: JPEG
    assert bench.fetch() == Counter(kept=1)
    assert bench.medium.failure is None
    assert bench.told == []


def test_after_three_days_nobody_has_it_any_more(bench: Bench) -> None:
    bench.sent()
    bench.official.photos = raises(None, FailureKind.RETRY)
    bench.clock.move(timedelta(days=3) - timedelta(seconds=11))
    assert bench.fetch() == Counter(put_off=1)
    bench.clock.move(timedelta(seconds=10))
    assert bench.fetch() == Counter(lost=1, notices=1)


def test_an_account_that_does_not_answer_is_asked_once_in_a_run(bench: Bench) -> None:
    for number in range(3):
        bench.sent(media_id=f"m{number}")
    asked: list[str] = []

    def silent(media_id: str) -> bytes:
        asked.append(media_id)
        raise ApiError(None, "no answer", FailureKind.RETRY)

    bench.official.photos = silent
    assert bench.fetch() == Counter(put_off=3)
    assert asked == ["m0"]


def test_an_account_that_the_settings_do_not_know_any_more_is_waited_for(bench: Bench) -> None:
    bench.sent(app_id="former")
    assert bench.fetch() == Counter(put_off=1)
    assert bench.medium.failure == "no account"


def test_a_full_disk_loses_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.sent()

    def full(media_id: str, into: IO[bytes], *, most: int) -> None:
        del media_id, most
        into.write(JPEG[:4])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched, capture_logs() as logged:
        patched.setattr(bench.official, "download", full)
        assert bench.fetch() == Counter(put_off=1)
    assert [entry["event"] for entry in logged] == ["media cannot be written"]
    assert bench.files == []
    bench.clock.move(timedelta(seconds=10))
    bench.official.photos = lambda _: JPEG
    assert bench.fetch() == Counter(kept=1)


def test_a_fault_of_ours_puts_one_off_and_the_others_are_fetched(bench: Bench) -> None:
    bench.sent(media_id="bad")
    bench.sent(media_id="good")

    def answer(media_id: str) -> bytes:
        if media_id == "bad":
            raise KeyError(media_id)
        return JPEG

    bench.official.photos = answer
    assert bench.fetch() == Counter(kept=1, put_off=1)


def test_a_run_has_an_end_while_more_is_due(bench: Bench) -> None:
    for number in range(9):
        bench.sent(media_id=f"m{number}")

    def slow(_: str) -> bytes:
        bench.clock.move(timedelta(seconds=15))
        return JPEG

    bench.official.photos = slow
    assert bench.fetch() == Counter(kept=2)


def test_two_workers_fetch_each_file_once(bench: Bench) -> None:
    for number in range(6):
        bench.sent(media_id=f"m{number}")
    asked: list[str] = []
    lock = threading.Lock()

    def answer(media_id: str) -> bytes:
        with lock:
            asked.append(media_id)
        return JPEG

    bench.official.photos = answer
    together(2, bench.fetch)
    assert sorted(asked) == [f"m{number}" for number in range(6)]
    assert len(bench.files) == 6


def test_what_a_dead_worker_had_claimed_is_fetched_when_its_lease_has_run_out(bench: Bench) -> None:
    bench.sent()
    with transaction(bench.engine) as session:
        media.claim_due(session, now=NOW, limit=1, lease=LEASE)
    bench.official.photos = lambda _: JPEG
    assert bench.fetch() == Counter()
    bench.clock.move(LEASE)
    assert bench.fetch() == Counter(kept=1)
    assert len(bench.files) == 1


def test_who_comes_too_late_throws_the_own_file_away(bench: Bench) -> None:
    bench.sent()

    def overtaken(_: str) -> bytes:
        bench.official.photos = lambda _: JPEG
        bench.clock.move(LEASE)
        assert bench.fetch() == Counter(kept=1)
        return JPEG + b" again"

    bench.official.photos = overtaken
    assert bench.fetch() == Counter()
    row = bench.medium
    assert row.path
    assert bench.files == [row.path]
    assert (bench.root / row.path).read_bytes() == JPEG


def test_what_nobody_submitted_goes_and_what_belongs_to_an_order_stays(bench: Bench) -> None:
    for number in range(3):
        bench.sent(media_id=f"m{number}")
    bench.official.photos = lambda media_id: JPEG if media_id != "m2" else b"%PDF"
    assert bench.fetch() == Counter(kept=2, refused=1, notices=1)
    with transaction(bench.engine) as session:
        media.bind(session, [1], add_order(session))
        for medium_id in (1, 2):
            media.remember_upload(session, medium_id, "wx", media_id="u", expires_at=NOW)
    assert forget_loose(bench.engine, bench.root, before=NOW) == 0
    assert len(bench.files) == 2
    assert forget_loose(bench.engine, bench.root, before=NOW + timedelta(seconds=1)) == 2
    with transaction(bench.engine) as session:
        (kept,) = session.scalars(select(Medium))
        (name,) = session.scalars(select(Upload.medium_id))
    assert (kept.id, name, bench.files) == (1, 1, [kept.path])
