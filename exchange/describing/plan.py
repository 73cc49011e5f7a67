"""Plan: the record that each dataset would get, what differs from the one it has, and what that brings about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from exchange import describe, guard, visibility
from exchange.registry import check
from exchange.services import Services
from exchange.telling import past
from schemas.access import Principal
from schemas.dataset import Dataset
from schemas.errors import Refused, Trouble
from schemas.metadata import Metadata
from schemas.record.leaves import leaves, merged
from schemas.sheet import DatasetChange, PlaceChange
from storage import catalogue, people


@dataclass(frozen=True)
class Planned:
    """A dataset (None: a new draft) and the record that it would get."""

    dataset: Dataset | None
    record: Metadata
    changes: tuple[PlaceChange, ...]
    row: int | None = None

    @property
    def rests_on(self) -> list[object]:
        """What a preview of it is true of."""
        present = self.dataset
        facts = [present.id, present.revision, present.state.value] if present else [None, 0, ""]
        return [*facts, *(one.model_dump(mode="json") for one in self.changes)]


def planned(dataset: Dataset | None, changes: Mapping[str, Any], row: int | None = None) -> Planned:
    """The record with these changes (JSON merge patch); pydantic's `ValidationError` where it is none."""
    before = dataset.metadata if dataset else Metadata()
    record = Metadata.model_validate(_without_empty_groups(merged(before.written(), changes)))
    old, new = leaves(before), leaves(record)
    places = sorted(place for place in old.keys() | new.keys() if old.get(place) != new.get(place))
    changed = tuple(PlaceChange(place=place, before=old.get(place), after=new.get(place)) for place in places)
    return Planned(dataset, record, changed, row)


def unnameable(services: Services, who: Principal, one: Planned) -> tuple[Trouble, ...]:
    """What is wrong with registered objects that the record would newly name; on record, outside of any transaction."""
    try:
        check.named(services, who, one.record, one.dataset.metadata if one.dataset else None)
    except Refused as refusal:
        return refusal.errors
    return ()


def told(session: Session, plan: Iterable[Planned]) -> tuple[DatasetChange, ...]:
    """What changes, as a preview shows it; datasets that stay as they are left out."""
    found, names = [], {one.id: one.name for one in people.organisations(session)}
    for one in plan:
        if one.dataset is None or one.changes:
            present = one.dataset
            readers = past.to_be_told(session, present, one.record) if present else ()
            again = present is not None and present.latest_version is not None
            found.append(
                DatasetChange(
                    dataset=present.id if present else None,
                    title=one.record.title,
                    row=one.row,
                    changes=one.changes,
                    read_again=again and present is not None and describe.reads_otherwise(session, present, one.record),
                    readers_told=tuple(names.get(id, id) for id in readers),
                )
            )
    return tuple(found)


def carry_out(services: Services, session: Session, who: Principal, plan: Sequence[Planned]) -> tuple[str, ...]:
    """Make these revisions and drafts, of datasets whose rows are held; ids of what is new."""
    made: list[str] = []
    for one in plan:
        if one.dataset is None:
            made.append(describe.draft(services, session, who, one.record))
        elif one.changes:
            describe.revise(services, session, one.dataset, one.record, who.user)
    visibility.refresh(session, [*made, *(one.dataset.id for one in plan if one.dataset and one.changes)])
    guard.created(services, session, who, catalogue.of(session, made), "from a sheet of metadata")
    return tuple(made)


def _without_empty_groups(record: Mapping[str, Any]) -> dict[str, Any]:
    """What emptied the last field of a group leaves no group behind."""
    kept = {name: _without_empty_groups(one) if isinstance(one, dict) else one for name, one in record.items()}
    return {name: one for name, one in kept.items() if one != {}}
