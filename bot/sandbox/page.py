"""The sandbox's one address: the chat page, its JSON endpoints, and the platforms' APIs.

The JSON endpoints serve the page and the end-to-end tests::

    GET  /sandbox/people            [{key, name, role, platform, external_id, scene, sayings}]
    GET  /sandbox/phones/{person}   {person, is_following, sends_left, messages: [{id, sender,
                                      kind, at, pushed, text, links, parts, card, media,
                                      place}]};
                                      is_following, sends_left: null on WeCom
    POST …/say      {text}                         type a text
    POST …/photo    {sample?, data?, size?, expired?}  send a photo: a sample, or base64 of a file,
                                      made as large as size; expired: the platform has lost it
    POST …/voice    {seconds?, expired?}           send a voice
    POST …/place    {label?, latitude?, longitude?}  send a place
    POST …/tap      {message_id, command}          tap a tappable line of a message
    POST …/press    {message_id, key, selected?}   press a card's button; selected: id or [id]
    POST …/follow   {scene?}                       follow, or scan a QR code (official account)
    POST …/unfollow {}                             leave (official account)
    POST …/open     {}                             open the app (WeCom)
    GET  /sandbox/samples           {photos: [{key, label, url}], places: [as place below]}
    GET  /sandbox/media/{number}    the photo or voice itself, as long as the sandbox runs
    GET  /sandbox/log               [{id, at, platform, direction, name, about, status, result}]
    GET  /sandbox/changes?after=N   {version, phones: {key: as above}, log: [as above]}

``sender`` is person, bot or platform; ``kind`` is text, card, photo, voice, place, event or fault
(WeChat's failure text). ``links`` are [{label, command}]; ``parts`` are the text's stretches
[{text, command, url}]. ``card`` is null or {title, text, fields: [{label, value}],
buttons: [{label, key, style, url}], selection: null or {title, selected, options: [{id, text}]},
note}: a card that was updated has a note and no buttons. ``media`` is null or {url, content_type,
bytes, seconds: null for photos}, ``place`` null or {label, latitude, longitude}. ``pushed``
messages came through the API, others as passive answers.

Every POST is answered, after the bot has answered, with what the phone shows now. What a phone
does not offer is refused with 404 or 409, a bad body with 400, as {error}.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.media_api import media_routes
from bot.sandbox.phones import Phones, RefusedError
from bot.sandbox.pictures import picture
from bot.sandbox.platforms import api_routes
from bot.sandbox.push import Pusher
from bot.sandbox.samples import PHOTOS, PLACES
from bot.sandbox.screen import Place
from bot.sandbox.world import Phone, World
from storage.vocabulary import Platform

STATIC = Path(__file__).parent / "static"

_NOT_FOUND = 404
_BAD = 400
_AS_IT_IS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"}
_MOST_BYTES = 64 * 1024 * 1024


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Body = TypeVar("Body", bound=_Body)


class _Say(_Body):
    text: str


def _from_base64(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


class _Photo(_Body):
    sample: str = "lamp"
    data: Annotated[bytes, BeforeValidator(_from_base64)] = b""
    size: int = Field(default=0, ge=0, le=_MOST_BYTES)
    expired: bool = False


class _Voice(_Body):
    seconds: int = 5
    expired: bool = False


class _Place(_Body):
    label: str = Field(default=PLACES[0].label, max_length=200)
    latitude: float = Field(default=PLACES[0].latitude, ge=-90, le=90)
    longitude: float = Field(default=PLACES[0].longitude, ge=-180, le=180)


class _Tap(_Body):
    message_id: int
    command: str


class _Press(_Body):
    message_id: int
    key: str
    selected: str | list[str] = Field(default_factory=list)


class _Follow(_Body):
    scene: str = Field(default="", max_length=64)


class _Nothing(_Body):
    pass


def create_app(world: World, pusher: Pusher | None = None) -> Starlette:
    """Build the application that answers for both platforms and shows the phones.

    Args:
        world: the state; shared with nobody outside this process.
        pusher: carries pushes to the webhook; with the platforms' times by default.
    """
    phones = Phones(world, pusher or Pusher(world))
    apis = [*api_routes(world), *media_routes(world)]
    shown = [*_page_routes(world), *_media_routes(world)]
    done = [*_saying_routes(phones), *_action_routes(phones)]
    return Starlette(routes=[*apis, *shown, *done])


def _page_routes(world: World) -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        del request
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    async def people(request: Request) -> Response:
        del request
        with world.lock:
            return JSONResponse([_person_json(phone) for phone in world.phones.values()])

    async def phone(request: Request) -> Response:
        found = world.phones.get(request.path_params["person"])
        if found is None:
            return _error(_NOT_FOUND, "no such person")
        return JSONResponse(_phone_json(world, found))

    async def log(request: Request) -> Response:
        del request
        with world.lock:
            return JSONResponse([call.to_json() for call in world.calls])

    async def changes(request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            return _error(_BAD, "after: is not a number")
        return JSONResponse(_changes(world, int(after)))

    return [
        Route("/", page),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/sandbox/people", people),
        Route("/sandbox/phones/{person}", phone),
        Route("/sandbox/log", log),
        Route("/sandbox/changes", changes),
    ]


def _media_routes(world: World) -> list[BaseRoute]:
    async def samples(request: Request) -> Response:
        del request
        photos = [
            {"key": key, "label": label, "url": f"/sandbox/samples/{key}"}
            for key, label in PHOTOS.items()
        ]
        return JSONResponse({"photos": photos, "places": [place.to_json() for place in PLACES]})

    async def sample(request: Request) -> Response:
        key = request.path_params["key"]
        if key not in PHOTOS:
            return _error(_NOT_FOUND, "no such photo")
        return Response(picture(key), media_type="image/png", headers=_AS_IT_IS)

    async def medium(request: Request) -> Response:
        with world.lock:
            found = world.media.shown(request.path_params["number"])
        if found is None:
            return _error(_NOT_FOUND, "no such photo or voice")
        return Response(found.content, media_type=found.content_type, headers=_AS_IT_IS)

    return [
        Route("/sandbox/samples", samples),
        Route("/sandbox/samples/{key}", sample),
        Route("/sandbox/media/{number:int}", medium),
    ]


def _saying_routes(phones: Phones) -> list[BaseRoute]:
    def say(phone: Phone, body: _Say) -> None:
        phones.say(phone, body.text)

    def photo(phone: Phone, body: _Photo) -> None:
        if body.sample not in PHOTOS:
            raise RefusedError(_NOT_FOUND, "no such sample")
        content = body.data or picture(body.sample)
        phones.photo(phone, content.ljust(body.size, b"\0"), is_expired=body.expired)

    def voice(phone: Phone, body: _Voice) -> None:
        phones.voice(phone, body.seconds, is_expired=body.expired)

    def place(phone: Phone, body: _Place) -> None:
        phones.place(phone, Place(body.label, body.latitude, body.longitude))

    return [
        _action(phones, "say", _Say, say),
        _action(phones, "photo", _Photo, photo),
        _action(phones, "voice", _Voice, voice),
        _action(phones, "place", _Place, place),
    ]


def _action_routes(phones: Phones) -> list[BaseRoute]:
    def tap(phone: Phone, body: _Tap) -> None:
        phones.tap(phone, body.message_id, body.command)

    def press(phone: Phone, body: _Press) -> None:
        selected = [body.selected] if isinstance(body.selected, str) else body.selected
        phones.press(phone, body.message_id, body.key, selected)

    def follow(phone: Phone, body: _Follow) -> None:
        phones.follow(phone, body.scene)

    def unfollow(phone: Phone, body: _Nothing) -> None:
        del body
        phones.unfollow(phone)

    def open_app(phone: Phone, body: _Nothing) -> None:
        del body
        phones.open(phone)

    return [
        _action(phones, "tap", _Tap, tap),
        _action(phones, "press", _Press, press),
        _action(phones, "follow", _Follow, follow),
        _action(phones, "unfollow", _Nothing, unfollow),
        _action(phones, "open", _Nothing, open_app),
    ]


def _action(
    phones: Phones, name: str, model: type[Body], act: Callable[[Phone, Body], None]
) -> Route:
    async def endpoint(request: Request) -> Response:
        phone = phones.world.phones.get(request.path_params["person"])
        if phone is None:
            return _error(_NOT_FOUND, "no such person")
        try:
            body = model.model_validate_json(await request.body() or b"{}")
            await run_in_threadpool(act, phone, body)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            return _error(_BAD, f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}")
        except RefusedError as error:
            return _error(error.status, str(error))
        return JSONResponse(_phone_json(phones.world, phone))

    return Route(f"/sandbox/phones/{{person}}/{name}", endpoint, methods=["POST"])


def _error(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status_code=status)


def _person_json(phone: Phone) -> dict[str, Any]:
    person = phone.person
    return {
        "key": person.key,
        "name": person.name,
        "role": person.role,
        "platform": person.platform.value,
        "external_id": person.external_id,
        "scene": person.scene,
        "sayings": list(person.sayings),
    }


def _phone_json(world: World, phone: Phone) -> dict[str, Any]:
    is_official = phone.person.platform is Platform.OFFICIAL
    with world.lock:
        return {
            "person": phone.person.key,
            "is_following": phone.is_following if is_official else None,
            "sends_left": phone.windows.left(world.clock()) if is_official else None,
            "messages": [message.to_json() for message in phone.messages],
        }


def _changes(world: World, after: int) -> dict[str, Any]:
    """Give the phones and log lines that are newer than a version; a page starts with 0."""
    with world.lock:
        after = after if after <= world.version else 0
        return {
            "version": world.version,
            "phones": {
                key: _phone_json(world, phone)
                for key, phone in world.phones.items()
                if phone.version > after or not after
            },
            "log": [call.to_json() for call in world.calls if call.id > after],
        }
