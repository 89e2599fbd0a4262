"""What the platforms hold for or against the account and each person; changed at run time."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

TemplateOutcome = Literal["success", "failed:user block", "failed: system failed"]


class _Standing(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonStanding(_Standing):
    """What keeps the bot's messages from one person; as it is made, nothing does.

    The first three are of the official account, the others of WeCom.

    Attributes:
        blocked: on the account's black list.
        refuses_messages: has switched the account's messages off.
        refuses_templates: has refused template messages.
        unlicensed: the company has bought no interface licence for this member.
        outside: not in the app's visible range.
        disabled: the member is disabled.
    """

    blocked: bool = False
    refuses_messages: bool = False
    refuses_templates: bool = False
    unlicensed: bool = False
    outside: bool = False
    disabled: bool = False


class AccountStanding(_Standing):
    """What the official account and the WeCom app may do.

    Attributes:
        verified: a verified service account; others have no templates, QR codes and msgmenu.
        echoes_menu_id: a tap on a msgmenu entry carries the entry's id.
        template_outcome: what becomes of template messages, in the platform's words.
        closed: the WeCom app is switched off.
        redirect_domain: the WeCom app's trusted domain.
    """

    verified: bool = True
    echoes_menu_id: bool = True
    template_outcome: TemplateOutcome = "success"
    closed: bool = False
    redirect_domain: str = ""
