import email
import email.policy
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.channels import ApiError, Channel, Enclosed, FailureKind, Outgoing, Sent, TooLargeError
from bot.channels.api import ApiClient, Endpoint
from bot.channels.failures import OFFICIAL, TABLES
from bot.channels.limits import CARRIED, INCOMING_BYTES
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from storage.vocabulary import MediaKind, Platform
from tests.channels.conftest import FixedTokens
from tests.channels.standin import Call, StandIn, standing_in
from tests.platform import official_account, wecom_account

GET = "/cgi-bin/media/get"
UPLOAD = "/cgi-bin/media/upload"
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 1000
MOST = INCOMING_BYTES[MediaKind.IMAGE]

Make = Callable[[str], Channel]


def official(url: str) -> Channel:
    account = official_account(api_base_url=url)
    return OfficialAccount(account, FixedTokens(), endpoint=impatient(url, Platform.OFFICIAL))


def wecom(url: str) -> Channel:
    account = wecom_account(api_base_url=url)
    return WeCom(account, FixedTokens(), endpoint=impatient(url, Platform.WECOM))


def impatient(url: str, platform: Platform) -> Endpoint:
    return Endpoint(url, TABLES[platform], connect_seconds=0.5, read_seconds=0.5, file_seconds=0.7)


both = pytest.mark.parametrize("make", [official, wecom], ids=["official", "wecom"])


def downloaded(channel: Channel, *, most: int = MOST) -> bytes:
    into = io.BytesIO()
    channel.download("m1", into, most=most)
    return into.getvalue()


@both
def test_a_file_comes_as_it_is(make: Make) -> None:
    with standing_in({GET: lambda _: PHOTO}) as standin:
        assert downloaded(make(standin.url)) == PHOTO
    assert standin.last(GET).query == {"access_token": "token", "media_id": "m1"}


@both
def test_json_in_place_of_a_file_is_the_error_it_names(make: Make) -> None:
    answer = {"errcode": 40007, "errmsg": "invalid media_id"}
    with standing_in({GET: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        downloaded(make(standin.url))
    assert (raised.value.code, raised.value.kind) == (40007, FailureKind.REFUSED)


@both
def test_json_without_an_error_is_no_file_either(make: Make) -> None:
    answer = {"video_url": "http://127.0.0.1/v"}
    with standing_in({GET: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        downloaded(make(standin.url))
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.REFUSED)


@both
def test_an_expired_token_is_renewed_once_and_the_file_comes_whole(make: Make) -> None:
    def answer(call: Call) -> object:
        return PHOTO if call.query["access_token"].endswith("+") else {"errcode": 42001}

    with standing_in({GET: answer}) as standin:
        assert downloaded(make(standin.url)) == PHOTO
        assert standin.count(GET) == 2


@both
def test_a_photo_of_thirty_megabytes_is_not_even_begun(make: Make) -> None:
    into = io.BytesIO()
    with standing_in({GET: lambda _: bytes(30 * 1024 * 1024)}) as standin:
        channel = make(standin.url)
        with pytest.raises(TooLargeError):
            channel.download("m1", into, most=MOST)
    assert into.getvalue() == b""


def test_wecom_refuses_what_it_gives_in_ranges_only_as_too_large() -> None:
    answer = {"errcode": 830002, "errmsg": "need range"}
    with standing_in({GET: lambda _: answer}) as standin, pytest.raises(TooLargeError):
        wecom(standin.url).download("m1", io.BytesIO(), most=MOST)


@both
def test_the_limit_itself_is_not_too_large(make: Make) -> None:
    with standing_in({GET: lambda _: bytes(1000)}) as standin:
        assert len(downloaded(make(standin.url), most=1000)) == 1000
        with pytest.raises(TooLargeError):
            downloaded(make(standin.url), most=999)


@contextmanager
def speaking(*pieces: bytes, pause: float = 0.0, times: int = 1) -> Iterator[str]:
    """Run a server that says these bytes to whoever comes first, then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                for piece in pieces * times:
                    connection.sendall(piece)
                    time.sleep(pause)
            except (BrokenPipeError, ConnectionResetError):
                return  # the client has had enough, as some tests want

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join()
        listener.close()


def test_a_file_that_does_not_say_its_size_is_stopped_where_it_grows_too_large() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with speaking(head, *[bytes(100_000)] * 20) as url, pytest.raises(TooLargeError):
        downloaded(official(url), most=1_000_000)


@pytest.mark.parametrize(
    ("pieces", "pause", "times"),
    [
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc",), 0.0, 1),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc",), 1.0, 1),
        ((b"HTTP/1.1 200 OK\r\n\r\n" + bytes(65536), *[bytes(65536)] * 12), 0.1, 1),
        ((b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n{}",), 0.0, 1),
        ((b"nonsense",), 0.0, 1),
    ],
    ids=["broken off", "stands still", "without end", "a gateway's page", "no HTTP"],
)
def test_a_transfer_that_fails_is_worth_another_try(
    pieces: tuple[bytes, ...], pause: float, times: int
) -> None:
    with speaking(*pieces, pause=pause, times=times) as url, pytest.raises(ApiError) as raised:
        downloaded(official(url))
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.RETRY)
    assert "access_token" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_full_disk_is_no_fault_of_the_platform() -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    with standing_in({GET: lambda _: PHOTO}) as standin, pytest.raises(OSError, match="space"):
        official(standin.url).download("m1", Full(), most=MOST)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(PHOTO)
    return path


def form_of(standin: StandIn) -> tuple[str, str, str, bytes]:
    """Read the posted form with the standard library: field, file name, type, content."""
    payload: bytes = standin.last(UPLOAD).payload
    boundary = payload.partition(b"\r\n")[0].removeprefix(b"--").decode()
    head = f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n".encode()
    message = email.message_from_bytes(head + payload, policy=email.policy.HTTP)
    (part,) = message.iter_parts()
    name = part.get_param("name", header="content-disposition")
    return str(name), str(part.get_filename()), part.get_content_type(), part.get_content()


@both
@pytest.mark.parametrize(
    "answer",
    [
        {"type": "image", "media_id": "u1", "created_at": 1732150000},
        {"errcode": 0, "errmsg": "ok", "type": "image", "media_id": "u1", "created_at": "1"},
    ],
    ids=["as the official account answers", "as WeCom answers"],
)
def test_a_file_is_handed_over_as_a_form(make: Make, photo: Path, answer: object) -> None:
    with standing_in({UPLOAD: lambda _: answer}) as standin:
        name = make(standin.url).upload(photo, kind=MediaKind.IMAGE, content_type="image/jpeg")
        assert name == "u1"
        assert standin.last(UPLOAD).query == {"access_token": "token", "type": "image"}
        assert form_of(standin) == ("media", "image.jpg", "image/jpeg", PHOTO)


@both
def test_an_upload_renews_an_expired_token_once(make: Make, photo: Path) -> None:
    def answer(call: Call) -> object:
        is_new = call.query["access_token"].endswith("+")
        return {"media_id": "u1"} if is_new else {"errcode": 40014}

    with standing_in({UPLOAD: answer}) as standin:
        assert make(standin.url).upload(photo, kind=MediaKind.IMAGE, content_type="image/jpeg")
        assert standin.count(UPLOAD) == 2


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        ({"errcode": 40005, "errmsg": "invalid file type"}, 40005, FailureKind.REFUSED),
        ({"errcode": 45009, "errmsg": "daily quota"}, 45009, FailureKind.QUOTA),
        ({"type": "image"}, None, FailureKind.RETRY),
        ({"media_id": 7}, None, FailureKind.RETRY),
        (b"<html>", None, FailureKind.RETRY),
    ],
    ids=["type", "quota", "no name", "a number", "no JSON"],
)
def test_an_upload_that_fails_says_how(
    photo: Path, answer: object, code: int | None, kind: FailureKind
) -> None:
    with standing_in({UPLOAD: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        official(standin.url).upload(photo, kind=MediaKind.IMAGE, content_type="image/jpeg")
    assert (raised.value.code, raised.value.kind) == (code, kind)


def test_an_upload_that_nobody_reads_ends() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    client = ApiClient(
        Endpoint(
            f"http://127.0.0.1:{listener.getsockname()[1]}",
            OFFICIAL,
            connect_seconds=0.3,
            read_seconds=0.3,
        ),
        FixedTokens(),
    )
    started = time.monotonic()
    with listener, pytest.raises(ApiError) as raised:
        client.send_file(UPLOAD, {}, name="a", content=bytes(30_000_000), content_type="image/png")
    assert raised.value.kind is FailureKind.RETRY
    assert time.monotonic() - started < 5


def test_an_upload_that_creeps_ends() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def creep() -> None:
        connection, _ = listener.accept()
        with connection:
            while not done.wait(0.05):
                connection.recv(65536)

    thread = threading.Thread(target=creep)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    endpoint = Endpoint(url, OFFICIAL, connect_seconds=5, read_seconds=5, file_seconds=0.5)
    started = time.monotonic()
    try:
        with pytest.raises(ApiError) as raised:
            ApiClient(endpoint, FixedTokens()).send_file(
                UPLOAD, {}, name="a", content=bytes(30_000_000), content_type="image/png"
            )
        assert raised.value.kind is FailureKind.RETRY
        assert time.monotonic() - started < 5
    finally:
        done.set()
        thread.join()
        listener.close()


@pytest.mark.parametrize(
    ("make", "kind", "content_type", "size", "is_carried"),
    [
        (official, MediaKind.IMAGE, "image/jpeg", 2 * 1024 * 1024, True),
        (official, MediaKind.IMAGE, "image/jpeg", 2 * 1024 * 1024 + 1, False),
        (official, MediaKind.IMAGE, "image/gif", 1000, True),
        (official, MediaKind.IMAGE, "image/webp", 1000, False),
        (official, MediaKind.VOICE, "audio/amr", 1000, True),
        (official, MediaKind.VOICE, "audio/mpeg", 1000, True),
        (wecom, MediaKind.IMAGE, "image/png", 10 * 1024 * 1024, True),
        (wecom, MediaKind.IMAGE, "image/gif", 1000, False),
        (wecom, MediaKind.VOICE, "audio/amr", 2 * 1024 * 1024, True),
        (wecom, MediaKind.VOICE, "audio/amr", 2 * 1024 * 1024 + 1, False),
        (wecom, MediaKind.VOICE, "audio/mpeg", 1000, False),
        (wecom, MediaKind.VOICE, "audio/amr", 5, False),
        (wecom, MediaKind.VOICE, "audio/amr", 6, True),
    ],
)
def test_what_a_platform_does_not_carry_is_refused_without_a_call(
    tmp_path: Path, make: Make, kind: MediaKind, content_type: str, size: int, *, is_carried: bool
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(size))
    with standing_in({UPLOAD: lambda _: {"media_id": "u1"}}) as standin:
        channel = make(standin.url)
        if is_carried:
            assert channel.upload(path, kind=kind, content_type=content_type) == "u1"
        else:
            with pytest.raises(ApiError) as raised:
                channel.upload(path, kind=kind, content_type=content_type)
            assert raised.value.kind is FailureKind.REFUSED
        assert standin.count(UPLOAD) == is_carried


def test_every_platform_says_what_it_carries_of_every_kind() -> None:
    assert set(CARRIED) == {(platform, kind) for platform in Platform for kind in MediaKind}
    assert set(INCOMING_BYTES) == set(MediaKind)


def test_an_official_account_sends_a_photo_and_nothing_else() -> None:
    send = "/cgi-bin/message/custom/send"
    outgoing = Outgoing(title="#1", text="x", enclosed=Enclosed(MediaKind.IMAGE, "u1"))
    with standing_in({send: lambda _: {"errcode": 0}}) as standin:
        official(standin.url).send(["o1"], outgoing)
        assert standin.last(send).payload == {
            "touser": "o1",
            "msgtype": "image",
            "image": {"media_id": "u1"},
        }


def test_wecom_sends_a_voice_to_many_with_one_call_and_swallows_its_retry() -> None:
    send = "/cgi-bin/message/send"
    outgoing = Outgoing(title="#1", text="x", enclosed=Enclosed(MediaKind.VOICE, "u1"))
    with standing_in({send: lambda _: {"errcode": 0, "invaliduser": "w2"}}) as standin:
        sent = wecom(standin.url).send(["w1", "w2"], outgoing)
        assert sent == Sent(failures={"w2": "invaliduser"})
        assert standin.last(send).payload == {
            "touser": "w1|w2",
            "agentid": 1000002,
            "msgtype": "voice",
            "voice": {"media_id": "u1"},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
        }
