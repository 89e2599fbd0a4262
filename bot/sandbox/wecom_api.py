"""The WeCom app's API: token, messages, cards and their updates, the app itself (B4-B7)."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from pydantic import ValidationError

from bot.sandbox import fields, messages, quotas, wecom_messages
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.gate import OK, Api, Asked, Told
from bot.sandbox.media import Medium
from bot.sandbox.official_api import API_IPS, CALLBACK_IPS
from bot.sandbox.receivers import Receivers, addressed, at_most
from bot.sandbox.screen import Card, Part, Sender
from bot.sandbox.sections import NOTICES
from bot.sandbox.world import Accepted, Phone, World
from storage.vocabulary import Platform

RECALL = timedelta(hours=24)

_TASK_ID_BYTES = 128
_TASK_ID_SIGNS = frozenset("_-@")
_DUPLICATE_SECONDS = 1800
_DUPLICATE_SECONDS_AT_MOST = 4 * 3600


def _gettoken(world: World, asked: Asked) -> Told:
    account = world.accounts[Platform.WECOM]
    if asked.query.get("corpid") != account.app_id:
        raise ApiFaultError(40013)
    if asked.query.get("corpsecret") != account.secret:
        raise ApiFaultError(40001)
    value, seconds = world.wecom_tokens.current(world.now())
    return Told(OK | {"access_token": value, "expires_in": seconds})


def _check_agent(world: World, agent: object) -> None:
    if not isinstance(agent, int):
        raise ApiFaultError(40056)
    if agent != world.accounts[Platform.WECOM].agent_id:
        raise ApiFaultError(301002)


def _send(world: World, asked: Asked) -> Told:
    message = asked.json()
    _check_agent(world, message.get("agentid"))
    if world.standing.closed:
        raise ApiFaultError(50003)
    receivers = addressed(world, message)
    is_card = message.get("msgtype") == "template_card"
    medium = messages.medium(world, Platform.WECOM, message)
    parts: tuple[Part, ...] = ()
    if medium is None and not is_card:
        parts = wecom_messages.parts(message)
    template = _read_card(message.get("template_card")) if is_card else None
    if not receivers.phones:
        raise ApiFaultError(81013)
    answer: Answer = OK | receivers.skipped() | {"msgid": f"msg-{world.next_id()}"}
    if _is_duplicate(world, message, asked.body):
        return _told(answer, receivers, repeated=receivers.phones)
    if template is not None and (template.calls_back or template.task_id):
        _check_task_id(world, template.task_id)
    if not world.quotas[Platform.WECOM].use(
        quotas.PERSON_SENDS, world.now(), times=len(receivers.phones)
    ):
        raise ApiFaultError(45009)
    send_id = world.next_id()
    if template is not None:
        world.task_ids |= {template.task_id} - {""}
        if template.calls_back:
            answer["response_code"] = world.issue_code(send_id)
        template.send_id = send_id
    accepted = _deliver(world, receivers, parts, template or medium, send_id)
    world.sends[answer["msgid"]] = accepted
    reached = {key for key, _ in accepted.shown}
    dropped = [phone for phone in receivers.phones if phone.person.key not in reached]
    return _told(answer, receivers, dropped=dropped)


def _told(answer: Answer, receivers: Receivers, **kept_back: Iterable[Phone]) -> Told:
    """Answer a send; the log also names those who were skipped, and those who saw nothing."""
    missed = {
        "invaliduser": receivers.unknown,
        "unlicenseduser": receivers.unlicensed,
    } | {
        reason: tuple(phone.person.external_id for phone in phones)
        for reason, phones in kept_back.items()
    }
    return Told(
        answer,
        about=receivers.names(),
        missed={reason: names for reason, names in missed.items() if names},
    )


def _deliver(
    world: World,
    receivers: Receivers,
    parts: tuple[Part, ...],
    attached: Card | Medium | None,
    send_id: int,
) -> Accepted:
    """Show it on every phone whose rate allows it; each gets a card of its own to change."""
    kind, shown, now = messages.kind_of(attached), [], world.now()
    limits = world.quotas[Platform.WECOM].limits
    rates = (limits[quotas.MEMBER_MINUTE].most, limits[quotas.MEMBER_HOUR].most)
    for phone in receivers.phones:
        if phone.rate.use(now, *rates):
            own = attached.model_copy() if isinstance(attached, Card) else attached
            message = world.show(phone, Sender.BOT, kind, parts, attached=own, is_pushed=True)
            shown.append((phone.person.key, message.id))
    return Accepted(send_id, now, tuple(shown))


def _read_card(payload: object) -> Card:
    try:
        card = Card.model_validate(payload)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        code = 41016 if "title" in fault["msg"] else 40058
        raise ApiFaultError(code, f"template_card.{place} {fault['msg']}") from error
    return card


def _check_task_id(world: World, task_id: str) -> None:
    is_allowed = task_id.isascii() and all(c.isalnum() or c in _TASK_ID_SIGNS for c in task_id)
    if not 0 < len(task_id) <= _TASK_ID_BYTES or not is_allowed or task_id in world.task_ids:
        raise ApiFaultError(42014)


def _is_duplicate(world: World, message: Answer, body: bytes) -> bool:
    """Say whether identical JSON came within the asked interval; it is then swallowed."""
    if message.get("enable_duplicate_check") != 1:
        return False
    wanted = message.get("duplicate_check_interval")
    seconds = wanted if isinstance(wanted, int) else _DUPLICATE_SECONDS
    interval = timedelta(seconds=min(seconds, _DUPLICATE_SECONDS_AT_MOST))
    now, digest = world.now(), hashlib.sha256(body).hexdigest()
    before = world.recent_sends.get(digest)
    world.recent_sends[digest] = now
    return before is not None and now - before < interval


def _update_card(world: World, asked: Asked) -> Told:
    message = asked.json()
    _check_agent(world, message.get("agentid"))
    note, other = _change(message)
    receivers = at_most(world, message)
    send_id = world.spend_code(fields.text(message, "response_code"))
    if send_id is None:
        raise ApiFaultError(40058, "response_code")
    found = {phone.person.external_id: phone.cards(send_id) for phone in receivers.phones}
    cards = [card for copies in found.values() for card in copies]
    if other is None and any(card.card_type in NOTICES for card in cards):
        raise ApiFaultError(40058, "button")
    for card in cards:
        if other is None:
            card.settle(note)
        else:
            card.become(other)
    for phone in receivers.phones:
        world.touch(phone)
    unknown = [*receivers.unknown, *(name for name, copies in found.items() if not copies)]
    missed = {"invaliduser": tuple(unknown)} if unknown else {}
    return Told(OK | {"invaliduser": unknown}, about=receivers.names(), missed=missed)


def _change(message: Answer) -> tuple[str, Card | None]:
    """Read what an update brings: the note in the buttons' place, or a whole card."""
    note = fields.text(fields.group(message, "button"), "replace_name")
    if note:
        return note, None
    if "template_card" not in message:
        raise ApiFaultError(40058, "button.replace_name")
    return "", _read_card(message["template_card"])


def _recall(world: World, asked: Asked) -> Told:
    sent = world.sends.get(fields.text(asked.json(), "msgid"))
    if sent is None or world.now() - sent.at >= RECALL:
        raise ApiFaultError(40058, "msgid")
    for key, message_id in sent.shown:
        phone = world.phones[key]
        phone.messages = [message for message in phone.messages if message.id != message_id]
        world.touch(phone)
    return Told(dict(OK), about="|".join(key for key, _ in sent.shown))


def _agent(world: World, asked: Asked) -> Told:
    account = world.accounts[Platform.WECOM]
    agent = asked.query.get("agentid", "")
    _check_agent(world, int(agent) if agent.isdecimal() else None)
    members = [
        {"userid": phone.person.external_id}
        for phone in world.phones.values()
        if phone.person.platform is Platform.WECOM and not phone.standing.outside
    ]
    answer: Answer = {
        "agentid": account.agent_id,
        "name": account.name,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": members},
        "allow_partys": {"partyid": []},
        "allow_tags": {"tagid": []},
        "close": int(world.standing.closed),
        "redirect_domain": world.standing.redirect_domain,
        "report_location_flag": 0,
        "isreportenter": 1,
        "home_url": "",
    }
    return Told(OK | answer)


def _callback_ips(world: World, asked: Asked) -> Told:
    del world, asked
    return Told(OK | {"ip_list": list(CALLBACK_IPS)})


def _api_ips(world: World, asked: Asked) -> Told:
    del world, asked
    return Told(OK | {"ip_list": list(API_IPS)})


_WECOM = Platform.WECOM
WECOM_APIS = (
    Api(_WECOM, "GET", "gettoken", _gettoken, is_open=True),
    Api(_WECOM, "POST", "message/send", _send, is_rated=False),
    Api(_WECOM, "POST", "message/update_template_card", _update_card),
    Api(_WECOM, "POST", "message/recall", _recall),
    Api(_WECOM, "GET", "agent/get", _agent),
    Api(_WECOM, "GET", "getcallbackip", _callback_ips),
    Api(_WECOM, "GET", "get_api_domain_ip", _api_ips),
)
