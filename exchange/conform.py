"""Conform: what a protocol fixes against what a line reported; pure, from a table of parameters to one of verdicts.

Only actual values count, as a set-point says what was meant and not what was made. A value on the edge of its tolerance
is within. Limits are computed as decimals, so that 12.5 ± 0.1 mg/cm² takes in 12.6.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pyarrow as pa

from schemas.production import ObjectKind, ProductionUnit, Recorded
from schemas.protocol import Conformance, ProductionProtocol, Target

Row = Mapping[str, Any]  # Any: the cells of a Parquet row
SCHEMA = pa.schema(
    [
        ("step", pa.string()),
        ("parameter", pa.string()),
        ("side", pa.string()),
        ("critical", pa.bool_()),
        ("object", pa.string()),
        ("object_kind", pa.string()),
        ("target", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("target_text", pa.string()),
        ("actual", pa.float64()),
        ("actual_text", pa.string()),
        ("deviation", pa.float64()),
        ("unit", pa.string()),
        ("within", pa.bool_()),
    ]
)


def conform(protocol: ProductionProtocol, parameters: pa.Table) -> tuple[Conformance, ...]:
    """Every actual value of `parameters` (the table of a build) that the protocol speaks of, by target.

    An object that went through a step and has no value for a target of it is listed without one; a target whose step
    nobody went through is listed without an object.
    """
    rows = parameters.to_pylist()
    return tuple(one for target in protocol.targets for one in _against(target, rows))


def deviations(found: Iterable[Conformance]) -> tuple[Conformance, ...]:
    """What is outside its tolerance or missing, critical ones first."""
    return tuple(sorted((one for one in found if not one.within), key=lambda one: not one.critical))


def as_table(found: Iterable[Conformance]) -> pa.Table:
    """The verdicts as a table."""
    return pa.Table.from_pylist([one.model_dump(mode="json") for one in found], schema=SCHEMA)


def _against(target: Target, rows: Iterable[Row]) -> Iterator[Conformance]:
    blank = _blank(target)
    of_step = [row for row in rows if row["process_step"] == target.step]
    through = dict.fromkeys((row["object_kind"], row["object"]) for row in of_step)
    actual: dict[tuple[str, str], list[Row]] = {one: [] for one in through}
    for row in of_step:
        if _meant(target, row):
            actual[row["object_kind"], row["object"]].append(row)
    if not through:
        yield blank
    for (kind, name), values in actual.items():
        here = blank.model_copy(update={"object": name, "object_kind": ObjectKind(kind)})
        if not values:
            yield here
        for row in values:
            yield _judged(here, row)


def _meant(target: Target, row: Row) -> bool:
    return (
        row["parameter"] == target.parameter
        and row["recorded"] == Recorded.ACTUAL
        and target.side in (None, row["side"])
        and (row["value"] is not None or row["text"] is not None)
    )


def _blank(target: Target) -> Conformance:
    """The target in the vocabulary's unit, and nothing reported."""
    unit = target.known.unit
    limits: dict[str, float | str | None] = {"target_text": target.text}
    if unit is not None and target.target is not None:
        own, at = target.measured_in(unit), Fraction(repr(target.target))
        below = None if target.minus is None else at - Fraction(repr(target.minus))
        above = None if target.plus is None else at + Fraction(repr(target.plus))
        ends = {"target": at, "low": below, "high": above}
        limits = {name: None if end is None else _converted(end, own, unit) for name, end in ends.items()}
        limits["unit"] = unit.ucum
    return Conformance(
        step=target.step, parameter=target.parameter, side=target.side, critical=target.critical
    ).model_copy(update=limits)


def _judged(blank: Conformance, row: Row) -> Conformance:
    actual, text = row["value"], row["text"]
    if blank.target_text is not None:
        said = str(text if text is not None else actual).strip()
        within = said.casefold() == blank.target_text.strip().casefold()
        return blank.model_copy(update={"side": row["side"], "actual_text": said, "within": within})
    if actual is None or blank.target is None:
        return blank.model_copy(update={"side": row["side"], "actual_text": text, "within": False})
    return blank.model_copy(
        update={
            "side": row["side"],
            "actual": actual,
            "deviation": float(Fraction(repr(actual)) - Fraction(repr(blank.target))),
            "within": (blank.low is None or actual >= blank.low) and (blank.high is None or actual <= blank.high),
        }
    )


def _converted(value: Fraction, own: ProductionUnit, wanted: ProductionUnit) -> float:
    if own.ucum == wanted.ucum:
        return float(value)
    return float((value * own.factor + own.offset - wanted.offset) / wanted.factor)
