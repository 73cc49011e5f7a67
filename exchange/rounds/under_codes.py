"""Results of a KPI under codes: what of a round's cells the statistics take, and what was left out."""

from exchange.roundrobin.cells import CellResult, Handed
from exchange.roundrobin.stated import CellUncertainty
from exchange.rounds.counted import Counted, Place
from schemas.round.evaluation import LeftOut

NO_VALUE = "not computed for this cell; its line has the reason"
"""Stands for every reason under a code: what a definition misses in a file tells the instrument that wrote it."""
EXCLUDED_BY = "who runs the round"


def handed(counted: Counted, kpi: str) -> Handed:
    """What is there of a KPI, under codes."""
    results = tuple(_result(counted, place, kpi) for place in counted.counting)
    return Handed(counted.codes, results, _left_out(counted, kpi))


def _result(counted: Counted, place: Place, kpi: str) -> CellResult:
    of = counted.counting[place]
    found = counted.value(of, kpi)
    if found is None or found.value is None:
        return CellResult(*place, None, "", "", NO_VALUE)
    stated = counted.uncertainty(of, kpi)
    return CellResult(
        *place,
        found.value,
        found.unit,
        found.definition,
        uncertainty=None if stated is None else CellUncertainty(stated.common, stated.of_channel, stated.channel),
        batch=next((one.batch for one in of if one.batch), ""),
        item=counted.cells[of[0].cell].name,
        order=counted.stations.get(place),
    )


def _left_out(counted: Counted, kpi: str) -> tuple[LeftOut, ...]:
    found = [
        LeftOut(kpi=kpi, code=counted.lines[one.line].code, cell=one.cell, reason=one.reason, by=EXCLUDED_BY, at=one.at)
        for one in counted.left_out
        if one.kpi == kpi and one.line in counted.lines
    ]
    touching = [
        one for one in found if any(one.code == code and one.cell in (None, cell) for code, cell in counted.counting)
    ]
    return tuple(sorted(touching, key=lambda one: (one.code, one.cell or 0)))
