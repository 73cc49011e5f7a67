"""Datasets of every kind that are open, embargoed, closed, listed alone or withdrawn, in a running installation.

Test modules take the fixture `fair`; its `published` is what an export is given.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from exchange.identify import identify, issue_token
from exchange.publishing.gather import gathered
from exchange.serve import bound, serving
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.access import NOBODY, Exit, Principal
from schemas.dataset import Visibility
from schemas.metadata import DatasetKind
from schemas.published import Published
from tests.apps import create_app
from tests.built import built
from tests.desk import Desk, desk
from tests.fair.described import described
from tests.received import bdf_csv
from tests.worlds import ALL, network


class Access(StrEnum):
    """What the world gets: all, the record until an embargo ends, the record, the entry, an entry that is withdrawn."""

    OPEN = "open"
    EMBARGOED = "embargoed"
    CLOSED = "closed"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


_LEVEL = {Access.OPEN: "raw", Access.EMBARGOED: "tables", Access.CLOSED: "metadata", Access.WITHDRAWN: "raw"}
KINDS = tuple(DatasetKind)


@dataclass(frozen=True)
class Fair:
    """A running installation at `base`; `ids` by kind and access, all owned by `north` and listed to the world."""

    base: str
    at: Desk
    ids: dict[tuple[DatasetKind, Access], str]

    @property
    def services(self) -> Services:
        return self.at.services

    def published(self, kind: DatasetKind, access: Access, user: str = "", version: int | None = None) -> Published:
        """What the world (or a user such as `north`, the owner) may see of one of them."""
        return self.seen(self.ids[kind, access], user, version)

    def seen(self, dataset: str, user: str = "", version: int | None = None) -> Published:
        """The same of any dataset."""
        reference = f"{dataset}@{version}" if version else dataset
        return gathered(self.services, self.who(user), reference, Exit.EXPORT)

    def every(self, user: str = "") -> dict[tuple[DatasetKind, Access], Published]:
        """All of them as one reader sees them."""
        return {key: self.seen(id, user) for key, id in self.ids.items()}

    def who(self, user: str) -> Principal:
        """The caller behind a user's token; '' is the world."""
        return identify(self.services, self.header(user)["Authorization"]) if user else NOBODY

    def header(self, user: str) -> dict[str, str]:
        """What a client sends to be that user."""
        return {"Authorization": f"Bearer {issue_token(self.services, user, 'test', ALL)}"} if user else {}

    def make(self, kind: DatasetKind, access: Access, owner: str = "north", salt: int = 0, **fields: object) -> str:
        """One more dataset."""
        record = described(kind, **fields)
        id = built(self.services, owner, bdf_csv(40, salt), f"{kind.value}.csv", record, Visibility.WORLD)
        open_to_the_world(self.at, id, access, owner)
        return id


def open_to_the_world(at: Desk, id: str, access: Access, owner: str = "north") -> None:
    """Give the world what this access means, through the doors of a steward."""
    level = _LEVEL.get(access)
    if access is Access.EMBARGOED:
        until = (at.clock.now() + timedelta(days=90)).isoformat()
        at.done(owner, "PUT", f"/datasets/{id}/embargo", {"until": until})
    if level:
        grant = {"grantee_kind": "everybody", "grantee": "", "level": level}
        at.done(owner, "POST", f"/datasets/{id}/grants", grant)
    if access is Access.WITHDRAWN:
        at.done(owner, "POST", f"/datasets/{id}/withdraw", {"note": "The current had the wrong sign"})


@contextmanager
def installation(folder: Path, url: str | None = None) -> Iterator[Fair]:
    """A running installation with a dataset of every kind and access; its clock stands until a test moves it."""
    listening = bound("127.0.0.1", 0)
    base = "http://{}:{}".format(*listening.getsockname()[:2])
    settings = Settings(data=folder / "data", database_url=url, base_url=base, harvest_page=7, _env_file=None)  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    try:
        network(services)
        with desk(services) as at, serving(create_app(at.services), listening):
            fair = Fair(base, at, {})
            for salt, (kind, access) in enumerate((kind, access) for kind in KINDS for access in Access):
                fair.ids[kind, access] = fair.make(kind, access, salt=salt)
            yield fair
    finally:
        close_services(services)
