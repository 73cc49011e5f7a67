"""A running installation with one dataset that is open, one under embargo, one closed, and one that was withdrawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from exchange.serve import bound, serving
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.dataset import Visibility
from schemas.metadata import Metadata
from tests.apps import create_app
from tests.built import built
from tests.received import bdf_csv
from tests.records import COMPLETE, record
from tests.worlds import World, network

OPEN: dict[str, Any] = record(
    COMPLETE,
    description="A cell from the pilot line was formed and cycled at 25 °C, to compare the network's laboratories.",
    keywords=["lithium battery", "round robin"],
    language="en",
    creators=[
        {"name": "Ada Example", "orcid": "0000-0002-1825-0097", "agreed": True, "affiliation": "North"},
        {"name": "Not Agreed"},
    ],
    contact={"email": "tests@north.example"},
    chemistry="NMC622",
    funding=[{"funder": "European Commission", "grant": "101069765"}],
    related=[{"relation": "IsDocumentedBy", "id": "10.5281/zenodo.1234", "title": "The protocol"}],
)


@dataclass(frozen=True)
class Opened:
    """Where it runs, who asks, and the datasets by how open they are."""

    base: str
    services: Services
    world: World
    datasets: dict[str, str]
    client: httpx.Client = field(default_factory=httpx.Client)

    def get(self, path: str, who: str = "", accept: str = "*/*", method: str = "GET") -> httpx.Response:
        headers = {"Accept": accept} | (self.world.header(who) if who else {})
        return self.client.request(method, f"{self.base}{path}", headers=headers)

    def send(self, who: str, method: str, path: str, body: object = None) -> httpx.Response:
        return self.client.request(method, f"{self.base}/api/v1{path}", json=body, headers=self.world.header(who))


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """Everything is on the embedded default; tables were read by the readers that read everything else."""
    listening = bound("127.0.0.1", 0)
    base = "http://{}:{}".format(*listening.getsockname()[:2])
    settings = Settings(data=folder / "data", base_url=base, _env_file=None)  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    try:
        world = network(services)
        made = {
            name: built(services, "north", bdf_csv(1500, at), "cell.csv", Metadata.model_validate(OPEN), shown_to)
            for at, (name, shown_to) in enumerate(
                {
                    "open": Visibility.WORLD,
                    "embargoed": Visibility.WORLD,
                    "closed": Visibility.WORLD,
                    "hidden": Visibility.ORGANISATION,
                    "draft": None,
                }.items()
            )
        }
        with serving(create_app(services), listening):
            here = Opened(base, services, world, made)
            _give(here)
            yield here
    finally:
        close_services(services)


def _give(here: Opened) -> None:
    for name, level in (("open", "raw"), ("embargoed", "tables")):
        body = {"grantee_kind": "everybody", "grantee": "", "level": level}
        here.send("north", "POST", f"/datasets/{here.datasets[name]}/grants", body).raise_for_status()
    until = (here.services.now() + timedelta(days=30)).isoformat()
    here.send("north", "PUT", f"/datasets/{here.datasets['embargoed']}/embargo", {"until": until}).raise_for_status()
