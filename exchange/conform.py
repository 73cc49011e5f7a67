"""Conform: what a protocol fixes against what a line reported; pure, from a table of parameters to one of verdicts.

Only actual values count, as a set-point says what was meant and not what was made. A value on the edge of its tolerance
is within. Limits are computed as decimals, so that 12.5 ± 0.1 mg/cm² takes in 12.6. In a round each cell counts once
for each target, whatever number of things it was made from: how many these are tells how a line works.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

import pyarrow as pa

from schemas.production import ObjectKind, ProductionUnit, Recorded
from schemas.protocol import Conformance, ProductionProtocol, Target
from schemas.round.conformance import CodedCount, Keeping, KeptTo, TargetEvaluation

DEFINITION: Final = "conformance/1"
WITHHELD: Final = (
    "It would tell the design of a cell, or whose equipment made it: each line reads in its letter alone how it kept "
    "to it."
)
Row = Mapping[str, Any]  # Any: the cells of a Parquet row
POLARITY = "electrode_polarity"
SCHEMA = pa.schema(
    [
        ("step", pa.string()),
        ("parameter", pa.string()),
        ("label", pa.string()),
        ("electrode", pa.string()),
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


def kept_to(targets: Sequence[Target], parameters: pa.Table | None) -> KeptTo:
    """How one cell stands to each target; `parameters` are rows of what it was made from alone, None where it has none.

    It is within a target where every actual value is; one that is outside outweighs one that is missing.
    """
    rows = [] if parameters is None else parameters.to_pylist()
    by_target = [tuple(dict.fromkeys(_against(target, rows))) for target in targets]
    found = tuple(one for each in by_target for one in each)
    return KeptTo(keeping=tuple(_keeping(each) for each in by_target), found=found)


def counted(
    targets: Sequence[Target], cells: Iterable[tuple[str, Sequence[Keeping]]], blind: bool
) -> tuple[TargetEvaluation, ...]:
    """By target how many cells of each line are within, outside, missing; `cells` are a code and how a cell stands.

    A cell without any verdict is missing for each. `blind`: what tells the design of a cell or a line's equipment is
    not counted.
    """
    by_code: dict[str, list[Sequence[Keeping]]] = {}
    for code, keeping in cells:
        by_code.setdefault(code, []).append(keeping)
    return tuple(_counted(target, at, by_code, blind) for at, target in enumerate(targets))


def as_table(found: Iterable[Conformance]) -> pa.Table:
    """The verdicts as a table."""
    return pa.Table.from_pylist([one.model_dump(mode="json") for one in found], schema=SCHEMA)


def _keeping(found: Sequence[Conformance]) -> Keeping:
    verdicts = {one.within for one in found}
    if False in verdicts:
        return Keeping.OUTSIDE
    return Keeping.MISSING if None in verdicts else Keeping.WITHIN


def _counted(
    target: Target, at: int, by_code: Mapping[str, Sequence[Sequence[Keeping]]], blind: bool
) -> TargetEvaluation:
    blank, hidden = _blank(target), blind and target.tells_whose
    lines = []
    for code in sorted(by_code):
        of = Counter(one[at] if at < len(one) else Keeping.MISSING for one in by_code[code])
        lines.append(CodedCount(code=code, **{one.value: of[one] for one in Keeping}))
    return TargetEvaluation(
        **blank.model_dump(include=set(TargetEvaluation.model_fields)),
        asked=blank.target,
        asked_text=blank.target_text,
        lines=() if hidden else tuple(lines),
        withheld=WITHHELD if hidden else "",
        definition=DEFINITION,
    )


def _against(target: Target, rows: Iterable[Row]) -> Iterator[Conformance]:
    blank = _blank(target)
    of_step = _of_electrode(target, [row for row in rows if row["process_step"] == target.step])
    through = dict.fromkeys(map(_made, of_step))
    actual: dict[tuple[str, str], list[Row]] = {one: [] for one in through}
    for row in of_step:
        if _meant(target, row):
            actual[_made(row)].append(row)
    if not through:
        yield blank
    for (kind, name), values in actual.items():
        here = blank.model_copy(update={"object": name, "object_kind": ObjectKind(kind)})
        if not values:
            yield here
        for row in values:
            yield _judged(here, row)


def _of_electrode(target: Target, rows: list[Row]) -> list[Row]:
    """Those of objects that went through the step as the electrode that is meant."""
    if target.electrode is None:
        return rows
    meant = {_made(row) for row in rows if row["parameter"] == POLARITY and row["text"] == target.electrode}
    return [row for row in rows if _made(row) in meant]


def _made(row: Row) -> tuple[str, str]:
    return row["object_kind"], row["object"]


def _meant(target: Target, row: Row) -> bool:
    part = (row["part"] or "").partition(",")[0]
    return (
        row["parameter"] == target.parameter
        and row["recorded"] == Recorded.ACTUAL
        and target.side in (None, row["side"])
        and target.number in (None, int(part) if part.isdecimal() else 0)
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
    facts = target.model_dump(include={"step", "parameter", "electrode", "side", "critical"})
    return Conformance(**facts, label=target.label).model_copy(update=limits)


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
