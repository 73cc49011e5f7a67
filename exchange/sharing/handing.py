"""Hand over: datasets with their files become another organisation's; what the old owner keeps is what it is granted.

For the verbs that have asked the guard: an accepted offer, an organisation that leaves.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from exchange import visibility
from exchange.services import Services
from exchange.sharing import terms
from schemas.access import GranteeKind
from schemas.dataset import Dataset
from schemas.errors import Conflict
from storage import catalogue, grants, handover, people, policies, proposals, stamps
from storage.handover import Copy
from storage.objects import raw_key


@contextmanager
def copies(services: Services, datasets: Sequence[str]) -> Iterator[dict[str, Copy]]:
    """Copies of the raw files that other datasets hold too, written before any row names them; gone after a failure.

    `Conflict` where such a file holds several cells: others than these datasets' would go along.
    """
    with services.sessions.read() as session:
        shared = handover.shared(session, datasets)
        for file in shared:
            for one in (*datasets, *file.others):
                found = catalogue.find(session, one)
                if found is not None and found.metadata.reading.picks:
                    raise Conflict(
                        f"A raw file of it holds several cells, of which others stay ({', '.join(file.others)[:200]}). "
                        "Hand them over together, or upload this cell's own file."
                    )
    made: dict[str, Copy] = {}
    try:
        for file in shared:
            made[file.id] = _copied(services, file.key)
        yield made
    except BaseException:
        for copy in made.values():
            services.objects.delete(copy.key)
        raise


def hand_over(
    services: Services,
    session: Session,
    datasets: Sequence[str],
    taker: str,
    by: str,
    *,
    keep_grants: bool,
    copied: dict[str, Copy],
) -> list[str]:
    """Make these datasets the taker's; returns keys of objects to delete once this is committed.

    `Conflict` while a round's seal closes one of them, or a file of it is being uploaded, or when it was made from
    what its owner may not give on to the taker.
    """
    for one in datasets:
        present = catalogue.lock(session, one)
        on = policies.find(session, one)
        if on is not None and on.seals:
            raise Conflict(f"Dataset {one} is part of a sealed round; it changes hands once the round has opened.")
        terms.may_pass_to(session, one, taker, services.now())
        _keep_zone(services, session, present, by)
        _end_grants(services, session, one, taker, by, keep_grants)
        proposals.overtake(session, one, by, services.now())
    orphans = handover.hand_over(session, datasets, taker, copied)
    stamps.touch(session, datasets, services.now())
    visibility.refresh(session, datasets)
    return orphans


def _end_grants(services: Services, session: Session, dataset: str, taker: str, by: str, keep: bool) -> None:
    """Those to the taker end in any case: an owner needs none. Emergency access goes on, and ends by itself."""
    for one in grants.on(session, [dataset]):
        to_taker = one.grantee_kind is GranteeKind.ORGANISATION and one.grantee == taker
        if one.revoked_at is None and not one.break_glass and (to_taker or not keep):
            grants.revoke(session, dataset, one.id, by, services.now())


def _keep_zone(services: Services, session: Session, dataset: Dataset, by: str) -> None:
    """A record that takes its time zone from the old owner's line says it itself from now on."""
    record = dataset.metadata
    zone = people.zone_of_line(session, dataset.owner, record.line)
    if record.time_zone is None and zone is not None:
        catalogue.describe(session, dataset.id, record.model_copy(update={"time_zone": zone}), by, services.now())


def _copied(services: Services, key: str) -> Copy:
    id = services.new_id()
    spool = services.settings.spool
    with tempfile.TemporaryDirectory(dir=spool if spool and spool.is_dir() else None) as folder:
        path = Path(folder) / "copy"
        services.objects.fetch(key, path)
        services.objects.put(raw_key(id), path)
    return Copy(id, raw_key(id))
