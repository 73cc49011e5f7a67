"""Stamps: when the sharing of a dataset last changed what the world, or the network, sees of it.

Grants and revisions carry their own times; this keeps those of what has none: visibility, embargo, withdrawal, title,
consent, seals, owner.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import StampRow


@dataclass(frozen=True)
class Stamp:
    """When it last changed for each; None: never."""

    world_at: datetime | None = None
    network_at: datetime | None = None


def touch(session: Session, datasets: Iterable[str], now: datetime, world: bool = True) -> None:
    """What others see of these datasets changes at this moment; `world`: the world's share of it, too."""
    for dataset in sorted(set(datasets)):
        row = session.get(StampRow, dataset)
        if row is None:
            row = StampRow(dataset=dataset)
            session.add(row)
        row.network_at = now
        row.world_at = now if world else row.world_at
    session.flush()


def of(session: Session, dataset: str) -> Stamp:
    """The stamps of a dataset."""
    row = session.execute(select(StampRow.world_at, StampRow.network_at).where(StampRow.dataset == dataset)).first()
    return Stamp(row.world_at, row.network_at) if row is not None else Stamp()
