"""The sandbox's one address: the chat page, its JSON endpoints, and the platforms' APIs.

The JSON endpoints serve the page and the end-to-end tests::

    GET  /sandbox/people            [{key, name, role, platform, external_id, scene, sayings}]
    GET  /sandbox/phones/{person}   {person, is_following, sends_left, windows, state, messages:
                                      [{id, sender, kind, at, pushed, text, links, parts, card,
                                      media, place, template}]};
                                      is_following, sends_left: null on WeCom
    POST …/say      {text}                         type a text
    POST …/photo    {sample?, data?, size?, expired?}  send a photo: a sample, or base64 of a file,
                                      made as large as size; expired: the platform has lost it
    POST …/voice    {seconds?, expired?}           send a voice
    POST …/place    {label?, latitude?, longitude?}  send a place
    POST …/tap      {message_id, command}          tap a tappable line of a message
    POST …/press    {message_id, key, selected?}   press a card's button or its menu's entry;
                                      selected: id, [id] or {question: [id]}
    POST …/menu     {path, photos?, shuffle?, scanned?, place?}  tap an entry of the menu
    POST …/follow   {scene?}                       follow, or scan a QR code (official account)
    POST …/unfollow {}                             leave (official account)
    POST …/open     {}                             open the app (WeCom)
    GET  /sandbox/samples           {photos: [{key, label, url}], places: [as place below]}
    GET  /sandbox/media/{number}    the photo or voice itself, as long as the sandbox runs
    GET  /sandbox/log               [{id, at, platform, direction, name, about, status, result,
                                      missed: {reason: [id]}}]
    GET  /sandbox/changes?after=N   {version, now, offset, menus, phones: {key: as above},
                                      log: [as above]}

``sender`` is person, bot or platform; ``kind`` is text, msgmenu, card, template, photo, voice,
place, event or fault (WeChat's failure text). ``links`` are [{label, command}]; ``parts`` are the
text's stretches [{text, command, url}]. ``card`` is null or {title, text, fields: [{label,
value}], buttons: [{label, key, style, url}], questions: [{key, title, multiple, selected, options:
[{id, text}]}], selection: null or a button card's one question, menu: [{label, key}], links:
[{label, url}], note}: a card that was updated has a note and no buttons. ``template`` is null or
{id, title, rows: [{label, value}], url}. ``media`` is null or {url, content_type, bytes, seconds:
null for photos}, ``place`` null or {label, latitude, longitude}. ``pushed`` messages came through
the API, others as passive answers.

``windows`` are the official account's open ones: {message: {closes_at, left}, tap: {…}}; ``state``
is what keeps messages from a person and ``menus`` are the published ones, both as
``bot.sandbox.control`` has them; ``now`` is the platforms' time, ``offset`` seconds ahead of the
real one. In the log ``missed`` are those whom a call that went well did not reach. The ``path`` of
a menu's entry are places from 0: [button] or [button, entry below]; ``photos`` are samples, sent
in any order unless shuffle is false, ``scanned`` is what a scanned code says.

Every POST is answered, after the bot has answered, with what the phone shows now. What a phone
does not offer is refused with 404 or 409, a bad body with 400, as {error}. The levers (time,
faults, limits, what a person is like) are ``bot.sandbox.control``'s endpoints.
"""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.actions import action_routes
from bot.sandbox.control import control_routes
from bot.sandbox.media_api import media_routes
from bot.sandbox.phones import BAD, NOT_FOUND, Phones
from bot.sandbox.pictures import picture
from bot.sandbox.platforms import api_routes
from bot.sandbox.push import Pusher
from bot.sandbox.samples import PHOTOS, PLACES
from bot.sandbox.shown import changes_json, person_json, phone_json, refusal
from bot.sandbox.world import World

STATIC = Path(__file__).parent / "static"

_AS_IT_IS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"}


def create_app(world: World, pusher: Pusher | None = None) -> Starlette:
    """Build the application that answers for both platforms and shows the phones.

    Args:
        world: the state; shared with nobody outside this process.
        pusher: carries pushes to the webhook; with the platforms' times by default.
    """
    pusher = pusher or Pusher(world)
    phones = Phones(world, pusher)
    apis = [*api_routes(world, pusher), *media_routes(world)]
    shown = [*_page_routes(world), *_media_routes(world)]
    done = [*action_routes(phones), *control_routes(world)]
    return Starlette(routes=[*apis, *shown, *done])


def _page_routes(world: World) -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        del request
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    async def people(request: Request) -> Response:
        del request
        with world.lock:
            return JSONResponse([person_json(phone) for phone in world.phones.values()])

    async def phone(request: Request) -> Response:
        found = world.phones.get(request.path_params["person"])
        if found is None:
            return refusal(NOT_FOUND, "no such person")
        return JSONResponse(phone_json(world, found))

    async def log(request: Request) -> Response:
        del request
        with world.lock:
            return JSONResponse([call.to_json() for call in world.calls])

    async def changes(request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            return refusal(BAD, "after: is not a number")
        return JSONResponse(changes_json(world, int(after)))

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
            return refusal(NOT_FOUND, "no such photo")
        return Response(picture(key), media_type="image/png", headers=_AS_IT_IS)

    async def medium(request: Request) -> Response:
        with world.lock:
            found = world.media.shown(request.path_params["number"])
        if found is None:
            return refusal(NOT_FOUND, "no such photo or voice")
        return Response(found.content, media_type=found.content_type, headers=_AS_IT_IS)

    return [
        Route("/sandbox/samples", samples),
        Route("/sandbox/samples/{key}", sample),
        Route("/sandbox/media/{number:int}", medium),
    ]
