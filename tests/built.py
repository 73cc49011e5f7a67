"""Datasets with a build that is ready, read in the test's own process: for tests of what comes after reading."""

import hashlib
import tempfile
from pathlib import Path

from exchange import visibility
from exchange.services import Services
from ingest.pipeline import ingest
from schemas.dataset import Visibility
from schemas.metadata import Metadata
from storage import catalogue, intake, runs
from storage.intake import HeldFile
from storage.objects import raw_key, table_key


def built(
    services: Services,
    owner: str,
    content: bytes,
    filename: str = "cell.csv",
    metadata: Metadata | None = None,
    shown_to: Visibility | None = Visibility.ORGANISATION,
) -> str:
    """A dataset of the organisation (and its user of the same name) with one build; released unless shown to None."""
    record, now, file = metadata or Metadata(time_zone="UTC"), services.now(), services.new_id()
    dataset, attempt = services.new_dataset_id(), services.new_id()
    services.objects.put(raw_key(file), content)
    with services.sessions.begin() as session:
        catalogue.create(session, dataset, owner, owner, record, now)
        kept = HeldFile(file, raw_key(file), hashlib.sha256(content).hexdigest(), len(content))
        held = intake.hold(session, owner, kept, now)
        run = intake.attach(session, dataset, held, filename, owner, now, services.new_id).run
        claim = runs.claim(session, run, attempt, now)
        assert claim is not None
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "tables"
        raw.write_bytes(content)
        out.mkdir()
        ingested = ingest(raw, filename, out, record.declared(None))
        assert ingested.report.passed, ingested.report
        keys = {table.name: table_key(run, attempt, table.file) for table in ingested.tables}
        for table in ingested.tables:
            services.objects.put(keys[table.name], out / table.file)
    with services.sessions.begin() as session:
        runs.finish(session, claim, ingested, keys, now)
        if shown_to is not None:
            catalogue.release(session, dataset, 1, shown_to, now)
        visibility.refresh(session, [dataset])
    return dataset
