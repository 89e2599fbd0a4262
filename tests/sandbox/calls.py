"""Calls of a bot to either platform's API, with a token of that platform."""

from bot.sandbox.samples import PEOPLE
from tests.sandbox.conftest import OFFICIAL, WECOM, Json, Sandbox

WANG = next(person.external_id for person in PEOPLE if person.key == "wang")


def official(sandbox: Sandbox, path: str, payload: object = None, **query: str) -> Json:
    """POST a payload, or GET where there is none, and give the JSON answer."""
    return _call(sandbox, path, payload, {"access_token": sandbox.official_token(), **query})


def wecom(sandbox: Sandbox, path: str, payload: object = None, **query: str) -> Json:
    """Do the same with a WeCom token."""
    return _call(sandbox, path, payload, {"access_token": sandbox.wecom_token(), **query})


def _call(sandbox: Sandbox, path: str, payload: object, query: dict[str, str]) -> Json:
    url = f"/cgi-bin/{path}"
    if payload is None:
        return sandbox.http.get(url, params=query).json()
    return sandbox.http.post(url, params=query, json=payload).json()


def stable_token(sandbox: Sandbox, **more: object) -> Json:
    """Ask for the official account's token."""
    asked = {"grant_type": "client_credential", "appid": OFFICIAL.app_id}
    return sandbox.http.post(
        "/cgi-bin/stable_token", json=asked | {"secret": OFFICIAL.secret} | more
    ).json()


def gettoken(sandbox: Sandbox) -> Json:
    """Ask for the WeCom app's token."""
    asked = {"corpid": WECOM.app_id, "corpsecret": WECOM.secret}
    return sandbox.http.get("/cgi-bin/gettoken", params=asked).json()


def control(sandbox: Sandbox, path: str, **body: object) -> Json:
    """Move a lever and give what the sandbox says."""
    answered = sandbox.http.post(f"/sandbox/{path}", json=body)
    assert answered.status_code == 200, answered.text
    return answered.json()


def limit(sandbox: Sandbox, platform: str, **limits: int) -> None:
    """Change limits of a platform."""
    control(sandbox, "limits", **{platform: limits})
