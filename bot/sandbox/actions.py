"""The page's POSTs: what a person does with a phone; the forms are ``bot.sandbox.page``'s."""

import base64
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.menu_taps import MOST_PHOTOS, Given, MenuTaps
from bot.sandbox.phones import BAD, NOT_FOUND, Phones, RefusedError
from bot.sandbox.pictures import picture
from bot.sandbox.samples import PHOTOS, PLACES
from bot.sandbox.screen import Place
from bot.sandbox.shown import phone_json, refusal
from bot.sandbox.world import Phone

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


def _point(body: _Place) -> Place:
    return Place(body.label, body.latitude, body.longitude)


class _Tap(_Body):
    message_id: int
    command: str


class _Press(_Body):
    message_id: int
    key: str
    selected: str | list[str] | dict[str, list[str]] = Field(default_factory=list)


class _Menu(_Body):
    path: list[int] = Field(min_length=1, max_length=2)
    photos: list[str] = Field(default=[], max_length=MOST_PHOTOS)
    shuffle: bool = True
    scanned: str = Field(default="", max_length=500)
    place: _Place | None = None


class _Follow(_Body):
    scene: str = Field(default="", max_length=64)


class _Nothing(_Body):
    pass


def action_routes(phones: Phones) -> list[Route]:
    """Give a route for everything that can be done with a phone."""
    return [*_saying_routes(phones), *_action_routes(phones), _menu_route(phones)]


def _saying_routes(phones: Phones) -> list[Route]:
    def say(phone: Phone, body: _Say) -> None:
        phones.say(phone, body.text)

    def photo(phone: Phone, body: _Photo) -> None:
        if body.sample not in PHOTOS:
            raise RefusedError(NOT_FOUND, "no such sample")
        content = body.data or picture(body.sample)
        phones.photo(phone, content.ljust(body.size, b"\0"), is_expired=body.expired)

    def voice(phone: Phone, body: _Voice) -> None:
        phones.voice(phone, body.seconds, is_expired=body.expired)

    def place(phone: Phone, body: _Place) -> None:
        phones.place(phone, _point(body))

    return [
        _action(phones, "say", _Say, say),
        _action(phones, "photo", _Photo, photo),
        _action(phones, "voice", _Voice, voice),
        _action(phones, "place", _Place, place),
    ]


def _action_routes(phones: Phones) -> list[Route]:
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
            return refusal(NOT_FOUND, "no such person")
        try:
            body = model.model_validate_json(await request.body() or b"{}")
            await run_in_threadpool(act, phone, body)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            return refusal(BAD, f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}")
        except RefusedError as error:
            return refusal(error.status, str(error))
        return JSONResponse(phone_json(phones.world, phone))

    return Route(f"/sandbox/phones/{{person}}/{name}", endpoint, methods=["POST"])


def _menu_route(phones: Phones) -> Route:
    taps = MenuTaps(phones)

    def menu(phone: Phone, body: _Menu) -> None:
        if not set(body.photos) <= PHOTOS.keys():
            raise RefusedError(NOT_FOUND, "no such sample")
        place = None if body.place is None else _point(body.place)
        given = Given(
            photos=[picture(sample) for sample in body.photos],
            is_shuffled=body.shuffle,
            scanned=body.scanned,
            place=place,
        )
        taps.tap(phone, body.path, given)

    return _action(phones, "menu", _Menu, menu)
