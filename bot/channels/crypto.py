"""Signatures and encryption of both platforms' message envelopes. Nothing here knows messages.

AES-256-CBC with the key's first 16 bytes as IV; the plain text is 16 random bytes, the length of
the message (4 bytes, big endian), the message, and the receive id (AppID or CorpID), padded to a
multiple of 32, not of 16 as a stock PKCS7 would do (PLATFORM.md A2).
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PADDING_BLOCK = 32
_CIPHER_BLOCK = 16
_RANDOM_BYTES = 16
_LENGTH_BYTES = 4
_HEAD_BYTES = _RANDOM_BYTES + _LENGTH_BYTES


class CryptoError(Exception):
    """Raised for everything that can be wrong with an envelope; callers tell nobody the detail."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted message and which key opened it: the reply is sealed with the same one."""

    plain: bytes
    key_index: int


def signature(*parts: str) -> str:
    """Hash parts in sorted order, as both platforms sign: the token is always one of them."""
    joined = b"".join(sorted(part.encode("utf-8", "replace") for part in parts))
    return hashlib.sha1(joined).hexdigest()  # noqa: S324 (the platforms' contract)


def is_signed(claimed: str, *parts: str) -> bool:
    """Compare in constant time, so that nobody can guess a signature byte by byte."""
    return hmac.compare_digest(claimed.encode("utf-8", "replace"), signature(*parts).encode())


class MessageCipher:
    """Opens and seals messages for one receive id, with the current and the previous key.

    The cipher of each key is built once and reused: building it costs more than using it.
    """

    def __init__(self, keys: Sequence[str], *, receive_id: str) -> None:
        self._receive_id = receive_id.encode()
        self._ciphers = tuple(_cipher(key) for key in keys)

    def open(self, sealed: str) -> Opened:
        """Decrypt with the first key that fits.

        Raises:
            CryptoError: not base64, truncated, made with another key, or for another receive id.
        """
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise CryptoError("the envelope is not base64") from error
        if not data or len(data) % _CIPHER_BLOCK:
            raise CryptoError("the envelope is truncated")
        for index, cipher in enumerate(self._ciphers):
            decryptor = cipher.decryptor()
            plain = self._unpacked(decryptor.update(data) + decryptor.finalize())
            if plain is not None:
                return Opened(plain, index)
        raise CryptoError("no key opens the envelope for this account")

    def seal(self, plain: bytes, *, key_index: int = 0, random16: bytes | None = None) -> str:
        """Encrypt with the key that opened the request.

        Args:
            plain: the message.
            key_index: as ``open`` gave it.
            random16: the head of the plain text; given only to reproduce known vectors.
        """
        head = os.urandom(_RANDOM_BYTES) if random16 is None else random16
        raw = head + len(plain).to_bytes(_LENGTH_BYTES, "big") + plain + self._receive_id
        padding = _PADDING_BLOCK - len(raw) % _PADDING_BLOCK
        encryptor = self._ciphers[key_index].encryptor()
        data = encryptor.update(raw + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(data).decode()

    def _unpacked(self, raw: bytes) -> bytes | None:
        padding = raw[-1]
        if not 1 <= padding <= _PADDING_BLOCK or raw[-padding:] != bytes([padding]) * padding:
            return None
        end = len(raw) - padding
        message_end = _HEAD_BYTES + int.from_bytes(raw[_RANDOM_BYTES:_HEAD_BYTES], "big")
        if message_end > end or raw[message_end:end] != self._receive_id:
            return None
        return raw[_HEAD_BYTES:message_end]


def _cipher(key: str) -> Cipher[modes.CBC]:
    raw = base64.b64decode(key + "=")
    return Cipher(algorithms.AES(raw), modes.CBC(raw[:_CIPHER_BLOCK]))
