"""People to write to, and a channel that keeps what it is given instead of a network."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.channels import (
    ApiError,
    Envelope,
    FailureKind,
    Outgoing,
    Received,
    Sent,
    TooLargeError,
)
from bot.config import Account, MenuButton
from handlers.messages import Reply
from storage import notices
from storage.database import transaction
from storage.models import Delivery, Identity, Order, Organisation, Person
from storage.notices import Draft
from storage.vocabulary import MediaKind, NoticeKind, OrganisationKind, Platform

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TAKE: dict[str, object] = {"label": "接单", "command": "接单 12", "choices": []}

WECOM = Account(
    name="wecom",
    platform=Platform.WECOM,
    app_id="corp",
    secret="s",  # noqa: S106 (a stand-in's)
    token="t",  # noqa: S106 (a stand-in's)
    encoding_aes_key="A" * 43,
    agent_id=1,
)
OFFICIAL = Account(
    name="oa",
    platform=Platform.OFFICIAL,
    app_id="wx",
    secret="s",  # noqa: S106 (a stand-in's)
    token="t",  # noqa: S106 (a stand-in's)
    encoding_aes_key="A" * 43,
)

Run = Callable[[], Counter[str]]
Answer = Callable[[Sequence[str], Outgoing], Sent]


@dataclass
class FakeChannel:
    """A channel whose network answers what ``answer`` says."""

    account: Account
    batch_size: int = 1
    answer: Answer = lambda _, __: Sent()
    template: Callable[[str, Outgoing], Sent] = lambda _, __: Sent(receipt="1")
    templates: list[tuple[str, Outgoing]] = field(default_factory=list)
    update: Callable[[str], None] = lambda _: None
    sent: list[tuple[tuple[str, ...], Outgoing]] = field(default_factory=list)
    photos: Callable[[str], bytes] = lambda _: b""
    name: Callable[[Path], str] = lambda _: "uploaded"
    updates: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)
    uploads: list[tuple[bytes, MediaKind, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    menu_refused: bool = False
    skew_seconds: float | None = None

    def verify(self, query: Mapping[str, str]) -> str:
        raise NotImplementedError

    def read(self, query: Mapping[str, str], body: bytes, *, now: datetime) -> Received:
        raise NotImplementedError

    def render(self, envelope: Envelope, reply: Reply, *, now: datetime) -> bytes:
        raise NotImplementedError

    def send(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        with self.lock:
            self.sent.append((tuple(recipients), outgoing))
        return self.answer(recipients, outgoing)

    def send_template(self, recipient: str, outgoing: Outgoing) -> Sent:
        answered = self.template(recipient, outgoing)
        with self.lock:
            self.templates.append((recipient, outgoing))
        return answered

    def update_card(self, recipients: Sequence[str], *, response_code: str, note: str) -> None:
        with self.lock:
            self.updates.append((tuple(recipients), response_code, note))
        self.update(response_code)

    def download(self, media_id: str, into: IO[bytes], *, most: int) -> None:
        content = self.photos(media_id)
        if len(content) > most:
            raise TooLargeError
        into.write(content)

    def upload(self, path: Path, *, kind: MediaKind, content_type: str) -> str:
        with self.lock:
            self.uploads.append((path.read_bytes(), kind, content_type))
        return self.name(path)

    def publish_menu(self, menu: Sequence[MenuButton]) -> None:
        raise NotImplementedError

    @property
    def readers(self) -> list[str]:
        """Everybody who was named in a call, as often as they were."""
        return [name for names, _ in self.sent for name in names]


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


_numbers = itertools.count(1)


def add_person(
    session: Session,
    *,
    wecom: str = "",
    official: str = "",
    messaged_at: datetime | None = None,
    message_sends: int = 0,
    tapped_at: datetime | None = None,
    prefers_text: bool = False,
    name: str | None = None,
) -> int:
    """Store a person with a userid, an openid, or both."""
    person = Person(created_at=NOW, prefers_text=prefers_text, name=name)
    session.add(person)
    session.flush()
    if wecom:
        session.add(
            Identity(platform=Platform.WECOM, app_id="corp", external_id=wecom, person_id=person.id)
        )
    if official:
        session.add(
            Identity(
                platform=Platform.OFFICIAL,
                app_id="wx",
                external_id=official,
                person_id=person.id,
                messaged_at=messaged_at,
                message_sends=message_sends,
                tapped_at=tapped_at,
            )
        )
    session.flush()
    return person.id


def add_organisation(session: Session, *, parent: Organisation | None = None) -> Organisation:
    """Store a branch, below ``parent`` if there is one."""
    organisation = Organisation(
        code=f"o{next(_numbers)}", name="支部", kind=OrganisationKind.BRANCH
    )
    session.add(organisation)
    session.flush()
    organisation.path = f"{parent.path if parent else '/'}{organisation.id}/"
    session.flush()
    return organisation


def add_order(session: Session, *, branch: Organisation | None = None) -> int:
    """Store an order that waits to be dispatched."""
    order = Order(
        matter="楼道灯坏了",
        branch_id=(branch or add_organisation(session)).id,
        reporter_id=add_person(session),
        submitted_at=NOW,
        promised_at=NOW + timedelta(days=7),
    )
    session.add(order)
    session.flush()
    return order.id


def draft(
    *recipients: int,
    order_id: int | None = None,
    actions: Sequence[dict[str, object]] = (),
    kind: NoticeKind = NoticeKind.ORDER_OFFERED,
    title: str = "#12 楼道灯坏了",
) -> Draft:
    """Make a notice for these people."""
    return Draft(
        kind=kind,
        title=title,
        text="请接单",
        fields=[["地点", "3栋"]],
        actions=list(actions),
        order_id=order_id,
        recipients=recipients,
    )


def post(engine: Engine, *drafts: Draft, now: datetime = NOW) -> list[int]:
    """Store notices in a transaction of their own."""
    with transaction(engine) as session:
        return notices.add(session, drafts, now=now)


def rows(engine: Engine) -> list[Delivery]:
    """Read every delivery, in the order in which they were written."""
    with transaction(engine) as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def identity(engine: Engine, external_id: str) -> Identity:
    """Read one identity."""
    with transaction(engine) as session:
        return session.scalars(select(Identity).where(Identity.external_id == external_id)).one()


def fails(kind: FailureKind, code: int | None = None) -> Callable[..., Sent]:
    """Make a network that says no."""

    def answer(*_: object) -> Sent:
        raise ApiError(code, "said no", kind)

    return answer


def add_people(engine: Engine, count: int) -> list[int]:
    """Store people with the userids w0, w1, …."""
    with transaction(engine) as session:
        return [add_person(session, wecom=f"w{number}") for number in range(count)]


def add_writer(engine: Engine, *, wecom: str = "", message_sends: int = 0) -> int:
    """Store somebody who just wrote to the official account."""
    with transaction(engine) as session:
        return add_person(
            session, wecom=wecom, official="o1", messaged_at=NOW, message_sends=message_sends
        )


def together(count: int, act: Callable[[], object]) -> None:
    """Do the same in several threads that start at one moment."""
    start = threading.Barrier(count, timeout=10)

    def one() -> None:
        start.wait()
        act()

    in_threads([one] * count)


def in_threads(acts: Sequence[Callable[[], object]]) -> None:
    """Do each in a thread of its own, and fail if one of them does."""
    failures: list[BaseException] = []

    def guarded(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 (shown by the assertion below)
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
