"""Everything about datasets that the access rule looks at, gathered in a few queries however many datasets."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Row, and_, or_, select, union
from sqlalchemy.orm import Session

from schemas.access import Grantee, GranteeKind
from schemas.dataset import DatasetState, Visibility
from schemas.policy import Grant, Policy, Seal
from storage import grants
from storage.among import among
from storage.tables import (
    BlockRow,
    DatasetRow,
    DerivationRow,
    OrganisationRow,
    RawFileRow,
    RightsHolderRow,
    SealPartyRow,
    SealRow,
    VersionFileRow,
)

_Facts = Row[str, str, str, str, datetime | None, str]
"""What the policy takes from a dataset's own row: id, owner and its name, state, visibility, embargo_until."""


def find(session: Session, dataset: str) -> Policy | None:
    """The policy of one dataset; None when there is none."""
    return of(session, [dataset]).get(dataset)


def of(session: Session, datasets: Iterable[str]) -> dict[str, Policy]:
    """The policies of these datasets; a derived one inherits the strictest of what holds for its sources."""
    wanted = list(dict.fromkeys(datasets))
    sources = _sources(session, wanted)
    every = {*wanted, *(one for found in sources.values() for one in found)}
    rows, given = _rows(session, every), _grants(session, wanted)
    blocks, seals, waiting = _blocks(session, rows.values()), _seals(session, rows.values()), _waiting(session, every)
    found: dict[str, Policy] = {}
    for row in (rows[id] for id in wanted if id in rows):
        family = [row, *(rows[one] for one in sources[row.id])]
        embargoes = [one.embargo_until for one in family if one.embargo_until is not None]
        found[row.id] = Policy(
            dataset=row.id,
            owner=row.owner,
            owner_name=row.owner_name,
            state=DatasetState(row.state),
            visibility=Visibility(row.visibility),
            embargo_until=max(embargoes, default=None),
            consented=not any(one.id in waiting for one in family),
            grants=tuple(given[row.id]),
            blocks=frozenset(block for one in family for block in blocks[one.id]),
            seals=tuple(seal for one in family for seal in seals[one.id]),
        )
    return found


def set_embargo(session: Session, dataset: str, until: datetime | None) -> None:
    """Until then others get no more than the record; None lifts it."""
    session.get_one(DatasetRow, dataset).embargo_until = until
    session.flush()


def _sources(session: Session, datasets: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in session.scalars(select(DerivationRow).where(among(DerivationRow.dataset, datasets))):
        found[row.dataset].append(row.source)
    return found


def _rows(session: Session, datasets: Iterable[str]) -> dict[str, _Facts]:
    chosen = select(
        DatasetRow.id,
        DatasetRow.owner,
        DatasetRow.state,
        DatasetRow.visibility,
        DatasetRow.embargo_until,
        OrganisationRow.name.label("owner_name"),
    ).join(OrganisationRow, OrganisationRow.id == DatasetRow.owner)
    return {row.id: row for row in session.execute(chosen.where(among(DatasetRow.id, datasets)))}


def _grants(session: Session, datasets: list[str]) -> dict[str, list[Grant]]:
    found: dict[str, list[Grant]] = defaultdict(list)
    for one in grants.on(session, datasets):
        found[one.dataset].append(one)
    return found


def _blocks(session: Session, rows: Iterable[_Facts]) -> dict[str, set[Grantee]]:
    """Blocks of one dataset, and those that an owner set on all of its own."""
    owners: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        owners[row.owner].append(row.id)
    found: dict[str, set[Grantee]] = defaultdict(set)
    chosen = select(BlockRow).where(among(BlockRow.owner, owners), BlockRow.ended_at.is_(None))
    for block in session.scalars(chosen):
        shut_out = Grantee(kind=GranteeKind(block.blocked_kind), id=block.blocked)
        for dataset in owners[block.owner]:
            if block.dataset in (None, dataset):
                found[dataset].add(shut_out)
    return found


def _seals(session: Session, rows: Iterable[_Facts]) -> dict[str, list[Seal]]:
    """Seals in force that a dataset meets: by bytes of any version, or by its cell at one of the parties."""
    by_id = {row.id: row for row in rows}
    by_bytes = (
        select(VersionFileRow.dataset, SealRow.id)
        .join(RawFileRow, RawFileRow.id == VersionFileRow.raw_file)
        .join(SealRow, SealRow.sha256 == RawFileRow.sha256)
        .where(among(VersionFileRow.dataset, by_id), SealRow.opened_at.is_(None))
    )
    by_cell = (
        select(DatasetRow.id, SealRow.id)
        .join(SealRow, SealRow.cell == DatasetRow.cell)
        .join(SealPartyRow, and_(SealPartyRow.seal == SealRow.id, SealPartyRow.organisation == DatasetRow.owner))
        .where(among(DatasetRow.id, by_id), SealRow.opened_at.is_(None))
    )
    found: dict[str, list[Seal]] = defaultdict(list)
    met = sorted((row[0], row[1]) for row in session.execute(union(by_bytes, by_cell)))
    if not met:
        return found
    seals = {
        row.id: row.round for row in session.scalars(select(SealRow).where(SealRow.id.in_({one for _, one in met})))
    }
    parties: dict[str, set[str]] = defaultdict(set)
    for party in session.scalars(select(SealPartyRow).where(SealPartyRow.seal.in_(seals))):
        parties[party.seal].add(party.organisation)
    for dataset, seal in met:
        found[dataset].append(Seal(round=seals[seal], parties=frozenset(parties[seal])))
    return found


def _waiting(session: Session, datasets: set[str]) -> set[str]:
    """Datasets in which a third party has rights and has not consented."""
    chosen = select(RightsHolderRow.dataset).where(
        among(RightsHolderRow.dataset, datasets),
        RightsHolderRow.ended_at.is_(None),
        or_(RightsHolderRow.consented_at.is_(None), RightsHolderRow.consent == ""),
    )
    return set(session.scalars(chosen))
