"""Each setting missing or bad in turn: one finding, by its exact name, with what to do."""

from collections.abc import Callable

import pytest

from bot.doctor.findings import State
from handlers.texts import doctor as texts
from tests.bot.doctor.conftest import Town, blamed

Break = Callable[[Town], object]


def variable(name: str, value: str) -> Break:
    return lambda town: town.variables.update({name: value})


def of(account: str, **changes: object) -> Break:
    return lambda town: getattr(town, account).update(changes)


def without(account: str, key: str) -> Break:
    return lambda town: getattr(town, account).pop(key)


BAD: dict[str, tuple[Break, str]] = {
    "no file": (variable("JINLIN_CONFIG", "/nowhere/jinlin.toml"), "JINLIN_CONFIG"),
    "no key": (variable("JINLIN_SECRET_KEY", ""), "JINLIN_SECRET_KEY"),
    "a key that is not base64": (variable("JINLIN_SECRET_KEY", "天地玄黄"), "JINLIN_SECRET_KEY"),
    "a short key": (variable("JINLIN_SECRET_KEY", "c2hvcnQ="), "JINLIN_SECRET_KEY"),
    "another database": (
        variable("JINLIN_DATABASE_URL", "mysql://root@db/jinlin"),
        "JINLIN_DATABASE_URL",
    ),
    "no address of a database": (
        variable("JINLIN_DATABASE_URL", "postgresql:jinlin"),
        "JINLIN_DATABASE_URL",
    ),
    "another Redis": (variable("JINLIN_REDIS_URL", "http://redis"), "JINLIN_REDIS_URL"),
    "a Redis with a wrong port": (
        variable("JINLIN_REDIS_URL", "redis://redis:port/0"),
        "JINLIN_REDIS_URL",
    ),
    "no name of the community": (
        lambda town: town.tables["community"].clear(),
        "community.name",
    ),
    "a time zone that is none": (
        lambda town: town.tables["community"].update(timezone="Asia/Nowhere"),
        "community.timezone",
    ),
    "no accounts": (lambda town: town.tables.pop("accounts"), "accounts"),
    "an unknown table": (lambda town: town.tables.update(comunity={}), "comunity"),
    "no app id": (without("oa", "app_id"), "accounts.oa.app_id"),
    "no secret": (without("oa", "secret"), "accounts.oa.secret"),
    "an empty token": (of("oa", token=""), "accounts.oa.token"),
    "no platform": (of("oa", platform="line"), "accounts.oa.platform"),
    "a short AES key": (of("oa", encoding_aes_key="short"), "accounts.oa.encoding_aes_key"),
    "no AES key": (without("oa", "encoding_aes_key"), "accounts.oa.encoding_aes_key"),
    "an old AES key that is none": (
        of("oa", previous_encoding_aes_key="!" * 43),
        "accounts.oa.previous_encoding_aes_key",
    ),
    "no such encryption": (of("oa", encryption="none"), "accounts.oa.encryption"),
    "plain WeCom": (of("wecom", encryption="plain"), "accounts.wecom.encryption"),
    "a misspelt key": (of("wecom", tocken="t"), "accounts.wecom.tocken"),
    "no agent": (without("wecom", "agent_id"), "accounts.wecom.agent_id"),
    "an agent that is no number": (of("wecom", agent_id="one"), "accounts.wecom.agent_id"),
    "templates on WeCom": (
        of("wecom", templates={"order_taken": "t1"}),
        "accounts.wecom.templates",
    ),
    "a purpose that is none": (
        of("oa", templates={"ordr_taken": "t1"}),
        "accounts.oa.templates.ordr_taken",
    ),
    "one name twice": (of("wecom", name="oa"), "accounts.name"),
}


@pytest.mark.parametrize(("spoil", "setting"), BAD.values(), ids=BAD.keys())
def test_a_bad_setting_is_named_and_nothing_else(town: Town, spoil: Break, setting: str) -> None:
    spoil(town)
    findings = town.examined()
    assert blamed(findings) == [(State.FAULT, setting)]
    (finding,) = findings
    assert finding.name == texts.SETTINGS
    assert finding.said
    assert finding.remedy


def test_the_remedy_is_the_settings_own_as_far_as_one_is_known(town: Town) -> None:
    town.oa.pop("secret")
    (finding,) = town.examined()
    assert (finding.said, finding.remedy) == (
        texts.MISSING,
        texts.SETTING_REMEDY["accounts.secret"],
    )


def test_every_bad_setting_is_named_at_once(town: Town) -> None:
    town.oa.pop("secret")
    town.wecom["encoding_aes_key"] = "short"
    assert blamed(town.examined()) == [
        (State.FAULT, "accounts.oa.secret"),
        (State.FAULT, "accounts.wecom.encoding_aes_key"),
    ]


def test_a_file_that_others_can_read_is_worth_a_word(town: Town) -> None:
    town.write()
    (town.folder / "jinlin.toml").chmod(0o604)
    town.write = lambda: None  # type: ignore[method-assign]  # keep the file as it is now
    assert blamed(town.wrong()) == [(State.WARNING, "JINLIN_CONFIG")]
