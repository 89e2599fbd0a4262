"""The platforms' side for tests: accounts, messages as they are posted, replies as they are read.

Envelopes are made with wechatpy's crypto, so that a fault of ours cannot hide behind itself.
"""

import json
import re
import secrets
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from wechatpy.crypto import WeChatCrypto as OfficialCrypto
from wechatpy.utils import WeChatSigner
from wechatpy.work.crypto import WeChatCrypto as WeComCrypto

from bot.config import Account
from storage.vocabulary import Platform

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"


def official_account(**changes: Any) -> Account:  # noqa: ANN401 (settings of any type)
    """An official account in safe mode; its API is nowhere."""
    settings = {
        "name": "oa",
        "platform": Platform.OFFICIAL,
        "app_id": "wx0000000000000001",
        "secret": "official-secret",
        "token": "official-token",
        "encoding_aes_key": AES_KEY,
        "api_base_url": "http://127.0.0.1:9",
    }
    return Account.model_validate(settings | changes)


def wecom_account(**changes: Any) -> Account:  # noqa: ANN401 (settings of any type)
    """A WeCom app; its API is nowhere."""
    settings = {
        "name": "wc",
        "platform": Platform.WECOM,
        "app_id": "ww0000000000000002",
        "secret": "wecom-secret",
        "token": "wecom-token",
        "encoding_aes_key": OTHER_AES_KEY,
        "agent_id": 1000002,
        "api_base_url": "http://127.0.0.1:9",
    }
    return Account.model_validate(settings | changes)


def sign(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def crypto_of(account: Account, *, key: str | None = None) -> Any:  # noqa: ANN401 (untyped library)
    kind = OfficialCrypto if account.platform is Platform.OFFICIAL else WeComCrypto
    return kind(account.token, key or account.encoding_aes_key, account.app_id)


def seal_request(
    account: Account, xml: str, *, now: datetime, key: str | None = None
) -> tuple[dict[str, str], bytes]:
    """Give the query and the body with which the platform would post this message, XML or JSON.

    ``key`` seals with another key than the account's current one.
    """
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    query = {"timestamp": timestamp, "nonce": nonce}
    if account.platform is Platform.OFFICIAL:
        query["signature"] = sign(account.token, timestamp, nonce)
    if account.encryption == "plain":
        return query, xml.encode()
    if account.platform is Platform.OFFICIAL:
        query["encrypt_type"] = "aes"
    envelope = ET.fromstring(  # noqa: S314 (made in the line above)
        crypto_of(account, key=key).encrypt_message(xml, nonce, timestamp)
    )
    sealed = envelope.findtext("Encrypt", "")
    query["msg_signature"] = envelope.findtext("MsgSignature", "")
    fields = _json_object(xml)
    if fields is not None:
        plain = fields if account.encryption == "compatible" else {"ToUserName": "to"}
        return query, json.dumps({**plain, "Encrypt": sealed}).encode()
    agent = f"<AgentID><![CDATA[{account.agent_id}]]></AgentID>" if account.agent_id else ""
    outer = f"<ToUserName><![CDATA[to]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt>{agent}"
    if account.encryption == "compatible":
        outer = xml.strip().removeprefix("<xml>").removesuffix("</xml>") + outer
    return query, f"<xml>{outer}</xml>".encode()


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # broken bodies are posted, too
        return None
    return found if isinstance(found, dict) else None


def verification_query(account: Account, echo: str, *, now: datetime) -> dict[str, str]:
    """Give the query of the platform's GET verification, whose right answer is ``echo``."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    query = {"timestamp": timestamp, "nonce": nonce}
    if account.platform is Platform.OFFICIAL:
        return query | {"echostr": echo, "signature": sign(account.token, timestamp, nonce)}
    envelope = ET.fromstring(  # noqa: S314 (made in the line above)
        crypto_of(account).encrypt_message(echo, nonce, timestamp)
    )
    return query | {
        "echostr": envelope.findtext("Encrypt", ""),
        "msg_signature": envelope.findtext("MsgSignature", ""),
    }


def open_reply(account: Account, body: bytes, *, key: str | None = None) -> str:
    """Give what is inside a passive reply, after checking its signature; empty stays empty."""
    if not body:
        return ""
    if body.startswith(b"{"):
        fields = json.loads(body)
        if "Encrypt" not in fields:
            return body.decode()
        signed = [str(fields[name]) for name in ("MsgSignature", "TimeStamp", "Nonce")]
        return str(crypto_of(account, key=key).decrypt_message(fields, *signed))
    envelope = ET.fromstring(body)  # noqa: S314 (written by the code under test)
    if envelope.find("Encrypt") is None:
        return body.decode()
    opened = crypto_of(account, key=key).decrypt_message(
        body,
        envelope.findtext("MsgSignature", ""),
        envelope.findtext("TimeStamp", ""),
        envelope.findtext("Nonce", ""),
    )
    return str(opened)


def reply_text(account: Account, body: bytes, *, tag: str = "Content") -> str:
    """Give one element of a passive reply; empty where there is none."""
    inner = open_reply(account, body)
    return ET.fromstring(inner).findtext(f".//{tag}", "") if inner else ""  # noqa: S314 (as above)


def as_json(xml: str) -> str:
    """Give the JSON twin of a message: repeated tags as a list, one alone as an object."""
    # Samples hold control characters that no XML may.
    plain = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", xml)
    return json.dumps(_tree(ET.fromstring(plain)), ensure_ascii=False)  # noqa: S314 (our samples)


def _tree(element: ET.Element) -> Any:  # noqa: ANN401 (JSON)
    if not len(element):
        return element.text or ""
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(child.tag, []).append(_tree(child))
    return {tag: values[0] if len(values) == 1 else values for tag, values in found.items()}


def message_xml(fields: dict[str, str | int]) -> str:
    """Write one message as the platforms do: texts in CDATA, numbers bare."""
    return "<xml>" + "".join(_element(tag, value) for tag, value in fields.items()) + "</xml>"


def _element(tag: str, value: str | int) -> str:
    if isinstance(value, int):
        return f"<{tag}>{value}</{tag}>"
    return f"<{tag}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{tag}>"


def text_xml(
    sender: str,
    recipient: str,
    content: str,
    *,
    message_id: int,
    at: datetime,
    agent_id: int | None = None,
    menu_id: str | None = None,
) -> str:
    """Write a text; with ``menu_id`` it comes from a tapped line of the official account."""
    fields: dict[str, str | int] = {
        "ToUserName": recipient,
        "FromUserName": sender,
        "CreateTime": int(at.timestamp()),
        "MsgType": "text",
        "Content": content,
        "MsgId": message_id,
    }
    if agent_id is not None:
        fields["AgentID"] = agent_id
    if menu_id is not None:
        fields["bizmsgmenuid"] = menu_id
    return message_xml(fields)


def event_xml(  # noqa: PLR0913 (the fields of an event)
    sender: str,
    recipient: str,
    event: str,
    *,
    at: datetime,
    key: str = "",
    agent_id: int | None = None,
    task_id: str = "",
    response_code: str = "",
    chosen: tuple[str, ...] = (),
) -> str:
    """Write an event; the last three fields are those of a tapped card."""
    fields: dict[str, str | int] = {
        "ToUserName": recipient,
        "FromUserName": sender,
        "CreateTime": int(at.timestamp()),
        "MsgType": "event",
        "Event": event,
        "EventKey": key,
    }
    if agent_id is not None:
        fields["AgentID"] = agent_id
    if task_id:
        fields |= {"TaskId": task_id, "CardType": "button_interaction"}
    if response_code:
        fields["ResponseCode"] = response_code
    xml = message_xml(fields)
    if not chosen:
        return xml
    options = "".join(_element("OptionId", option) for option in chosen)
    items = (
        "<SelectedItems><SelectedItem><QuestionKey><![CDATA[choice]]></QuestionKey>"
        f"<OptionIds>{options}</OptionIds></SelectedItem></SelectedItems>"
    )
    return xml.replace("</xml>", f"{items}</xml>")
