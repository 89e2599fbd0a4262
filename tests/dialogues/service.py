"""A half-year in which members with employers did something."""

from datetime import UTC, date, datetime

from sqlalchemy import update

from handlers.services import service_accounts
from storage.database import transaction
from storage.models import CheckIn, HomeDay, Organisation, Person
from storage.vocabulary import OrganisationKind
from tests.dialogues.scenes import done
from tests.factories import POLICY, World

NEW_YEAR = datetime(2026, 12, 31, 19, 0, tzinfo=UTC)  # three in the morning in China
HOSPITAL = "市第一医院"


def employed(world: World, *names: str, unit: str = HOSPITAL) -> None:
    """Let members work for an organisation outside of the tree."""
    with transaction(world.engine) as session:
        employer = Organisation(code=f"D-{unit}", name=unit, kind=OrganisationKind.EMPLOYER)
        session.add(employer)
        session.flush()
        ids = [world.people[name] for name in names]
        session.execute(update(Person).where(Person.id.in_(ids)).values(employer_id=employer.id))


def served(world: World) -> None:
    """张三 has done one order, which was confirmed, and 李四 came to a home day."""
    done(world)
    world.say("wang", "确认 1")
    with transaction(world.engine) as session:
        home_day = HomeDay(
            community_id=world.organisations["c1"],
            month=date(2026, 11, 1),
            day=date(2026, 11, 29),
        )
        session.add(home_day)
        session.flush()
        session.add(
            CheckIn(
                person_id=world.people["李四"],
                home_day_id=home_day.id,
                month=home_day.month,
                checked_in_at=world.now,
            )
        )


def show(world: World) -> int:
    """Run the night's job."""
    above: int | None = 0
    count = 0
    while above is not None:
        with transaction(world.engine) as session:
            above, told = service_accounts.show(
                session, above=above, most=2, now=world.now, policy=POLICY
            )
            count += told
    return count
