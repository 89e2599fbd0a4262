"""Looks at what an official account may do, and whether its templates are as the settings say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.config import Template
from bot.doctor.findings import Finding, fault, fine, warning
from bot.doctor.platforms import Access, Told
from handlers.rules.template_fields import LISTED, type_of
from handlers.texts import doctor_platforms as texts
from handlers.texts.templates import ROW
from storage.vocabulary import NoticeKind

_LIST = "/cgi-bin/template/get_all_private_template"
_UNAUTHORISED = 48001


@dataclass(frozen=True, slots=True)
class _Listed:
    """A template that the account has."""

    title: str
    content: str

    @property
    def keys(self) -> list[str]:
        """Its fields, in its own order."""
        return [row["key"] for row in ROW.finditer(self.content)]


def look(access: Access) -> Iterator[Finding]:
    """Look at the kind of the account and at its templates.

    Raises:
        OutOfOrderError: no platform answered.
    """
    told = access.ask(_LIST)
    if told.code == _UNAUTHORISED:
        yield from _unverified(access)
    elif told.code:
        advice, setting = access.refusal(told)
        yield fault(access.name(texts.KIND), advice, setting=setting)
    else:
        yield fine(access.name(texts.KIND), texts.VERIFIED)
        yield from _templates(access, _listed(told))


def _unverified(access: Access) -> Iterator[Finding]:
    yield warning(access.name(texts.KIND), texts.UNVERIFIED)
    if access.account.templates:
        setting = access.setting("templates")
        yield fault(access.name(texts.TEMPLATE), texts.TEMPLATES_NOT_ALLOWED, setting=setting)
    if access.account.message_menu:
        name, setting = access.name(texts.MESSAGE_MENU), access.setting("message_menu")
        yield fault(name, texts.MESSAGE_MENU_NOT_ALLOWED, setting=setting)


def _listed(told: Told) -> dict[str, _Listed]:
    rows = told.payload.get("template_list")
    return {
        str(row.get("template_id")): _Listed(
            str(row.get("title") or ""), str(row.get("content") or "")
        )
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    }


def _templates(access: Access, listed: Mapping[str, _Listed]) -> Iterator[Finding]:
    if not access.account.templates:
        yield fine(access.name(texts.TEMPLATE), texts.NO_TEMPLATES_SET)
    for purpose, template in access.account.templates.items():
        yield _template(access, purpose, template, listed.get(template.id))


def _template(
    access: Access, purpose: NoticeKind, template: Template, listed: _Listed | None
) -> Finding:
    name, setting = access.name(texts.TEMPLATE), access.setting(f"templates.{purpose}")
    if listed is None:
        return fault(name, texts.template_is_gone(purpose, template.id), setting=setting)
    fields = f"{setting}.fields"
    if not template.fields:
        unknown = [key for key in listed.keys if type_of(key) is None or type_of(key) in LISTED]
        if unknown:
            return fault(name, texts.template_needs_words(unknown), setting=fields)
        return fine(name, texts.template_is_there(listed.title))
    if strange := [key for key in template.fields if key not in listed.keys]:
        return fault(name, texts.template_has_no(strange, listed.keys), setting=fields)
    if missing := [key for key in listed.keys if key not in template.fields]:
        return fault(name, texts.template_needs(missing), setting=fields)
    return fine(name, texts.template_is_there(listed.title))
