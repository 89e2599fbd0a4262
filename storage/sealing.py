"""Seals personal data at rest (AES-256-GCM) and finds it again by a keyed hash (HMAC-SHA-256).

The key is set once at the start of a process; both purposes use keys derived from it. Whoever
loses the key loses every sealed phone.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealError(Exception):
    """Raised when no key was set, or a sealed value was made with another key."""


class _Keys:
    """The process's two derived keys."""

    cipher: AESGCM | None = None
    hash_key: bytes = b""


def set_key(secret: bytes) -> None:
    """Set the process's key.

    Raises:
        SealError: the key has not 32 bytes.
    """
    if len(secret) != KEY_BYTES:
        raise SealError("the key must have 32 bytes")
    _Keys.cipher = AESGCM(hmac.digest(secret, b"jinlin seal", hashlib.sha256))
    _Keys.hash_key = hmac.digest(secret, b"jinlin hash", hashlib.sha256)


def seal(plain: str) -> str:
    """Encrypt a short text; two seals of one text differ.

    Raises:
        SealError: no key was set.
    """
    if _Keys.cipher is None:
        raise SealError("no key was set")
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + _Keys.cipher.encrypt(nonce, plain.encode(), None)).decode()


def unseal(sealed: str) -> str:
    """Decrypt what ``seal`` gave.

    Raises:
        SealError: no key was set, or the value was sealed with another key.
    """
    if _Keys.cipher is None:
        raise SealError("no key was set")
    raw = base64.b64decode(sealed)
    try:
        return _Keys.cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
    except InvalidTag as error:
        raise SealError("sealed with another key") from error


def keyed_hash(plain: str) -> str:
    """Give the hash under which a sealed value is found; useless without the key.

    Raises:
        SealError: no key was set.
    """
    if not _Keys.hash_key:
        raise SealError("no key was set")
    return hmac.new(_Keys.hash_key, plain.encode(), hashlib.sha256).hexdigest()
