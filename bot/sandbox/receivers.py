"""Whom a WeCom call reaches: userids, ``@all``, and those whom the app cannot write to.

The sample company has neither departments nor tags: whatever is named of them is invalid.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox import fields
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.world import Phone, World
from storage.vocabulary import Platform

RECEIVERS = 1000
GROUPS = 100
EVERYBODY = "@all"


@dataclass(frozen=True, slots=True)
class Receivers:
    """The phones that a message goes to, and who was named in vain."""

    phones: tuple[Phone, ...]
    unknown: tuple[str, ...] = ()
    unlicensed: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def names(self) -> str:
        """Give the userids that it goes to, as the log names them."""
        return "|".join(phone.person.external_id for phone in self.phones)

    def skipped(self) -> Answer:
        """Give the four lists of ``message/send``; userids are in lower case."""
        return {
            "invaliduser": "|".join(self.unknown),
            "invalidparty": "|".join(self.parties),
            "invalidtag": "|".join(self.tags),
            "unlicenseduser": "|".join(self.unlicensed),
        }


def addressed(world: World, message: Answer) -> Receivers:
    """Resolve the receivers of ``message/send``.

    Raises:
        ApiFaultError: 40058, nobody is named or too many.
    """
    users, parties, tags = (
        tuple(dict.fromkeys(name for name in fields.text(message, field).split("|") if name))
        for field in ("touser", "toparty", "totag")
    )
    if not (users or parties or tags) or len(users) > RECEIVERS:
        raise ApiFaultError(40058, "touser")
    if max(len(parties), len(tags)) > GROUPS:
        raise ApiFaultError(40058, "toparty" if len(parties) > GROUPS else "totag")
    if users == (EVERYBODY,):
        return _reached(_everybody(world), ())
    return _resolved(world, users, parties=parties, tags=tags)


def at_most(world: World, message: Answer) -> Receivers:
    """Resolve the userids of ``message/update_template_card``, or everybody with ``atall``.

    Raises:
        ApiFaultError: 40058, they are no list of names, or too many or none.
    """
    if message.get("atall") == 1:
        return _reached(_everybody(world), ())
    names = message.get("userids")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ApiFaultError(40058, "userids")
    if not 0 < len(names) <= RECEIVERS:
        raise ApiFaultError(40058, "userids")
    return _resolved(world, tuple(names))


def _everybody(world: World) -> list[Phone]:
    return [one for one in world.phones.values() if one.person.platform is Platform.WECOM]


def _resolved(
    world: World, users: Iterable[str], *, parties: tuple[str, ...] = (), tags: tuple[str, ...] = ()
) -> Receivers:
    wanted = dict.fromkeys(name.lower() for name in users if name)
    found = {name: world.find(Platform.WECOM, name) for name in wanted}
    unknown = [
        name
        for name, phone in found.items()
        if phone is None or phone.standing.outside or phone.standing.disabled
    ]
    known = [phone for phone in found.values() if phone is not None]
    reached = _reached(known, tuple(unknown))
    return Receivers(reached.phones, reached.unknown, reached.unlicensed, parties, tags)


def _reached(phones: Iterable[Phone], unknown: tuple[str, ...]) -> Receivers:
    inside = [p for p in phones if not (p.standing.outside or p.standing.disabled)]
    return Receivers(
        phones=tuple(phone for phone in inside if not phone.standing.unlicensed),
        unknown=unknown,
        unlicensed=tuple(p.person.external_id for p in inside if p.standing.unlicensed),
    )
