"""What is written into a sheet of metadata is read out of it again, in every form."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from exchange.sheets.columns import Column, column, columns
from exchange.sheets.form import Form
from exchange.sheets.read import read
from exchange.sheets.rows import At, filled, nested
from exchange.sheets.template import Filled, sheet, template
from ingest.workbook.book import sheets as sheets_of
from schemas.errors import Refused
from schemas.metadata import DatasetKind, Metadata
from schemas.profiles import NEEDS, Profile
from schemas.record.field import fields_of
from schemas.record.leaves import leaves
from schemas.sheet import SheetForm

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20).filter(
    lambda text: text == text.strip() and text != "(empty)"
)
SPECIAL = {
    "time_zone": st.sampled_from(["Europe/Berlin", "UTC"]),
    "language": st.just("en"),
    "orcid": st.just("0000-0002-1825-0097"),
    "ror": st.just("https://ror.org/010nsgg66"),
    "email": st.just("tests@north.example"),
    "url": st.just("https://grant.example/1"),
    "object": st.just("CEL-0000-0000"),
    "sha256": st.just("0a" * 32),
    "cas": st.just("12190-79-3"),
    "sides": st.just(2),
    "lower_voltage_v": st.sampled_from([2.5, 2.7]),
    "upper_voltage_v": st.sampled_from([3.65, 4.2]),
    "started_at": st.just("2026-03-31T14:05:00+02:00"),
    "ended_at": st.just("2026-05-31T14:05:00+02:00"),
}


def _values(one: Column) -> st.SearchStrategy[Any]:
    if one.choices:
        return st.sampled_from(one.choices)
    special = SPECIAL.get(one.place.rpartition(".")[2])
    if special is not None:
        return special
    return {
        Form.TEXT: WORDS,
        Form.NUMBER: st.floats(0.001, 50).map(
            lambda number: float(f"{number:.15g}")
        ),  # So many digits a workbook holds.
        Form.WHOLE: st.integers(1, 1000),
        Form.YES_NO: st.booleans(),
        Form.MOMENT: st.sampled_from(["2026-03-31T14:05:00+02:00", "2024-02-29T23:59:59.5Z"]),
        Form.TEXTS: st.lists(WORDS, min_size=1, max_size=3),
    }[one.form]


@st.composite
def records(draw: st.DrawFn, kind: DatasetKind) -> dict[str, Any]:
    """A record with some places of its kind filled in; entries of lists have what they need."""
    # What a target is of must be a parameter of its step, in a unit of it.
    of = [one for one in columns(kind) if not one.place.startswith("protocol.targets")]
    chosen = draw(st.lists(st.sampled_from(of), max_size=12, unique=True))
    groups = {one.place.rpartition(".")[0] for one in chosen if "[" in one.place}
    needed = [one for one in of if one.place.rpartition(".")[0] in groups and _must(one)]
    values = [(one.place, draw(_values(one)), At()) for one in {*chosen, *needed}]
    record, _ = nested([*values, ("title", draw(WORDS), At())])
    return Metadata.model_validate(record).written()


def _must(one: Column) -> bool:
    return one.place.rpartition(".")[2] in (
        "name",
        "funder",
        "relation",
        "id",
        "category",
        "impact",
        "step",
        "number",
        "kind",
    )


@pytest.mark.parametrize("form", SheetForm)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(
    given_records=st.sampled_from(list(DatasetKind)).flatmap(
        lambda kind: st.tuples(st.just(kind), records(kind), records(kind))
    )
)
def test_records_come_back_as_they_were(form: SheetForm, given_records: tuple[DatasetKind, Any, Any]) -> None:
    kind, one, other = given_records
    rows = [Filled(one, {"dataset": "PLX-0000-0000"}), Filled(other, {"file": "b.csv"})]
    found = read(sheet(kind, form, rows, {}), form, "sheet")
    assert found.problems == ()
    for row, record in zip(found.rows, (one, other), strict=True):
        assert leaves(Metadata.model_validate(filled(row.record))) == leaves(Metadata.model_validate(record))
    assert [(row.dataset, row.file) for row in found.rows] == [("PLX-0000-0000", ""), ("", "b.csv")]


@pytest.mark.parametrize("form", SheetForm)
@pytest.mark.parametrize("kind", DatasetKind)
def test_a_template_that_is_not_filled_in_says_so_and_nothing_is_wrong_with_it(
    kind: DatasetKind, form: SheetForm
) -> None:
    content = template(kind, form)
    assert content == template(kind, form), "the same schema makes the same bytes"
    with pytest.raises(Refused, match="holds no datasets"):
        read(content, form, "template")


@pytest.mark.parametrize("kind", DatasetKind)
def test_what_release_needs_stands_first_and_every_field_of_the_kind_is_there(kind: DatasetKind) -> None:
    of = columns(kind)
    needed = [one.needed for one in of]
    order = [Profile.SHAREABLE, Profile.ROUND, Profile.OPEN, None]
    assert needed == sorted(needed, key=order.index)
    asked = {place for need in NEEDS if need.asked_of(kind) for place in need.places}
    plain = {one.plain for one in of} | {one.plain.rpartition(".")[0] for one in of}
    assert {
        place
        for place in asked
        if not place.startswith(("protocol.", "production.")) or kind.value.startswith(place.split(".")[0])
    } <= plain | {"protocol.version"}


def test_every_field_of_the_record_has_a_column() -> None:
    missing = [
        one.path
        for one in fields_of(Metadata)
        if not one.group and column(one.path.replace("[]", "[1]").removesuffix("[1]")) is None
    ]
    assert missing == []


def test_the_workbook_tells_meaning_unit_class_and_example_and_offers_terms(tmp_path: Any) -> None:
    import zipfile

    path = tmp_path / "t.xlsx"
    path.write_bytes(template(DatasetKind.CELL_TEST, SheetForm.XLSX))
    assert [(one.name, one.hidden) for one in sheets_of(path)] == [
        ("Read me", False),
        ("Datasets", False),
        ("Defaults", False),
        ("Terms", True),
    ]
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}
    comments = "".join(text for name, text in parts.items() if "comments" in name)
    assert "Nominal capacity. Class: network. Written as number. Unit: Ah" in comments and "Example: 5" in comments
    assert "<dataValidation " in parts["xl/worksheets/sheet2.xml"]
    strings = parts["xl/sharedStrings.xml"]
    assert all(
        f">{word}<" in strings for word in ("half-positive", "DataCollector", "pouch", "cell.nominal_capacity_ah [Ah]")
    )
