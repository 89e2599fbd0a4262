"""What goes wrong with a platform on demand: outages, slowness, proxies, error codes.

A value per platform; ``bot.sandbox.gate`` asks it at each API call. Pure: it only says what is
to happen.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

HANG_SECONDS = 120.0
"""Longer than any client waits."""

MOST_SECONDS = 60.0

EVERY_PATH = "*"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ForcedCode(_Body):
    """An errcode that a path answers whatever it is asked; the call has no effect.

    Attributes:
        path: below ``/cgi-bin/``, such as ``message/custom/send``; ``*`` for all.
        times: how many more calls get it; null: all, until the faults are set anew.
    """

    path: str = Field(default=EVERY_PATH, min_length=1, max_length=100)
    code: int
    times: Annotated[int, Field(gt=0)] | None = None

    def is_about(self, path: str) -> bool:
        """Say whether a call of this path is answered so."""
        return self.path in {EVERY_PATH, path}


class Faults(_Body):
    """The faults of one platform; as it is made, nothing is wrong.

    Attributes:
        down: ``unavailable`` answers 503 without JSON, ``closed`` breaks the connection off.
        latency: seconds that every answer takes longer; the call has had its effect by then.
        hang: calls are taken and not answered for two minutes, and have no effect.
        html: the HTTP status with which a proxy answers a page of HTML in the platform's place.
        token: token calls answer 40001, whatever the secret.
        codes: the first that fits a call's path is its answer.
    """

    down: Literal["", "unavailable", "closed"] = ""
    latency: float = Field(default=0.0, ge=0, le=MOST_SECONDS)
    hang: bool = False
    html: Literal[0, 200, 502] = 0
    token: bool = False
    codes: list[ForcedCode] = Field(default=[], max_length=100)

    def code_of(self, path: str) -> int | None:
        """Use up one forced answer of a path and give its errcode; None: the call is served."""
        found = next((forced for forced in self.codes if forced.is_about(path)), None)
        if found is None:
            return None
        if found.times is not None:
            found.times -= 1
            if not found.times:
                self.codes.remove(found)
        return found.code

    def to_json(self) -> dict[str, Any]:
        """Give what ``Faults.model_validate`` reads again."""
        return self.model_dump(mode="json")
