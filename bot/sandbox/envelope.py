"""The platforms' side of the envelope: seal what is pushed to the webhook, open what it answers.

Written from the platforms' contract and independent of ``bot.channels``, so that a fault there
cannot hide behind the same fault here.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.config import Account
from storage.vocabulary import Platform

XmlValue: TypeAlias = str | int | Mapping[str, "XmlValue"] | list["XmlValue"]

_PADDING_BLOCK = 32
_RANDOM_BYTES = 16
_LENGTH_BYTES = 4


class EnvelopeError(Exception):
    """Raised when an answer of the bot cannot be opened; a real platform would refuse it too."""


@dataclass(frozen=True, slots=True)
class Request:
    """One push as it travels: the query string's fields and the body."""

    query: Mapping[str, str]
    body: bytes


def sign(*parts: str) -> str:
    """Hash parts in sorted order, as both platforms sign."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 (the platforms' contract)


def _cipher(key: str) -> Cipher[modes.CBC]:
    raw = base64.b64decode(key + "=")
    return Cipher(algorithms.AES(raw), modes.CBC(raw[:16]))


def encrypt(plain: str, *, key: str, receive_id: str) -> str:
    """Encrypt a message for the holder of an EncodingAESKey, addressed to an AppID or CorpID."""
    message = plain.encode()
    raw = (
        secrets.token_bytes(_RANDOM_BYTES)
        + len(message).to_bytes(_LENGTH_BYTES, "big")
        + message
        + receive_id.encode()
    )
    padding = _PADDING_BLOCK - len(raw) % _PADDING_BLOCK
    encryptor = _cipher(key).encryptor()
    sealed = encryptor.update(raw + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def decrypt(sealed: str, *, key: str, receive_id: str) -> str:
    """Decrypt what the bot answered.

    Raises:
        EnvelopeError: it was not encrypted with this key, or for somebody else.
    """
    try:
        decryptor = _cipher(key).decryptor()
        raw = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
        if not 1 <= raw[-1] <= _PADDING_BLOCK:
            raise EnvelopeError("has a wrong padding")
        raw = raw[: -raw[-1]]
        start = _RANDOM_BYTES + _LENGTH_BYTES
        end = start + int.from_bytes(raw[_RANDOM_BYTES:start], "big")
        message, recipient = raw[start:end].decode(), raw[end:].decode()
    except (ValueError, IndexError) as error:
        raise EnvelopeError("cannot be decrypted") from error
    if recipient != receive_id:
        raise EnvelopeError("encrypted for another account")
    return message


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
    encrypted = encrypt(inner, key=account.encoding_aes_key, receive_id=account.app_id)
    query["msg_signature"] = sign(account.token, timestamp, nonce, encrypted)
    outer: dict[str, XmlValue] = {"ToUserName": recipient, "Encrypt": encrypted}
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
    timestamp, nonce = outer.findtext("TimeStamp", ""), outer.findtext("Nonce", "")
    if outer.findtext("MsgSignature") != sign(account.token, timestamp, nonce, encrypted):
        raise EnvelopeError("has a wrong signature")
    return parse(decrypt(encrypted, key=account.encoding_aes_key, receive_id=account.app_id))
