"""KPIs of production: what was recorded of everything that a cell was made from, and the yield of its run."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

import pyarrow as pa

from exchange.roundrobin.value import Definition, Kpi, Row, rows_of
from exchange.roundrobin.yields import line_yield
from schemas.production import Recorded
from schemas.round.of_production import ProductionKpi

PARAMETER = Definition("production-parameter/1", "the parameter's")
YIELD = Definition("yield/1", "1")
POLARITY = "electrode_polarity"
MANY = 20

Made = tuple[str, str]
"""Kind and name of something that was made."""


@dataclass(frozen=True)
class Counted:
    """Cells of a production run: built, and passed of them; None is not said."""

    built: int | None = None
    passed: int | None = None


UNCOUNTED = Counted()


def production_value(parameters: pa.Table, wanted: ProductionKpi) -> Kpi:
    """Mean over everything that the cell was made from and that went through the step, of its actual values.

    `parameters` are rows of that table for these things alone; `table` and `row` say where they stand, where that is
    known. Of each thing first the values of a side are averaged (positions, repeats), then its sides: what is recorded
    per side stays a value per side. Set-points never count.
    """
    definition = replace(PARAMETER, unit=wanted.unit)
    said: dict[str, object] = {
        "step": wanted.step,
        "parameter": wanted.parameter,
        "electrode": wanted.electrode,
        "side": wanted.side,
    }
    through = [row for row in rows_of(parameters) if row["process_step"] == wanted.step]
    if wanted.electrode is not None:
        polarity = {_made(row): row["text"] for row in through if row["parameter"] == POLARITY}
        through = [row for row in through if polarity.get(_made(row)) == wanted.electrode]
    what = f" as {wanted.electrode} electrode" if wanted.electrode else ""
    if not through:
        why = f"nothing is recorded that the cell was made from and that went through {wanted.step}{what}"
        return definition.refuse(
            f"{why}: upload the production run, and name there what the cell was made from", (), said
        )
    values = [row for row in through if _meant(row, wanted)]
    made = dict.fromkeys(_made(row) for row in through)
    silent = [f"{kind} {name}" for kind, name in made if (kind, name) not in {_made(row) for row in values}]
    label = wanted.known.label + ("" if wanted.side is None else f", side {wanted.side}")
    if silent:
        return definition.refuse(f"there is no actual value of {label} in {wanted.step} for {_some(silent)}", (), said)
    if twice := _told_twice(values):
        why = f"several production runs tell of {label} in {wanted.step} for {_some(twice)}: withdraw all but one"
        return definition.refuse(why, (), said)
    if other := sorted({str(row["unit"]) for row in values if row["unit"] != wanted.unit}):
        return definition.refuse(f"{label} is recorded in {', '.join(other)}, not in {wanted.unit}", (), said)
    means, sides = _means(values)
    said |= {
        "things": len(means),
        "values": len(values),
        "sides": sides,
        "rows_of": [_place(row) for row in values[:MANY]],
    }
    spans = tuple((int(str(row["row"])),) * 2 for row in values if row.get("row") is not None)
    return definition.value(fmean(means.values()), spans, said)


def yield_of(counted: Counted) -> Kpi:
    """Cells that passed by cells built, with Wilson's interval at 95 %; a share of counts, without h and k."""
    for name, number in (("cells_built", counted.built), ("cells_passed", counted.passed)):
        if number is None:
            return YIELD.refuse(f"the record of the cell's production run has no production.{name}: fill it in")
    assert counted.built is not None and counted.passed is not None
    if counted.built < 1 or counted.passed > counted.built:
        return YIELD.refuse(f"{counted.passed} cells passed of {counted.built} built; it is none to all of them")
    found = line_yield(counted.passed, counted.built)
    said = {"built": found.built, "passed": found.passed, "low": found.interval.low, "high": found.interval.high}
    return YIELD.value(found.share, (), said)


def _meant(row: Row, wanted: ProductionKpi) -> bool:
    part = "" if row["part"] is None else str(row["part"]).partition(",")[0]
    return (
        row["parameter"] == wanted.parameter
        and row["recorded"] == Recorded.ACTUAL
        and row["value"] is not None
        and wanted.side in (None, row["side"])
        and wanted.number in (None, int(part) if part.isdecimal() else 0)
    )


def _told_twice(values: list[Row]) -> list[str]:
    """Things whose values stand in more than one table: which of them is right cannot be told."""
    tables: dict[Made, set[object]] = defaultdict(set)
    for row in values:
        tables[_made(row)].add(row.get("table"))
    return [f"{kind} {name}" for (kind, name), of in tables.items() if len(of) > 1]


def _means(values: list[Row]) -> tuple[Mapping[Made, float], list[str]]:
    """Of each thing the mean of its sides, and which sides there are."""
    of_side: dict[Made, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in values:
        of_side[_made(row)][str(row["side"] or "")].append(float(str(row["value"])))
    means = {made: fmean(fmean(one) for one in sides.values()) for made, sides in of_side.items()}
    return means, sorted({side for sides in of_side.values() for side in sides if side})


def _made(row: Row) -> Made:
    return str(row["object_kind"]), str(row["object"])


def _place(row: Row) -> str:
    return f"{row['source_sheet'] or 'row'} {row['source_row']}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
