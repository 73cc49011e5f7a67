"""Registered objects and what points to them, alike on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from schemas import upgrade
from schemas.access import Grantee, GranteeKind, Scope
from schemas.dataset import Visibility
from schemas.errors import Conflict
from schemas.metadata import Metadata
from schemas.organisation import Organisation, Role, Standing, User
from schemas.record.cell import Cell
from schemas.record.equipment import Lot
from schemas.record.field import FieldClass
from schemas.record.making import MaterialDescribed, ProcedureStep, Protocol, StepKind
from schemas.registered import ObjectRecord, ObjectState, RegisteredKind, VersionContent
from storage import catalogue, people, pointers, registry, registry_search
from storage.database import Sessions
from storage.tables import RegisteredRevisionRow

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CELL, MATERIAL, PROTOCOL = "CEL-7Q4K-M2XP", "MAT-0000-0000", "PRO-0000-0000"
NORTH = Scope(own="north", organisation="north", grantees=frozenset(), at=NOW)
WEST = Scope(own="west", organisation="west", grantees=frozenset({Grantee(kind=GranteeKind.NETWORK)}), at=NOW)


@pytest.fixture
def entered(sessions: Sessions) -> Sessions:
    with sessions.begin() as session:
        for id in ("north", "west"):
            people.add_organisation(session, Organisation(id=id, name=id, standing=Standing.MEMBER), NOW)
            people.add_user(session, User(id=id, organisation=id, name=id), {Role.STEWARD}, NOW)
        record = ObjectRecord(cell=Cell(chemistry="NMC811"))
        registry.add(session, "north", RegisteredKind.CELL, [(CELL, "A-01", record)], "north", NOW)
        registry.add(session, "north", RegisteredKind.MATERIAL, [(MATERIAL, "A-01", ObjectRecord())], "north", NOW)
    return sessions


def seen(sessions: Sessions, within: Scope, text: str = "") -> list[str]:
    with sessions.read() as session:
        return registry_search.candidates(
            session, within, kind=None, owner=None, state=None, text=text, after="", limit=10
        )


def test_a_name_is_unique_within_an_owner_and_a_kind(entered: Sessions) -> None:
    with pytest.raises(Conflict), entered.begin() as session:
        registry.add(session, "north", RegisteredKind.CELL, [("CEL-0000-0000", "A-01", ObjectRecord())], "north", NOW)
    with entered.begin() as session:
        registry.add(session, "west", RegisteredKind.CELL, [("CEL-0000-0000", "A-01", ObjectRecord())], "west", NOW)
        assert registry.named(session, "north", RegisteredKind, ["A-01", "B"])["A-01"] in (CELL, MATERIAL)
        assert registry.named(session, "north", [RegisteredKind.CELL], ["A-01", "B"]) == {"A-01": CELL}
    with pytest.raises(Conflict), entered.begin() as session:
        registry.add(session, "north", RegisteredKind.CELL, [("CEL-1111-1111", "B", ObjectRecord())], "north", NOW)
        registry.describe(session, CELL, "B", ObjectRecord(), "north", NOW)


def test_every_revision_is_kept(entered: Sessions) -> None:
    later = NOW + timedelta(hours=1)
    with entered.begin() as session:
        registry.lock(session, CELL)
        registry.describe(session, CELL, "A-02", ObjectRecord(), "north", later)
        registry.set_state(session, CELL, ObjectState.RETIRED)
    with entered.read() as session:
        found = registry.find(session, CELL)
        assert found is not None and (found.name, found.revision, found.state) == ("A-02", 2, ObjectState.RETIRED)
        assert (found.created_at, found.modified_at, found.record) == (NOW, later, ObjectRecord())
        assert [(one.name, one.record.cell) for one in registry.revisions(session, CELL)] == [
            ("A-01", Cell(chemistry="NMC811")),
            ("A-02", None),
        ]
        assert registry.find(session, "CEL-0000-0000") is None


def test_a_record_of_an_earlier_schema_is_read_in_the_present_one(
    entered: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def renamed(record: dict[str, Any]) -> dict[str, Any]:
        cell = {"chemistry": record["cell"]["cathode"]} if "cell" in record else None
        return {"schema_version": "1.0"} | ({"cell": cell} if cell else {})

    monkeypatch.setitem(upgrade.CONVERTERS, "0.5", renamed)
    old = {"schema_version": "0.5", "record": {"lot": {"count": 2, "cell": {"cathode": "LFP"}}}}
    with entered.begin() as session:
        session.execute(update(RegisteredRevisionRow).where(RegisteredRevisionRow.object == CELL).values(**old))
    with entered.read() as session:
        found = registry.find(session, CELL)
    assert found is not None and found.record == ObjectRecord(lot=Lot(count=2, cell=Cell(chemistry="LFP")))


def test_versions_count_on_and_keep_their_words(entered: Sessions) -> None:
    steps = (ProcedureStep(number=1, kind=StepKind.REST, for_s=60.0),)
    contents = [VersionContent(protocol=Protocol(name=name, steps=steps)) for name in ("RR-1", "RR-2")]
    with entered.begin() as session:
        registry.add(session, "north", RegisteredKind.PROTOCOL, [(PROTOCOL, "RR", ObjectRecord())], "north", NOW)
        assert [registry.publish(session, PROTOCOL, one, "", "north", NOW) for one in contents] == [1, 2]
    with entered.read() as session:
        kept = registry.versions(session, PROTOCOL)
    assert [one.content for one in kept] == contents
    assert [one.sha256 for one in kept] == [one.sha256() for one in contents]


def test_pointers_follow_the_present_record(entered: Sessions) -> None:
    pointing = Metadata(
        cell=Cell(object=CELL),
        material=MaterialDescribed.model_validate({"composition": [{"name": "NMC", "object": MATERIAL}]}),
    )
    with entered.begin() as session:
        catalogue.create(session, "PLX-0000-0000", "north", "north", pointing, NOW)
        assert pointers.at(session, NORTH, CELL, 5) == [pointers.Pointed("PLX-0000-0000", FieldClass.NETWORK)]
        assert pointers.at(session, NORTH, MATERIAL, 5) == [pointers.Pointed("PLX-0000-0000", FieldClass.CONFIDENTIAL)]
        assert set(pointers.opening(session, NORTH, [CELL, MATERIAL])) == {CELL, MATERIAL}
        assert pointers.at(session, WEST, CELL, 5) == [] and pointers.opening(session, WEST, [CELL]) == {}
        catalogue.describe(session, "PLX-0000-0000", Metadata(title="Points nowhere"), "north", NOW)
        assert pointers.at(session, NORTH, CELL, 5) == [] == pointers.at(session, NORTH, MATERIAL, 5)


def test_data_of_another_owner_are_no_opening(entered: Sessions) -> None:
    with entered.begin() as session:
        catalogue.create(session, "PLX-0000-0000", "west", "west", Metadata(cell=Cell(object=CELL)), NOW)
        assert pointers.opening(session, WEST, [CELL]) == {}
        assert [one.dataset for one in pointers.at(session, WEST, CELL, 5)] == ["PLX-0000-0000"]
    assert seen(entered, WEST) == []


def test_candidates_are_ones_own_and_what_is_shown(entered: Sessions) -> None:
    assert seen(entered, NORTH) == [CELL, MATERIAL] and seen(entered, WEST) == []
    with entered.begin() as session:
        registry.show(session, CELL, Visibility.NETWORK)
    nobody = Scope(own=None, grantees=frozenset({Grantee(kind=GranteeKind.EVERYBODY)}), at=NOW)
    assert seen(entered, WEST) == [CELL] and seen(entered, nobody) == []
    with entered.begin() as session:
        registry.show(session, MATERIAL, Visibility.WORLD)
    assert seen(entered, WEST) == [CELL, MATERIAL] and seen(entered, nobody) == [MATERIAL]
    assert seen(entered, WEST, "a-0") == [CELL, MATERIAL] and seen(entered, WEST, "A_0") == []
