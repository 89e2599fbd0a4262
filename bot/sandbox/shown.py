"""The JSON forms of what the page draws; ``bot.sandbox.page`` documents them."""

from typing import Any

from starlette.responses import JSONResponse

from bot.sandbox.world import Phone, World
from storage.vocabulary import Platform


def refusal(status: int, reason: str) -> JSONResponse:
    """Answer what cannot be done."""
    return JSONResponse({"error": reason}, status_code=status)


def person_json(phone: Phone) -> dict[str, Any]:
    """Give who has this phone; it stays the same as long as the sandbox runs."""
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


def phone_json(world: World, phone: Phone) -> dict[str, Any]:
    """Give what is on a phone now."""
    is_official = phone.person.platform is Platform.OFFICIAL
    with world.lock:
        now = world.now()
        opened = phone.windows.opened(now) if is_official else {}
        return {
            "person": phone.person.key,
            "is_following": phone.is_following if is_official else None,
            "sends_left": phone.windows.left(now) if is_official else None,
            "windows": {
                name: {"closes_at": closes_at.isoformat(), "left": left}
                for name, (closes_at, left) in opened.items()
            },
            "state": phone.standing.model_dump(),
            "messages": [message.to_json() for message in phone.messages],
        }


def changes_json(world: World, after: int) -> dict[str, Any]:
    """Give the phones and log lines that are newer than a version; a page starts with 0."""
    with world.lock:
        after = after if after <= world.version else 0
        return {
            "version": world.version,
            "now": world.now().isoformat(),
            "offset": world.clock.offset.total_seconds(),
            "menus": {platform.value: world.menus.get(platform) for platform in world.accounts},
            "phones": {
                key: phone_json(world, phone)
                for key, phone in world.phones.items()
                if phone.version > after or not after
            },
            "log": [call.to_json() for call in world.calls if call.id > after],
        }
