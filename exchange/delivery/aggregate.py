"""Aggregate: one fixed set of means and spreads over all lines of a collection, made once per state and kept."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import pyarrow as pa

from access import aggregates as rule
from exchange.delivery import unnamed, view
from exchange.delivery.beside import measured
from exchange.delivery.choose import Pin, chosen
from exchange.delivery.compare import cycles_of
from exchange.delivery.opened import CYCLES
from exchange.services import Services
from schemas.access import NOBODY, Principal
from schemas.aggregate import Aggregate, Aggregated, Member, Published
from schemas.dataset import DatasetState
from schemas.errors import Conflict, NotFound
from storage import aggregates, catalogue, runs
from storage.query import TableReader

_QUANTITIES = {"discharge_capacity_ah": "A.h", "coulombic_efficiency": "1", "discharge_energy_wh": "W.h"}
"""What is aggregated per cycle, and the units; nothing else can be asked for."""
_DIGITS = 6
_COLUMNS = {"quantity": pa.string(), "unit": pa.string(), "cycle": pa.int64(), "mean": pa.float64(), "s": pa.float64()}


@dataclass(frozen=True)
class _State:
    """What a collection holds now, and what of it was published before."""

    collection: str
    members: tuple[Member, ...]
    published: tuple[Published, ...]

    @property
    def name(self) -> str:
        """SHA-256 of all its builds."""
        return hashlib.sha256(
            "\n".join(sorted(f"{one.dataset} {one.run}" for one in self.members)).encode()
        ).hexdigest()

    def shown(self, minimum: int) -> Published | None:
        """The one that was published of this state, or the newest before it where this one is too close to one; None
        when this state is to be published."""
        same = next((one for one in self.published if one.state == self.name), None)
        if same is not None or all(rule.apart(one.members, self.members, minimum) for one in self.published):
            return same
        return self.published[-1]


def aggregate(services: Services, who: Principal, collection: str) -> Aggregate:
    """Means and spreads over all lines; refused whole unless every dataset in it is open, of enough organisations."""
    minimum = services.settings.aggregate_organisations
    state = _state(services, collection)
    shown = state.shown(minimum)
    members = state.members if shown is None else shown.members
    unnamed.allow_aggregate(services, who, collection, members, minimum)
    return _read(services, shown or _publish(services, state, minimum))


def _state(services: Services, collection: str) -> _State:
    with services.sessions.read() as session:
        found = [catalogue.find(session, id) for id in aggregates.collected(session, collection)]
        members = []
        for dataset in found:
            if dataset is None or dataset.state is not DatasetState.RELEASED:
                continue
            try:
                run = chosen(session, NOBODY, dataset, Pin())
            except NotFound:  # Released without tables: there is nothing of it to aggregate.
                continue
            if runs.table(session, run.id, CYCLES) is not None:
                line = dataset.metadata.line or ""
                members.append(Member(dataset=dataset.id, owner=dataset.owner, line=line, run=run.id))
        return _State(collection, tuple(members), tuple(aggregates.of(session, collection)))


def _publish(services: Services, state: _State, minimum: int) -> Published:
    """Make the object of this state and keep it; `Conflict` when another state of it was published meanwhile."""
    values = _values(services, state.members)
    if not values:
        raise Conflict("The lines of this collection have measured no cycle in common: there is nothing to aggregate.")
    rows = pa.Table.from_pylist([one.model_dump() for one in values], schema=pa.schema(list(_COLUMNS.items())))
    meant = f"aggregate\n{state.collection}\n{state.name}"
    key, made = view.put(
        services, meant, "aggregate", lambda path: view.written(path, "aggregate", rows.to_batches(), {})
    )
    with services.sessions.begin() as session:
        earlier = aggregates.held(session, state.collection)
        same = next((one for one in earlier if one.state == state.name), None)
        if same is not None:
            return same
        if not all(rule.apart(one.members, state.members, minimum) for one in earlier):
            raise Conflict("The collection is changing at this moment; ask again.")
        kept = Published(
            collection=state.collection,
            state=state.name,
            members=state.members,
            key=key,
            bytes=made.bytes,
            sha256=made.sha256,
            made_at=services.now(),
        )
        aggregates.keep(session, kept)
    return kept


def _read(services: Services, published: Published) -> Aggregate:
    reader = TableReader(services.objects, published.key, published.bytes)
    rows = reader.rows(None, 0, reader.num_rows).to_pylist()
    return Aggregate(
        collection=published.collection,
        made_at=published.made_at,
        organisations=len({one.owner for one in published.members}),
        lines=len({(one.owner, one.line) for one in published.members}),
        values=tuple(Aggregated.model_validate(row) for row in rows),
    )


def _values(services: Services, members: Sequence[Member]) -> list[Aggregated]:
    """Only cycles that every line has measured: where one falls out, the next mean would tell its value."""
    lines: dict[tuple[str, str], list[dict[tuple[str, int], float]]] = defaultdict(list)
    for one in members:
        lines[one.owner, one.line].append(_of_cell(services, one.run))
    means = [_means(cells) for cells in lines.values()]
    common = set.intersection(*(set(one) for one in means)) if means else set()
    return [
        Aggregated(quantity=name, unit=_QUANTITIES[name], cycle=cycle, **_spread([one[name, cycle] for one in means]))
        for name, cycle in sorted(common)
    ]


def _of_cell(services: Services, run: str) -> dict[tuple[str, int], float]:
    with services.sessions.read() as session:
        cycles = [one for one in cycles_of(services, runs.table(session, run, CYCLES)) if measured(one)]
    known = ((name, one.cycle, getattr(one, name)) for one in cycles for name in _QUANTITIES)
    return {(name, cycle): value for name, cycle, value in known if value is not None}


def _means(cells: Iterable[dict[tuple[str, int], float]]) -> dict[tuple[str, int], float]:
    """A line's own values: the mean of its cells."""
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for cell in cells:
        for place, value in cell.items():
            found[place].append(value)
    return {place: fmean(values) for place, values in found.items()}


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"mean": _rounded(fmean(values)), "s": _rounded(stdev(values))}


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
