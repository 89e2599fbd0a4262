"""The platforms' side of the envelope: seal what is pushed to the webhook, open what it answers.

Encryption and signatures are wechatpy's, the bot's are ``bot.channels.crypto``: a fault of one
cannot hide behind the same fault of the other. wechatpy meets only the answers of our own bot
here; what keeps it away from strangers' bytes is ADR 6.
"""

import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from xml.etree import ElementTree as ET

from wechatpy.crypto import WeChatCrypto as OfficialCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner
from wechatpy.work.crypto import WeChatCrypto as WeComCrypto

from bot.config import Account
from storage.vocabulary import Platform

XmlValue: TypeAlias = str | int | float | Mapping[str, "XmlValue"] | list["XmlValue"]


class EnvelopeError(Exception):
    """Raised when an answer of the bot cannot be opened; a real platform would refuse it too."""


@dataclass(frozen=True, slots=True)
class Request:
    """One push as it travels: the query string's fields and the body."""

    query: Mapping[str, str]
    body: bytes


class _Crypto(Protocol):
    """What is used of wechatpy, which has no types of its own."""

    def encrypt_message(self, msg: str, nonce: str, timestamp: str) -> str:
        """Give an envelope with Encrypt, MsgSignature, TimeStamp and Nonce."""
        ...

    def decrypt_message(
        self, msg: Mapping[str, str], signature: str, timestamp: str, nonce: str
    ) -> str:
        """Check the signature and give what is inside."""
        ...


def _crypto(account: Account) -> _Crypto:
    kind = OfficialCrypto if account.platform is Platform.OFFICIAL else WeComCrypto
    crypto: _Crypto = kind(account.token, account.encoding_aes_key, account.app_id)
    return crypto


def sign(*parts: str) -> str:
    """Hash parts in sorted order, as both platforms sign."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def enclose(account: Account, inner: str, *, timestamp: str, nonce: str) -> str:
    """Encrypt and sign a message with the account's key: the envelope of a passive answer."""
    return _crypto(account).encrypt_message(inner, nonce, timestamp)


def to_xml(fields: Mapping[str, XmlValue]) -> str:
    """Write a message as the platforms do: strings in CDATA, numbers bare, lists repeat the tag."""
    return f"<xml>{_children(fields)}</xml>"


def _children(fields: Mapping[str, XmlValue]) -> str:
    return "".join(
        _element(tag, one)
        for tag, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _element(tag: str, value: XmlValue) -> str:
    match value:
        case Mapping():
            inner = _children(value)
        case int():
            inner = str(value)
        case float():
            inner = f"{value:.6f}"  # places; the platforms write no exponents
        case _:
            inner = "<![CDATA[" + str(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return f"<{tag}>{inner}</{tag}>"


def parse(xml: str | bytes) -> ET.Element:
    """Read one XML document.

    Raises:
        EnvelopeError: it is not well formed.
    """
    try:
        return ET.fromstring(xml)  # noqa: S314 (reads the answers of our own bot only)
    except (ET.ParseError, ValueError) as error:
        raise EnvelopeError("is not XML") from error


def seal(
    account: Account, message: Mapping[str, XmlValue], *, recipient: str, sender: str, at: int
) -> Request:
    """Put a message into the envelope that the account's settings ask for.

    Args:
        account: whose webhook is pushed to; its ``encryption`` decides between plain and safe.
        message: the inner message.
        recipient: the outer ToUserName (original id of the official account, CorpID).
        sender: openid or userid.
        at: the URL's timestamp.
    """
    inner = to_xml(message)
    timestamp, nonce = str(at), secrets.token_hex(8)
    query = {"timestamp": timestamp, "nonce": nonce}
    if account.platform is Platform.OFFICIAL:
        query["signature"] = sign(account.token, timestamp, nonce)
        query["openid"] = sender
        if account.encryption == "plain":
            return Request(query, inner.encode())
        query["encrypt_type"] = "aes"
    enclosed = parse(enclose(account, inner, timestamp=timestamp, nonce=nonce))
    query["msg_signature"] = enclosed.findtext("MsgSignature", "")
    outer: dict[str, XmlValue] = {
        "ToUserName": recipient,
        "Encrypt": enclosed.findtext("Encrypt", ""),
    }
    if account.agent_id is not None:
        outer["AgentID"] = str(account.agent_id)
    if account.encryption == "compatible":
        outer = {**message, **outer}
    return Request(query, to_xml(outer).encode())


def open_reply(account: Account, body: bytes) -> ET.Element:
    """Open a passive reply and give its inner message.

    Raises:
        EnvelopeError: not XML, not encrypted though it must be, or wrongly signed or encrypted.
    """
    outer = parse(body)
    encrypted = outer.findtext("Encrypt")
    if encrypted is None:
        if account.encryption == "safe":
            raise EnvelopeError("is not encrypted")
        return outer
    fields = [outer.findtext(name, "") for name in ("MsgSignature", "TimeStamp", "Nonce")]
    try:
        inner = _crypto(account).decrypt_message({"Encrypt": encrypted}, *fields)
    except WeChatException as error:
        raise EnvelopeError(f"is refused: {type(error).__name__}") from error
    except (ValueError, IndexError, struct.error) as error:  # what garbage makes of wechatpy
        raise EnvelopeError("cannot be decrypted") from error
    return parse(inner)
