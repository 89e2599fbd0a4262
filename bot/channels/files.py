"""Photos and voices to and from a platform; paths and answers are the same on both (A12, B10)."""

from pathlib import Path
from typing import IO, Any

from bot.channels import ApiError, Enclosed, FailureKind
from bot.channels.api import ApiClient
from bot.channels.limits import CARRIED, LEAST_MEDIA_BYTES
from storage.vocabulary import MediaKind, Platform

_GET = "/cgi-bin/media/get"
_UPLOAD = "/cgi-bin/media/upload"


def download(api: ApiClient, media_id: str, into: IO[bytes], *, most: int) -> None:
    """Write what somebody sent into a file.

    Raises:
        ApiError: the platform does not know it, or the transfer failed.
        TooLargeError: it has more bytes than ``most``.
        OSError: the file cannot be written.
    """
    api.save(_GET, {"media_id": media_id}, into, most=most)


def upload(
    api: ApiClient, platform: Platform, path: Path, *, kind: MediaKind, content_type: str
) -> str:
    """Hand a file to the platform and give the name by which it can be sent for three days.

    Raises:
        ApiError: REFUSED where the platform does not carry such a file, without a call; else what
            the call met.
        OSError: the file cannot be read.
    """
    carried = CARRIED[platform, kind]
    if content_type not in carried.content_types:
        raise ApiError(None, f"{platform} carries no {content_type}", FailureKind.REFUSED)
    if not LEAST_MEDIA_BYTES <= path.stat().st_size <= carried.most_bytes:
        raise ApiError(None, f"{platform} carries no file of this size", FailureKind.REFUSED)
    answer = api.send_file(
        _UPLOAD,
        {"type": kind.value},
        name=f"{kind.value}{path.suffix}",
        content=path.read_bytes(),
        content_type=content_type,
    )
    name = answer.get("media_id")
    if not isinstance(name, str) or not name:
        raise ApiError(None, f"{_UPLOAD}: no media id", FailureKind.RETRY)
    return name


def message(enclosed: Enclosed) -> dict[str, Any]:
    """Write the part of a send that says what is sent."""
    kind = enclosed.kind.value
    return {"msgtype": kind, kind: {"media_id": enclosed.media_id}}
