"""The platforms' APIs for photos and voices: ``media/get`` and ``media/upload`` of both.

Paths are the same on both, so the token says whose call it is. Error numbers that PLATFORM.md
does not list are those of the platforms' public tables.
"""

from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import PurePath
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import media, quotas
from bot.sandbox.errors import ApiFaultError
from bot.sandbox.gate import OK, Api, Asked, Told, routes
from bot.sandbox.media import Medium
from bot.sandbox.world import World
from storage.vocabulary import MediaKind, Platform


def media_routes(world: World) -> list[Route]:
    """Give the routes for both platforms."""
    return routes(world, MEDIA_APIS)


def _get(world: World, asked: Asked) -> Told:
    platform, media_id = asked.platform, asked.query.get("media_id", "")
    medium = world.media.find(media_id, platform, world.now())
    if medium is None:
        raise ApiFaultError(40007)
    size = len(medium.content)
    # A server may answer a Range with the whole, so that asking for one is enough here.
    if platform is Platform.WECOM and size > media.RANGE_BYTES and "range" not in asked.headers:
        raise ApiFaultError(830002)
    suffix = next(s for s, found in media.SUFFIXES.items() if found == medium.content_type)
    headers = {"Content-Disposition": f'attachment; filename="{media_id}{suffix}"'}
    response = Response(medium.content, media_type=medium.content_type, headers=headers)
    return Told(response, about=f"{medium.kind} {size} bytes")


def _upload(world: World, asked: Asked) -> Told:
    platform, wanted = asked.platform, asked.query.get("type", "")
    if wanted not in list(MediaKind):
        raise ApiFaultError(40004)
    kind = MediaKind(wanted)
    name, content = _file_of(asked.headers.get("content-type", ""), asked.body)
    medium = Medium(world.next_id(), kind, content, _checked_type(platform, kind, name, content))
    now = world.now()
    media_id = world.media.name(medium, platform, until=now + media.LIFETIME)
    at = int(now.timestamp())
    answer: dict[str, Any] = {"type": wanted, "media_id": media_id}
    if platform is Platform.WECOM:
        answer |= OK | {"created_at": str(at)}
    else:
        answer["created_at"] = at
    return Told(answer, about=f"{kind} {len(content)} bytes")


def _file_of(content_type: str, body: bytes) -> tuple[str, bytes]:
    """Read the form field ``media``: the file's name and its bytes."""
    form = Message()
    form["Content-Type"] = content_type
    boundary = form.get_boundary()
    if boundary and form.get_content_type() == "multipart/form-data":
        for part in (b"\r\n" + body).split(f"\r\n--{boundary}".encode())[1:-1]:
            head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            headers = BytesHeaderParser().parsebytes(head)
            name = headers.get_filename()
            if name and headers.get_param("name", header="Content-Disposition") == "media":
                return name, content
    raise ApiFaultError(41005)


def _checked_type(platform: Platform, kind: MediaKind, name: str, content: bytes) -> str:
    """Give the content type of a file that the platform takes; its name has to fit as well."""
    taken = media.TAKEN[platform, kind]
    if not content:
        raise ApiFaultError(44001)
    if len(content) < media.LEAST_BYTES:
        raise ApiFaultError(40006)
    if len(content) > taken.most_bytes:
        raise ApiFaultError(45001)
    found = media.content_type_of(content)
    named = media.SUFFIXES.get(PurePath(name).suffix.lower())
    if found is None or not {found, named} <= taken.content_types:
        raise ApiFaultError(40005)
    if kind is MediaKind.VOICE and media.seconds_of(content) > media.MOST_SECONDS:
        raise ApiFaultError(45007)
    return found


MEDIA_APIS = (
    Api(Platform.OFFICIAL, "GET", "media/get", _get, quotas.MEDIA_DOWNLOAD),
    Api(Platform.OFFICIAL, "POST", "media/upload", _upload, quotas.MEDIA_UPLOAD),
    Api(Platform.WECOM, "GET", "media/get", _get),
    Api(Platform.WECOM, "POST", "media/upload", _upload),
)
