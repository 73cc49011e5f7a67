"""Curves of one step: voltage over charge, charge over voltage, and dQ/dV on a fixed grid of voltages."""

import math
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from exchange.roundrobin.charge import Way
from exchange.roundrobin.curve import Curve, CurveDefinition, held
from exchange.roundrobin.level import Array
from exchange.roundrobin.refusals import NotANumber
from exchange.roundrobin.trace import Rows, Trace, WantedStep, trace_of

VOLTAGE_OF_CHARGE = CurveDefinition("voltage-of-charge/1", "A.h", "V")
CHARGE_OF_VOLTAGE = CurveDefinition("charge-of-voltage/1", "V", "A.h")
DQ_DV = CurveDefinition("dq-dv/1", "V", "A.h.V-1", one_rate=True)
STEP_V = 0.005
SMOOTH_V = 0.005
REACH = 3.0
"""The Gaussian is cut off at so many of its standard deviations."""
ON_EDGE = 1e-6
"""A voltage so close to an edge of the grid, in its steps, lies on it: recorded voltages are round numbers."""


def curve_of(
    reader: Rows, steps: pa.Table, wanted: WantedStep, shape: "Callable[[Trace], Curve] | None" = None
) -> Curve:
    """A curve of the wanted step, V over Q if no other `shape` is given; reads what the step spans, and no more."""
    return (shape or voltage_of_charge)(trace_of(reader, steps, wanted))


def voltage_of_charge(trace: Trace) -> Curve:
    """V (V) over the charge Q moved since the step began (Ah), at the rows as they are recorded."""
    if trace.reason:
        return VOLTAGE_OF_CHARGE.refuse(trace.reason, trace.rows, trace.parameters)
    return VOLTAGE_OF_CHARGE.curve(trace.charge_ah, trace.voltage_v, trace.rows, trace.parameters)


def charge_of_voltage(trace: Trace, step_v: float = STEP_V) -> Curve:
    """Q (Ah) moved at voltages beyond V, at every multiple of `step_v` (V) that the step reached.

    Beyond is above in a discharge, below in a charge. Where the voltage only falls (or rises) it is the inverse of V
    over Q; where noise makes it turn, charge is counted by the voltage at which it flowed and Q still only rises.
    """
    said = {**trace.parameters, "step_v": step_v}
    if trace.reason:
        return CHARGE_OF_VOLTAGE.refuse(trace.reason, trace.rows, said)
    bins, moved, (low, high) = _levels(trace, step_v)
    inside = np.arange(math.ceil(low), math.floor(high) + 1)
    if len(inside) < 2:
        return CHARGE_OF_VOLTAGE.refuse(_narrow(step_v), trace.rows, said)
    beyond = moved if trace.way is Way.CHARGE else moved[::-1]
    charge = trace.charge_ah[0] + np.concatenate(([0.0], np.cumsum(beyond)))
    at = inside - bins if trace.way is Way.CHARGE else len(moved) - (inside - bins)
    return CHARGE_OF_VOLTAGE.curve(held(inside * step_v), charge[at], trace.rows, said)


def dq_dv(trace: Trace, step_v: float = STEP_V, smooth_v: float = SMOOTH_V) -> Curve:
    """|dQ/dV| (Ah/V): charge that flowed between two multiples of `step_v` (V), by `step_v`, at the middle of them.

    Each interval between two rows is spread evenly over the voltages between them, so no charge is lost or counted
    twice, whatever the noise. Smoothed by a Gaussian of standard deviation `smooth_v` (V; 0: not at all), cut off at
    three of them. Bins that the step did not cross from edge to edge, and points whose Gaussian reaches such a bin,
    have no value. The idea of counting in levels is that of LEAN (Feng et al. 2020, eTransportation 3, 100051; read:
    PyProBE's documentation, which smooths five bins with the weights of a Gaussian of one bin).
    """
    said = {**trace.parameters, "step_v": step_v, "smooth_v": smooth_v}
    if trace.reason:
        return DQ_DV.refuse(trace.reason, trace.rows, said)
    if not (np.isfinite(smooth_v) and smooth_v >= 0):
        raise NotANumber(f"dQ/dV is smoothed over {smooth_v} V; it is a voltage from zero on.")
    bins, moved, (low, high) = _levels(trace, step_v)
    # Crossed is beyond both edges, not up to them: of a round figure at the very end half may lie outside.
    inside = np.arange(math.floor(low) + 1, math.ceil(high) - 1)
    reach = math.ceil(REACH * smooth_v / step_v) if smooth_v else 0
    if len(inside) < 2 * reach + 2:
        return DQ_DV.refuse(_narrow(step_v, smooth_v), trace.rows, said)
    slope = moved[inside - bins] / step_v
    if reach:
        weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step_v / smooth_v) ** 2)
        slope = np.convolve(slope, weights / weights.sum(), "valid")
        inside = inside[reach:-reach]
    return DQ_DV.curve(held((inside + 0.5) * step_v), slope, trace.rows, said)


def _narrow(step_v: float, smooth_v: float = 0.0) -> str:
    smoothing = f", smoothed over {smooth_v:g} V" if smooth_v else ""
    return f"the voltage of the step moves too little for a grid of {step_v:g} V{smoothing}"


def _levels(trace: Trace, step_v: float) -> tuple[int, Array, tuple[float, float]]:
    """The first bin, the charge (Ah) of each bin, and the least and greatest voltage in steps of the grid.

    Bin and edge k lie at k · step_v. Charge between rows of equal voltage on an edge goes half to either side.
    """
    if not (np.isfinite(step_v) and step_v > 0):
        raise NotANumber(f"The grid of voltages has steps of {step_v} V; they are above zero.")
    place = trace.voltage_v / step_v
    edge = np.rint(place)
    place = np.where(np.abs(place - edge) < ON_EDGE, edge, place)
    first = math.ceil(place.min()) - 1
    count = math.floor(place.max()) + 1 - first
    moved = np.diff(trace.charge_ah)
    low, high = np.minimum(place[1:], place[:-1]), np.maximum(place[1:], place[:-1])
    level = low == high
    low_bin = np.where(level, np.ceil(low) - 1, np.floor(low)).astype(np.intp)
    high_bin = np.where(level, np.floor(high), np.ceil(high) - 1).astype(np.intp)
    within = low_bin == high_bin
    filled: Array = np.bincount(low_bin[within] - first, moved[within], minlength=count).astype(np.float64)
    # What spans several bins: one entry for each of them.
    low, high, level, moved = low[~within], high[~within], level[~within], moved[~within]
    sizes = high_bin[~within] - low_bin[~within] + 1
    which = np.repeat(np.arange(len(sizes)), sizes)
    bins = low_bin[~within][which] + np.arange(len(which)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    overlap = np.minimum(high[which], bins + 1.0) - np.maximum(low[which], bins)
    part = np.where(level[which], 0.5, overlap / np.where(level, 1.0, high - low)[which])
    filled += np.bincount(bins - first, moved[which] * part, minlength=count)
    return first, filled, (float(place.min()), float(place.max()))
