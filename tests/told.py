"""A world whose people have mail addresses, with released datasets, and a post office that keeps its mails."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange import guard, visibility
from exchange.identify import identify
from exchange.services import Services
from exchange.telling.mail import NotSent
from schemas.access import Exit, GranteeKind, Level, View
from schemas.dataset import Visibility
from schemas.metadata import DatasetKind, Metadata
from schemas.notification import Mail
from schemas.policy import Grant
from storage import catalogue, grants
from storage.tables import UserRow
from tests.worlds import World


@dataclass
class PostOffice:
    """A mailer of our own, not a mock: it keeps mails, or refuses as often as it is told to."""

    mails: list[Mail] = field(default_factory=list)
    refusals: list[NotSent] = field(default_factory=list)

    def send(self, mail: Mail, at: datetime) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.mails.append(mail)


@dataclass
class Clock:
    """A clock that stands until it is moved; for `replace(services, now=clock)`."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def with_addresses(services: Services) -> None:
    """Everybody can be reached by mail."""
    with services.sessions.begin() as session:
        for row in session.query(UserRow):
            row.email = f"{row.id}@example.org"


def released(
    services: Services, owner: str, title: str = "Formation", visible_to: Visibility = Visibility.NETWORK
) -> str:
    """A released dataset of an organisation whose steward has the organisation's id; no files are needed here."""
    id, now = services.new_dataset_id(), services.now()
    record = Metadata(title=title, kind=DatasetKind.CELL_TEST)
    with services.sessions.begin() as session:
        catalogue.create(session, id, owner, owner, record, now)
        catalogue.release(session, id, 1, visible_to, now)
        visibility.refresh(session, [id])
    return id


def granted(
    services: Services,
    dataset: str,
    grantee: str,
    level: Level,
    until: datetime | None = None,
    kind: GranteeKind = GranteeKind.ORGANISATION,
    view: View = View.FULL,
) -> str:
    """A grant by the owner, as if it had been given before."""
    with services.sessions.begin() as session:
        owner = catalogue.lock(session, dataset).owner
        one = Grant(
            id=services.new_id(),
            dataset=dataset,
            grantee_kind=kind,
            grantee=grantee,
            level=level,
            view=view,
            created_at=services.now(),
            expires_at=until,
        )
        grants.add(session, one, owner)
        visibility.refresh(session, [dataset])
    return one.id


def shown_to(services: Services, dataset: str, visible_to: Visibility) -> None:
    """Change to whom a dataset is listed."""
    with services.sessions.begin() as session:
        catalogue.show(session, dataset, visible_to)
        visibility.refresh(session, [dataset])


def taken(services: Services, world: World, user: str, dataset: str) -> None:
    """Somebody has read the tables: the guard let them and has put it on record."""
    guard.allow(services, identify(services, world.header(user)["Authorization"]), Exit.TABLE, dataset)
