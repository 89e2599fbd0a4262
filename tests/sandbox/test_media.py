"""Photos, voices and places: sent from a phone, kept for three days, brought to another phone."""

import base64
from typing import Any

import pytest

from bot.sandbox.media import seconds_of, voice_of
from bot.sandbox.pictures import picture
from bot.sandbox.samples import PEOPLE, PHOTOS
from handlers.messages import IncomingKind
from handlers.rules.formats import format_of
from storage.vocabulary import MediaKind
from tests.sandbox.conftest import Json, Sandbox

WANG = next(person.external_id for person in PEOPLE if person.key == "wang")
CUSTOM = "message/custom/send"
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
GIF = b"GIF89a" + bytes(100)
MEGABYTE = 1024 * 1024

both = pytest.mark.parametrize("person", ["wang", "lisi"], ids=["official", "wecom"])


def token(sandbox: Sandbox, person: str) -> str:
    return sandbox.official_token() if person == "wang" else sandbox.wecom_token()


def ready(sandbox: Sandbox, person: str) -> None:
    if person == "wang":
        sandbox.act("wang", "follow")


def downloaded(
    sandbox: Sandbox, person: str, media_id: str, **headers: str
) -> tuple[str | None, Any]:
    """Give content type and bytes, or None and the error."""
    params = {"access_token": token(sandbox, person), "media_id": media_id}
    answered = sandbox.http.get("/cgi-bin/media/get", params=params, headers=headers)
    assert answered.status_code == 200
    kind = answered.headers["content-type"]
    if kind == "application/json":
        return None, answered.json()["errcode"]
    return kind, answered.content


def uploaded(
    sandbox: Sandbox, person: str, content: bytes, *, kind: str = "image", name: str = "a.jpg"
) -> Json:
    params = {"access_token": token(sandbox, person), "type": kind}
    files = {"media": (name, content, "application/octet-stream")}
    answered = sandbox.http.post("/cgi-bin/media/upload", params=params, files=files)
    assert answered.status_code == 200
    return answered.json()


def last(sandbox: Sandbox, person: str) -> dict[str, Any]:
    message: dict[str, Any] = sandbox.messages(person)[-1]
    return message


@both
def test_a_photo_arrives_by_its_name_and_stands_on_the_phone(sandbox: Sandbox, person: str) -> None:
    ready(sandbox, person)
    photo = sandbox.act(person, "photo", sample="pipe")["messages"][-2]
    incoming = sandbox.bot.received[-1]
    assert (incoming.kind, incoming.text) == (IncomingKind.IMAGE, "")
    assert downloaded(sandbox, person, incoming.media_id) == ("image/png", picture("pipe"))
    shown = sandbox.http.get(photo["media"]["url"])
    assert (photo["sender"], photo["kind"]) == ("person", "photo")
    assert (shown.headers["content-type"], shown.content) == ("image/png", picture("pipe"))


@both
def test_a_voice_arrives_as_amr_and_shows_its_seconds(sandbox: Sandbox, person: str) -> None:
    ready(sandbox, person)
    voice = sandbox.act(person, "voice", seconds=7)["messages"][-2]
    incoming = sandbox.bot.received[-1]
    assert (incoming.kind, incoming.text) == (IncomingKind.VOICE, "")
    content_type, content = downloaded(sandbox, person, incoming.media_id)
    assert (content_type, seconds_of(content)) == ("audio/amr", 7)
    assert (voice["kind"], voice["media"]["seconds"]) == ("voice", 7)


@both
def test_a_place_arrives_with_its_label(sandbox: Sandbox, person: str) -> None:
    ready(sandbox, person)
    sent = {"label": "人民路 3 号", "latitude": 23.134521, "longitude": 113.0}
    phone = sandbox.act(person, "place", **sent)
    incoming = sandbox.bot.received[-1]
    assert (incoming.kind, incoming.text) == (IncomingKind.PLACE, "人民路 3 号")
    assert (phone["messages"][-2]["kind"], phone["messages"][-2]["place"]) == ("place", sent)
    sandbox.act(person, "place", **sent | {"label": ""})
    assert sandbox.bot.received[-1].text == "23.134521,113.000000"


@pytest.mark.parametrize("action", ["photo", "voice", "place"])
def test_everything_that_is_sent_opens_the_long_window(sandbox: Sandbox, action: str) -> None:
    sandbox.act("wang", "follow")
    sandbox.clock.move(minutes=2)
    assert sandbox.act("wang", action)["sends_left"] == 5


def test_a_photo_can_be_any_file_and_any_size(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    sandbox.act("wang", "photo", data=base64.b64encode(JPEG).decode(), size=30 * MEGABYTE)
    media_id = sandbox.bot.received[-1].media_id
    content_type, content = downloaded(sandbox, "wang", media_id)
    assert (content_type, len(content)) == ("image/jpeg", 30 * MEGABYTE)
    assert content.startswith(JPEG)


def test_wecom_gives_more_than_twenty_megabytes_in_pieces_only(sandbox: Sandbox) -> None:
    sandbox.act("lisi", "photo", size=20 * MEGABYTE + 1)
    media_id = sandbox.bot.received[-1].media_id
    assert downloaded(sandbox, "lisi", media_id) == (None, 830002)
    assert downloaded(sandbox, "lisi", media_id, Range="bytes=0-")[0] == "image/png"


@both
def test_the_platform_forgets_after_three_days_and_the_phone_does_not(
    sandbox: Sandbox, person: str
) -> None:
    ready(sandbox, person)
    photo = sandbox.act(person, "photo")["messages"][-2]
    media_id = sandbox.bot.received[-1].media_id
    sandbox.clock.move(days=3, seconds=-1)
    assert downloaded(sandbox, person, media_id)[0] == "image/png"
    sandbox.clock.move(seconds=1)
    assert downloaded(sandbox, person, media_id) == (None, 40007)
    assert sandbox.http.get(photo["media"]["url"]).content == picture("lamp")


@pytest.mark.parametrize("action", ["photo", "voice"])
def test_what_is_sent_may_be_lost_already(sandbox: Sandbox, action: str) -> None:
    sandbox.act("lisi", action, expired=True)
    media_id = sandbox.bot.received[-1].media_id
    assert downloaded(sandbox, "lisi", media_id) == (None, 40007)


def test_each_platform_knows_its_own_names_only(sandbox: Sandbox) -> None:
    sandbox.act("lisi", "photo")
    media_id = sandbox.bot.received[-1].media_id
    assert downloaded(sandbox, "wang", media_id) == (None, 40007)
    assert downloaded(sandbox, "lisi", "") == (None, 40007)


@pytest.mark.parametrize(("name", "method"), [("get", "GET"), ("upload", "POST")])
def test_media_need_a_token(sandbox: Sandbox, name: str, method: str) -> None:
    expired = sandbox.wecom_token()
    sandbox.clock.move(hours=2)
    answers = [
        sandbox.http.request(method, f"/cgi-bin/media/{name}", params={"access_token": token})
        for token in ("", "guess", expired)
    ]
    assert [answer.json()["errcode"] for answer in answers] == [41001, 40014, 42001]


@pytest.mark.parametrize(
    ("name", "method", "code"), [("get", "POST", 43001), ("upload", "GET", 43002)]
)
def test_media_have_a_method_each(sandbox: Sandbox, name: str, method: str, code: int) -> None:
    params = {"access_token": sandbox.wecom_token()}
    answer = sandbox.http.request(method, f"/cgi-bin/media/{name}", params=params)
    assert answer.json()["errcode"] == code


def test_an_upload_is_named_for_three_days_in_each_platforms_words(sandbox: Sandbox) -> None:
    official, wecom = uploaded(sandbox, "wang", JPEG), uploaded(sandbox, "lisi", JPEG)
    at = int(sandbox.clock.now.timestamp())
    names = [answer.pop("media_id") for answer in (official, wecom)]
    assert official == {"type": "image", "created_at": at}
    assert wecom == {"errcode": 0, "errmsg": "ok", "type": "image", "created_at": str(at)}
    assert downloaded(sandbox, "wang", names[0]) == ("image/jpeg", JPEG)
    assert downloaded(sandbox, "lisi", names[0]) == (None, 40007)


@pytest.mark.parametrize(
    ("person", "file", "code"),
    [
        pytest.param("wang", ("sticker", "a.jpg", JPEG), 40004, id="no such kind"),
        pytest.param("wang", ("image", "a.jpg", b""), 44001, id="empty"),
        pytest.param("lisi", ("image", "a.jpg", JPEG[:5]), 40006, id="five bytes"),
        pytest.param("wang", ("image", "a.jpg", JPEG[:6]), None, id="six bytes"),
        pytest.param("wang", ("image", "a.jpg", b"plain words"), 40005, id="no picture"),
        pytest.param("wang", ("image", "a", JPEG), 40005, id="no suffix"),
        pytest.param("wang", ("image", "a.amr", JPEG), 40005, id="wrong suffix"),
        pytest.param("wang", ("voice", "a.jpg", JPEG), 40005, id="a photo as voice"),
        pytest.param("wang", ("image", "a.gif", GIF), None, id="official: GIF"),
        pytest.param("lisi", ("image", "a.gif", GIF), 40005, id="WeCom: GIF"),
        pytest.param("wang", ("voice", "a.mp3", b"ID3" + bytes(9)), None, id="official: MP3"),
        pytest.param("lisi", ("voice", "a.mp3", b"ID3" + bytes(9)), 40005, id="WeCom: MP3"),
        pytest.param("wang", ("voice", "a.amr", voice_of(60)), None, id="60 seconds"),
        pytest.param("lisi", ("voice", "a.amr", voice_of(61)), 45007, id="61 seconds"),
        pytest.param(
            "wang", ("image", "a.jpg", JPEG.ljust(2 * MEGABYTE, b"\0")), None, id="official: 2 MB"
        ),
        pytest.param(
            "wang",
            ("image", "a.jpg", JPEG.ljust(2 * MEGABYTE + 1, b"\0")),
            45001,
            id="official: more",
        ),
        pytest.param(
            "lisi", ("image", "a.jpg", JPEG.ljust(10 * MEGABYTE, b"\0")), None, id="WeCom: 10 MB"
        ),
        pytest.param(
            "lisi",
            ("image", "a.jpg", JPEG.ljust(10 * MEGABYTE + 1, b"\0")),
            45001,
            id="WeCom: more",
        ),
    ],
)
def test_an_upload_is_checked(
    sandbox: Sandbox, person: str, file: tuple[str, str, bytes], code: int | None
) -> None:
    kind, name, content = file
    answered = uploaded(sandbox, person, content, kind=kind, name=name)
    assert (answered.get("errcode") or None, "media_id" in answered) == (code, code is None)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("application/json", b"{}", id="JSON"),
        pytest.param("multipart/form-data", b"--x", id="no boundary"),
        pytest.param("multipart/form-data; boundary=x", b"--x--\r\n", id="no part"),
        pytest.param(
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="media"\r\n\r\nabcdef\r\n--x--\r\n',
            id="no file name",
        ),
        pytest.param(
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\na\r\n--x--',
            id="another field",
        ),
    ],
)
def test_an_upload_is_a_form_with_a_file(sandbox: Sandbox, content_type: str, body: bytes) -> None:
    params = {"access_token": sandbox.wecom_token(), "type": "image"}
    headers = {"Content-Type": content_type}
    answered = sandbox.http.post(
        "/cgi-bin/media/upload", params=params, content=body, headers=headers
    )
    assert answered.json()["errcode"] == 41005


def test_a_file_comes_back_as_it_was_posted(sandbox: Sandbox) -> None:
    awkward = JPEG + b"\r\n--\r\n\r\n\x00\r\n"
    media_id = uploaded(sandbox, "wang", awkward)["media_id"]
    assert downloaded(sandbox, "wang", media_id) == ("image/jpeg", awkward)


def custom(sandbox: Sandbox, kind: str, media_id: str) -> int:
    payload = {"touser": WANG, "msgtype": kind, kind: {"media_id": media_id}}
    code: int = sandbox.call(CUSTOM, payload)["errcode"]
    return code


def test_a_photo_or_voice_takes_one_send_of_the_window(sandbox: Sandbox) -> None:
    photo = uploaded(sandbox, "wang", JPEG)["media_id"]
    voice = uploaded(sandbox, "wang", voice_of(3), kind="voice", name="a.amr")["media_id"]
    assert custom(sandbox, "image", photo) == 45015
    sandbox.act("wang", "follow")
    codes = [custom(sandbox, *one) for one in (("image", photo), ("voice", voice))]
    codes += [sandbox.custom(WANG), custom(sandbox, "image", photo)]
    assert codes == [0, 0, 0, 45047]
    shown = sandbox.messages("wang")[-3:]
    assert [one["kind"] for one in shown] == ["photo", "voice", "text"]
    assert [one["pushed"] for one in shown] == [True] * 3
    assert shown[1]["media"]["seconds"] == 3
    assert sandbox.http.get(shown[0]["media"]["url"]).content == JPEG


@pytest.mark.parametrize("kind", ["image", "voice"])
def test_a_send_names_what_its_platform_knows_and_of_its_kind(sandbox: Sandbox, kind: str) -> None:
    sandbox.act("wang", "follow")
    other = {"image": "voice", "voice": "image"}[kind]
    files = {"image": (JPEG, "a.jpg"), "voice": (voice_of(3), "a.amr")}
    names = [
        uploaded(sandbox, person, files[sent][0], kind=sent, name=files[sent][1])["media_id"]
        for person, sent in (("lisi", kind), ("wang", other), ("wang", kind))
    ]
    sandbox.clock.move(days=3)
    assert [custom(sandbox, kind, name) for name in (*names, "guess")] == [40007] * 4
    to_wecom = [
        sandbox.send("lisi", kind, content)["errcode"]
        for content in ({"media_id": names[0]}, {"media_id": names[2]}, {}, "x")
    ]
    assert to_wecom == [40007] * 4
    assert sandbox.messages("lisi") == []


def test_one_wecom_send_brings_a_photo_to_many_and_repeats_are_swallowed(sandbox: Sandbox) -> None:
    named = {"media_id": uploaded(sandbox, "lisi", JPEG)["media_id"]}
    for _ in range(2):
        answered = sandbox.send("zhangsan|LISI|nobody", "image", named, enable_duplicate_check=1)
        assert (answered["errcode"], answered["invaliduser"]) == (0, "nobody")
    assert [one["kind"] for one in sandbox.messages("zhangsan")] == ["photo"]
    assert last(sandbox, "lisi")["media"]["content_type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param("wang/photo", {}, 409, id="photo: not a follower"),
        pytest.param("wang/voice", {}, 409, id="voice: not a follower"),
        pytest.param("wang/place", {}, 409, id="place: not a follower"),
        pytest.param("lisi/photo", {"sample": "cat"}, 404, id="no such sample"),
        pytest.param("lisi/photo", {"data": "%"}, 400, id="not base64"),
        pytest.param("lisi/photo", {"data": "aGVsbG8h"}, 400, id="no picture"),
        pytest.param("lisi/photo", {"size": 65 * MEGABYTE}, 400, id="65 MB"),
        pytest.param("lisi/voice", {"seconds": 0}, 400, id="no second"),
        pytest.param("lisi/voice", {"seconds": 61}, 400, id="61 seconds"),
        pytest.param("lisi/place", {"latitude": 91}, 400, id="beyond the pole"),
    ],
)
def test_what_a_phone_cannot_send_is_refused_and_not_pushed(
    sandbox: Sandbox, path: str, body: dict[str, object], status: int
) -> None:
    answered = sandbox.http.post(f"/sandbox/phones/{path}", json=body)
    assert (answered.status_code, list(answered.json())) == (status, ["error"])
    assert sandbox.bot.bodies == []


def test_samples_are_offered_with_what_they_show(sandbox: Sandbox) -> None:
    offered = sandbox.http.get("/sandbox/samples").json()
    assert [one["label"] for one in offered["photos"]] == list(PHOTOS.values())
    pictures = [sandbox.http.get(one["url"]).content for one in offered["photos"]]
    assert len(set(pictures)) == 3
    assert {format_of(one[:16], MediaKind.IMAGE) for one in pictures} == {
        format_of(picture("lamp")[:16], MediaKind.IMAGE)
    }
    assert format_of(picture("lamp")[:16], MediaKind.IMAGE) is not None
    for place in offered["places"]:
        sandbox.act("lisi", "place", **place)
    missing = [sandbox.http.get(f"/sandbox/{path}") for path in ("samples/cat", "media/1")]
    assert [one.status_code for one in missing] == [404, 404]


def test_media_calls_stand_in_the_log_without_their_token(sandbox: Sandbox) -> None:
    uploaded(sandbox, "lisi", JPEG)
    downloaded(sandbox, "wang", "guess")
    log = sandbox.http.get("/sandbox/log").json()
    assert [(call["name"], call["platform"], call["status"], call["about"]) for call in log] == [
        ("gettoken", "wecom", 0, ""),
        ("media/upload", "wecom", 0, "image 104 bytes"),
        ("stable_token", "official", 0, ""),
        ("media/get", "official", 40007, ""),
    ]
