"""The official account's API for template messages (PLATFORM.md A8): list, delete, send.

An answer says only that a message was taken; what became of it comes later as the event
TEMPLATESENDJOBFINISH.
"""

from collections.abc import Callable
from datetime import timedelta

from bot.sandbox import fields, quotas
from bot.sandbox.envelope import XmlValue
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.gate import OK, Api, Asked, Told
from bot.sandbox.official_api import follower
from bot.sandbox.push import Pusher
from bot.sandbox.screen import Kind, Sender, Template, plain
from bot.sandbox.templates import PrivateTemplate
from bot.sandbox.world import ORIGINAL_ID, Accepted, Phone, World
from storage.vocabulary import Platform

GUARD = timedelta(minutes=10)
"""So long one client_msg_id reaches one person once; later the platform promises nothing."""

_ARRIVED = "success"


def template_apis(pusher: Pusher) -> tuple[Api, ...]:
    """Give the methods; ``pusher`` carries the event that ends each message."""

    def send(world: World, asked: Asked) -> Told:
        return _send(world, asked, pusher)

    official = Platform.OFFICIAL
    return (
        Api(official, "POST", "message/template/send", send, quotas.TEMPLATE_SEND),
        Api(official, "GET", "template/get_all_private_template", _all),
        Api(official, "POST", "template/del_private_template", _delete),
    )


def _all(world: World, asked: Asked) -> Told:
    del asked
    _check_verified(world)
    return Told({"template_list": [template.to_json() for template in world.templates.values()]})


def _delete(world: World, asked: Asked) -> Told:
    _check_verified(world)
    if world.templates.pop(fields.text(asked.json(), "template_id"), None) is None:
        raise ApiFaultError(40037)
    return Told(dict(OK))


def _check_verified(world: World) -> None:
    if not world.standing.verified:
        raise ApiFaultError(48001)


def _send(world: World, asked: Asked, pusher: Pusher) -> Told:
    _check_verified(world)
    message = asked.json()
    template = world.templates.get(fields.text(message, "template_id"))
    if template is None:
        raise ApiFaultError(40037)
    phone = _receiver(world, message)
    values = _values(message)
    fault = template.fault(values)
    if fault:
        raise ApiFaultError(47003, fault)
    openid = phone.person.external_id
    guard = (openid, fields.text(message, "client_msg_id"))
    before = world.accepted.get(guard)
    if guard[1] and before is not None and world.now() - before.at < GUARD:
        return Told(OK | {"msgid": before.number}, about=openid, missed={"repeated": (openid,)})
    number = world.next_id()
    world.accepted[guard] = Accepted(number, world.now())
    outcome = world.standing.template_outcome
    if outcome == _ARRIVED:
        _show(world, phone, template, values, url=fields.text(message, "url"))
    return Told(
        OK | {"msgid": number},
        about=openid,
        missed={} if outcome == _ARRIVED else {outcome: (openid,)},
        then=_finish(world, pusher, openid, number, outcome),
    )


def _receiver(world: World, message: Answer) -> Phone:
    phone = follower(world, fields.text(message, "touser"))
    if not phone.is_following:
        raise ApiFaultError(43004)
    if phone.standing.blocked:
        raise ApiFaultError(43019)
    if phone.standing.refuses_templates:
        raise ApiFaultError(43101)
    return phone


def _values(message: Answer) -> dict[str, str]:
    data = fields.group(message, "data")
    found = {key: fields.group(data, key).get("value") for key in data}
    return {key: str(value) for key, value in found.items() if isinstance(value, str | int | float)}


def _show(
    world: World, phone: Phone, template: PrivateTemplate, values: dict[str, str], *, url: str
) -> None:
    shown = Template(template.id, template.title, template.rows(values), url)
    parts = plain(f"{template.title}\n{template.text(values)}")
    world.show(phone, Sender.BOT, Kind.TEMPLATE, parts, attached=shown, is_pushed=True)


def _finish(
    world: World, pusher: Pusher, openid: str, number: int, outcome: str
) -> Callable[[], None]:
    def push() -> None:
        event: dict[str, XmlValue] = {
            "ToUserName": ORIGINAL_ID,
            "FromUserName": openid,
            "CreateTime": int(world.now().timestamp()),
            "MsgType": "event",
            "Event": "TEMPLATESENDJOBFINISH",
            "MsgID": number,
            "Status": outcome,
        }
        pusher.push_later(Platform.OFFICIAL, event, sender=openid)

    return push
