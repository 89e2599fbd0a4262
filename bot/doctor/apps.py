"""Looks at a WeCom app: whether it is ours, switched on, and visible to anybody."""

from collections.abc import Iterator, Mapping

from bot.doctor.findings import Finding, fault, fine, skipped
from bot.doctor.platforms import Access
from handlers.texts import doctor_platforms as texts

_VISIBLE = (
    ("allow_userinfos", "user"),
    ("allow_partys", "partyid"),
    ("allow_tags", "tagid"),
)


def look(access: Access) -> Iterator[Finding]:
    """Look at the app that ``agent_id`` names.

    Raises:
        OutOfOrderError: no platform answered.
    """
    app, visible = access.name(texts.APP), access.name(texts.VISIBLE_RANGE)
    told = access.ask("/cgi-bin/agent/get", {"agentid": str(access.account.agent_id)})
    if told.code:
        advice, setting = access.refusal(told)
        yield fault(app, advice, setting=setting)
        yield skipped(visible, app)
        return
    if told.payload.get("close"):
        yield fault(app, texts.APP_CLOSED)
    else:
        yield fine(app, texts.app(str(told.payload.get("name") or "")))
    counts = [_count(told.payload, outer, inner) for outer, inner in _VISIBLE]
    if any(counts):
        yield fine(visible, texts.visible_to(*counts))
    else:
        yield fault(visible, texts.NOBODY_SEES)


def _count(payload: Mapping[str, object], outer: str, inner: str) -> int:
    group = payload.get(outer)
    rows = group.get(inner) if isinstance(group, dict) else None
    return len(rows) if isinstance(rows, list) else 0
