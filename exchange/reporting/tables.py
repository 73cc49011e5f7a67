"""The tables of a report in full precision, for machines: a row per line, cell, statistic, test or point."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from schemas.round.evaluation import Aggregates, Evaluation, Figure
from schemas.round.public import PublicSummary

Row = dict[str, Any]  # Any: cells of several types, as the schema beside says


def tables(evaluation: Evaluation) -> dict[str, pa.Table]:
    """Every table of the participants' report by name; lines in the order of codes, never in that of uploads."""
    return {
        "results": _table(_RESULTS, _results(evaluation)),
        "cells": _table(_CELLS, _cells(evaluation)),
        "statistics": _table(_STATISTICS, _statistics(evaluation)),
        "screening": _table(_SCREENING, _screening(evaluation)),
        "components": _table(_COMPONENTS, _components(evaluation)),
        "youden": _table(_YOUDEN, _youden(evaluation)),
        "exclusions": _table(_EXCLUSIONS, _exclusions(evaluation)),
        "curves": _table(_CURVES, _curves(evaluation)),
        "cells_without_curve": _table(_WITHOUT, _without(evaluation)),
        "yields": _table(_YIELDS, _yields(evaluation)),
        "conformance": _table(_CONFORMANCE, _conformance(evaluation)),
        "late": _table(_LATE, _late(evaluation)),
    }


def public_table(summary: PublicSummary) -> pa.Table:
    """The one table of the public summary."""
    return _table(_PUBLIC, (one.model_dump() for one in summary.kpis))


def _schema(**columns: str) -> pa.Schema:
    """Columns of one type by name: texts, whole numbers, numbers and yes or no, in that order of keywords."""
    return pa.schema([(name, _TYPES[kind]) for kind, names in columns.items() for name in names.split()])


_TYPES = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "logical": pa.bool_(), "said": pa.string()}
_RESULTS = _schema(
    text="kpi label unit line",
    whole="n",
    number="mean s per_cent z z_prime zeta e_n stated_u h k",
    said="score mandel_h mandel_k unscored flags definition",
)
_CELLS = _schema(text="kpi unit line", whole="cell", number="value", logical="excluded", said="reason")
_STATISTICS = _schema(text="kpi unit results statistic", number="value low high")
_SCREENING = _schema(
    text="kpi test line", whole="step", number="statistic straggler_limit outlier_limit", said="verdict"
)
_COMPONENTS = _schema(text="kpi unit design statistic stage line", whole="groups df", number="value u")
_YOUDEN = _schema(
    text="first_item second_item unit line",
    number="first second s_random s_total s_between radius",
    logical="outside",
)
_EXCLUSIONS = _schema(text="kpi line", whole="cell", said="reason by at")
_CURVES = _schema(text="curve line axis_unit unit", whole="n", number="axis mean s difference h k consensus robust_s")
_WITHOUT = _schema(text="curve line", whole="cell", said="reason")
_YIELDS = _schema(text="line", whole="built passed analysed", number="share low high")
_CONFORMANCE = _schema(
    text="label step parameter electrode side line",
    whole="number within outside missing",
    number="asked low high",
    logical="critical",
    said="asked_text unit definition",
)
_LATE = _schema(text="kpi line", whole="number", number="value")
_PUBLIC = _schema(
    text="kpi label unit definition", whole="p results", number="consensus u s_r s_R s_line s_batch s_cell"
)


def _table(schema: pa.Schema, rows: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def _results(evaluation: Evaluation) -> Iterable[Row]:
    for kpi in evaluation.kpis:
        for line in sorted(kpi.lines, key=lambda one: one.code):
            facts = line.model_dump(exclude={"points", "code", "flags"})
            of_kpi = {"kpi": kpi.kpi, "label": kpi.label, "unit": kpi.unit, "definition": kpi.definition}
            yield of_kpi | facts | {"line": line.code, "flags": "; ".join(line.flags)}


def _cells(evaluation: Evaluation) -> Iterable[Row]:
    for kpi in evaluation.kpis:
        for line in sorted(kpi.lines, key=lambda one: one.code):
            for point in line.points:
                yield {"kpi": kpi.kpi, "unit": kpi.unit, "line": line.code} | point.model_dump()


def _statistics(evaluation: Evaluation) -> Iterable[Row]:
    for kpi in evaluation.kpis:
        if kpi.refused:
            continue
        for results, found in (("all", kpi.all_results), ("without exclusions", kpi.kept_results)):
            for row in _of_set(found):
                yield {"kpi": kpi.kpi, "unit": kpi.unit, "results": results} | row


def _of_set(found: Aggregates | None) -> Iterable[Row]:
    if found is None:
        return
    for name in ("p", "results", "mean", "median", "assigned", "assigned_u", "robust_s"):
        yield {"statistic": name, "value": getattr(found, name)}
    for name in ("s_r", "s_L", "s_R"):
        one: Figure = getattr(found, name)
        yield {"statistic": name} | one.model_dump()
    for name in ("r", "R", "sigma_pt"):
        yield {"statistic": name, "value": getattr(found, name)}


def _screening(evaluation: Evaluation) -> Iterable[Row]:
    for kpi in evaluation.kpis:
        for number, step in enumerate(kpi.screening, 1):
            yield {"kpi": kpi.kpi, "step": number, "line": step.code} | step.model_dump(exclude={"code"})


def _components(evaluation: Evaluation) -> Iterable[Row]:
    for kpi in evaluation.kpis:
        if (found := kpi.components) is None:
            continue
        of = {"kpi": kpi.kpi, "unit": kpi.unit, "design": found.design.value}
        for one in found.shares:
            yield of | {"statistic": "s", "stage": one.stage, "groups": one.groups, "df": one.df, "value": one.sd}
        for line in found.effects:
            yield of | {"statistic": "effect", "stage": "line", "line": line.code, "value": line.effect}
        if found.drift is not None:
            yield of | {"statistic": "drift", "value": found.drift, "u": found.u_drift}


def _youden(evaluation: Evaluation) -> Iterable[Row]:
    for pair in evaluation.youden:
        spreads = pair.model_dump(include={"s_random", "s_total", "s_between", "radius", "unit"})
        of = {"first_item": pair.first, "second_item": pair.second} | spreads
        for one in pair.points:
            yield of | {"line": one.code, "first": one.first, "second": one.second, "outside": one.outside}


def _exclusions(evaluation: Evaluation) -> Iterable[Row]:
    for kpi in evaluation.kpis:
        for one in kpi.left_out:
            yield one.model_dump() | {"line": one.code, "at": one.at.isoformat()}


def _curves(evaluation: Evaluation) -> Iterable[Row]:
    for curve in evaluation.curves:
        for line in sorted(curve.lines, key=lambda one: one.code):
            for place, at in enumerate(curve.axis):
                yield {
                    "curve": curve.label,
                    "line": line.code,
                    "axis": at,
                    "axis_unit": curve.axis_unit,
                    "unit": curve.unit,
                    "n": _at(line.n, place),
                    "mean": _at(line.mean, place),
                    "s": _at(line.s, place),
                    "difference": _at(line.difference, place),
                    "h": _at(line.h, place),
                    "k": _at(line.k, place),
                    "consensus": _at(curve.consensus, place),
                    "robust_s": _at(curve.robust_s, place),
                }


def _without(evaluation: Evaluation) -> Iterable[Row]:
    for curve in evaluation.curves:
        for one in curve.without:
            yield {"curve": curve.label, "line": one.code, "cell": one.cell, "reason": one.reason}


def _at(values: tuple[float | None, ...] | tuple[int, ...], place: int) -> float | None:
    return values[place] if place < len(values) else None


def _yields(evaluation: Evaluation) -> Iterable[Row]:
    for one in sorted(evaluation.yields, key=lambda one: one.code):
        shares = {"share": one.share.value, "low": one.share.low, "high": one.share.high}
        yield one.model_dump(exclude={"code", "share"}) | shares | {"line": one.code}


def _conformance(evaluation: Evaluation) -> Iterable[Row]:
    found = [(line, number, one) for number, one in enumerate(evaluation.conformance, 1) for line in one.lines]
    for line, number, one in sorted(found, key=lambda each: (each[0].code, each[1])):
        target = one.model_dump(exclude={"lines", "withheld"}) | {"number": number}
        yield target | line.model_dump(exclude={"code"}) | {"line": line.code}


def _late(evaluation: Evaluation) -> Iterable[Row]:
    for one in sorted(evaluation.late, key=lambda one: (one.kpi, one.code)):
        for number, value in enumerate(one.values, 1):
            yield {"kpi": one.kpi, "line": one.code, "number": number, "value": value}
