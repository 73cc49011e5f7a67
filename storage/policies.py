"""Everything about datasets that the access rule looks at, gathered in a few queries however many datasets."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, and_, func, literal_column, or_, select, union, union_all
from sqlalchemy.orm import Session

from schemas.access import Grantee, GranteeKind, Scope
from schemas.dataset import DatasetState, Visibility
from schemas.policy import Grant, Policy, Seal
from storage import grants
from storage.among import among, texts
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

_WAITING = (
    select(RightsHolderRow.id)
    .where(
        RightsHolderRow.dataset == DatasetRow.id,
        RightsHolderRow.ended_at.is_(None),
        or_(RightsHolderRow.consented_at.is_(None), RightsHolderRow.consent == ""),
    )
    .exists()
)
"""A third party has rights in the dataset and has not consented."""
_FACTS = (
    DatasetRow.id,
    DatasetRow.owner,
    OrganisationRow.name.label("owner_name"),
    DatasetRow.state,
    DatasetRow.visibility,
    DatasetRow.embargo_until,
    _WAITING.label("waiting"),
)
_OWNER = OrganisationRow.id == DatasetRow.owner
_FAMILY = union_all(
    select(DatasetRow.id.label("heir"), *_FACTS)
    .join(OrganisationRow, _OWNER)
    .where(among(DatasetRow.id, texts("datasets"))),
    select(DerivationRow.dataset.label("heir"), *_FACTS)
    .join(DatasetRow, DatasetRow.id == DerivationRow.source)
    .join(OrganisationRow, _OWNER)
    .where(among(DerivationRow.dataset, texts("datasets"))),
)
"""Each dataset itself, and each of its sources with it as the heir of what holds for that source."""
_BLOCKS = (
    select(DatasetRow.id, BlockRow.blocked_kind, BlockRow.blocked)
    .join(
        BlockRow,
        and_(BlockRow.owner == DatasetRow.owner, func.coalesce(BlockRow.dataset, DatasetRow.id) == DatasetRow.id),
    )
    .where(among(DatasetRow.id, texts("datasets")), BlockRow.ended_at.is_(None))
)
"""Blocks of one dataset, and those that an owner set on all of its own."""
_SEAL = literal_column("'seal'", String)
_SEALS_BY_BYTES = (
    select(VersionFileRow.dataset, _SEAL, SealRow.id)
    .join(RawFileRow, RawFileRow.id == VersionFileRow.raw_file)
    .join(SealRow, SealRow.sha256 == RawFileRow.sha256)
    .where(among(VersionFileRow.dataset, texts("datasets")), SealRow.opened_at.is_(None))
)
_SEALS_BY_CELL = (
    select(DatasetRow.id, _SEAL, SealRow.id)
    .join(SealRow, SealRow.cell == DatasetRow.cell)
    .join(SealPartyRow, and_(SealPartyRow.seal == SealRow.id, SealPartyRow.organisation == DatasetRow.owner))
    .where(among(DatasetRow.id, texts("datasets")), SealRow.opened_at.is_(None))
)
"""Seals in force that a dataset meets: by bytes of any version, or by its cell at one of the parties."""
_SHUT = union(_BLOCKS, _SEALS_BY_BYTES, _SEALS_BY_CELL)
_PARTIES = (
    select(SealRow.id, SealRow.round, SealPartyRow.organisation)
    .outerjoin(SealPartyRow, SealPartyRow.seal == SealRow.id)
    .where(among(SealRow.id, texts("seals")))
)


def find(session: Session, dataset: str) -> Policy | None:
    """The policy of one dataset; None when there is none."""
    return of(session, [dataset]).get(dataset)


def of(session: Session, datasets: Iterable[str], within: Scope | None = None) -> dict[str, Policy]:
    """The policies of these datasets; a derived one inherits the strictest of what holds for its sources.

    For `within` alone, where it is given: of the grants those that name somebody else may be left out.
    """
    wanted = list(dict.fromkeys(datasets))
    families = defaultdict(list)
    for row in session.execute(_FAMILY, {"datasets": wanted}):
        families[row.heir].append(row)
    blocks, seals = _shut(session, {row.id for family in families.values() for row in family})
    given: dict[str, list[Grant]] = defaultdict(list)
    for grant in grants.on(session, wanted, within):
        given[grant.dataset].append(grant)
    found: dict[str, Policy] = {}
    for dataset in (one for one in wanted if one in families):
        family = sorted(families[dataset], key=lambda row: (row.id != dataset, row.id))
        found[dataset] = Policy(
            dataset=dataset,
            owner=family[0].owner,
            owner_name=family[0].owner_name,
            state=DatasetState(family[0].state),
            visibility=Visibility(family[0].visibility),
            embargo_until=max((row.embargo_until for row in family if row.embargo_until), default=None),
            consented=not any(row.waiting for row in family),
            grants=tuple(given[dataset]),
            blocks=frozenset(block for row in family for block in blocks[row.id]),
            seals=tuple(seal for row in family for seal in seals[row.id]),
        )
    return found


def set_embargo(session: Session, dataset: str, until: datetime | None) -> None:
    """Until then others get no more than the record; None lifts it."""
    session.get_one(DatasetRow, dataset).embargo_until = until
    session.flush()


def _shut(session: Session, datasets: Iterable[str]) -> tuple[dict[str, set[Grantee]], dict[str, list[Seal]]]:
    """What shuts others out of each of these: blocks, and seals in force."""
    blocks: dict[str, set[Grantee]] = defaultdict(set)
    met: dict[str, list[str]] = defaultdict(list)
    for dataset, kind, id in session.execute(_SHUT, {"datasets": list(datasets)}):
        if kind == "seal":
            met[dataset].append(id)
        else:
            blocks[dataset].add(Grantee(kind=GranteeKind(kind), id=id))
    every = _seals(session, {id for ids in met.values() for id in ids}) if met else {}
    return blocks, defaultdict(list, {dataset: [every[id] for id in sorted(ids)] for dataset, ids in met.items()})


def _seals(session: Session, ids: Iterable[str]) -> dict[str, Seal]:
    rounds: dict[str, str] = {}
    parties: dict[str, set[str]] = defaultdict(set)
    for id, round, party in session.execute(_PARTIES, {"seals": list(ids)}):
        rounds[id] = round
        parties[id] |= {party} - {None}
    return {id: Seal(round=round, parties=frozenset(parties[id])) for id, round in rounds.items()}
