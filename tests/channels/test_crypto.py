"""The published vectors, and that nothing else opens."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.channels.crypto import CryptoError, MessageCipher, is_signed, signature
from tests.platform import AES_KEY, OTHER_AES_KEY

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "crypto_vectors.json").read_text(encoding="utf-8")
)
ENCRYPTED = [vector for vector in VECTORS if "encrypt" in vector]
URL_SIGNED = [vector for vector in VECTORS if "encrypt" not in vector]


def name_of(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def test_every_vector_is_one_of_the_two_kinds() -> None:
    assert (len(ENCRYPTED), len(URL_SIGNED)) == (len(VECTORS) - 2, 2)


@pytest.mark.parametrize("vector", URL_SIGNED, ids=name_of)
def test_the_url_signature_is_that_of_the_vector(vector: dict[str, Any]) -> None:
    signed = signature(vector["token"], vector["timestamp"], vector["nonce"])
    assert signed == vector["signature"]


@pytest.mark.parametrize("vector", ENCRYPTED, ids=name_of)
def test_the_message_signature_is_that_of_the_vector(vector: dict[str, Any]) -> None:
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert signature(*parts) == vector["msg_signature"]
    assert is_signed(vector["msg_signature"], *parts)


@pytest.mark.parametrize("vector", ENCRYPTED, ids=name_of)
def test_a_vector_decrypts_to_its_plain_text(vector: dict[str, Any]) -> None:
    cipher = MessageCipher([vector["aes_key"]], receive_id=vector["receive_id"])
    assert cipher.open(vector["encrypt"]).plain.decode() == vector["plain"]


@pytest.mark.parametrize("vector", ENCRYPTED, ids=name_of)
def test_a_vector_is_encrypted_again_byte_for_byte(vector: dict[str, Any]) -> None:
    cipher = MessageCipher([vector["aes_key"]], receive_id=vector["receive_id"])
    sealed = cipher.seal(vector["plain"].encode(), random16=vector["random16"].encode())
    assert sealed == vector["encrypt"]


def test_the_previous_key_still_opens_and_is_named() -> None:
    sealed = MessageCipher([OTHER_AES_KEY], receive_id="wx1").seal("你好".encode())
    opened = MessageCipher([AES_KEY, OTHER_AES_KEY], receive_id="wx1").open(sealed)
    assert (opened.plain.decode(), opened.key_index) == ("你好", 1)


@pytest.mark.parametrize("length", range(64))
def test_every_length_of_padding_is_undone(length: int) -> None:
    cipher = MessageCipher([AES_KEY], receive_id="wx1")
    assert cipher.open(cipher.seal(b"x" * length)).plain == b"x" * length


def test_two_seals_of_one_text_differ() -> None:
    cipher = MessageCipher([AES_KEY], receive_id="wx1")
    assert cipher.seal(b"x") != cipher.seal(b"x")


SEALED = MessageCipher([AES_KEY], receive_id="wx1").seal(b"x" * 100)


@pytest.mark.parametrize(
    ("sealed", "receive_id", "keys"),
    [
        pytest.param(SEALED, "wx2", [AES_KEY], id="another receive id"),
        pytest.param(SEALED, "wx", [AES_KEY], id="a receive id that is a prefix"),
        pytest.param(SEALED, "wx1", [OTHER_AES_KEY], id="another key"),
        pytest.param(SEALED, "wx1", [], id="no key"),
        pytest.param(SEALED[:64], "wx1", [AES_KEY], id="truncated to whole blocks"),
        pytest.param(SEALED[:60], "wx1", [AES_KEY], id="truncated inside a block"),
        pytest.param("", "wx1", [AES_KEY], id="empty"),
        pytest.param("你好", "wx1", [AES_KEY], id="not base64"),
        pytest.param("A" * 64, "wx1", [AES_KEY], id="zeros"),
    ],
)
def test_what_does_not_open_is_one_error(sealed: str, receive_id: str, keys: list[str]) -> None:
    cipher = MessageCipher(keys, receive_id=receive_id)
    with pytest.raises(CryptoError):
        cipher.open(sealed)


@pytest.mark.parametrize(
    "padding",
    [b"\x00" * 7 + b"\x08", b"\x08" * 7 + b"\x00", b"\x08" * 7 + b"\x28", b"\x08" * 8],
    ids=["uneven", "zero", "more than a block", "right"],
)
def test_only_a_right_padding_opens(padding: bytes) -> None:
    raw = b"r" * 16 + (1).to_bytes(4, "big") + b"x" + b"wx1" + padding
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = base64.b64encode(encryptor.update(raw) + encryptor.finalize()).decode()
    cipher = MessageCipher([AES_KEY], receive_id="wx1")
    if padding == b"\x08" * 8:
        assert cipher.open(sealed).plain == b"x"
        return
    with pytest.raises(CryptoError):
        cipher.open(sealed)


@pytest.mark.parametrize("claimed", ["", "0" * 40, "é", "\ud800"])
def test_a_wrong_signature_is_wrong_whatever_it_is_made_of(claimed: str) -> None:
    assert not is_signed(claimed, "token", "1", "2")
