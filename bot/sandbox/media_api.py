"""The platforms' APIs for photos and voices: ``media/get`` and ``media/upload`` of both.

Paths are the same on both, so the token says whose call it is. Error numbers that PLATFORM.md
does not list are those of the platforms' public tables.
"""

from collections.abc import Callable
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import PurePath
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox import media, tokens
from bot.sandbox.media import Medium
from bot.sandbox.platforms import ApiFaultError, check_method, check_token
from bot.sandbox.world import World
from storage.vocabulary import MediaKind, Platform


def media_routes(world: World) -> list[Route]:
    """Give the routes for both platforms."""
    return [
        _route(world, "GET", "get", _get),
        _route(world, "POST", "upload", _upload),
    ]


def _route(
    world: World,
    method: str,
    name: str,
    answer: Callable[[World, Platform, Request, bytes], tuple[Response, str]],
) -> Route:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        with world.lock:
            platform = _caller(world, request)
            status, about, result = 0, "", "ok"
            try:
                check_method(request.method, method)
                _check_caller(world, platform, request)
                answered, about = answer(world, platform, request, body)
            except ApiFaultError as fault:
                answered = JSONResponse(fault.answer)
                status, result = fault.answer["errcode"], fault.answer["errmsg"]
            world.record(
                platform, f"media/{name}", is_push=False, about=about, status=status, result=result
            )
        return answered

    return Route(f"/cgi-bin/media/{name}", endpoint, methods=["GET", "POST", "PUT", "DELETE"])


def _caller(world: World, request: Request) -> Platform:
    token = request.query_params.get("access_token", "")
    known = world.wecom_tokens.check(token, world.clock())
    return Platform.OFFICIAL if known == tokens.UNKNOWN else Platform.WECOM


def _check_caller(world: World, platform: Platform, request: Request) -> None:
    if platform is Platform.WECOM:
        check_token(world, request.query_params, world.wecom_tokens)
    else:
        check_token(world, request.query_params, world.stable_tokens, world.plain_tokens)


def _get(world: World, platform: Platform, request: Request, body: bytes) -> tuple[Response, str]:
    del body
    media_id = request.query_params.get("media_id", "")
    medium = world.media.find(media_id, platform, world.clock())
    if medium is None:
        raise ApiFaultError(40007)
    size = len(medium.content)
    # A server may answer a Range with the whole, so that asking for one is enough here.
    if platform is Platform.WECOM and size > media.RANGE_BYTES and "range" not in request.headers:
        raise ApiFaultError(830002)
    suffix = next(s for s, found in media.SUFFIXES.items() if found == medium.content_type)
    headers = {"Content-Disposition": f'attachment; filename="{media_id}{suffix}"'}
    response = Response(medium.content, media_type=medium.content_type, headers=headers)
    return response, f"{medium.kind} {size} bytes"


def _upload(
    world: World, platform: Platform, request: Request, body: bytes
) -> tuple[Response, str]:
    asked = request.query_params.get("type", "")
    if asked not in list(MediaKind):
        raise ApiFaultError(40004)
    kind = MediaKind(asked)
    name, content = _file_of(request.headers.get("content-type", ""), body)
    medium = Medium(world.next_id(), kind, content, _checked_type(platform, kind, name, content))
    now = world.clock()
    media_id = world.media.name(medium, platform, until=now + media.LIFETIME)
    at = int(now.timestamp())
    answer: dict[str, Any] = {"type": asked, "media_id": media_id}
    if platform is Platform.WECOM:
        answer |= {"errcode": 0, "errmsg": "ok", "created_at": str(at)}
    else:
        answer["created_at"] = at
    return JSONResponse(answer), f"{kind} {len(content)} bytes"


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
