"""KPIs of pulses and rests: direct-current resistance at a time, and the voltage after rest."""

import pyarrow as pa

from exchange.roundrobin.capacity import Occurrence
from exchange.roundrobin.charge import Way
from exchange.roundrobin.value import Definition, Kpi, Row, number, rows_of, span

RESISTANCE = Definition("dc-resistance/1", "Ohm")
REST_VOLTAGE = Definition("rest-voltage/1", "V")
SOC = 0.05


def dc_resistance(
    pulses: pa.Table | None,
    way: Way,
    seconds: float = 10.0,
    soc: float | None = None,
    within: float = SOC,
    occurrence: Occurrence = Occurrence.FIRST,
) -> Kpi:
    """R = (V(t) - V_0) / (I(t) - I_0) of a pulse, t after it began, from the last row before it (3a).

    Refused where no row lies within 5 % of t, and where an asked-for `soc` (by Ah from full charge on the nominal
    capacity, 0 to 1) is not known or not within `within`. The mean is over all pulses that fit.
    """
    said: dict[str, object] = {"way": way, "seconds": seconds, "soc": soc, "occurrence": occurrence}
    column = f"resistance_{seconds:g}s_ohm"
    if pulses is None or not pulses.num_rows:
        return RESISTANCE.refuse("the file has no pulses", parameters=said)
    if column not in pulses.column_names:
        return RESISTANCE.refuse(f"the resistance after {seconds:g} s is not computed", parameters=said)
    rows = [row for row in rows_of(pulses) if row["direction"] == way]
    if not rows:
        return RESISTANCE.refuse(f"there is no {way} pulse", parameters=said)
    if soc is not None:
        known = [row for row in rows if number(row, "soc") is not None]
        if not known:
            return RESISTANCE.refuse("the state of charge at the pulses is not known", parameters=said)
        rows = [row for row in known if abs((number(row, "soc") or 0.0) - soc) <= within]
        if not rows:
            return RESISTANCE.refuse(
                f"no {way} pulse lies within {within:g} of a state of charge of {soc:g}", parameters=said
            )
    taken = {Occurrence.FIRST: rows[:1], Occurrence.LAST: rows[-1:], Occurrence.MEAN: rows}[occurrence]
    values = [number(row, column) for row in taken]
    spans = tuple(span(row) for row in taken)
    if any(value is None for value in values):
        reason = next((str(row["reason"]) for row in taken if seconds == 10.0 and row["reason"]), "no-sample")
        return RESISTANCE.refuse(f"a pulse has no resistance after {seconds:g} s: {reason}", spans, parameters=said)
    said["temperature_celsius"] = _mean([number(row, "temperature_celsius") for row in taken])
    return RESISTANCE.value(_mean(values) or 0.0, spans, parameters=said)


def rest_voltage(rests: pa.Table | None, after: Way, least_s: float, occurrence: Occurrence = Occurrence.LAST) -> Kpi:
    """Voltage at the end of a rest of at least `least_s` seconds after a charge or discharge."""
    said: dict[str, object] = {"after": after, "least_s": least_s, "occurrence": occurrence}
    rows: list[Row] = [] if rests is None else rows_of(rests)
    rows = [row for row in rows if row["after"] == after and (number(row, "duration_s") or 0.0) >= least_s]
    if not rows:
        return REST_VOLTAGE.refuse(f"there is no rest of {least_s:g} s after a {after}", parameters=said)
    taken = {Occurrence.FIRST: rows[:1], Occurrence.LAST: rows[-1:], Occurrence.MEAN: rows}[occurrence]
    value = _mean([number(row, "end_voltage_v") for row in taken])
    spans = tuple(span(row) for row in taken)
    if value is None:
        return REST_VOLTAGE.refuse("the voltage at the end of the rest is not known", spans, parameters=said)
    return REST_VOLTAGE.value(value, spans, said | {"relaxed": all(bool(row["relaxed"]) for row in taken)})


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None
