"""Files that an organisation has received, as an upload leaves them: raw object, version, queued run and its job."""

import hashlib
from pathlib import Path

from exchange.services import Services
from schemas.dataset import IngestRun
from schemas.identifiers import new_dataset_id
from schemas.metadata import Metadata
from schemas.organisation import Organisation, Role, Standing, User
from storage import catalogue, intake, people, runs
from storage.intake import HeldFile
from storage.objects import raw_key

GARBAGE = b"\x00\x01 no cycler wrote this \xff" * 50


def bdf_csv(rows: int, salt: int = 0, hour: int = 360) -> bytes:
    """A Battery Data Format table: hour by hour charge, rest and discharge; `salt` makes its bytes unlike others.

    `hour`: so many rows.
    """
    phases = ((0.5, 3.9, "CC_CHG"), (0.0, 3.8, "REST"), (-0.5, 3.4, "CC_DCHG"), (0.0, 3.5, "REST"))
    lines = ["test_time_second,voltage_volt,current_ampere,cycle_count,step_count,step_type"]
    for row in range(rows):
        current, voltage, kind = phases[row // hour % 4]
        volts = voltage + row % 97 / 1e4 + salt / 1e9
        lines.append(f"{row * (3600 // hour)}.0,{volts:.9f},{current},{row // (4 * hour)},{row // hour},{kind}")
    return ("\n".join(lines) + "\n").encode()


def owner(services: Services) -> None:
    """Enter the organisation that owns what `receive` brings."""
    with services.sessions.begin() as session:
        line = Organisation(id="north", name="North Line", standing=Standing.MEMBER)
        people.add_organisation(session, line, services.now())
        steward = User(id="north", organisation="north", name="Ada Example")
        people.add_user(session, steward, {Role.STEWARD}, services.now())


def receive(services: Services, content: bytes, filename: str = "cell.csv", metadata: Metadata | None = None) -> str:
    """Keep a file as a new dataset's first version; returns the run that waits for a worker."""
    file, dataset, now = services.new_id(), new_dataset_id(), services.now()
    services.objects.put(raw_key(file), content)
    with services.sessions.begin() as session:
        catalogue.create(session, dataset, "north", "north", metadata or Metadata(time_zone="UTC"), now)
        kept = HeldFile(file, raw_key(file), hashlib.sha256(content).hexdigest(), len(content))
        held = intake.hold(session, "north", kept, now)
        attached = intake.attach(session, dataset, held, filename, "north", now, services.new_id)
        services.jobs.enqueue(session, attached.run)
    return attached.run


def state_of(services: Services, run: str) -> IngestRun:
    """Where a run stands."""
    with services.sessions.read() as session:
        return runs.run(session, run)


def tables_in_store(services: Services, run: str) -> list[str]:
    """Keys of all tables in the store that some attempt of the run wrote."""
    return [one.key for one in services.objects.list(f"tables/{run}/")]


def spools(folder: Path) -> list[str]:
    """Scratch folders of workers that stand in a folder."""
    return [one.name for one in folder.iterdir()]
