"""Every quantity of the record and every column of every table has a unit and a term, or says why it has none."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exchange import conform
from ingest import own_columns
from ingest.derived import impedance, pulses, rests, steps, summary
from ingest.production import sensor_log, table
from ingest.text.columns import CLOCK_TEXT
from schemas import iris
from schemas.metadata import Metadata
from schemas.protocol import Conformance
from schemas.quantities import TERMS
from schemas.record.field import Described, FieldClass, Part, fields_of, part_of
from schemas.registered import ObjectRecord
from schemas.vocabulary import production

SHARED = Path(__file__).resolve().parents[2] / "../shared/data/BattINFO_process_terms.txt"
FIELDS = (*fields_of(Metadata), *fields_of(ObjectRecord))
DERIVED = {
    "cycles": summary.FIELDS,
    "steps": steps.COLUMNS,
    "rests": rests.COLUMNS,
    "pulses": pulses.COLUMNS,
    "impedance": impedance.COLUMNS,
}
NAMED = {
    "parameters": table.SCHEMA.names,
    "genealogy": table.EDGES.names,
    "sensors": sensor_log.SCHEMA.names,
    "timeseries": [CLOCK_TEXT, *own_columns.OWN],
}
STRICTER = [FieldClass.CORE, FieldClass.NETWORK, FieldClass.CONFIDENTIAL]
A_REASON = re.compile(r"[^\s].{4,}", re.DOTALL)


def numeric(one: Described) -> bool:
    return any(kind in (int, float) for kind in kinds(one.type))


def kinds(annotation: object) -> Iterator[object]:
    if get_origin(annotation) in (Union, UnionType, tuple) or hasattr(annotation, "__metadata__"):
        for one in get_args(annotation):
            yield from kinds(one)
    else:
        yield annotation


def test_every_field_has_a_meaning_a_class_and_a_term_or_a_reason() -> None:
    assert [one.path for one in FIELDS if len(one.meaning) < 4] == []
    assert [one.path for one in FIELDS if bool(one.iri) is bool(A_REASON.fullmatch(one.why))] == []
    assert {one.of for one in FIELDS} == set(FieldClass)
    assert len(FIELDS) > 200 and sum(bool(one.iri) for one in FIELDS) > 150


def test_every_field_that_is_no_group_has_an_example_that_its_own_rule_takes() -> None:
    leaves = [one for one in fields_of(Metadata) if not one.group and one.path not in ("schema_version", "reading")]
    assert [one.path for one in leaves if one.example is None] == []
    for one in leaves:
        record = at_its_place(one.path, one.example)
        group = one.path.rpartition(".")[0].replace("[]", "")
        # What else an entry needs is not the matter here.
        wrong = [error for error in errors_of(record) if error["type"] != "missing"]
        assert wrong == [] or group == "protocol.targets", (one.path, wrong)


def at_its_place(path: str, value: object) -> dict[str, object]:
    *groups, last = path.split(".")
    made: dict[str, object] = {last.removesuffix("[]"): value}
    for name in reversed(groups):
        made = {name.removesuffix("[]"): [made] if name.endswith("[]") else made}
    return made


def errors_of(record: dict[str, object]) -> list[ErrorDetails]:
    try:
        Metadata.model_validate(record)
    except ValidationError as wrong:
        return wrong.errors()
    return []


def test_every_quantity_of_the_record_has_a_unit_and_a_term_or_a_reason() -> None:
    quantities = [one for one in FIELDS if one.unit]
    assert len(quantities) >= 55
    assert sum(bool(one.iri) for one in quantities) >= 50
    assert [one.path for one in quantities if one.unit not in iris.unit_terms()] == []
    without = {one.path: one.why for one in FIELDS if numeric(one) and not one.unit}
    assert {
        path: why for path, why in without.items() if why not in ("a count", "unit and term are the parameter's")
    } == {}


def test_every_column_of_every_table_has_a_unit_and_a_term_or_a_reason() -> None:
    known = {term.name for term in TERMS}
    columns = [(name, of, column.unit, column.iri) for name, held in DERIVED.items() for of, column in held.items()]
    columns += [(name, of, "", "") for name, held in NAMED.items() for of in held]
    assert len(columns) > 130
    own = iris.column_terms()
    nameless = [
        f"{name}.{of}"
        for name, of, _, iri in columns
        if not iri and of not in known and (of not in own or bool(own[of].iri) is bool(own[of].why))
    ]
    assert nameless == []
    assert {unit for _, _, unit, _ in columns if unit} | {term.ucum for term in TERMS if term.ucum} <= set(
        iris.unit_terms()
    )
    assert set(own) <= {of for _, of, _, _ in columns}, "a reason for a column that no table has"


def test_a_table_of_conformance_says_what_its_columns_mean() -> None:
    assert conform.SCHEMA.names == list(Conformance.model_fields)


def test_every_production_parameter_has_a_term_or_a_reason_and_a_unit_where_it_is_a_number() -> None:
    assert [one.id for one in production().parameters if bool(one.iri) is bool(one.why)] == []
    numbers = [one for one in production().parameters if one.form.value in ("number", "whole")]
    assert [one.id for one in numbers if one.unit is None] == []
    assert {one.unit.ucum for one in numbers if one.unit} <= set(iris.unit_terms())


def test_every_unit_of_the_vocabulary_has_its_qudt_iri_or_a_reason() -> None:
    units = iris.unit_terms()
    assert {one.ucum for one in production().units.values()} <= set(units)
    assert [one.ucum for one in units.values() if bool(one.iri) is bool(one.why)] == []
    assert units["A.h"].iri == "http://qudt.org/vocab/unit/A-HR"


def test_every_iri_is_whole_and_of_a_known_vocabulary() -> None:
    known = tuple(iris.PREFIXES.values())
    every = [one.iri for one in FIELDS if one.iri] + [one.iri for one in iris.column_terms().values() if one.iri]
    assert [iri for iri in every if not iri.startswith(known)] == []
    assert [name for name, short in iris.battinfo().items() if not iris.expanded(short).startswith(known)] == []
    with pytest.raises(KeyError):
        iris.expanded("battinfo:NoSuchTerm")


def test_terms_of_battinfo_are_those_of_its_published_list() -> None:
    if not SHARED.exists():
        pytest.skip(f"the published list {SHARED.name} is not beside the project")
    published = dict(line.split(" -> ") for line in SHARED.read_text().splitlines() if " -> " in line)
    ours = {name: iris.expanded(short) for name, short in iris.battinfo().items() if name in published}
    assert len(ours) >= 5 and ours == {name: published[name] for name in ours}


def groups(model: type[BaseModel] = Metadata) -> Iterator[tuple[str, type[Part], bool, FieldClass]]:
    for name, info in model.model_fields.items():
        part, many = part_of(info.annotation)
        if part is not None:
            extra = info.json_schema_extra
            assert isinstance(extra, dict)
            yield f"{model.__name__}.{name}", part, many, FieldClass(str(extra["class"]))
            yield from groups(part)


def test_a_required_field_is_no_stricter_than_the_list_that_holds_it() -> None:
    """Else a reader to whom the list is open would get entries that are not right ones."""
    stricter = [
        f"{at}.{name}"
        for at, part, _, of in groups()
        for name, info in part.model_fields.items()
        if info.is_required() and STRICTER.index(FieldClass(str(info.json_schema_extra["class"]))) > STRICTER.index(of)  # type: ignore[index,call-overload]  # a dict, as the test above says
    ]
    assert stricter == []


def test_every_group_that_is_no_list_can_be_empty() -> None:
    assert [
        at for at, part, many, _ in groups() if not many and any(f.is_required() for f in part.model_fields.values())
    ] == []
