"""Random worlds for the access rule: datasets, what was given and shut on them, and one who asks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from schemas.access import NOBODY, Grantee, GranteeKind, Level, Principal, View
from schemas.agreement import OnNewVersion
from schemas.conditions import Purpose, kept, terms_id
from schemas.dataset import DatasetState, Visibility
from schemas.metadata import DatasetKind
from schemas.organisation import Group, Organisation, OrganisationState, Role, Standing, User
from storage import catalogue, people
from storage.tables import (
    AcceptanceRow,
    AgreementRow,
    AgreementVersionRow,
    BlockRow,
    CollectedRow,
    CollectionRow,
    DatasetRow,
    DerivationRow,
    GrantRow,
    OrganisationRow,
    RawFileRow,
    RightsHolderRow,
    SealPartyRow,
    SealRow,
    TermsRow,
    VersionFileRow,
    VersionRow,
)
from tests.access.nouns import DAY, NOW
from tests.records import metadata

ORGANISATIONS = ("north", "west", "south")
GROUPS = ("eg5", "west")
"""One group has the id of an organisation: the kind of a grantee must count."""
MOMENT = timedelta(microseconds=1)
SUMMER = timezone(timedelta(hours=2))
MOMENTS = (None, NOW - MOMENT, NOW, NOW + MOMENT, (NOW + timedelta(minutes=30)).astimezone(SUMMER))
GRANTEES = [
    Grantee(kind=GranteeKind.EVERYBODY),
    Grantee(kind=GranteeKind.NETWORK),
    *(Grantee(kind=GranteeKind.ORGANISATION, id=one) for one in ORGANISATIONS),
    *(Grantee(kind=GranteeKind.USER, id=one) for one in ORGANISATIONS),
    *(Grantee(kind=GranteeKind.GROUP, id=one) for one in GROUPS),
]
CONDITIONS: tuple[tuple[dict[str, Any], ...], ...] = (  # Any: as they are kept in JSON
    (),
    ({"type": "agreement", "agreement": "dea"},),
    ({"type": "reciprocity", "collection": "rr1", "kind": "cell-test", "count": 1},),
    ({"type": "purpose", "purposes": ["research"]},),
    ({"type": "agreement", "agreement": "dea"}, {"type": "purpose", "purposes": ["research", "commercial"]}),
    ({"type": "full moon"},),
)
Json = dict[str, Any]  # Any: the values of one row


@dataclass
class World:
    """Rows by table, and who asks; ids of datasets are `d0`, `d1`, …"""

    datasets: list[Json]
    grants: list[Json] = field(default_factory=list)
    blocks: list[Json] = field(default_factory=list)
    seals: list[Json] = field(default_factory=list)
    holders: list[Json] = field(default_factory=list)
    derived: list[tuple[str, str]] = field(default_factory=list)
    collected: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    on_new_version: str = OnNewVersion.KEEP
    second_version: bool = False
    retired: bool = False
    states: dict[str, str] = field(default_factory=dict)
    who: str = "west"
    roles: tuple[Role, ...] = (Role.VIEWER,)
    purpose: Purpose | None = None


_datasets = st.fixed_dictionaries(
    {
        "state": st.sampled_from(DatasetState),
        "visibility": st.sampled_from(Visibility),
        "owner": st.sampled_from(ORGANISATIONS),
        "embargo_until": st.sampled_from(MOMENTS),
        "cell": st.sampled_from((None, None, "C1", "C2")),
        "sha256": st.sampled_from((None, None, "a" * 64, "b" * 64)),
        "raw_only": st.booleans(),
    }
)


def _grants(datasets: list[str]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {
            "dataset": st.sampled_from(datasets),
            "to": st.sampled_from(GRANTEES),
            "level": st.sampled_from(Level),
            "view": st.sampled_from(View),
            "during_embargo": st.booleans(),
            "created_at": st.sampled_from((NOW - DAY, NOW - MOMENT, NOW)),
            "confirmed_for": st.sampled_from(MOMENTS),
            "break_glass": st.sampled_from((False, False, False, True)),
            "conditions": st.sampled_from(CONDITIONS),
            "starts_at": st.sampled_from((None, *MOMENTS)),
            "expires_at": st.sampled_from((None, *MOMENTS)),
            "revoked_at": st.sampled_from((None, None, None, NOW)),
        }
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to four datasets, each thing that can open or shut them, and somebody or nobody who asks."""
    datasets = draw(st.lists(_datasets, min_size=1, max_size=4))
    ids = [f"d{at}" for at in range(len(datasets))]
    shut = st.fixed_dictionaries(
        {
            "dataset": st.sampled_from((None, *ids)),
            "owner": st.sampled_from(ORGANISATIONS),
            "kind": st.sampled_from((GranteeKind.ORGANISATION, GranteeKind.USER)),
            "blocked": st.sampled_from(ORGANISATIONS),
            "ended_at": st.sampled_from((None, None, NOW)),
        }
    )
    seals = st.fixed_dictionaries(
        {
            "sha256": st.sampled_from((None, "a" * 64, "b" * 64)),
            "cell": st.sampled_from((None, "C1", "C2")),
            "parties": st.frozensets(st.sampled_from(ORGANISATIONS), min_size=1, max_size=2),
            "opened_at": st.sampled_from((None, None, NOW)),
        }
    )
    holders = st.fixed_dictionaries(
        {
            "dataset": st.sampled_from(ids),
            "consented_at": st.sampled_from((None, NOW)),
            "consent": st.sampled_from(("", "by letter")),
            "ended_at": st.sampled_from((None, None, NOW)),
        }
    )
    pairs = [(one, other) for one in ids for other in ids if one != other]
    return World(
        datasets=datasets,
        grants=draw(st.lists(_grants(ids), max_size=6)),
        blocks=draw(st.lists(shut, max_size=2)),
        seals=draw(st.lists(seals, max_size=2)),
        holders=draw(st.lists(holders, max_size=2)),
        derived=draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True)) if pairs else [],
        collected=draw(st.lists(st.sampled_from(ids), max_size=3, unique=True)),
        accepted=draw(st.lists(st.sampled_from(ORGANISATIONS), max_size=3, unique=True)),
        on_new_version=draw(st.sampled_from(OnNewVersion)),
        second_version=draw(st.booleans()),
        retired=draw(st.sampled_from((False, False, True))),
        states=draw(st.dictionaries(st.sampled_from(ORGANISATIONS), st.sampled_from(OrganisationState), max_size=1)),
        who=draw(st.sampled_from((*ORGANISATIONS, ""))),
        roles=draw(st.sampled_from(((Role.VIEWER,), (Role.STEWARD,), (Role.ADMIN,), (Role.SIGNATORY, Role.VIEWER)))),
        purpose=draw(st.sampled_from((None, *Purpose))),
    )


def network(session: Session) -> None:
    """Organisations with one person each, and groups: the same in every world."""
    for id in ORGANISATIONS:
        people.add_organisation(session, Organisation(id=id, name=id, standing=Standing.MEMBER), NOW)
        people.add_user(session, User(id=id, organisation=id, name=id), {Role.VIEWER}, NOW)
    people.add_group(session, Group(id="eg5", name="EG5", organisations=("west",)))
    people.add_group(session, Group(id="west", name="West group", users=("south",)))


def enter(session: Session, world: World) -> Principal:
    """Put the world's rows into the database; returns who asks."""
    for id, state in world.states.items():
        session.get_one(OrganisationRow, id).state = state
    _agreement(session, world)
    session.add(CollectionRow(id="rr1", name="Round 1"))
    session.flush()
    for at, one in enumerate(world.datasets):
        _dataset(session, f"d{at}", one, at)
    for at, grant in enumerate(world.grants):
        _grant(session, f"g{at}", grant)
    for at, block in enumerate(world.blocks):
        facts = {name: block[name] for name in ("dataset", "owner", "blocked", "ended_at")}
        kind = block["kind"]
        session.add(BlockRow(id=f"b{at}", **facts, blocked_kind=kind, created_at=NOW, created_by="north"))
    for at, seal in enumerate(world.seals):
        facts = {name: seal[name] for name in ("sha256", "cell", "opened_at")}
        session.add(SealRow(id=f"s{at}", **facts, round="rr1", submitter="north", sealed_at=NOW))
        session.flush()
        session.add_all(SealPartyRow(seal=f"s{at}", organisation=one) for one in seal["parties"])
    for at, holder in enumerate(world.holders):
        row = RightsHolderRow(id=f"h{at}", **holder, organisation="x", basis="y", created_at=NOW, created_by="north")
        session.add(row)
    session.add_all(DerivationRow(dataset=one, source=other) for one, other in world.derived)
    session.add_all(CollectedRow(collection="rr1", dataset=one, added_at=NOW) for one in world.collected)
    session.flush()
    if not world.who:
        return NOBODY.model_copy(update={"purpose": world.purpose})
    who = people.acting(session, world.who, world.who)
    assert who is not None
    return who.model_copy(update={"roles": frozenset(world.roles), "purpose": world.purpose})


def _dataset(session: Session, id: str, one: Json, at: int) -> None:
    described = metadata(kind=DatasetKind.CELL_TEST, cell=one["cell"])
    # Two of them at the same moment: then the id decides their order.
    created: datetime = NOW - DAY + timedelta(seconds=at // 2)
    catalogue.create(session, id, one["owner"], one["owner"], described, created)
    row = session.get_one(DatasetRow, id)
    for name in ("state", "visibility", "embargo_until", "raw_only"):
        setattr(row, name, one[name])
    if one["sha256"] is None:
        return
    file = RawFileRow(id=f"f-{id}", owner=one["owner"], sha256=one["sha256"], bytes=1, key=id, received_at=NOW)
    held = session.query(RawFileRow).filter_by(owner=one["owner"], sha256=one["sha256"]).first() or file
    session.add(held)
    session.add(VersionRow(dataset=id, number=1, created_at=NOW, created_by=one["owner"]))
    session.flush()
    session.add(VersionFileRow(dataset=id, version=1, position=0, raw_file=held.id, filename="a.csv"))
    session.flush()


def _grant(session: Session, id: str, one: Json) -> None:
    conditions = list(one["conditions"])
    name = terms_id(kept(conditions))
    if name and session.get(TermsRow, name) is None:
        session.add(TermsRow(id=name, conditions=conditions))
    to, glass = one["to"], one["break_glass"]
    if glass:
        to = Grantee(kind=GranteeKind.USER, id="west")
    plain = (
        "dataset",
        "view",
        "during_embargo",
        "created_at",
        "confirmed_for",
        "starts_at",
        "expires_at",
        "revoked_at",
    )
    facts = {key: one[key] for key in plain}
    session.add(
        GrantRow(
            **facts | ({"view": View.FULL} if glass else {}),
            id=id,
            grantee_kind=to.kind,
            grantee=to.id,
            level=int(one["level"]),
            columns=["voltage_volt"] if one["view"] is View.COLUMNS else [],
            break_glass=glass,
            terms_id=name,
            created_by="north",
        )
    )
    session.flush()


def _agreement(session: Session, world: World) -> None:
    facts = {"kind": "data-exchange-internal", "title": "DEA", "on_new_version": world.on_new_version}
    retired = NOW if world.retired else None
    session.add(AgreementRow(id="dea", **facts, grace_days=1, created_at=NOW - 9 * DAY, retired_at=retired))
    session.flush()
    for number in (1, 2) if world.second_version else (1,):
        at = NOW - (9 - number * 4) * DAY
        told = {"text": "x", "sha256": "0" * 64, "fields": {}, "published_at": at, "published_by": "north"}
        session.add(AgreementVersionRow(agreement="dea", number=number, **told))
    session.flush()
    for one in world.accepted:
        given = {"accepted_by": one, "accepted_at": NOW - 8 * DAY, "evidence": {}}
        session.add(AcceptanceRow(id=f"a-{one}", agreement="dea", version=1, organisation=one, **given))
    session.flush()
