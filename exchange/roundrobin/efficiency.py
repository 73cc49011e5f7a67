"""KPIs of whole cycles: capacity, coulombic and energy efficiency, mean voltage, share of constant voltage."""

from collections.abc import Sequence
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from exchange.roundrobin.charge import COLUMNS, Source, Way, charge
from exchange.roundrobin.value import Definition, Kpi, Row, number, rows_of, span

CAPACITY = Definition("cycle-capacity/1", "A.h")
COULOMBIC = Definition("coulombic-efficiency/1", "1")
FIRST = Definition("first-cycle-efficiency/1", "1")
CYCLE_ENERGY = Definition("cycle-energy/1", "W.h")
ENERGY = Definition("energy-efficiency/1", "1")
VOLTAGE = Definition("mean-voltage/1", "V")
CV_SHARE = Definition("cv-share-of-charge/1", "1")
EQUIVALENT = Definition("equivalent-full-cycles/1", "1")


class Configuration(StrEnum):
    """What the voltage is measured between; it decides which half of a cycle comes first."""

    FULL = "full"
    HALF_POSITIVE = "half-positive"
    HALF_NEGATIVE = "half-negative"
    SYMMETRIC = "symmetric"
    THREE_ELECTRODE = "three-electrode"


def cycle_capacity(cycles: pa.Table, cycle: int, way: Way, source: Source = Source.INTEGRATED) -> Kpi:
    """All charge in one direction of one cycle, pulses included (statistics of a round, 3c: Q = ∫ I dt)."""
    row, why = _whole(cycles, cycle)
    if row is None:
        return CAPACITY.refuse(why)
    moved, why = charge(row, way, source)
    if moved is None:
        return CAPACITY.refuse(why, (span(row),))
    return CAPACITY.value(moved, (span(row),), {"cycle": cycle, "way": way, "source": source})


def coulombic_efficiency(
    cycles: pa.Table,
    cycle: int,
    configuration: Configuration,
    source: Source = Source.INTEGRATED,
    pulses: pa.Table | None = None,
) -> Kpi:
    """Charge given back by charge taken up (3a): discharge by charge, of a negative half cell charge by discharge.

    Not of a truncated or leading half cycle. All charge of the cycle counts, as what a pulse draws is missing later;
    where `pulses` (the table) is given, their charge is left out on both sides, and what they move must balance to
    1/10 000 of the charge.
    """
    row, why = _whole(cycles, cycle)
    why = why or unlike(cycles, configuration)
    if row is None or why:
        return COULOMBIC.refuse(why)
    both = [charge(row, way, source) for way in (Way.CHARGE, Way.DISCHARGE)]
    why = next((one for _, one in both if one), "")
    taken, given = (moved or 0.0 for moved, _ in both)
    if pulses is not None:
        less = _of_pulses(pulses, cycle)
        unbalanced = less[Way.DISCHARGE] - less[Way.CHARGE]
        if abs(unbalanced) > BALANCED * taken:
            said_of = f"the pulses of cycle {cycle} draw {unbalanced:.4g} Ah more than they give back"
            return COULOMBIC.refuse(f"{said_of}, so that leaving them out would change the efficiency", (span(row),))
        taken, given = taken - less[Way.CHARGE], given - less[Way.DISCHARGE]
    if configuration is Configuration.HALF_NEGATIVE:
        taken, given = given, taken
    if why or taken <= 0:
        return COULOMBIC.refuse(why or "no charge went in", (span(row),))
    if why := _held_charge(given, taken):
        return COULOMBIC.refuse(why, (span(row),))
    counted = "excluded" if pulses is not None else "counted"
    said = {"cycle": cycle, "configuration": configuration, "source": source, "pulses": counted}
    return COULOMBIC.value(given / taken, (span(row),), said)


def first_cycle_efficiency(
    files: Sequence[pa.Table], configuration: Configuration, source: Source = Source.INTEGRATED
) -> Kpi:
    """Coulombic efficiency of the first cycle, summed over all files of formation, before and after degassing (3a).

    `files` are the cycle tables in the order of the test. What goes in until it first comes out again is the first
    half, in however many files; rows of the result count from the start of the file in which they are.
    """
    if not files:
        return FIRST.refuse("there is no file of formation")
    for table in files:
        if why := unlike(table, configuration):
            return FIRST.refuse(why)
    into = Way.DISCHARGE if configuration is Configuration.HALF_NEGATIVE else Way.CHARGE
    back = Way.CHARGE if into is Way.DISCHARGE else Way.DISCHARGE
    taken = given = 0.0
    used: list[Row] = []
    said = (*COLUMNS, "cycle", "truncated", "start_row", "end_row")
    last_of_all = [row for table in files for row in rows_of(table, said)]
    for row in last_of_all:
        if number(row, f"{into}_capacity_ah") and given:
            break
        if not used and number(row, "cycle") == 0:
            return FIRST.refuse("the first file begins within a cycle", (span(row),))
        for way in (into, back):
            if number(row, f"{way}_capacity_ah") is None:
                continue
            moved, why = charge(row, way, source)
            if moved is None:
                return FIRST.refuse(why, (span(row),))
            taken, given = (taken + moved, given) if way is into else (taken, given + moved)
        used.append(row)
    spans = tuple(span(row) for row in used)
    if not taken or not given:
        return FIRST.refuse(f"there is no {into if not taken else back} in the files of formation", spans)
    if used[-1]["truncated"] and number(used[-1], "cycle"):
        return FIRST.refuse("the last file ends within the first cycle", spans)
    if why := _held_charge(given, taken):
        return FIRST.refuse(why, spans)
    return FIRST.value(given / taken, spans, {"configuration": configuration, "source": source, "files": len(files)})


def cycle_energy(cycles: pa.Table, cycle: int, way: Way, configuration: Configuration) -> Kpi:
    """All energy in one direction of one cycle, pulses included (3c: E = ∫ I V dt); not for half cells."""
    row, why = _whole(cycles, cycle)
    why = why or unlike(cycles, configuration) or no_energy(configuration)
    if row is None or why:
        return CYCLE_ENERGY.refuse(why)
    energy = number(row, f"{way}_energy_wh")
    if energy is None:
        return CYCLE_ENERGY.refuse(f"there is no {way}", (span(row),))
    return CYCLE_ENERGY.value(energy, (span(row),), {"cycle": cycle, "way": way})


def energy_efficiency(cycles: pa.Table, cycle: int, configuration: Configuration) -> Kpi:
    """Discharge energy by charge energy of one cycle (3c: E = ∫ I V dt); not for half cells."""
    row, why = _whole(cycles, cycle)
    why = why or unlike(cycles, configuration) or no_energy(configuration)
    if row is None or why:
        return ENERGY.refuse(why)
    into, out = number(row, "charge_energy_wh"), number(row, "discharge_energy_wh")
    if not into or out is None:
        return ENERGY.refuse("there is no energy in one of the directions", (span(row),))
    if why := _held_charge(out, into):
        return ENERGY.refuse(why, (span(row),))
    return ENERGY.value(out / into, (span(row),), {"cycle": cycle, "configuration": configuration})


def mean_voltage(cycles: pa.Table, cycle: int, way: Way) -> Kpi:
    """Energy by charge in one direction (3a: mean voltage = E/Q)."""
    row, why = _whole(cycles, cycle)
    if row is None:
        return VOLTAGE.refuse(why)
    energy, moved = number(row, f"{way}_energy_wh"), number(row, f"{way}_capacity_ah")
    if energy is None or not moved:
        return VOLTAGE.refuse(f"there is no {way}", (span(row),))
    return VOLTAGE.value(energy / moved, (span(row),), {"cycle": cycle, "way": way})


def cv_share(cycles: pa.Table, cycle: int) -> Kpi:
    """Share of constant voltage in a cycle's charge, of charge and not of time (3a)."""
    row, why = _whole(cycles, cycle)
    if row is None:
        return CV_SHARE.refuse(why)
    driven, held = number(row, "charge_cc_share"), number(row, "charge_cv_share")
    if driven is None or held is None:
        return CV_SHARE.refuse("no part of the charge is of constant current or voltage", (span(row),))
    if driven + held < 1 - UNCLEAR:
        said = (
            f"{100 * (1 - driven - held):.2g} % of the charge are neither of constant current nor of constant voltage"
        )
        return CV_SHARE.refuse(said, (span(row),))
    return CV_SHARE.value(held, (span(row),), {"cycle": cycle})


BALANCED = 1e-4
MOST = 1.1
"""No cell gives back so much of what it took up in a cycle; it was not empty before."""
UNCLEAR = 0.005
"""So much of a charge may be of no regime, as for rows in which the current is switched."""


def equivalent_full_cycles(cycles: pa.Table, base_ah: float, source: Source = Source.INTEGRATED) -> Kpi:
    """All discharge of a test by the base of the C-rate (3a: ΣQ_dis / C_base)."""
    rows = rows_of(cycles, (*COLUMNS, "cycle", "start_row", "end_row"))
    if not rows or base_ah <= 0:
        return EQUIVALENT.refuse("there are no cycles" if base_ah > 0 else "the base of the C-rate is not positive")
    spans = ((span(rows[0])[0], span(rows[-1])[1]),)
    discharging = [row for row in rows if number(row, "discharge_capacity_ah")]
    moved = [charge(row, Way.DISCHARGE, source) for row in discharging]
    if why := next(
        (f"cycle {row['cycle']}: {why}" for row, (_, why) in zip(discharging, moved, strict=True) if why), ""
    ):
        return EQUIVALENT.refuse(why, spans)
    if not moved:
        return EQUIVALENT.refuse("there is no discharge", spans)
    return EQUIVALENT.value(
        sum(one or 0.0 for one, _ in moved) / base_ah, spans, {"base_ah": base_ah, "source": source}
    )


def unlike(cycles: pa.Table, configuration: Configuration) -> str:
    """Why these cycles are not those of such a cell."""
    if configuration is Configuration.SYMMETRIC:
        return "a symmetric cell has no charge and discharge of its own"
    made = set(cycles.column("cell_configuration").to_pylist())
    negative = Configuration.HALF_NEGATIVE
    if made and (configuration is negative) != (made == {negative.value}):
        said = ", ".join(sorted(str(one) for one in made))
        return f"the cycles were cut for another cell configuration ({said}) than {configuration.value}"
    return ""


def no_energy(configuration: Configuration) -> str:
    """Why a cell of this configuration has no energy of its own."""
    halves = (Configuration.HALF_NEGATIVE, Configuration.HALF_POSITIVE)
    return "a half cell's energy is not a cell's" if configuration in halves else ""


def _whole(cycles: pa.Table, cycle: int) -> tuple[Row | None, str]:
    if cycle < 1:
        return None, "a leading half (cycle 0) is no cycle"
    # A long test has many cycles: only the one that is asked for becomes Python values.
    row = next(iter(rows_of(cycles.filter(pc.equal(cycles.column("cycle"), cycle)))), None)
    if row is None:
        return None, f"there is no cycle {cycle}"
    return (None, f"cycle {cycle} is truncated") if row["truncated"] else (row, "")


def _held_charge(given: float, taken: float) -> str:
    """Why this is no efficiency: a file that begins with a charged cell gives any number, such as 8."""
    if given <= MOST * taken:
        return ""
    return f"{given / taken:.3g} times as much comes out as went in: the cell held charge before this cycle"


def _of_pulses(pulses: pa.Table, cycle: int) -> dict[Way, float]:
    less = dict.fromkeys(Way, 0.0)
    for row in rows_of(pulses):
        if row["cycle"] == cycle:
            less[Way(str(row["direction"]))] += number(row, "charge_ah") or 0.0
    return less
